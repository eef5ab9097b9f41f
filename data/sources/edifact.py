"""EDIFACT interchanges taken apart by pydifact, and checked as ISO 9735 demands: nothing lost, nothing cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from data.errors import InvalidInput

# Repertoire of the interchange (UNB, S001) where it is not that of UTF-8.
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
# Service string advice (UNA) of an interchange that has none.
_DEFAULT_ADVICE: Final = "UNA:+.? '"
_REMEDY: Final = "Have the whole interchange sent again; nothing of it was stored."


@dataclass(frozen=True)
class Segment:
    """One segment: its data elements, each a list of components; `position` counts from 1 in the interchange."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    position: int

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


@dataclass(frozen=True)
class Message:
    """One message, from UNH to UNT; `prepared` is the date and time of its interchange as written."""

    reference: str
    kind: str
    segments: tuple[Segment, ...]
    prepared: tuple[str, str]


def is_edifact(content: bytes) -> bool:
    """Whether a file begins as an interchange or a message does."""
    return content.lstrip()[:4] in (b"UNA:", b"UNB+", b"UNH+") or content.lstrip()[:3] == b"UNA"


def decode_edifact(content: bytes) -> str | None:
    """The text, if it is UTF-8 or in the repertoire that its UNB names; None when neither says."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        start = content.find(b"UNB")
        charset = _CHARSETS.get(content[start + 4 : start + 8].decode("ascii", "replace")) if start >= 0 else None
        return content.decode(charset) if charset else None


def messages(text: str, source: str) -> list[Message]:
    """The messages of an interchange, or a message without one.

    Raises InvalidInput, naming segment and position, when a segment, count or reference is wrong or missing.
    """
    segments = list(_segments(text.strip(), source))
    if not segments:
        raise InvalidInput(f"{source} holds no segment.", _REMEDY)
    prepared = ("", "")
    if segments[0].tag == "UNB":
        prepared = (segments[0].get(3, 0), segments[0].get(3, 1))
    found = [Message(part[0].get(0), part[0].get(1), tuple(part), prepared) for part in _parts(segments, source)]
    if segments[0].tag == "UNB":
        _check_interchange(segments, len(found), source)
    return found


def _segments(text: str, source: str) -> Iterator[Segment]:
    from pydifact.control.characters import Characters
    from pydifact.exceptions import EDISyntaxError
    from pydifact.parser import Parser
    from pydifact.tokenizer import Tokenizer

    advice = _DEFAULT_ADVICE
    if text.startswith("UNA"):
        advice, text = text[:9].ljust(len(advice)), text[9:].lstrip()
    characters = Characters.from_str(advice)
    position = 0
    try:
        tokens = Tokenizer().get_tokens(text, characters)
        for raw in Parser().convert_tokens_to_raw_segments(tokens):
            position += 1
            yield Segment(
                str(raw[0]), tuple(tuple([part] if isinstance(part, str) else part) for part in raw[1:]), position
            )
    except EDISyntaxError as error:
        raise InvalidInput(f"{source} is cut in segment {position + 1}: it has no end.", _REMEDY) from error
    last = text.rstrip()[-1:] if text else ""
    if text and last != characters.segment_terminator:
        raise InvalidInput(f"{source} is cut in segment {position + 1}: it has no end.", _REMEDY)


def _parts(segments: Sequence[Segment], source: str) -> Iterator[list[Segment]]:
    """The segments of each message; those around messages are left out."""
    part: list[Segment] = []
    for segment in segments:
        if segment.tag == "UNH":
            if part:
                raise InvalidInput(f"{source}, {segment}: the message before it has no UNT.", _REMEDY)
            part = [segment]
        elif segment.tag == "UNT":
            if not part:
                raise InvalidInput(f"{source}, {segment}: there is no UNH before it.", _REMEDY)
            part.append(segment)
            _check_message(part, source)
            yield part
            part = []
        elif part:
            part.append(segment)
        elif segment.tag not in ("UNB", "UNG", "UNE", "UNZ"):
            raise InvalidInput(f"{source}, {segment}: it stands outside a message.", _REMEDY)
    if part:
        raise InvalidInput(f"{source} is cut after {part[-1]}: the message {part[0].get(0)} has no UNT.", _REMEDY)


def _check_message(part: Sequence[Segment], source: str) -> None:
    head, tail = part[0], part[-1]
    if tail.get(0) != str(len(part)):
        raise InvalidInput(
            f"{source}, {tail}: it counts {tail.get(0) or 'no'} segments, but the message has {len(part)}.", _REMEDY
        )
    if tail.get(1) != head.get(0):
        raise InvalidInput(f"{source}, {tail}: its reference {tail.get(1)} is not {head.get(0)} of its UNH.", _REMEDY)


def _check_interchange(segments: Sequence[Segment], count: int, source: str) -> None:
    head, tail = segments[0], segments[-1]
    if tail.tag != "UNZ":
        raise InvalidInput(f"{source} is cut after {tail}: the interchange has no UNZ.", _REMEDY)
    groups = sum(segment.tag == "UNG" for segment in segments)
    if tail.get(0) not in (str(count), str(groups) if groups else ""):
        raise InvalidInput(
            f"{source}, {tail}: it counts {tail.get(0) or 'no'} messages, but the interchange has {count}.", _REMEDY
        )
    if tail.get(1) != head.get(4):
        raise InvalidInput(f"{source}, {tail}: its reference {tail.get(1)} is not {head.get(4)} of its UNB.", _REMEDY)
