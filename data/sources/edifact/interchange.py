"""Interchanges: envelopes, counts and references as ISO 9735 demands; nothing lost, nothing cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from data.errors import InvalidInput
from data.sources.edifact.syntax import REMEDY, SYNTAXES, Advice, Fault, Segment, encoding_of_interchange, segments_of

_AROUND: Final = ("UNB", "UNG", "UNE", "UNZ")
# A second interchange in the same file begins here.
_NEXT: Final = re.compile(r"(?<=[^?])(?=\s*(?:UNA[^A-Za-z0-9]{6}\s*)?UNB\+UNO)")
_ADVICE: Final = Advice()


@dataclass(frozen=True)
class Message:
    """One message, from UNH to UNT; `prepared` is the date and time of its interchange as written.

    `fault` is what is wrong with its envelope; then nothing of it may be used.
    """

    reference: str
    kind: str
    segments: tuple[Segment, ...]
    prepared: tuple[str, str]
    raw: bytes
    release: str = ""
    fault: Fault | None = None


@dataclass(frozen=True)
class Interchange:
    """One interchange: its UNB (None for messages without one) and its messages; `remarks` on its characters."""

    head: Segment | None
    messages: tuple[Message, ...]
    advice: Advice = _ADVICE
    remarks: tuple[str, ...] = field(default=())


def interchanges(content: bytes, source: str) -> list[Interchange]:
    """The interchanges of a source, or the messages without one.

    A fault within a message is the message's own. Raises Fault, naming segment and position, when an interchange is
    cut, or its counts or references are wrong: then nothing in the file can be trusted to be whole.
    """
    found: list[Interchange] = []
    encoding = encoding_of_interchange(content)
    text = content.decode(encoding, "surrogateescape")
    position = 1
    for part in _parts(text):
        advice, segments = segments_of(part, source, position)
        if segments:
            found.append(_interchange(advice, segments, source, encoding))
            position += len(segments)
    if not found:
        raise InvalidInput(f"{source} holds no segment.", REMEDY)
    return found


def _parts(text: str) -> list[str]:
    starts = [0, *(place.start() for place in _NEXT.finditer(text, 1))]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _interchange(advice: Advice, segments: Sequence[Segment], source: str, encoding: str) -> Interchange:
    head = segments[0] if segments[0].tag == "UNB" else None
    prepared = (head.get(3, 0), head.get(3, 1)) if head else ("", "")
    if head:
        _check_head(head, source)
    messages = []
    for part in _messages(segments, source):
        fault = _fault(part, source)
        raw = _raw(part, advice, head, encoding)
        kind, release = part[0].get(1), f"{part[0].get(1, 1)}.{part[0].get(1, 2)}"
        messages.append(Message(part[0].get(0), kind, tuple(part), prepared, raw, release, fault))
    if head:
        _check_tail(segments, len(messages), source)
    return Interchange(head, tuple(messages), advice, tuple(_remarks(head, segments)))


def _check_head(head: Segment, source: str) -> None:
    if head.get(0) not in SYNTAXES:
        raise Fault(
            f"{source}, {head}: the character set {head.get(0) or '(none)'} is not known.",
            f"Name one of {', '.join(SYNTAXES)} in UNB.", head.position, "UNB", "12",
        )  # fmt: skip
    if head.get(0, 1) not in ("1", "2", "3", "4"):
        raise Fault(
            f"{source}, {head}: version {head.get(0, 1) or '(none)'} of the syntax is not known.",
            "Use version 1 to 4 of ISO 9735.", head.position, "UNB", "12",
        )  # fmt: skip


def _messages(segments: Sequence[Segment], source: str) -> Iterator[list[Segment]]:
    """The segments of each message; one without UNT ends where the next begins."""
    part: list[Segment] = []
    for segment in segments:
        if segment.tag == "UNH":
            if part:
                yield part
            part = [segment]
        elif segment.tag == "UNT":
            if not part:
                raise Fault(f"{source}, {segment}: there is no UNH before it.", REMEDY, segment.position, "UNT", "15")
            yield [*part, segment]
            part = []
        elif segment.tag in _AROUND:
            if part:
                yield part
                part = []
        elif part:
            part.append(segment)
        else:
            raise Fault(
                f"{source}, {segment}: it stands outside a message.", REMEDY, segment.position, segment.tag, "15"
            )
    if part:
        if segments[0].tag == "UNB":
            yield part
            return
        raise Fault(
            f"{source} is cut after {part[-1]}: the message {part[0].get(0)} has no UNT.",
            REMEDY, part[-1].position, part[-1].tag, "13",
        )  # fmt: skip


def _fault(part: Sequence[Segment], source: str) -> Fault | None:
    """What is wrong with a message's envelope."""
    head, tail = part[0], part[-1]
    remedy = "Have the message corrected and sent again; nothing of it was stored."
    if tail.tag != "UNT":
        detail = f"{source}, {tail}: the message {head.get(0)} ends here without UNT."
        return Fault(detail, remedy, tail.position, tail.tag, "13")
    if not head.get(0):
        return Fault(f"{source}, {head}: the message has no reference.", remedy, head.position, "UNH", "13")
    if tail.get(0) != str(len(part)):
        detail = f"{source}, {tail}: it counts {tail.get(0) or 'no'} segments, but the message has {len(part)}."
        return Fault(detail, remedy, tail.position, "UNT", "29")
    if tail.get(1) != head.get(0):
        detail = f"{source}, {tail}: its reference {tail.get(1)} is not {head.get(0)} of its UNH."
        return Fault(detail, remedy, tail.position, "UNT", "28")
    return None


