"""Interchanges: check envelopes, counts and references by ISO 9735, so that truncated ones are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from data.sources.edifact.charsets import SYNTAXES, encoding_of_interchange
from data.sources.edifact.syntax import REMEDY, Advice, Fault, Part, Piece, Segment, has_tag, parts_of, segment_of
from data.sources.problems import Phrase, Unreadable

_AROUND: Final = ("UNB", "UNG", "UNE", "UNZ")
_NONE: Final = Phrase("fault.none")
_NO_COUNT: Final = Phrase("fault.no_count")
# Element of UNB with data element 0035.
_TEST_INDICATOR: Final = 10
LISTS: Final = frozenset(("BAPLIE", "COPRAR", "VERMAS"))
"""Messages that only support declarations; some faults for which a declaration is refused are accepted in these."""
MESSAGE_REMEDY: Final = Phrase("advice.message")


@dataclass(frozen=True)
class Message:
    """One message, from UNH to UNT, kept as text; its segments are parsed on access.

    `fault` is a fault of its envelope, or of the tag of a segment.
    """

    head: Segment
    pieces: tuple[Piece, ...]
    advice: Advice
    envelope: Segment | None
    envelope_text: str
    encoding: str
    source: str
    fault: Fault | None = None

    @property
    def reference(self) -> str:
        """Reference number of the message."""
        return self.head.get(0)

    @property
    def kind(self) -> str:
        """Message type, such as IFTDGN."""
        return self.head.get(1)

    @property
    def release(self) -> str:
        """Version and release of the directory, such as D.24A."""
        return f"{self.head.get(1, 1)}.{self.head.get(1, 2)}"

    @property
    def prepared(self) -> tuple[str, str]:
        """Date and time of the interchange as written; empty texts without one."""
        return (self.envelope.get(3, 0), self.envelope.get(3, 1)) if self.envelope else ("", "")

    @property
    def charset(self) -> str:
        """Character set stated in UNB; empty without an interchange."""
        return self.envelope.get(0) if self.envelope else ""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All segments, parsed on each access. Raises Fault where one cannot be parsed."""
        return tuple([segment_of(piece, self.advice, self.source) for piece in self.pieces])

    @property
    def raw(self) -> bytes:
        """The message as bytes of an interchange of its own, so that it can be read again by itself."""
        text = "\n".join(piece.text for piece in self.pieces)
        mark = self.advice
        if self.envelope is not None:
            text = f"{mark.written}\n{self.envelope_text}\n{text}\nUNZ{mark.element}1{mark.element}"
            text += mark.released(self.envelope.get(4)) + mark.terminator
        elif mark != Advice():
            text = f"{mark.written}\n{text}"
        return text.encode(self.encoding.removesuffix("-sig"), "surrogateescape")


@dataclass(frozen=True)
class Interchange:
    """One interchange: its UNB (None for messages without one) and its messages; none where there is a `fault`."""

    head: Segment | None
    messages: tuple[Message, ...]
    first: Piece
    raw: bytes = b""
    fault: Fault | None = None

    @property
    def is_test(self) -> bool:
        """Whether the sender marked the interchange as a test (0035)."""
        return self.head is not None and self.head.get(_TEST_INDICATOR) not in ("", "0")


def interchanges(content: bytes, source: str) -> list[Interchange]:
    """The interchanges of a source, or the messages without one.

    A fault within a message concerns the message only; a fault of the envelope the whole interchange, which may then be
    incomplete. Raises Unreadable when there is no segment.
    """
    encoding = encoding_of_interchange(content)
    text = content.decode(encoding, "surrogateescape")
    found = [_interchange(part, source, encoding) for part in parts_of(text)]
    if not found:
        raise Unreadable(Phrase("fault.no_segment"), REMEDY, source)
    return found


def _interchange(part: Part, source: str, encoding: str) -> Interchange:
    first = part.pieces[0] if part.pieces else part.rest
    assert first is not None
    head: Segment | None = None
    try:
        if part.pieces and first.tag == "UNB":
            head = segment_of(first, part.advice, source)
            _check_head(head, source)
        if part.rest is not None:
            raise Fault(source, part.rest, Phrase("fault.no_end"), "13")
        groups = _messages(part, source)
        if head is not None:
            _check_tail(part, len(groups), source)
        messages = tuple(_message(group, part, head, source, encoding) for group in groups)
        found = Interchange(head, messages, first)
        if head is not None and found.is_test and not {message.kind for message in messages} <= LISTS:
            raise Fault(source, head, Phrase("fault.test"), "25", Phrase("advice.test"))
        return found
    except Fault as fault:
        pieces = [*part.pieces, *([part.rest] if part.rest else [])]
        text = "\n".join([part.advice.written, *(piece.text for piece in pieces)])
        raw = text.encode(encoding.removesuffix("-sig"), "surrogateescape")
        return Interchange(head, (), first, raw, fault)


def _check_head(head: Segment, source: str) -> None:
    if head.get(0) not in SYNTAXES:
        stated = Phrase("fault.charset", charset=head.get(0) or _NONE)
        raise Fault(source, head, stated, "46", Phrase("advice.charset", allowed=", ".join(SYNTAXES)))
    if head.get(0, 1) not in ("1", "2", "3", "4"):
        stated = Phrase("fault.syntax_version", version=head.get(0, 1) or _NONE)
        raise Fault(source, head, stated, "2", Phrase("advice.syntax_version"))


