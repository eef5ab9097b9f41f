"""The history: counters and effects, updated event by event in the order of known time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from features.checks.results import CheckedBoxes
from features.definitions.factors import factors_of
from features.history.counters import DecayedCounters, Profiles
from features.history.effects import PosteriorEffects, ProbitEffects
from features.history.events import WIDTH, Events, Log, box_ids, declared_events, joined
from features.history.outcomes import Inspected, Outcomes, Pair, Version, Versions, pairs_of, versions_of

_BEGINNING: Final = np.iinfo(np.int64).min
# Largest number of events and of read boxes per batch, to limit memory; the profile of a box takes about 8 kB.
_EVENTS_AT_ONCE: Final = 50_000
_BOXES_AT_ONCE: Final = 5_000


class Facts(Protocol):
    """Source of earlier facts for a history: the store, or memory."""

    def versions(self, pairs: Collection[Pair], until: int) -> Versions:
        """The versions of these boxes that were known at an instant, in the order of known time."""

    def inspections(self, pairs: Collection[Pair], before: int) -> Sequence[Inspected]:
        """The inspection rows of these boxes that were known before an instant."""


class History:
    """Counters and effects after all events up to `clock`. Events are added by known time, not by times on the papers.

    Reading changes nothing.
    """

    def __init__(self) -> None:
        self._counters = DecayedCounters()
        self._effects = ProbitEffects()
        self._outcomes = Outcomes()
        self.clock = _BEGINNING
        """The instant of the last event, microseconds."""

    def after_all(self, instant: int) -> int:
        """An instant (microseconds), or the first one after all events, whichever is later: what is read then includes
        all events, and each is strictly before."""
        return max(instant, self.clock + 1)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays for a snapshot, by name."""
        parts = {
            "counters": self._counters.arrays(), "effects": self._effects.arrays(), "outcomes": self._outcomes.arrays(),
        }  # fmt: skip
        arrays = {f"{part}.{name}": held for part, some in parts.items() for name, held in some.items()}
        return {**arrays, "clock": np.array([self.clock])}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> History:
        """History from the arrays of a snapshot, which are not copied."""

        def part(name: str) -> dict[str, NDArray[Any]]:
            return {key.partition(".")[2]: held for key, held in arrays.items() if key.startswith(f"{name}.")}

        history = cls()
        history._counters = DecayedCounters.of_arrays(part("counters"))
        history._effects = ProbitEffects.of_arrays(part("effects"))
        history._outcomes = Outcomes.of_arrays(part("outcomes"))
        history.clock = int(arrays["clock"][0])
        return history

    def read(self, boxes: CheckedBoxes, at: int) -> Profiles:
        """Profiles at an instant (microseconds) of n boxes that are not in the log."""
        now = np.full(len(boxes), at)
        nothing = np.full((len(boxes), WIDTH), np.nan)
        sums = self._counters.replay(now, boxes.keys, nothing, np.arange(len(boxes)))
        return _with_effects(sums, self._effects.read(now, factors_of(boxes)))

    def read_again(self, boxes: CheckedBoxes, own: Events, at: int) -> Profiles:
        """Profiles at an instant of n boxes that are in the log, without their `own` events."""
        sums = self._counters.read_without(at, boxes.keys, own.times, own.keys, own.amounts)
        return _with_effects(sums, self._effects.read(np.full(len(boxes), at), factors_of(boxes)))

    def follow(self, boxes: CheckedBoxes, inspections: Iterable[Inspected], facts: Facts) -> Profiles:
        """Add boxes and inspections, none known before `clock`; return the profiles of boxes just before their events.

        If earlier inspections waited for one of the boxes, they are read from `facts`. Raises ValueError if a fact is
        older than `clock`.
        """
        rows = list(inspections)
        declared = declared_events(boxes)
        until = max([int(declared.times.max(initial=self.clock)), *(row.known_at for row in rows)])
        first = min([int(declared.times.min(initial=until)), *(row.known_at for row in rows)])
        if first < self.clock:
            raise ValueError(
                f"A fact known at {first} (microseconds since 1970) is older than the last event of the history, "
                f"{self.clock}. Rebuild the history to add older facts."
            )
        pairs = {(row.declaration_id, row.box_no) for row in rows}
        waited_for = [pair for pair in pairs_of(boxes) if self._outcomes.waits(pair)]
        if waited_for:
            held = {(row.inspection_id, row.recorded_at) for row in rows}
            earlier = facts.inspections(waited_for, int(declared.times.max()))
            rows += [row for row in earlier if (row.inspection_id, row.recorded_at) not in held]
            pairs |= set(waited_for)
        known: dict[Pair, list[Version]] = {}
        if pairs:
            known = {pair: list(versions) for pair, versions in facts.versions(pairs, until).items()}
            for pair, own in versions_of(boxes, pairs).items():
                known[pair] = [*(one for one in known.get(pair, ()) if one.known_at < own[0].known_at), *own]
        outcomes = self._outcomes.log(rows, known)
        self.clock = until
        log = Log(joined([declared, outcomes.events]), outcomes.openings)
        return _followed(self._counters, self._effects, boxes, log)

    @classmethod
    def made(cls, parts: Iterable[CheckedBoxes], inspections: Sequence[Inspected]) -> History:
        """Build the history from all boxes, in parts of any order, and all inspection rows."""
        history = cls()
        pairs = {(row.declaration_id, row.box_no) for row in inspections}
        events: list[Events] = []
        versions: dict[Pair, list[Version]] = {}
        for part in parts:
            events.append(declared_events(part))
            for pair, some in versions_of(part, pairs).items():
                versions.setdefault(pair, []).extend(some)
        for some in versions.values():
            some.sort(key=lambda one: one.known_at)
        outcomes = history._outcomes.log(inspections, versions)
        log = joined([*events, outcomes.events])
        history.clock = int(log.times[-1]) if len(log) else _BEGINNING
        for begin in range(0, len(log), _EVENTS_AT_ONCE):
            some_events = log.where(np.arange(begin, min(begin + _EVENTS_AT_ONCE, len(log))))
            nothing = np.full(len(some_events), -1)
            history._counters.replay(some_events.times, some_events.keys, some_events.amounts, nothing)
        history._effects.learn(outcomes.openings)
        return history