def _check_tail(segments: Sequence[Segment], count: int, source: str) -> None:
    head, tail = segments[0], segments[-1]
    if tail.tag != "UNZ":
        raise Fault(f"{source} is cut after {tail}: the interchange has no UNZ.", REMEDY, tail.position, tail.tag, "13")
    groups = [segment for segment in segments if segment.tag == "UNG"]
    if tail.get(0) not in (str(count), str(len(groups)) if groups else ""):
        raise Fault(
            f"{source}, {tail}: it counts {tail.get(0) or 'no'} messages, but the interchange has {count}.",
            REMEDY, tail.position, "UNZ", "29",
        )  # fmt: skip
    if tail.get(1) != head.get(4):
        raise Fault(
            f"{source}, {tail}: its reference {tail.get(1)} is not {head.get(4)} of its UNB.",
            REMEDY, tail.position, "UNZ", "28",
        )  # fmt: skip
    _check_groups(segments, source)


def _check_groups(segments: Sequence[Segment], source: str) -> None:
    """Each UNG has its UNE, which counts its messages and repeats its reference."""
    group: Segment | None = None
    count = 0
    for segment in segments:
        if segment.tag == "UNG":
            if group is not None:
                detail = f"{source}, {segment}: the group before it has no UNE."
                raise Fault(detail, REMEDY, segment.position, "UNG", "13")
            group, count = segment, 0
        elif segment.tag == "UNH":
            count += 1
        elif segment.tag == "UNE":
            if group is None:
                raise Fault(f"{source}, {segment}: there is no UNG before it.", REMEDY, segment.position, "UNE", "15")
            if segment.get(0) != str(count):
                detail = f"{source}, {segment}: it counts {segment.get(0) or 'no'} messages, but the group has {count}."
                raise Fault(detail, REMEDY, segment.position, "UNE", "29")
            if segment.get(1) != group.get(4):
                detail = f"{source}, {segment}: its reference {segment.get(1)} is not {group.get(4)} of its UNG."
                raise Fault(detail, REMEDY, segment.position, "UNE", "28")
            group = None
    if group is not None:
        raise Fault(f"{source}, {group}: the group has no UNE.", REMEDY, group.position, "UNG", "13")


def _raw(part: Sequence[Segment], advice: Advice, head: Segment | None, encoding: str) -> bytes:
    """The message as an interchange of its own, so that it can be read again by itself."""
    text = "\n".join(segment.text for segment in part)
    if head is not None:
        text = f"{advice.written}\n{head.text}\n{text}\nUNZ{advice.element}1{advice.element}"
        text += _released(head.get(4), advice) + advice.terminator
    elif advice != _ADVICE:
        text = f"{advice.written}\n{text}"
    return text.encode(encoding.removesuffix("-sig"), "surrogateescape")


def _released(text: str, advice: Advice) -> str:
    special = (advice.component, advice.element, advice.release, advice.terminator)
    return "".join(advice.release + character if character in special else character for character in text)


def _remarks(head: Segment | None, segments: Sequence[Segment]) -> Iterator[str]:
    """What is against the repertoire that the UNB names, and does no harm."""
    if head is None or head.get(0) not in ("UNOA", "UNOB"):
        return
    for segment in segments:
        if not segment.text.isascii() or (head.get(0) == "UNOA" and segment.text.upper() != segment.text):
            yield f"{segment}: characters beyond {head.get(0)}"
            return
