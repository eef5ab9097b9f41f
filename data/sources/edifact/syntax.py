"""The syntax of ISO 9735: service characters, character sets, segments with their elements and components."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from data.errors import InvalidInput

# Repertoire of the interchange (UNB, S001) where it is not that of UTF-8. UNOX and the plain ones are found by
# content: Chinese systems write GB 18030 under them.
_CHARSETS: Final = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
}
SYNTAXES: Final = tuple(f"UNO{letter}" for letter in "ABCDEFGHIJKWXY")
# Service string advice (UNA) of an interchange that has none.
_DEFAULT_ADVICE: Final = "UNA:+.? '"
REMEDY: Final = "Have the whole interchange sent again; nothing of it was stored."
# A tag, as every segment begins.
_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{2}")


class Fault(InvalidInput):
    """A fault of the syntax or structure: the segment's position (from 1, in the interchange), tag and error code.

    The code is that of data element 0085, as a CONTRL message names it.
    """

    def __init__(self, detail: str, remedy: str, position: int, tag: str, code: str) -> None:
        super().__init__(detail, remedy)
        self.position = position
        self.tag = tag
        self.code = code


@dataclass(frozen=True)
class Advice:
    """The service characters of an interchange; `repetition` is empty before version 4 of the syntax."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = ""
    terminator: str = "'"

    @property
    def written(self) -> str:
        """As the UNA that says so."""
        return f"UNA{self.component}{self.element}{self.decimal}{self.release}{self.repetition or ' '}{self.terminator}"


@dataclass(frozen=True)
class Segment:
    """One segment: its data elements, each a list of components; `position` counts from 1 in the interchange."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    position: int
    text: str = ""

    def get(self, element: int, component: int = 0) -> str:
        """A component, counted from 0; empty when the sender left it out."""
        if element >= len(self.elements) or component >= len(self.elements[element]):
            return ""
        return self.elements[element][component].strip()

    def components(self, element: int) -> list[str]:
        """The components of an element that are not empty."""
        found = self.elements[element] if element < len(self.elements) else ()
        return [component.strip() for component in found if component.strip()]

    def __str__(self) -> str:
        return f"segment {self.position} ({self.tag})"


def is_edifact(content: bytes) -> bool:
    """Whether a source begins as an interchange or a message does."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:4]
    return start[:3] == b"UNA" or (start[:3] in (b"UNB", b"UNH") and not start[3:4].isalnum())


def encoding_of_interchange(content: bytes) -> str:
    """How an interchange is written: UTF-8, else the repertoire that its UNB names, else what the bytes show."""
    from data.sources.encoding import encoding_of

    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        start = content.find(b"UNB")
        charset = _CHARSETS.get(content[start + 4 : start + 8].decode("ascii", "replace")) if start >= 0 else None
        return charset or encoding_of(lambda: io.BytesIO(content)).name
    return "utf-8-sig"


def segments_of(text: str, source: str, first: int = 1) -> tuple[Advice, list[Segment]]:
    """The service characters and the segments of one interchange, numbered from `first`.

    Raises Fault when the text ends within a segment, or a segment has no tag.
    """
    advice, rest = _advice(text)
    segments = []
    for position, piece in enumerate(_pieces(rest, advice, source, first), start=first):
        segments.append(_segment(piece, advice, position, source))
    if advice.repetition == " ":
        advice = Advice(advice.component, advice.element, advice.decimal, advice.release, "", advice.terminator)
    return advice, segments


def _advice(text: str) -> tuple[Advice, str]:
    text = text.lstrip()
    written = text[:9] if text.startswith("UNA") else _DEFAULT_ADVICE
    rest = text[9:] if text.startswith("UNA") else text
    marks = list(written[3:].ljust(6))
    marks[4] = marks[4].strip()
    return Advice(*marks), rest.lstrip()


def _pieces(text: str, advice: Advice, source: str, first: int) -> Iterator[str]:
    """The text of each segment, with its terminator."""
    release, end = re.escape(advice.release), re.escape(advice.terminator)
    whole = re.compile(rf"(?:{release}.|[^{release}{end}])*{end}", re.DOTALL)
    start, position = 0, first
    while start < len(text):
        found = whole.match(text, start)
        if found is None:
            if text[start:].strip():
                tag = text[start:].strip()[:3]
                raise Fault(f"{source} is cut in segment {position}: it has no end.", REMEDY, position, tag, "13")
            return
        yield found[0].strip("\r\n\t ") if found[0].lstrip() else found[0]
        start, position = found.end(), position + 1
        # Line ends between segments are no part of them.
        while start < len(text) and text[start] in "\r\n\t \x1a":
            start += 1


def _segment(piece: str, advice: Advice, position: int, source: str) -> Segment:
    from pydifact.control.characters import Characters
    from pydifact.exceptions import EDISyntaxError
    from pydifact.parser import Parser
    from pydifact.tokenizer import Tokenizer

    characters = Characters.from_str(Advice(
        advice.component, advice.element, advice.decimal, advice.release, "", advice.terminator
    ).written)  # fmt: skip
    try:
        raw = next(iter(Parser().convert_tokens_to_raw_segments(Tokenizer().get_tokens(piece, characters))), None)
    except (EDISyntaxError, ValueError, IndexError, TypeError) as error:
        raise Fault(f"{source}, segment {position}: {error}.", REMEDY, position, piece[:3], "12") from error
    tag = str(raw[0]) if raw else ""
    if not _TAG.fullmatch(tag):
        raise Fault(f"{source}, segment {position}: it has no tag ({piece[:12]!r}).", REMEDY, position, tag[:3], "13")
    elements = tuple(tuple([part] if isinstance(part, str) else part) for part in (raw or [])[1:])
    if advice.repetition and re.search(rf"(?<!{re.escape(advice.release)}){re.escape(advice.repetition)}", piece):
        # Values that repeat stay together, as one text: nothing is lost, and no code is taken for another.
        elements = tuple(tuple(part.replace(advice.repetition, " ") for part in element) for element in elements)
    return Segment(tag, elements, position, piece)
