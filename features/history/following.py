"""The history that a process keeps of a store: loaded from the last snapshot, then following what others add.

Facts are followed by their event numbers. What is known later than all that is followed is simply next; older history,
imported into a store that is already followed, has the history made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
from features.columns import KNOWN_AT, microseconds
from features.history import recorded_boxes
from features.history.counters import Profiles
from features.history.events import Events, declared_events
from features.history.outcomes import Inspected, Pair, Versions, inspected_rows, versions_of
from features.history.state import History, log_of, replay
from features.versions import history_version

TABLES: Final = ("declarations", "inspections", "statements")
"""Tables that a history is made from, or that say more of its boxes."""
# More new declared lines than this are made into boxes part by part, and kept.
_MOST_AT_ONCE: Final = recorded_boxes.EVENTS_A_PART
# A snapshot is made again once so many events came since the last one.
SNAPSHOT_EVERY: Final = 20_000
# Events of the last minute count as those of now.
_TOGETHER: Final = 60_000_000
NO_BOXES: Final = recorded_boxes.joined([])

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Watermark:
    """Which events a history knows: all up to a number, by table, but those `without` (pairs of first and last)."""

    last: Mapping[str, int]
    without: Mapping[str, list[list[int]]] = field(default_factory=dict)

    def before(self, table: str, event_no: int) -> Watermark:
        """The same up to the event before one of a table."""
        return Watermark({**self.last, table: event_no - 1}, self.without)

    def as_dict(self) -> dict[str, Any]:
        """As an assessment keeps it."""
        return {**self.last, "without": dict(self.without)} if self.without else dict(self.last)


@dataclass(frozen=True)
class Recorded(CheckedBoxes):
    """Boxes on record, filled with what is known by now; `own` (n,) are the events that their declarations were."""

    own: Events

    def take(self, chosen: NDArray[Any]) -> Recorded:
        """The boxes at the positions or under the mask `chosen`, in that order."""
        boxes = super().take(chosen)
        own = self.own.where(np.arange(len(self))[chosen])
        return Recorded(boxes.box, boxes.line, boxes.start, boxes.most_hazardous_line, boxes.keys, boxes.checks, own)


class Following:
    """A history of a store, and how far it has followed it."""

    def __init__(self, store: Store, progress: Progress = lambda step: None) -> None:
        self._store = store
        self._progress = progress
        self.history = History()
        self._seen = dict.fromkeys(TABLES, 0)
        self._without: dict[str, list[list[int]]] = {}
        self._kept = 0
        self.load()

    @property
    def watermark(self) -> Watermark:
        """Which events the history knows."""
        return Watermark(dict(self._seen), {name: [*some] for name, some in self._without.items()})

    @property
    def has_statements(self) -> bool:
        """Whether any other paper is on record."""
        return self._seen["statements"] > 0

    @property
    def is_long(self) -> bool:
        """Whether the history takes long to make, so that a snapshot of it is kept."""
        return self._seen["declarations"] >= SNAPSHOT_EVERY

    @property
    def wants_snapshot(self) -> bool:
        """Whether so much came since the last snapshot that the next start would take long."""
        return self._seen["declarations"] - self._kept >= SNAPSHOT_EVERY

    def snapshot_was_kept(self) -> None:
        """Take note of a snapshot that another process has kept."""
        self._kept = (self._store.snapshot_watermark(history_version()) or {}).get("declarations", 0)

    @property
    def is_behind(self) -> bool:
        """Whether older history was imported that this one was made without."""
        return bool(self._without)

    def load(self) -> None:
        """Load the last snapshot, or make the history anew where there is none, and follow what came since."""
        found = self._store.snapshot(history_version())
        self.history = History.of_arrays(found[1]) if found else History()
        self._seen = dict.fromkeys(TABLES, 0) | (found[0] if found else {})
        self._without = {}
        loaded = self._seen["declarations"]
        self.follow(self._store)
        if found and self._seen["declarations"] - loaded >= SNAPSHOT_EVERY:
            self._progress("keeping a snapshot")
            self._store.keep_snapshot(history_version(), self._seen, self.history.arrays())
        self.snapshot_was_kept()

    def follow(
        self, store: Store, last: Mapping[str, int] | None = None, beside: bool = False
    ) -> tuple[CheckedBoxes, Profiles] | None:
        """Bring the history up to what any process has stored, `last` by table where it is known already.

        `store` is the store, or a turn of it. Older history has the history made anew; with `beside` that is left to
        the caller (`is_behind`), and this one goes on without it. Returns the boxes that were next, with what was known
        of each just before it; None where there was nothing new, or the history was made anew.
        """
        numbers = last or store.last_event_nos()
        last = {name: numbers[name] for name in TABLES}
        if last == self._seen:
            return None
        older = {name: self._is_older(store, name, last[name]) for name in TABLES}
        if older["statements"]:
            store.delete_derived()
        many = last["declarations"] - self._seen["declarations"] > _MOST_AT_ONCE
        if (any(older.values()) or many) and not beside:
            self.history = make(store, last, self._progress)
            self._seen, self._without = last, {}
            return None
        for name, after in self._seen.items():
            if older[name]:
                self._without.setdefault(name, []).append([after + 1, last[name]])
        clock, seen = self.history.clock, self._seen
        boxes = check(recorded_boxes.enriched(store, store.boxes_between(*_span(seen, last, "declarations"))))
        rows: list[Inspected] = []
        if last["inspections"] > seen["inspections"]:
            rows = inspected_rows(store.inspections(seen["inspections"], last["inspections"]))
        if any(older.values()):
            boxes, rows = boxes.take(boxes.known_at > clock), [row for row in rows if row.known_at > clock]
        profiles = self.history.follow(boxes, rows, StoreFacts(store))
        self._seen = last
        return boxes, profiles

    def _is_older(self, store: Store, name: str, until: int) -> bool:
        """Whether new facts of a table should have been known before what the history has followed."""
        if until == self._seen[name]:
            return False
        _, first = store.new_facts(name, self._seen[name], until)
        if first is None or microseconds(first) > self.history.clock:
            return False
        return name != "statements" or store.stated_of_known(self._seen["statements"], self._seen["declarations"])

    def added(
        self, store: Store, boxes: CheckedBoxes | None, rows: Sequence[Inspected], counts: Mapping[str, int]
    ) -> Profiles:
        """Add what this process itself has stored, `counts` rows by table; returns what was known of each box just
        before it."""
        boxes = NO_BOXES if boxes is None else boxes
        profiles = self.history.follow(boxes, rows, StoreFacts(store))
        self._seen = {name: number + counts.get(name, 0) for name, number in self._seen.items()}
        return profiles

    def read(self, boxes: CheckedBoxes, at: datetime) -> Profiles:
        """What is known at an instant of boxes that are not on record."""
        return self.history.read(boxes, max(microseconds(at), self.history.clock))

    def read_again(self, boxes: Recorded, at: datetime) -> Profiles:
        """What is known by now of boxes on record, but for their own declaration."""
        return self.history.read_again(boxes, boxes.own, max(microseconds(at), self.history.clock))

    def before(self, at: datetime) -> History:
        """The history of what was known before an instant: this one, or one made again where more is known by now."""
        instant = microseconds(at)
        if instant >= self.history.clock - _TOGETHER:
            return self.history
        parts = (part.take(part.known_at < instant) for part in recorded_boxes.parts(self._store, self._seen))
        rows = inspected_rows(self._store.inspections(0, self._seen["inspections"]))
        return History.made(parts, [row for row in rows if row.known_at < instant])

    def when_known(self, boxes: CheckedBoxes) -> Profiles:
        """What was known of boxes on record just before the port knew of each, in one replay of the log."""
        parts = list(recorded_boxes.parts(self._store, self._seen))
        rows = inspected_rows(self._store.inspections(0, self._seen["inspections"]))
        return replay(boxes, log_of(recorded_boxes.joined(parts), rows))

    def recorded(self, store: Store, lines: pd.DataFrame, at: datetime | None) -> Recorded:
        """The boxes of lines on record, filled from the papers that are known at an instant (None: when the port knew
        of each box)."""
        then = check(recorded_boxes.enriched(store, lines))
        now = then
        if at is not None and self.has_statements and len(lines):
            filled = recorded_boxes.filled_from(store, lines.assign(known_at=pd.Timestamp(at)))
            now = check(boxes_of_frame(filled))
            now.box[KNOWN_AT] = then.known_at
        return Recorded(
            now.box, now.line, now.start, now.most_hazardous_line, now.keys, now.checks, declared_events(then)
        )


def _span(seen: Mapping[str, int], last: Mapping[str, int], name: str) -> tuple[int, int, int]:
    return seen[name], last[name], last[name]


def make(store: Store, last: Mapping[str, int], progress: Progress = lambda step: None) -> History:
    """The history of all events up to `last` (by table), made from the facts; a long one is kept as a snapshot."""
    rows = inspected_rows(store.inspections(0, last["inspections"]))
    history = History.made(recorded_boxes.parts(store, last, progress), rows)
    if last["declarations"] >= SNAPSHOT_EVERY:
        progress("keeping a snapshot")
        store.keep_snapshot(history_version(), last, history.arrays())
    return history


class StoreFacts:
    """`features.history.state.Facts` of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def versions(self, pairs: Collection[Pair], until: int) -> Versions:
        """As `Facts`."""
        found = self._store.declared({name for name, _ in pairs})
        if found.empty:
            return {}
        boxes: CheckedBoxes = check(recorded_boxes.enriched(self._store, found))
        return versions_of(boxes.take(boxes.known_at <= until), set(pairs))

    def inspections(self, pairs: Collection[Pair], before: int) -> list[Inspected]:
        """As `Facts`."""
        wanted = set(pairs)
        rows = inspected_rows(self._store.inspections_of({name for name, _ in pairs}))
        return [row for row in rows if (row.declaration_id, row.box_no) in wanted and row.known_at < before]


def main() -> None:
    """Bring the snapshot of the store that the settings name up to date, in a process of its own."""
    store = Store.open(settings().store_url)
    try:
        Following(store)
    finally:
        store.close()


if __name__ == "__main__":
    main()
