"""The event log: what was declared, amended and concluded, and the ledger that follows it.

Events are totally ordered by (time, id). An outcome counts from `recorded_at` on, a correction replaces
what is left of the earlier outcome from its own `recorded_at` on, a pending outcome adds nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.vocabulary import Family, Finding, Outcome, Step
from features.boxes import Boxes
from features.columns import microseconds
from features.entities import ENTITIES, INDEX, hash_of
from features.ledger import DECAY_PER_US, SUM, SUMS, Ledger, Profiles

_WIDTH: Final = len(SUMS)
_FAMILIES: Final = {finding.value: finding.family for finding in Finding}


class Inspected(NamedTuple):
    """One inspection row: who, which box, when recorded (microseconds), step, outcome, finding codes."""

    inspection_id: str
    declaration_id: str
    box_no: str
    recorded_at: int
    step: str
    outcome: str
    findings: str

    @property
    def event_id(self) -> int:
        """Hash of the inspection and the instant of this row."""
        return hash_of(f"inspected:{self.inspection_id}:{self.recorded_at}")


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


def box_mass_kg(boxes: Boxes) -> NDArray[np.float64]:
    """Declared gross mass of the goods (net where gross is missing), summed over line items; NaN if unknown."""
    mass = np.where(np.isnan(boxes.line["gross_mass_kg"]), boxes.line["net_mass_kg"], boxes.line["gross_mass_kg"])
    known = np.fmax.reduceat(mass, boxes.start)
    return np.where(np.isnan(known), np.nan, np.add.reduceat(np.where(np.isnan(mass), 0.0, mass), boxes.start))


def declared_events(boxes: Boxes) -> Events:
    """One event a box version: declared (or amended), with its mass."""
    count = len(boxes)
    amounts = np.zeros((count, _WIDTH))
    first = boxes.box["amendment_no"] == 0
    amounts[:, SUM["declared"]] = first
    amounts[:, SUM["amended"]] = ~first
    log_mass = np.log1p(box_mass_kg(boxes)) if count else np.zeros(0)
    weighed = first & ~np.isnan(log_mass)
    amounts[:, SUM["weighed"]] = weighed
    amounts[:, SUM["log_mass"]] = np.where(weighed, log_mass, 0.0)
    amounts[:, SUM["log_mass_squared"]] = np.where(weighed, log_mass**2, 0.0)
    names = zip(boxes.box["declaration_id"], boxes.box["box_no"], boxes.box["amendment_no"].tolist(), strict=True)
    ids = np.array([hash_of(f"declared:{a}:{b}:{c:.0f}") for a, b, c in names], dtype=np.int64)
    return Events(boxes.declared_at.copy(), ids, boxes.keys, amounts)


def families_of(findings: str) -> frozenset[Family]:
    """The families of finding codes separated by semicolons."""
    codes = (code.strip() for code in findings.split(";"))
    return frozenset(_FAMILIES[code] for code in codes if code)


def _outcome(inspected: Inspected) -> NDArray[np.float64]:
    """What one outcome adds to the sums, shape (sums,)."""
    amounts = np.zeros(_WIDTH)
    if inspected.outcome == Outcome.PENDING:
        return amounts
    families = families_of(inspected.findings)
    seen = {"checked": True, "opened": inspected.step == Step.BOX}
    seen |= {f"found_{family.value}": family in families for family in Family}
    for name, happened in seen.items():
        amounts[SUM[name]] = amounts[SUM[f"{name}_short"]] = float(happened)
    return amounts


class Outcomes:
    """Turns inspection rows, in any arrival order, into events; remembers what each inspection last concluded."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], list[tuple[int, NDArray[np.int64]]]] = {}
        self._waiting: dict[tuple[str, str], list[Inspected]] = {}
        self._held: dict[str, tuple[int, NDArray[np.float64]]] = {}

    def know(self, boxes: Boxes) -> list[Inspected]:
        """Remember the boxes' entities; returns inspections that waited for one of them."""
        waited: list[Inspected] = []
        names = zip(boxes.box["declaration_id"], boxes.box["box_no"], strict=True)
        for position, name in enumerate(names):
            self._keys.setdefault(name, []).append((int(boxes.declared_at[position]), boxes.keys[position]))
            waited += self._waiting.pop(name, [])
        return waited

    def events(self, inspections: Iterable[Inspected]) -> Events:
        """One event an inspection row of a known box; a row of an unknown box waits for its declaration."""
        times, ids, keys, amounts = [], [], [], []
        for row in sorted(inspections, key=lambda row: (row.recorded_at, row.inspection_id)):
            versions = self._keys.get((row.declaration_id, row.box_no))
            if versions is None:
                self._waiting.setdefault((row.declaration_id, row.box_no), []).append(row)
                continue
            times.append(row.recorded_at)
            ids.append(row.event_id)
            keys.append(max(versions, key=lambda version: (version[0] <= row.recorded_at, version[0]))[1])
            amounts.append(self._change(row))
        count = len(times)
        return Events(
            np.array(times, dtype=np.int64),
            np.array(ids, dtype=np.int64),
            np.array(keys, dtype=np.int64).reshape(count, len(ENTITIES)),
            np.array(amounts, dtype=np.float64).reshape(count, _WIDTH),
        )

    def _change(self, row: Inspected) -> NDArray[np.float64]:
        """The row's amounts less what is left of the row it corrects (as if it had been right from the start)."""
        amounts = _outcome(row)
        began, held = self._held.get(row.inspection_id, (row.recorded_at, np.zeros(_WIDTH)))
        self._held[row.inspection_id] = (began, amounts)
        return (amounts - held) * np.exp(-DECAY_PER_US * float(row.recorded_at - began))


