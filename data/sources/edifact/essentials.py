"""Refuse messages without essential segments or with a wrong order: no goods, no boxes, goods of no consignment.

Directories differ in what is optional, and messages of ports differ from the directories. Only segments that affect the
meaning are required; other deviations from segment table and character set are reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from data.sources.edifact.charsets import beyond
from data.sources.edifact.conformance import deviations
from data.sources.edifact.interchange import MESSAGE_REMEDY, Message
from data.sources.edifact.syntax import Fault, Segment
from data.sources.edifact.tables import known_tags, table_of
from data.sources.problems import Phrase

# Faults reported for one message; a list of two thousand boxes may repeat one two thousand times.
MAX_REPORTED: Final = 20


@dataclass(frozen=True)
class Essentials:
    """Rules of one message type: required segments; `after`: the segment that must occur before another; `ends`: the
    segments that end others; `each`: the segment that each group must contain, by its first segment."""

    required: tuple[str, ...]
    after: Mapping[str, str]
    ends: Mapping[str, tuple[str, ...]]
    each: Mapping[str, str]


def _essentials(required: str, after: str, ends: str = "", each: str = "") -> Essentials:
    pairs = {name: dict(pair.split("<") for pair in written.split()) for name, written in (("a", after), ("e", each))}
    ended = {one.split(":")[0]: tuple(one.split(":")[1].split(",")) for one in ends.split()}
    return Essentials(tuple(required.split()), pairs["a"], ended, {value: key for key, value in pairs["e"].items()})


# `DGS<GID`: DGS only after a GID; `CNI:GID`: a CNI ends the GID before it.
ESSENTIALS: Final[Mapping[str, Essentials]] = {
    "IFTDGN": _essentials(
        "BGM CNI GID", "GID<CNI DGS<GID SGP<GID PCI<GID COM<CTA SEL<EQD", "CNI:GID,DGS,CTA GID:DGS", "GID<CNI"
    ),
    "BAPLIE": _essentials("BGM TDT", "EQD<LOC DGS<EQD EQA<EQD TMP<LOC COM<CTA"),
    "COPRAR": _essentials("BGM TDT EQD", "DGS<EQD EQN<EQD EQA<EQD SEL<EQD TMP<EQD COM<CTA"),
    "VERMAS": _essentials("BGM EQD", "SEL<EQD MEA<EQD DOC<EQD COM<CTA", each="MEA<EQD"),
    "IFTMBF": _essentials("BGM", "SGP<GID PCI<GID TPL<GID"),
}
# Functions of messages that cancel another one, whose content they need not repeat.
_CANCELLED: Final = ("1", "3")


def check(message: Message, segments: Sequence[Segment]) -> None:
    """Raises Fault, with segment, position and expected segment, for a message that cannot be understood."""
    source = message.source
    essentials = ESSENTIALS.get(message.kind)
    if essentials is None:
        stated = Phrase("fault.unsupported", reference=message.reference, kind=message.kind or Phrase("fault.none"))
        raise Fault(source, segments[0], stated, "12", Phrase("advice.kinds", allowed=", ".join(ESSENTIALS)))
    body = segments[1:-1]
    if not body or body[0].tag != "BGM":
        raise Fault(source, segments[1], Phrase("fault.missing_before", tag="BGM"), "13", MESSAGE_REMEDY, "BGM")
    is_cancelled = body[0].get(2) in _CANCELLED
    _in_order(body, essentials, source)
    tags = {segment.tag for segment in body}
    for tag in essentials.required if not is_cancelled else ("BGM",):
        if tag not in tags:
            raise Fault(source, segments[-1], Phrase("fault.message_without", tag=tag), "13", MESSAGE_REMEDY, tag)
    if not is_cancelled:
        _complete(body, essentials, source)


def reported(message: Message, segments: Sequence[Segment]) -> list[Fault]:
    """Deviations from the standard in an accepted message, at most MAX_REPORTED."""
    return list(islice(_reported(message, segments), MAX_REPORTED))


def _reported(message: Message, segments: Sequence[Segment]) -> Iterator[Fault]:
    source, advice = message.source, message.advice
    service = advice.component + advice.element + advice.release + advice.terminator + advice.repetition
    if message.charset in ("UNOA", "UNOB"):
        for piece in message.pieces:
            if found := beyond(piece.text, message.charset, service):
                stated = Phrase("fault.character", character=repr(found), charset=message.charset)
                yield Fault(source, piece, stated, "21", Phrase("advice.used_charset"))
                break
    known = known_tags(message.kind)
    body = segments[1:-1]
    for segment in body:
        if segment.tag not in known:
            stated = Phrase("fault.not_of_kind", kind=message.kind)
            yield Fault(source, segment, stated, "15", Phrase("advice.leave_out"))
    table = table_of(message.kind, message.release)
    yield from deviations(table, (one for one in body if one.tag in known), segments[-1], source)


def _in_order(body: Sequence[Segment], essentials: Essentials, source: str) -> None:
    seen: set[str] = set()
    for segment in body:
        opening = essentials.after.get(segment.tag)
        if opening is not None and opening not in seen:
            stated = Phrase("fault.before_any", tag=opening)
            raise Fault(source, segment, stated, "15", MESSAGE_REMEDY)
        if segment.tag == "BGM" and "BGM" in seen:
            raise Fault(source, segment, Phrase("fault.two"), "35", MESSAGE_REMEDY)
        seen.difference_update(essentials.ends.get(segment.tag, ()))
        seen.add(segment.tag)


def _complete(body: Sequence[Segment], essentials: Essentials, source: str) -> None:
    """Check that each group contains its required segment. Raises Fault."""
    for opening, member in essentials.each.items():
        group: Segment | None = None
        for segment in body:
            if segment.tag == opening:
                if group is not None:
                    raise Fault(source, group, Phrase("fault.group_without", tag=member), "13", MESSAGE_REMEDY, member)
                group = segment
            elif segment.tag == member:
                group = None
        if group is not None:
            raise Fault(source, group, Phrase("fault.group_without", tag=member), "13", MESSAGE_REMEDY, member)