def _messages(part: Part, source: str) -> list[list[Piece]]:
    """The segments of each message; a message without UNT ends where the next one begins."""
    found: list[list[Piece]] = []
    inside = False
    for piece in part.pieces:
        if not has_tag(piece, part.advice) and not inside:
            raise Fault(source, piece, Phrase("fault.no_tag"), "13")
        if piece.tag == "UNH":
            found.append([piece])
            inside = True
        elif piece.tag == "UNT":
            if not inside:
                raise Fault(source, piece, Phrase("fault.none_before", tag="UNH"), "15")
            found[-1].append(piece)
            inside = False
        elif piece.tag in _AROUND:
            inside = False
        elif inside:
            found[-1].append(piece)
        else:
            raise Fault(source, piece, Phrase("fault.outside"), "33")
    if inside and part.pieces[0].tag != "UNB":
        raise Fault(source, part.pieces[-1], Phrase("fault.message_cut"), "13")
    return found


def _message(group: Sequence[Piece], part: Part, envelope: Segment | None, source: str, encoding: str) -> Message:
    head = segment_of(group[0], part.advice, source)
    text = part.pieces[0].text if envelope else ""
    fault = _fault(group, head, part.advice, source)
    return Message(head, tuple(group), part.advice, envelope, text, encoding, source, fault)


def _fault(group: Sequence[Piece], head: Segment, advice: Advice, source: str) -> Fault | None:
    """The fault of the envelope of a message, or of the tag of one of its segments; None when there is none."""
    if (broken := next((piece for piece in group if not has_tag(piece, advice)), None)) is not None:
        return Fault(source, broken, Phrase("fault.no_tag"), "13", MESSAGE_REMEDY)
    if group[-1].tag != "UNT":
        stated = Phrase("fault.no_unt", reference=head.get(0))
        return Fault(source, group[-1], stated, "13", MESSAGE_REMEDY, "UNT")
    if not head.get(0):
        return Fault(source, head, Phrase("fault.no_reference"), "13", MESSAGE_REMEDY)
    tail = segment_of(group[-1], advice, source)
    if tail.get(1) != head.get(0):
        stated = Phrase("fault.other_reference", reference=tail.get(1), expected=head.get(0), tag="UNH")
        return Fault(source, tail, stated, "28", MESSAGE_REMEDY)
    if not _counts(tail.get(0), len(group)):
        stated = Phrase("fault.segments_miscounted", counted=tail.get(0) or _NO_COUNT, count=len(group))
        return Fault(source, tail, stated, "29", MESSAGE_REMEDY)
    return None


def _check_tail(part: Part, count: int, source: str) -> None:
    last = part.pieces[-1]
    if last.tag != "UNZ":
        raise Fault(source, last, Phrase("fault.interchange_cut"), "13", tag="UNZ")
    head, tail = (segment_of(piece, part.advice, source) for piece in (part.pieces[0], last))
    around = [piece for piece in part.pieces if piece.tag in ("UNG", "UNE", "UNH", "UNZ", "UNB")]
    extra = [piece for piece in around if piece.tag in ("UNB", "UNZ") and piece not in (part.pieces[0], last)]
    if extra:
        raise Fault(source, extra[0], Phrase("fault.nested"), "15")
    groups = [piece for piece in around if piece.tag == "UNG"]
    # UNZ counts the groups where there are any, but some senders count the messages.
    if not _counts(tail.get(0), count) and not (groups and _counts(tail.get(0), len(groups))):
        stated = Phrase("fault.messages_miscounted", counted=tail.get(0) or _NO_COUNT, count=count)
        raise Fault(source, tail, stated, "29")
    if tail.get(1) != head.get(4):
        stated = Phrase("fault.other_reference", reference=tail.get(1), expected=head.get(4), tag="UNB")
        raise Fault(source, tail, stated, "28")
    _check_groups([segment_of(piece, part.advice, source) for piece in around if piece.tag[:2] == "UN"], source)


def _check_groups(segments: Sequence[Segment], source: str) -> None:
    """Check that each UNG has a UNE with its count of messages and its reference. Raises Fault."""
    group: Segment | None = None
    count = 0
    for segment in segments:
        if segment.tag == "UNG":
            if group is not None:
                raise Fault(source, segment, Phrase("fault.group_before"), "13", tag="UNE")
            group, count = segment, 0
        elif segment.tag == "UNH":
            count += 1
        elif segment.tag == "UNE":
            if group is None:
                raise Fault(source, segment, Phrase("fault.none_before", tag="UNG"), "15")
            if not _counts(segment.get(0), count):
                stated = Phrase("fault.group_miscounted", counted=segment.get(0) or _NO_COUNT, count=count)
                raise Fault(source, segment, stated, "29")
            if segment.get(1) != group.get(4):
                stated = Phrase("fault.other_reference", reference=segment.get(1), expected=group.get(4), tag="UNG")
                raise Fault(source, segment, stated, "28")
            group = None
    if group is not None:
        raise Fault(source, group, Phrase("fault.group_open"), "13", tag="UNE")


def _counts(written: str, count: int) -> bool:
    """Whether a control count is right; it may have leading zeros."""
    return written.isascii() and written.isdecimal() and written.lstrip("0") == str(count or "")