def inspected_row(row: Mapping[str, Any]) -> Inspected:
    """One validated inspection row (a dict)."""
    return Inspected(
        row["inspection_id"], row["declaration_id"], row["box_no"], microseconds(row["recorded_at"]),
        row["step"], row["outcome"], row.get("findings") or "",
    )  # fmt: skip


def inspected_rows(frame: pd.DataFrame) -> list[Inspected]:
    """The rows of an inspections frame (dtypes of `data.frames`)."""
    recorded = frame["recorded_at"].dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)
    return [
        Inspected(*row)
        for row in zip(
            frame["inspection_id"], frame["declaration_id"], frame["box_no"], recorded.tolist(),
            frame["step"], frame["outcome"], frame["findings"].fillna(""), strict=True,
        )
    ]  # fmt: skip


class History:
    """The log and the ledger that follows it, for one process."""

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._outcomes = Outcomes()
        self._known: set[int] = set()
        self._parts: list[Events] = []
        self._clock = (np.iinfo(np.int64).min, np.iinfo(np.int64).min)

    def add(self, boxes: Boxes | None, inspections: Iterable[Inspected] = ()) -> None:
        """Append declarations and inspections to the log and let the ledger follow; what it has is passed over."""
        parts = []
        rows = [row for row in inspections if self._is_new(row.event_id)]
        if boxes is not None and len(boxes):
            declared = declared_events(boxes)
            new = np.array([self._is_new(event) for event in declared.ids.tolist()], dtype=bool)
            rows += self._outcomes.know(boxes.take(new))
            parts.append(declared.where(new))
        parts.append(self._outcomes.events(rows))
        self._follow(joined(parts))

    def _is_new(self, event: int) -> bool:
        if event in self._known:
            return False
        self._known.add(event)
        return True

    def log(self) -> Events:
        """The whole log in order of (time, id)."""
        if len(self._parts) != 1:
            self._parts = [joined(self._parts)] if self._parts else [_NO_EVENTS]
        return self._parts[0]

    def read(self, boxes: Boxes) -> Profiles:
        """What was known of each box's entities strictly before it was declared. Changes nothing."""
        if len(boxes) > 1:
            return replay(boxes, self.log())
        ledger = self._ledger
        if int(boxes.declared_at[0]) <= self._clock[0]:
            log = self.log()
            ledger = _rebuilt(log.where(log.times < boxes.declared_at[0]), boxes.keys)
        return ledger.replay(boxes.declared_at, boxes.keys, np.full((1, _WIDTH), np.nan), np.zeros(1, np.int64))

    def _follow(self, events: Events) -> None:
        if not len(events):
            return
        late = (int(events.times[0]), int(events.ids[0])) < self._clock
        self._parts.append(events)
        self._clock = max(self._clock, (int(events.times[-1]), int(events.ids[-1])))
        if late:
            self._ledger.copy_slots(_rebuilt(self.log(), events.keys), events.keys)
        else:
            self._ledger.replay(events.times, events.keys, events.amounts, np.full(len(events), -1))


_NO_EVENTS: Final = Events(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, len(ENTITIES)), np.int64), np.zeros((0, _WIDTH))
)


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


def replay(boxes: Boxes, log: Events) -> Profiles:
    """Profiles of many boxes from a log in order, each strictly before its own instant, in one pass."""
    times = np.concatenate([boxes.declared_at, log.times])
    ids = np.concatenate([np.full(len(boxes), np.iinfo(np.int64).min), log.ids])
    order = np.lexsort((ids, times))
    keys = np.concatenate([boxes.keys, log.keys])[order]
    amounts = np.concatenate([np.full((len(boxes), _WIDTH), np.nan), log.amounts])[order]
    reads = np.concatenate([np.arange(len(boxes)), np.full(len(log), -1)])[order]
    return Ledger().replay(times[order], keys, amounts, reads)