def log_of(boxes: CheckedBoxes, inspections: Sequence[Inspected]) -> Log:
    """The log of boxes and inspection rows, in the order in which the port knew them."""
    pairs = {(row.declaration_id, row.box_no) for row in inspections}
    outcomes = Outcomes().log(inspections, versions_of(boxes, pairs))
    return Log(joined([declared_events(boxes), outcomes.events]), outcomes.openings)


def replay(boxes: CheckedBoxes, log: Log) -> Profiles:
    """Profiles of n boxes, each just before its own event in the log, in one pass.

    A box that is not in the log is read as of its `known_at`, before all events of that instant.
    """
    return _followed(DecayedCounters(), ProbitEffects(), boxes, log)


def replayed(boxes: CheckedBoxes, log: Log) -> Iterator[tuple[NDArray[np.int64], Profiles]]:
    """As `replay`, but some thousand boxes at a time, to limit memory.

    Yields the positions (k,) of boxes and their profiles (k rows); each box once.
    """
    return _walked(DecayedCounters(), ProbitEffects(), boxes, log)


def _followed(counters: DecayedCounters, effects: ProbitEffects, boxes: CheckedBoxes, log: Log) -> Profiles:
    """Add a log to counters and effects; return the profile of each box just before its place in the log."""
    parts = list(_walked(counters, effects, boxes, log))
    back = np.argsort(np.concatenate([positions for positions, _ in parts]))
    return Profiles(*(np.concatenate([getattr(one, name.name) for _, one in parts])[back] for name in fields(Profiles)))


def _walked(
    counters: DecayedCounters, effects: ProbitEffects, boxes: CheckedBoxes, log: Log
) -> Iterator[tuple[NDArray[np.int64], Profiles]]:
    """As `_followed`, in batches: yield positions of boxes and their profiles."""
    events, openings = log.events, log.openings
    places = places_of(boxes, events)
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    factors, instants = factors_of(boxes), boxes.known_at
    begin, learned, row = 0, 0, 0
    while True:
        end = min(begin + _EVENTS_AT_ONCE, len(events))
        # Boxes just after these events are read with the next batch, unless this is the last one.
        last = int(np.searchsorted(ordered, end, side="left" if end < len(events) else "right"))
        if last - row > _BOXES_AT_ONCE:
            last = row + _BOXES_AT_ONCE
            end = int(ordered[last])
        some, count = order[row:last], end - begin
        spots = ordered[row:last] - begin + np.arange(len(some))
        reads = np.full(count + len(some), -1)
        reads[spots] = np.arange(len(some))
        adds = np.flatnonzero(reads < 0)
        times, keys = np.empty(len(reads), np.int64), np.empty((len(reads), boxes.keys.shape[1]), np.int64)
        amounts = np.full((len(reads), WIDTH), np.nan)
        times[spots], times[adds] = instants[some], events.times[begin:end]
        keys[spots], keys[adds] = boxes.keys[some], events.keys[begin:end]
        amounts[adds] = events.amounts[begin:end]
        sums = counters.replay(times, keys, amounts, reads)
        # Openings of an instant come after the boxes of that instant, in the same order as their events.
        known = np.searchsorted(openings.times, instants[some], side="left")
        until = len(openings) if end == len(events) else int(np.searchsorted(openings.times, events.times[end], "left"))
        until = max(until, learned, int(known.max(initial=0)))
        posterior_effects = effects.replay(
            openings.where(slice(learned, until)), instants[some], factors[some], known - learned
        )
        yield some, _with_effects(sums, posterior_effects)
        begin, learned, row = end, until, last
        if begin == len(events) and row == len(order):
            return


def places_of(boxes: CheckedBoxes, events: Events) -> NDArray[np.int64]:
    """Position of the event before which each box is read, shape (n,): its own, else the first at its instant."""
    places = np.searchsorted(events.times, boxes.known_at, side="left")
    declared = np.flatnonzero(events.kinds == 0)
    if not len(declared) or not len(boxes):
        return places
    by_id = declared[np.argsort(events.ids[declared], kind="stable")]
    ids = box_ids(boxes)
    found = np.minimum(np.searchsorted(events.ids[by_id], ids), len(by_id) - 1)
    own = by_id[found]
    return np.where((events.ids[own] == ids) & (events.times[own] == boxes.known_at), own, places)


def _with_effects(profiles: Profiles, posterior_effects: PosteriorEffects) -> Profiles:
    """Profiles of n rows, completed with their effects."""
    return replace(profiles, effects=posterior_effects.effects, posterior_variance=posterior_effects.posterior_variance)
