"""Facts that arrive one after the other at a history, for tests: what a running service does, without a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from features.boxes import boxes_of_rows
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.columns import microseconds
from features.history.counters import Profiles
from features.history.following import NO_BOXES
from features.history.outcomes import Inspected, Pair, Version, Versions, versions_of
from features.history.state import History

START = datetime(2026, 1, 1, tzinfo=UTC)


def instant(day: float) -> int:
    """Microseconds of a day counted from START."""
    return microseconds(START + timedelta(days=day))


def declared(box: str, day: float, known: float | None = None, **facts: Any) -> CheckedBoxes:
    """A box declared on a day, known then or on the day `known`."""
    row = {"declaration_id": box, "box_no": box, "declared_at": START + timedelta(days=day), **facts}
    boxes = check(boxes_of_rows([row]))
    return check(boxes.known_from(np.array([instant(day if known is None else known)])))


def concluded(
    box: str, recorded: float, outcome: str = "violation", findings: str = "misdeclared", inspected: float = 2,
    inspection_id: str = "I", known: float | None = None, step: str = "box",
) -> Inspected:  # fmt: skip
    """An inspection row recorded on a day, known then or on the day `known`."""
    arrived = instant(recorded if known is None else known)
    return Inspected(inspection_id, box, box, instant(recorded), step, outcome, findings, instant(inspected), arrived)


class Remembered:
    """Facts of a history in memory, for tests without a store."""

    def __init__(self) -> None:
        self._versions: dict[Pair, list[Version]] = {}
        self._rows: dict[Pair, list[Inspected]] = {}

    def add(self, boxes: CheckedBoxes, inspections: Iterable[Inspected] = ()) -> None:
        """Add boxes and inspection rows."""
        for pair, versions in versions_of(boxes).items():
            self._versions.setdefault(pair, []).extend(versions)
        for row in inspections:
            self._rows.setdefault((row.declaration_id, row.box_no), []).append(row)

    def versions(self, pairs: Collection[Pair], until: int) -> Versions:
        """See `Facts.versions`."""
        found = {pair: [one for one in self._versions.get(pair, ()) if one.known_at <= until] for pair in pairs}
        return {pair: sorted(some, key=lambda one: one.known_at) for pair, some in found.items() if some}

    def inspections(self, pairs: Collection[Pair], before: int) -> list[Inspected]:
        """See `Facts.inspections`."""
        return [row for pair in pairs for row in self._rows.get(pair, ()) if row.known_at < before]


class Arrived:
    """A history, and what it was given."""

    def __init__(self, *facts: CheckedBoxes | Inspected) -> None:
        self.history = History()
        self._facts = Remembered()
        self.profiles: list[Profiles] = []
        for fact in facts:
            self.arrive(fact)

    def arrive(self, fact: CheckedBoxes | Inspected) -> Profiles:
        """Add a fact; what was known of its box just before, or nothing for an inspection."""
        boxes, rows = (NO_BOXES, [fact]) if isinstance(fact, Inspected) else (fact, [])
        profiles = self.history.follow(boxes, rows, self._facts)
        self._facts.add(boxes, rows)
        if len(boxes):
            self.profiles.append(profiles)
        return profiles

    def read(self, day: float, **facts: Any) -> Profiles:
        """What is known on a day of a box with these facts that is not on record."""
        return self.history.read(declared("probe", day, **facts), instant(day))
