"""The syntax of ISO 9735: service characters, interchanges in a text, segments with their elements and components."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from data.sources.problems import Phrase, Unreadable

# Service string advice (UNA) of an interchange that has none; since version 4 of the syntax `*` repeats an element.
_DEFAULT_ADVICE: Final = "UNA:+.? '"
_REPETITION: Final = "*"
_BETWEEN: Final = "\r\n\t \x1a"
_VERSION_4: Final = re.compile(r"UNB[^A-Za-z0-9]UNO[A-Z][^A-Za-z0-9]4")
_OLDER: Final = re.compile(r"UNB[^A-Za-z0-9]UNO[A-Z][^A-Za-z0-9][1-3]")
# The beginning of another interchange, between two segments.
_NEXT: Final = re.compile(r"(?:UNA[^A-Za-z0-9]{6}\s*)?UNB[^A-Za-z0-9\s]UNO")
_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
REMEDY: Final = Phrase("advice.interchange")


class Piece(NamedTuple):
    """The text of one segment with its terminator. `position` counts segments, `offset` characters, both from 1."""

    text: str
    position: int
    offset: int

    @property
    def tag(self) -> str:
        """The first three characters, the tag of a valid segment."""
        return self.text[:3]

    @property
    def place(self) -> Phrase:
        """Where it is: its number, tag and offset."""
        return _place(self.position, self.tag, self.offset)

    def __str__(self) -> str:
        return self.place.text("en")


class Segment(NamedTuple):
    """One segment: its data elements, each a list of components. A component of a repeated element contains all values,
    separated by spaces."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    position: int
    offset: int = 0

    def get(self, element: int, component: int = 0) -> str:
        """A component, counted from 0; empty when the sender left it out."""
        if element >= len(self.elements) or component >= len(self.elements[element]):
            return ""
        return self.elements[element][component].strip()

    def components(self, element: int) -> list[str]:
        """The components of an element that are not empty."""
        found = self.elements[element] if element < len(self.elements) else ()
        return [component.strip() for component in found if component.strip()]

    @property
    def place(self) -> Phrase:
        """Where it is: its number, tag and offset."""
        return _place(self.position, self.tag, self.offset)

    def __str__(self) -> str:
        return self.place.text("en")


class Fault(Unreadable):
    """A fault of syntax or structure at a segment. `code` is that of data element 0085 in CONTRL; `tag` is that of a
    missing segment, else of the segment itself."""

    def __init__(
        self, source: str, place: Piece | Segment, stated: Phrase, code: str, remedy: Phrase = REMEDY, tag: str = ""
    ) -> None:
        self.stated = stated
        super().__init__(Phrase("fault.there", said=stated, **place.place.values), remedy, source)
        self.position = place.position
        self.offset = place.offset
        self.at = place.tag
        self.tag = tag or place.tag
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
        """The UNA segment with these characters."""
        return f"UNA{self.component}{self.element}{self.decimal}{self.release}{self.repetition or ' '}{self.terminator}"

    def released(self, text: str) -> str:
        """A text with service characters escaped by the release character."""
        special = (self.component, self.element, self.release, self.repetition or self.release, self.terminator)
        return "".join(self.release + character if character in special else character for character in text)


class Part(NamedTuple):
    """One interchange, or messages without one: service characters, segments, and text after the last segment."""

    advice: Advice
    pieces: list[Piece]
    rest: Piece | None


