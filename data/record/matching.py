"""Match papers to declared boxes: the same box, and the same voyage as far as it is stated.

A box makes many voyages. A paper that states a vessel, voyage, booking or bill must not contradict the declaration. A
paper that states none of them (a weighing, a certificate) is matched by time: to the declaration that it precedes or
accompanies, not to the next voyage of the box. These rules compare the instants stated on the papers; `known_before`
selects the papers that the port knew when it scored a version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from data.record.papers import Paper
from data.record.voyages import Voyage, contradict, same_booking, same_voyage, voyage_of
from data.records import BOX_KEY

# A booking precedes the declaration by weeks; an older paper is of the same voyage only if it states the booking.
_EARLIEST: Final = timedelta(days=45)
# Papers are issued until the box is loaded, and corrections for a few days after.
_AFTER_LOADING: Final = timedelta(days=3)
# Used where loading is not known: most boxes are loaded within ten days of their declaration.
_WITHOUT_LOADING: Final = timedelta(days=10)

VERSION_COLUMNS: Final = (*BOX_KEY, "declared_at", "known_at", "loading_at", *Voyage._fields)
"""The columns of a declaration that `version_of` reads. Without `known_at`, `declared_at` is used."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a declared box, with the values by which papers are matched. Papers that state no voyage belong to
    it up to the instant `until`."""

    declaration_id: str
    box_no: str
    amendment_no: float
    declared_at: datetime
    known_at: datetime
    until: datetime
    booking_no: str | None
    voyage: Voyage


def version_of(row: Mapping[str, Any]) -> Version:
    """The version of a declaration row (validated; any of its lines)."""
    declared_at, loading_at = row["declared_at"], row.get("loading_at")
    return Version(
        row["declaration_id"],
        row["box_no"],
        row["amendment_no"],
        declared_at,
        row.get("known_at") or declared_at,
        declared_at + _WITHOUT_LOADING if loading_at is None else loading_at + _AFTER_LOADING,
        row.get("booking_no"),
        voyage_of(row),
    )


def known_before(version: Version, papers: Iterable[Paper]) -> list[Paper]:
    """The papers that the port knew before a version; of those that became known at the same instant, the ones stated
    before the version was declared. Papers with both instants equal are left out."""
    known = (version.known_at, version.declared_at)
    return [paper for paper in papers if (paper.known_at, paper.stated_at) < known]


def versions_known_before(version: Version, others: Iterable[Version]) -> list[Version]:
    """The versions that the port knew before `version`, by the same rule."""
    known = (version.known_at, version.declared_at)
    return [other for other in others if (other.known_at, other.declared_at) < known]


def about(version: Version, papers: Iterable[Paper], others: Sequence[Version]) -> list[Paper]:
    """The papers, among `papers`, that are about a version; `others` are declared versions of the same box, also of
    other declarations, to which papers may belong instead."""
    found = []
    earlier: list[Version] | None = None
    for paper in papers:
        if not _names(paper, version) or contradict(paper.voyage, version.voyage):
            continue
        if not same_booking(paper.voyage, version.voyage):
            stated_at = paper.stated_at
            if not version.declared_at - _EARLIEST <= stated_at <= version.until:
                continue
            if earlier is None:
                earlier = _earlier_declarations(version, others)
            if any(stated_at <= other.until and not same_voyage(version.voyage, other.voyage) for other in earlier):
                continue
        found.append(paper)
    return found


def _names(paper: Paper, version: Version) -> bool:
    """Whether a paper is about the box; for one without a box, about its booking."""
    if paper.box_no:
        return paper.box_no == version.box_no
    return bool(version.booking_no) and paper.values.get("booking_no") == version.booking_no


def _earlier_declarations(version: Version, others: Iterable[Version]) -> list[Version]:
    """The first version of each other declaration of the same box that was declared before this one."""
    first: dict[str, Version] = {}
    for other in others:
        if other.box_no != version.box_no or other.declaration_id == version.declaration_id:
            continue
        if other.declared_at >= version.declared_at:
            continue
        known = first.get(other.declaration_id)
        if known is None or (other.declared_at, other.amendment_no) < (known.declared_at, known.amendment_no):
            first[other.declaration_id] = other
    return list(first.values())
