"""Compare a message with its segment table: missing, repeated and misplaced segments are reported, not refused.

Messages of ports differ from the directories, and a box that can be read is not refused for such a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from data.sources.edifact.syntax import Fault, Segment
from data.sources.edifact.tables import Node
from data.sources.problems import Phrase

_REMEDY: Final = Phrase("advice.table")


@dataclass
class _Open:
    """An open group: its members, the position of the last one, and counts since the group began."""

    members: tuple[Node, ...]
    at: int = 0
    counts: dict[int, int] = field(default_factory=dict)

    def missing(self, until: int) -> Iterator[str]:
        """Tags of the mandatory members before `until` that did not occur."""
        for place in range(self.at, until):
            if self.members[place].is_required and not self.counts.get(place):
                yield self.members[place].tag

    def place_of(self, tag: str) -> int | None:
        """The next position at which a segment is allowed; None when there is none."""
        return next((place for place in range(self.at, len(self.members)) if self.members[place].tag == tag), None)


def deviations(table: tuple[Node, ...], body: Iterable[Segment], tail: Segment, source: str) -> Iterator[Fault]:
    """The deviations of the segments between UNH and UNT from the table, in order; none for an empty table."""
    if not table:
        return
    groups = [_Open(table)]
    qualified = _qualified(table)
    for segment in body:
        tag = f"{segment.tag}+{segment.get(0)}"
        tag = tag if tag in qualified else segment.tag
        depths = reversed(range(len(groups)))
        depth = next((depth for depth in depths if groups[depth].place_of(tag) is not None), None)
        if depth is None:
            yield _fault(source, segment, Phrase("fault.unexpected", expected=_expected(groups)), "15")
            continue
        while len(groups) > depth + 1:
            yield from _missing(groups.pop(), segment, source)
        group = groups[-1]
        place = group.place_of(tag)
        assert place is not None
        yield from _missing(group, segment, source, place)
        if place != group.at:
            group.at = place
        count = group.counts[place] = group.counts.get(place, 0) + 1
        node = group.members[place]
        if count == node.max_count + 1:
            code = "36" if node.members else "35"
            yield _fault(source, segment, Phrase("fault.too_many", count=node.max_count), code)
        if node.members:
            groups.append(_Open(node.members, 0, {0: 1}))
    while groups:
        yield from _missing(groups.pop(), tail, source)


def _qualified(table: tuple[Node, ...]) -> frozenset[str]:
    """The tags of a table that have a qualifier."""
    own = {node.tag for node in table if "+" in node.tag}
    return frozenset(own.union(*(_qualified(node.members) for node in table if node.members)))


def _missing(group: _Open, segment: Segment, source: str, until: int | None = None) -> Iterator[Fault]:
    for tag in group.missing(len(group.members) if until is None else until):
        yield _fault(source, segment, Phrase("fault.missing_before", tag=tag), "13", tag[:3])


def _fault(source: str, segment: Segment, stated: Phrase, code: str, tag: str = "") -> Fault:
    return Fault(source, segment, stated, code, _REMEDY, tag)


def _expected(groups: list[_Open]) -> str:
    """The next segments that are allowed, at most eight."""
    found = dict.fromkeys(node.tag for group in reversed(groups) for node in group.members[group.at :])
    return ", ".join(list(found)[:8]) + (" …" if len(found) > 8 else "")
