"""Match papers to declared boxes: the same box, and no contradiction about the voyage.

A box makes many voyages. A paper that names a vessel, voyage, booking or bill must not contradict the declaration. One
that names none of them (a weighing, a certificate) belongs by time: to the declaration it precedes or accompanies,
not to the next voyage of the same box. These rules compare the instants that the papers themselves bear. What the port
knew when it scored a version is another question: `known_before`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from data.record.papers import Paper
from data.record.voyages import Voyage, contradict, same_booking, same_voyage, voyage_of
from data.records import BOX_KEY

# A booking precedes the declaration by weeks; no paper of the same voyage is older than this unless it names it.
_EARLIEST: Final = timedelta(days=45)
# Papers still come until the box is loaded, and corrections a few days after.
_AFTER_LOADING: Final = timedelta(days=3)
# Where loading is not known: most boxes are loaded within ten days of their declaration.
_WITHOUT_LOADING: Final = timedelta(days=10)

VERSION_COLUMNS: Final = (*BOX_KEY, "declared_at", "known_at", "loading_at", *Voyage._fields)
"""The columns of a declaration that `version_of` reads. Without `known_at`, `declared_at` stands for it."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a declared box: what decides which papers are about it. `until` is the instant up to which
    papers that name no voyage belong to it."""

    declaration_id: str
    box_no: str
    amendment_no: float
    declared_at: datetime
    known_at: datetime
    until: datetime
    booking_no: str | None
    voyage: Voyage


def version_of(row: Mapping[str, Any]) -> Version:
    """The version that a declaration's row (validated; any of its lines) is of."""
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
    """The papers that the port knew before it knew a version; of those it learned of at once with it, the ones stated
    before it was declared. What bears the same two instants does not count."""
    known = (version.known_at, version.declared_at)
    return [paper for paper in papers if (paper.known_at, paper.stated_at) < known]


def versions_known_before(version: Version, others: Iterable[Version]) -> list[Version]:
    """The versions that the port knew before it knew `version`, by the same rule."""
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
    """Whether a paper names the box; one that has no box yet, the booking."""
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
        held = first.get(other.declaration_id)
        if held is None or (other.declared_at, other.amendment_no) < (held.declared_at, held.amendment_no):
            first[other.declaration_id] = other
    return list(first.values())
