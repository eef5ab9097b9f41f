"""The history of a store as one process keeps it: loaded from the last snapshot, then kept current with the store.

New facts are found by their event numbers. Facts known later than all before are added; if older history is imported
into a store that is already in use, the history is rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.settings import settings
from data.store import Store
from features.boxes import boxes_of_frame
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.columns import EVENT_NO, KNOWN_AT, microseconds
from features.history import recorded_boxes
from features.history.counters import Profiles
from features.history.events import Events, declared_events
from features.history.outcomes import Inspected, Pair, Versions, inspected_rows, versions_of
from features.history.state import History, log_of, replay
from features.versions import history_version

TABLES: Final = ("declarations", "inspections", "statements")
"""Tables from which a history is computed: boxes, inspections, and other papers that fill the boxes."""
# Above this number of new declared lines, boxes are computed and stored in parts.
_MOST_AT_ONCE: Final = recorded_boxes.EVENTS_A_PART
# Number of new declared lines after which a snapshot is saved.
SNAPSHOT_EVERY: Final = 20_000
# Microseconds: the current history is used for instants up to a minute before its last event.
_TOGETHER: Final = 60_000_000
NO_BOXES: Final = recorded_boxes.joined([])

Progress = Callable[[str], None]
Snapshot = tuple[dict[str, int], dict[str, NDArray[Any]]]


@dataclass(frozen=True)
class Watermark:
    """Events that a history contains: all up to a number by table, except those in `without` (first and last)."""

    last: Mapping[str, int]
    without: Mapping[str, list[list[int]]] = field(default_factory=dict)

    def before(self, table: str, event_no: int) -> Watermark:
        """Watermark just before an event of a table."""
        return Watermark({**self.last, table: event_no - 1}, self.without)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Watermark:
        """The watermark that an assessment stores (`as_dict`)."""
        return cls({name: last for name, last in stored.items() if name != "without"}, stored.get("without", {}))

    def contains(self, table: str, event_nos: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which events (n,) of a table the history contains, shape (n,)."""
        mask = event_nos <= self.last[table]
        for first, last in self.without.get(table, ()):
            mask &= (event_nos < first) | (event_nos > last)
        return np.asarray(mask, dtype=bool)

    def as_dict(self) -> dict[str, Any]:
        """The form that is stored in an assessment."""
        return {**self.last, "without": dict(self.without)} if self.without else dict(self.last)


@dataclass(frozen=True)
class Recorded(CheckedBoxes):
    """Recorded boxes, filled from other papers; `own` (n,) are the events of their own declarations."""

    own: Events

    def take(self, chosen: NDArray[Any]) -> Recorded:
        """The boxes at positions, or where the mask `chosen` is true, in that order."""
        boxes = super().take(chosen)
        own = self.own.where(np.arange(len(self))[chosen])
        return Recorded(boxes.box, boxes.line, boxes.start, boxes.most_hazardous_line, boxes.keys, boxes.checks, own)

    def counted(self, known: Watermark, instant: int) -> Events:
        """Their own events (n,) as a history of the events `known` before an instant (microseconds) counts them: those
        that it does not contain have no keys, so that nothing is subtracted for them."""
        counted = known.contains("declarations", self.box[EVENT_NO]) & (self.own.times < instant)
        return replace(self.own, keys=np.where(counted[:, None], self.own.keys, 0))


