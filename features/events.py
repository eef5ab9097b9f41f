"""Events of the log: columns of time, id, entity keys and amounts, totally ordered by (time, id)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.beliefs import Openings
from features.boxes import box_mass_kg
from features.checks.results import CheckedBoxes
from features.entities import ENTITIES, hash_of
from features.habits import behaviour
from features.ledger import SUM, SUMS

WIDTH: Final = len(SUMS)


@dataclass(frozen=True)
class Events:
    """n events: `times` (n,) microseconds, `ids` (n,) to break ties, `keys` (n, entities), `amounts` (n, sums)."""

    times: NDArray[np.int64]
    ids: NDArray[np.int64]
    keys: NDArray[np.int64]
    amounts: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.times)

    def ordered(self) -> Events:
        """The same events in order of (time, id)."""
        order = np.lexsort((self.ids, self.times))
        return Events(self.times[order], self.ids[order], self.keys[order], self.amounts[order])

    def where(self, chosen: NDArray[np.bool_]) -> Events:
        """The events under the mask."""
        return Events(self.times[chosen], self.ids[chosen], self.keys[chosen], self.amounts[chosen])


def joined(parts: Iterable[Events]) -> Events:
    """Several logs as one, in order of (time, id)."""
    parts = list(parts)
    return Events(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.amounts for part in parts]),
    ).ordered()


def declared_events(boxes: CheckedBoxes) -> Events:
    """One event a box version: declared (or amended), with its mass."""
    count = len(boxes)
    amounts = np.zeros((count, WIDTH))
    first = boxes.box["amendment_no"] == 0
    amounts[:, SUM["declared"]] = amounts[:, SUM["declared_short"]] = first
    amounts[:, SUM["amended"]] = ~first
    amounts[:, SUM["flawed"]] = first & (boxes.checks.faults + boxes.checks.severe > 0)
    for name, happened in behaviour(boxes).items():
        amounts[:, SUM[name]] = first & happened
    log_mass = np.log1p(box_mass_kg(boxes)) if count else np.zeros(0)
    weighed = first & ~np.isnan(log_mass)
    amounts[:, SUM["weighed"]] = weighed
    amounts[:, SUM["log_mass"]] = np.where(weighed, log_mass, 0.0)
    amounts[:, SUM["log_mass_squared"]] = np.where(weighed, log_mass**2, 0.0)
    names = zip(boxes.box["declaration_id"], boxes.box["box_no"], boxes.box["amendment_no"].tolist(), strict=True)
    ids = np.array([hash_of(f"declared:{a}:{b}:{c:.0f}") for a, b, c in names], dtype=np.int64)
    return Events(boxes.declared_at.copy(), ids, boxes.keys, amounts)


@dataclass(frozen=True)
class Log:
    """All that was recorded, in order: the events that the ledger adds up, and the openings that beliefs learn from."""

    events: Events
    openings: Openings

    def before(self, instant: int) -> Log:
        """What was recorded strictly before an instant, microseconds."""
        return Log(self.events.where(self.events.times < instant), self.openings.where(self.openings.times < instant))


NO_EVENTS: Final = Events(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, len(ENTITIES)), np.int64), np.zeros((0, WIDTH))
)