def is_edifact(content: bytes) -> bool:
    """Whether a source begins like an interchange or a message."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:4]
    return start[:3] == b"UNA" or (start[:3] in (b"UNB", b"UNH") and not start[3:4].isalnum())


def parts_of(text: str) -> Iterator[Part]:
    """The interchanges of a text; each begins with UNA or UNB after the end of a segment."""
    start, position = 0, 1
    while (start := _skipped(text, start)) < len(text):
        part, start = _part(text, start, position)
        position += len(part.pieces) + (part.rest is not None)
        yield part


def _part(text: str, start: int, position: int) -> tuple[Part, int]:
    advice, begin = _advice(text, start), start
    if text.startswith("UNA", start):
        start = _skipped(text, start + 9)
    release, end = re.escape(advice.release), re.escape(advice.terminator)
    whole = re.compile(rf"[^{release}{end}]*(?:{release}.[^{release}{end}]*)*{end}", re.DOTALL)
    pieces: list[Piece] = []
    while start < len(text):
        if pieces and text.startswith("UN", start) and _NEXT.match(text, start):
            break
        found = whole.match(text, start)
        if found is None:
            return Part(advice, pieces, Piece(text[start:].strip(), position, start + 1)), len(text)
        pieces.append(Piece(found[0], position, start + 1))
        start, position = _skipped(text, found.end()), position + 1
    rest = None if pieces else Piece(text[begin:].strip(), position, begin + 1)
    return Part(advice, pieces, rest), start


def _skipped(text: str, start: int) -> int:
    """The next position that is not white space between segments."""
    while start < len(text) and text[start] in _BETWEEN:
        start += 1
    return start


def _advice(text: str, start: int) -> Advice:
    given = text.startswith("UNA", start)
    marks = list((text[start : start + 9] if given else _DEFAULT_ADVICE)[3:].ljust(6))
    marks[4] = marks[4].strip()
    advice = Advice(*marks)
    head = text[_skipped(text, start + 9) if given else start :][:16]
    if _OLDER.match(head):
        return replace(advice, repetition="")
    return replace(advice, repetition=_REPETITION) if not given and _VERSION_4.match(head) else advice


def has_tag(piece: Piece, advice: Advice) -> bool:
    """Whether a segment begins with a tag."""
    return bool(_TAG.match(piece.text)) and piece.text[3:4] in (advice.element, advice.terminator)


def segment_of(piece: Piece, advice: Advice, source: str) -> Segment:
    """Parse a segment. Raises Fault where that is not possible."""
    body = piece.text.removesuffix(advice.terminator)
    if advice.repetition and advice.repetition in body:
        return Segment(piece.tag, _repeated(piece, advice, source), piece.position, piece.offset)
    if advice.release in body or "\n" in body or "\r" in body:
        return Segment(piece.tag, _released(piece.text, advice, piece, source), piece.position, piece.offset)
    # The same result as pydifact at a tenth of its cost, for the many segments without release characters.
    elements = tuple([tuple(element.split(advice.component)) for element in body.split(advice.element)[1:]])
    return Segment(piece.tag, elements, piece.position, piece.offset)


def _released(text: str, advice: Advice, piece: Piece, source: str) -> tuple[tuple[str, ...], ...]:
    from pydifact.control.characters import Characters
    from pydifact.exceptions import EDISyntaxError
    from pydifact.parser import Parser
    from pydifact.tokenizer import Tokenizer

    characters = Characters.from_str(replace(advice, repetition="").written)
    try:
        raw = next(iter(Parser().convert_tokens_to_raw_segments(Tokenizer().get_tokens(text, characters))))
    except (EDISyntaxError, StopIteration, ValueError, IndexError, TypeError) as error:
        raise Fault(source, piece, Phrase("fault.unparsed"), "12") from error
    return tuple(tuple([part] if isinstance(part, str) else part) for part in raw[1:])


def _repeated(piece: Piece, advice: Advice, source: str) -> tuple[tuple[str, ...], ...]:
    """The elements of a segment with repetitions. Repeated values are joined by spaces, so that none is lost."""
    release, again = re.escape(advice.release), re.escape(advice.repetition)
    body = piece.text.removesuffix(advice.terminator)
    elements = []
    for element in _divided(body, re.escape(advice.element), release)[1:]:
        repeats = [
            _released(f"XXX{advice.element}{one}{advice.terminator}", advice, piece, source)[0]
            for one in _divided(element, again, release)
        ]
        widest = max(map(len, repeats))
        padded = [(*one, *[""] * (widest - len(one))) for one in repeats]
        elements.append(tuple(" ".join(filter(None, values)) for values in zip(*padded, strict=True)))
    return tuple(elements)


def _divided(text: str, mark: str, release: str) -> list[str]:
    """Split a text at a mark that is not escaped."""
    pieces, start = [], 0
    for found in re.finditer(rf"{release}.|({mark})", text, re.DOTALL):
        if found[1]:
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def _place(position: int, tag: str, offset: int) -> Phrase:
    return Phrase("fault.at", segment=position, at=tag, character=offset)
