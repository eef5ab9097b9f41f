"""What each message type must hold and in what order: our own reduced form of the segment tables D.95B to D.24A.

Directories differ in what is optional, and ports differ from directories. So only what changes the meaning is
demanded: the segments without which there is nothing to record, and that a segment of a group follows the one that
opens the group. A segment that no directory has there is told as a remark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from data.sources.edifact.interchange import Message
from data.sources.edifact.syntax import Fault, Segment

REMEDY: Final = "Have the message corrected and sent again; nothing of it was stored."


@dataclass(frozen=True)
class Grammar:
    """One message type. `opened_by`: which segment must have come before; `each`: what every such group must hold."""

    required: tuple[str, ...]
    opened_by: Mapping[str, str]
    known: frozenset[str]
    each: Mapping[str, tuple[str, ...]]


def _grammar(required: str, opened_by: str, known: str, each: str = "") -> Grammar:
    pairs = dict(pair.split("<") for pair in opened_by.split())
    groups = {group: tuple(members.split(",")) for group, members in (one.split(":") for one in each.split())}
    tags = {*known.split(), *required.split(), *pairs, *pairs.values(), "UNH", "UNT"}
    return Grammar(tuple(required.split()), pairs, frozenset(tags), groups)


GRAMMARS: Final[Mapping[str, Grammar]] = {
    "IFTDGN": _grammar(
        "BGM CNI GID",
        "GID<CNI DGS<GID SGP<GID PCI<GID COM<CTA SEL<EQD",
        "DTM FTX HAN RFF TDT LOC NAD CTA EQD MEA TMP TMD DIM ATT DOC TSR CNT AUT",
    ),
    "BAPLIE": _grammar(
        "BGM TDT",
        "EQD<LOC DGS<EQD EQA<EQD TMP<LOC COM<CTA",
        "DTM FTX RFF NAD CTA LOC MEA DIM GID GDS RNG HAN ATT TSR UNS CNT",
    ),
    "COPRAR": _grammar(
        "BGM TDT EQD",
        "DGS<EQD EQN<EQD EQA<EQD SEL<EQD TMP<EQD COM<CTA",
        "DTM FTX RFF LOC NAD CTA MEA DIM TMD RNG ATT PCD HAN CNT",
    ),
    "VERMAS": _grammar("BGM EQD", "SEL<EQD MEA<EQD DOC<EQD COM<CTA", "DTM RFF NAD CTA LOC TDT CNT", each="EQD:MEA"),
    "IFTMBF": _grammar(
        "BGM",
        "DGS<GID SGP<GID PCI<GID TPL<GID",
        "CTA COM DTM TSR MOA FTX CNT GDS LOC TOD RFF GOR DOC TCC CUX PRI EQN PCD QTY TDT SCC NAD CPI GID HAN TMP RNG "
        "TMD PIA MEA DIM GIN EQD",
    ),
}


def checked(message: Message, source: str) -> list[str]:
    """Remarks on a message whose structure is sound. Raises Fault, naming segment and position, where it is not."""
    head = message.segments[0]
    grammar = GRAMMARS.get(message.kind)
    if grammar is None:
        detail = f"{source}, {head}: message {message.reference} is {message.kind or 'of no type'}."
        raise Fault(detail, f"Send one of {', '.join(GRAMMARS)}.", head.position, "UNH", "15")
    body = message.segments[1:-1]
    if not body or body[0].tag != "BGM":
        place = message.segments[1]
        raise Fault(f"{source}, segment {place.position}: BGM is missing.", REMEDY, place.position, place.tag, "13")
    _in_order(body, grammar, source)
    _complete(message, grammar, source)
    unknown = dict.fromkeys(segment.tag for segment in body if segment.tag not in grammar.known)
    return [f"{tag}: not of {message.kind}" for tag in unknown]


def _in_order(body: tuple[Segment, ...], grammar: Grammar, source: str) -> None:
    seen: set[str] = set()
    for segment in body:
        opening = grammar.opened_by.get(segment.tag)
        if opening is not None and opening not in seen:
            detail = f"{source}, {segment}: it comes before any {opening}."
            raise Fault(detail, REMEDY, segment.position, segment.tag, "15")
        if segment.tag == "BGM" and "BGM" in seen:
            raise Fault(f"{source}, {segment}: there are two.", REMEDY, segment.position, "BGM", "35")
        seen.add(segment.tag)


def _complete(message: Message, grammar: Grammar, source: str) -> None:
    tags = {segment.tag for segment in message.segments}
    tail = message.segments[-1]
    for tag in grammar.required:
        if tag not in tags:
            raise Fault(f"{source}, {tail}: the message has no {tag}.", REMEDY, tail.position, tag, "13")
    for opening, members in grammar.each.items():
        for group in _groups(message.segments, opening):
            for member in members:
                if member not in {segment.tag for segment in group}:
                    detail = f"{source}, {group[0]}: its group has no {member}."
                    raise Fault(detail, REMEDY, group[0].position, member, "13")


def _groups(segments: tuple[Segment, ...], opening: str) -> Iterator[list[Segment]]:
    group: list[Segment] = []
    for segment in segments:
        if segment.tag == opening:
            if group:
                yield group
            group = [segment]
        elif group:
            group.append(segment)
    if group:
        yield group