class Following:
    """A history of a store, and the event numbers up to which it is current."""

    def __init__(self, store: Store, progress: Progress = lambda step: None, found: Snapshot | None = None) -> None:
        """`found` is the last snapshot of the store, if it was read already."""
        self._store = store
        self._progress = progress
        self.beside = False
        """Whether imported older history is left to the caller, so that answers continue meanwhile (`is_behind`)."""
        self._history = History()
        self._seen = dict.fromkeys(TABLES, 0)
        self._without: dict[str, list[list[int]]] = {}
        self._kept = 0
        # Whether the history is exactly that of the events in the watermark.
        self._sound = True
        self._load(found)
        if self.wants_snapshot:
            progress("saving a snapshot")
            self.keep_snapshot()
        self.snapshot_was_kept()

    @property
    def history(self) -> History:
        """The history of the events in `watermark`."""
        if not self._sound:
            self._load()
        return self._history

    @property
    def watermark(self) -> Watermark:
        """Events that the history contains."""
        if not self._sound:
            self._load()
        return self._known()

    def _known(self) -> Watermark:
        return Watermark(dict(self._seen), {name: [*some] for name, some in self._without.items()})

    @property
    def has_statements(self) -> bool:
        """Whether the store has papers other than declarations."""
        return self._seen["statements"] > 0

    @property
    def is_long(self) -> bool:
        """Whether the history is long enough for a snapshot."""
        return self._seen["declarations"] >= SNAPSHOT_EVERY

    def roll_back(self, known: Watermark) -> None:
        """After a failed transaction that began with the events `known`: discard the history, which is then loaded
        again before its next use, if it contains others."""
        self._sound = self._sound and self._known() == known

    @property
    def wants_snapshot(self) -> bool:
        """Whether enough events came since the last snapshot for another one."""
        return not self.is_behind and self._seen["declarations"] - self._kept >= SNAPSHOT_EVERY

    def keep_snapshot(self) -> None:
        """Save a snapshot if this history has events since the last one, so that the next start has less to follow.

        Another process may have saved one with later events, which stays.
        """
        kept = self._store.snapshot_watermark(history_version()) or {}
        is_newer = any(number > kept.get(name, 0) for name, number in self._seen.items())
        if self._sound and not self.is_behind and is_newer:
            self._store.keep_snapshot(history_version(), self._seen, self._history.arrays())

    def snapshot_was_kept(self) -> None:
        """Read up to which event the stored snapshot reaches, after another process saved it."""
        self._kept = (self._store.snapshot_watermark(history_version()) or {}).get("declarations", 0)

    @property
    def is_behind(self) -> bool:
        """Whether older history was imported that this history does not contain."""
        return bool(self._without)

    def _load(self, found: Snapshot | None = None) -> None:
        """Load the last snapshot, or rebuild the history if there is none, and add the events since then."""
        found = found or last_snapshot(self._store)
        self._history = History.of_arrays(found[1]) if found else History()
        self._seen = dict.fromkeys(TABLES, 0) | (found[0] if found else {})
        self._without, self._sound = {}, True
        self._kept = self._seen["declarations"]
        self.follow(self._store)

    def follow(self, store: Store, last: Mapping[str, int] | None = None) -> tuple[CheckedBoxes, Profiles] | None:
        """Add all events that any process has stored, up to `last` by table (default: up to the newest).

        `store` is the store or one of its transactions. If older facts were imported, the history is rebuilt; with
        `beside` it is not, but continues without them. Returns the new boxes with their profiles just before their own
        events; None if there was nothing new, or the history was rebuilt.
        """
        if not self._sound:
            self._load()
        numbers = last or store.last_event_nos()
        last = {name: numbers[name] for name in TABLES}
        if last == self._seen:
            return None
        older = {name: self._is_older(store, name, last[name]) for name in TABLES}
        many = last["declarations"] - self._seen["declarations"] > _MOST_AT_ONCE
        if (any(older.values()) or many) and not self.beside:
            self._history = make(store, last, self._progress)
            self._seen, self._without, self._kept = last, {}, 0
            return None
        for name, after in self._seen.items():
            if older[name]:
                self._without.setdefault(name, []).append([after + 1, last[name]])
        seen, boxes, rows = self._seen, NO_BOXES, []
        if not older["declarations"]:
            boxes = check(recorded_boxes.enriched(store, store.boxes_between(*_span(seen, last, "declarations"))))
        if not older["inspections"] and last["inspections"] > seen["inspections"]:
            rows = inspected_rows(store.inspections(seen["inspections"], last["inspections"]))
        return boxes, self._advance(store, boxes, rows, last)

    def _advance(
        self, store: Store, boxes: CheckedBoxes, rows: Sequence[Inspected], last: Mapping[str, int]
    ) -> Profiles:
        """Add facts to the history, which then contains all events up to `last`; profiles of the boxes just before."""
        # An error may leave the history with a part of them.
        self._sound = False
        profiles = self._history.follow(boxes, rows, StoreFacts(store))
        self._seen, self._sound = dict(last), True
        return profiles

    def _is_older(self, store: Store, name: str, until: int) -> bool:
        """Whether new facts of a table were known before the last event of the history, and concern it, or are further
        lines of its boxes."""
        seen = self._seen
        if until == seen[name]:
            return False
        if name == "declarations" and store.adds_to_known(seen[name], until):
            return True
        _, first = store.new_facts(name, seen[name], until)
        if first is None or microseconds(first) > self._history.clock:
            return False
        return name != "statements" or store.stated_of_known(seen["statements"], seen["declarations"])

    def added(
        self, store: Store, boxes: CheckedBoxes | None, rows: Sequence[Inspected], counts: Mapping[str, int]
    ) -> Profiles:
        """Add facts that this process has stored, `counts` rows by table; return the profiles of the boxes just before
        their own events."""
        boxes = NO_BOXES if boxes is None else boxes
        last = {name: number + counts.get(name, 0) for name, number in self._seen.items()}
        return self._advance(store, boxes, rows, last)

    def read(self, boxes: CheckedBoxes, at: datetime) -> Profiles:
        """Profiles at an instant, but after all events of the history, of boxes that are not recorded."""
        return self.history.read(boxes, self.history.after_all(microseconds(at)))

    def read_again(self, boxes: Recorded, at: datetime) -> Profiles:
        """Profiles at an instant, but after all events of the history, of recorded boxes without their own
        declarations."""
        history = self.history
        instant = history.after_all(microseconds(at))
        return history.read_again(boxes, boxes.counted(self.watermark, instant), instant)

    def before(self, at: datetime) -> History:
        """The history before an instant: this one if its last event is at most a minute later, else one rebuilt."""
        instant = microseconds(at)
        if instant >= self.history.clock - _TOGETHER:
            return self._history
        return self.past(self.watermark, instant)

    def past(self, known: Watermark, instant: int) -> History:
        """The history of some of the events, those known before an instant (microseconds), rebuilt."""
        parts = (part.take(part.known_at < instant) for part in self._parts(known))
        return History.made(parts, [row for row in self._inspections(known) if row.known_at < instant])

    def when_known(self, boxes: CheckedBoxes, known: Watermark | None = None) -> Profiles:
        """Profiles of recorded boxes just before the port knew of each, from one replay of some events (default: of
        all that the history contains)."""
        known = known or self.watermark
        return replay(boxes, log_of(recorded_boxes.joined(list(self._parts(known))), self._inspections(known)))

    def _parts(self, known: Watermark) -> Iterator[CheckedBoxes]:
        for part in recorded_boxes.parts(self._store, self._seen):
            yield part.take(known.contains("declarations", part.box[EVENT_NO]))

    def _inspections(self, known: Watermark) -> list[Inspected]:
        found = self._store.inspections(0, known.last["inspections"])
        return inspected_rows(found[known.contains("inspections", found[EVENT_NO].to_numpy())])

    def recorded(self, store: Store, lines: pd.DataFrame, at: datetime | None) -> Recorded:
        """Boxes of recorded lines, filled from the papers that were known at an instant (None: when the port knew of
        each box)."""
        then = check(recorded_boxes.enriched(store, lines))
        now = then
        if at is not None and self.has_statements and len(lines):
            filled = recorded_boxes.filled_from(store, lines.assign(known_at=pd.Timestamp(at)))
            now = check(boxes_of_frame(filled))
            now.box[KNOWN_AT] = then.known_at
        return Recorded(
            now.box, now.line, now.start, now.most_hazardous_line, now.keys, now.checks, declared_events(then)
        )


