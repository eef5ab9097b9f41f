"""Events of the log in the order in which the port knew them: time, kind, id, entity keys, amounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.boxes import Boxes, box_mass_kg
from features.checks.results import CheckedBoxes
from features.definitions.filing_behaviour import filing_behaviour
from features.history.counters import SUM, SUMS
from features.history.effects import OpeningEvents
from features.history.entities import ENTITIES, hash_of

WIDTH: Final = len(SUMS)


@dataclass(frozen=True)
class Events:
    """n events in the order in which the port knew them.

    `times` (n,) microseconds; `kinds` (n,) 0 for a declaration, 1 for an outcome; `ids` (n,) to break ties of one kind;
    `keys` (n, entities); `amounts` (n, sums). The order is that of (time, kind, id), so that events of one instant do
    not depend on the order in which files were read.
    """

    times: NDArray[np.int64]
    kinds: NDArray[np.int8]
    ids: NDArray[np.int64]
    keys: NDArray[np.int64]
    amounts: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.times)

    def where(self, chosen: NDArray[Any]) -> Events:
        """The events at positions, or where the mask `chosen` is true."""
        return Events(self.times[chosen], self.kinds[chosen], self.ids[chosen], self.keys[chosen], self.amounts[chosen])


def joined(parts: Iterable[Events]) -> Events:
    """Merge several logs into one, in order."""
    parts = [part for part in parts if len(part)] or [NO_EVENTS]
    if len(parts) == 1:
        whole = parts[0]
    else:
        whole = Events(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Events)))
    order = np.lexsort((whole.ids, whole.kinds, whole.times))
    return whole if np.array_equal(order, np.arange(len(order))) else whole.where(order)


def declared_events(boxes: CheckedBoxes) -> Events:
    """One event per box version: declared or amended, its filing behaviour and its mass."""
    count = len(boxes)
    if not count:
        return NO_EVENTS
    amounts = np.zeros((count, WIDTH))
    first = boxes.box["amendment_no"] == 0
    amounts[:, SUM["declared"]] = amounts[:, SUM["declared_short"]] = first
    amounts[:, SUM["amended"]] = ~first
    amounts[:, SUM["faulty_papers"]] = first & (boxes.checks.faults + boxes.checks.severe > 0)
    for name, happened in filing_behaviour(boxes).items():
        amounts[:, SUM[name]] = first & happened
    log_mass = np.log1p(box_mass_kg(boxes))
    with_mass = first & ~np.isnan(log_mass)
    amounts[:, SUM["with_mass"]] = with_mass
    amounts[:, SUM["log_mass"]] = np.where(with_mass, log_mass, 0.0)
    amounts[:, SUM["log_mass_squared"]] = np.where(with_mass, log_mass**2, 0.0)
    return Events(boxes.known_at.copy(), np.zeros(count, dtype=np.int8), box_ids(boxes), boxes.keys, amounts)


def box_ids(boxes: Boxes) -> NDArray[np.int64]:
    """Hash of each box version, shape (n,), the same in every process."""
    names = zip(boxes.box["declaration_id"], boxes.box["box_no"], boxes.box["amendment_no"].tolist(), strict=True)
    return np.array([hash_of(f"declared:{a}:{b}:{c:.0f}") for a, b, c in names], dtype=np.int64)


@dataclass(frozen=True)
class Log:
    """The whole log in order: events for the counters, and openings for the effects."""

    events: Events
    openings: OpeningEvents

    def before(self, instant: int) -> Log:
        """The part of the log that was known strictly before an instant, microseconds."""
        return Log(self.events.where(self.events.times < instant), self.openings.where(self.openings.times < instant))


NO_EVENTS: Final = Events(
    np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.int64), np.zeros((0, len(ENTITIES)), np.int64),
    np.zeros((0, WIDTH)),
)  # fmt: skip
