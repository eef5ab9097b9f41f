"""The event log of one process, and the ledger and the beliefs that follow it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.beliefs import NO_OPENINGS, Beliefs, Believed, Openings, in_order
from features.checks.results import CheckedBoxes
from features.entities import INDEX
from features.events import NO_EVENTS, WIDTH, Events, Log, declared_events, joined
from features.ledger import Ledger, Profiles
from features.outcomes import Inspected, Outcomes
from features.traits import traits_of

_NEVER: Final = (np.iinfo(np.int64).min, np.iinfo(np.int64).min)
"""Before any event: (time, id)."""


class History:
    """The log, and the ledger and the beliefs that follow it, for one process."""

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._beliefs = Beliefs()
        self._openings: list[Openings] = []
        self._last_opening = _NEVER
        self._outcomes = Outcomes()
        self._known: set[int] = set()
        self._declared: list[Events] = []
        self._rows: list[Inspected] = []
        self._parts: list[Events] = []
        self._clock = _NEVER

    def add(self, boxes: CheckedBoxes | None, inspections: Iterable[Inspected] = ()) -> None:
        """Append declarations and inspections to the log and let the ledger follow; what it has is passed over.

        The order of arrival does not matter: what came too late for the outcomes makes the log anew.
        """
        rows = [row for row in inspections if self._is_new(row.event_id)]
        self._rows += rows
        parts = []
        again = False
        if boxes is not None and len(boxes):
            declared = declared_events(boxes)
            fresh = np.array([self._is_new(event) for event in declared.ids.tolist()], dtype=bool)
            new = boxes.take(fresh)
            again = self._outcomes.unsettled(new)
            rows += self._outcomes.know(new)
            parts.append(declared.where(fresh))
        self._declared += parts
        if again or self._outcomes.overtaken(rows):
            self._make_again()
        else:
            self._follow(parts, self._outcomes.log(rows))

    def _make_again(self) -> None:
        self._outcomes = Outcomes(self._outcomes.versions)
        self._parts = []
        self._ledger, self._beliefs = Ledger(), Beliefs()
        self._openings, self._last_opening = [], _NEVER
        self._clock = _NEVER
        self._follow(self._declared, self._outcomes.log(self._rows))

    def _is_new(self, event: int) -> bool:
        if event in self._known:
            return False
        self._known.add(event)
        return True

    def log(self) -> Log:
        """The whole log in order of (time, id)."""
        if len(self._parts) != 1:
            self._parts = [joined(self._parts)] if self._parts else [NO_EVENTS]
        if len(self._openings) > 1:
            self._openings = [in_order(self._openings)]
        return Log(self._parts[0], self._openings[0] if self._openings else NO_OPENINGS)

    def read(self, boxes: CheckedBoxes) -> Profiles:
        """What was known of each box's entities strictly before it was declared. Changes nothing."""
        if len(boxes) > 1:
            return replay(boxes, self.log())
        instant = int(boxes.declared_at[0])
        ledger, beliefs = self._ledger, self._beliefs
        if instant <= self._clock[0]:
            before = self.log().before(instant)
            ledger = _rebuilt(before.events, boxes.keys)
            if instant <= self._last_opening[0]:
                beliefs = _taught(before.openings)
        sums = ledger.replay(boxes.declared_at, boxes.keys, np.full((1, WIDTH), np.nan), np.zeros(1, np.int64))
        return _believing(sums, beliefs.read(boxes.declared_at, traits_of(boxes)))

    def _follow(self, declared: list[Events], outcomes: Log) -> None:
        events = joined([NO_EVENTS, *declared, outcomes.events])
        if not len(events):
            return
        late = (int(events.times[0]), int(events.ids[0])) < self._clock
        self._parts.append(events)
        self._clock = max(self._clock, (int(events.times[-1]), int(events.ids[-1])))
        if late:
            self._ledger.copy_slots(_rebuilt(self.log().events, events.keys), events.keys)
        else:
            self._ledger.replay(events.times, events.keys, events.amounts, np.full(len(events), -1))
        openings = in_order([outcomes.openings])
        if not len(openings):
            return
        overtaken = (int(openings.times[0]), int(openings.ids[0])) < self._last_opening
        self._openings.append(openings)
        self._last_opening = max(self._last_opening, (int(openings.times[-1]), int(openings.ids[-1])))
        if overtaken:
            # Beliefs of one trait lean on those of all others: they are learned anew, which openings alone decide.
            self._beliefs = _taught(self.log().openings)
        else:
            self._beliefs.learn(openings)


def _taught(openings: Openings) -> Beliefs:
    beliefs = Beliefs()
    beliefs.learn(openings)
    return beliefs


def _believing(profiles: Profiles, believed: Believed) -> Profiles:
    """Profiles of n rows with what is believed of them."""
    return replace(profiles, effects=believed.effects, doubt=believed.doubt)


def _rebuilt(log: Events, keys: NDArray[np.int64]) -> Ledger:
    """A ledger that holds the history of `keys` alone; the events that touch them suffice for the same bits."""
    ledger = Ledger()
    port = INDEX["port"]
    wanted = np.unique(np.delete(keys, port, axis=1))
    touches = np.isin(np.delete(log.keys, port, axis=1), wanted[wanted != 0])
    touched = log.where(np.asarray(touches.any(axis=1)))
    without_port = touched.keys.copy()
    without_port[:, port] = 0
    ledger.replay(touched.times, without_port, touched.amounts, np.full(len(touched), -1))
    only_port = np.ascontiguousarray(log.keys[:, port : port + 1])
    ledger.replay(log.times, only_port, log.amounts, np.full(len(log), -1))
    return ledger


def replay(boxes: CheckedBoxes, log: Log) -> Profiles:
    """Profiles of many boxes from a log in order, each strictly before its own instant, in one pass."""
    events = log.events
    times = np.concatenate([boxes.declared_at, events.times])
    ids = np.concatenate([np.full(len(boxes), np.iinfo(np.int64).min), events.ids])
    order = np.lexsort((ids, times))
    keys = np.concatenate([boxes.keys, events.keys])[order]
    amounts = np.concatenate([np.full((len(boxes), WIDTH), np.nan), events.amounts])[order]
    reads = np.concatenate([np.arange(len(boxes)), np.full(len(events), -1)])[order]
    sums = Ledger().replay(times[order], keys, amounts, reads)
    return _believing(sums, Beliefs().replay(log.openings, boxes.declared_at, traits_of(boxes)))