def last_snapshot(store: Store) -> Snapshot | None:
    """The last snapshot of a store that this code can use, and its watermark."""
    return store.snapshot(history_version())


def _span(seen: Mapping[str, int], last: Mapping[str, int], name: str) -> tuple[int, int, int]:
    return seen[name], last[name], last[name]


def make(store: Store, last: Mapping[str, int], progress: Progress = lambda step: None) -> History:
    """Rebuild the history of all events up to `last` (by table) from the facts."""
    rows = inspected_rows(store.inspections(0, last["inspections"]))
    return History.made(recorded_boxes.parts(store, last, progress), rows)


class StoreFacts:
    """`features.history.state.Facts` of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def versions(self, pairs: Collection[Pair], until: int) -> Versions:
        """See `Facts.versions`."""
        found = self._store.declared({name for name, _ in pairs})
        if found.empty:
            return {}
        boxes: CheckedBoxes = check(recorded_boxes.enriched(self._store, found))
        return versions_of(boxes.take(boxes.known_at <= until), set(pairs))

    def inspections(self, pairs: Collection[Pair], before: int) -> list[Inspected]:
        """See `Facts.inspections`."""
        wanted = set(pairs)
        rows = inspected_rows(self._store.inspections_of({name for name, _ in pairs}))
        return [row for row in rows if (row.declaration_id, row.box_no) in wanted and row.known_at < before]


def main() -> None:
    """Update the snapshot of the store in the settings; runs as a process beside the service."""
    store = Store.open(settings().store_url)
    try:
        Following(store)
    finally:
        store.close()


if __name__ == "__main__":
    main()
