"""Outcomes: conclusions of inspections as events of the log.

An outcome counts from the time at which the port knew of it, but not before its box was declared, for the entities of
the version that was inspected, among the versions known by then. A correction subtracts the decayed amounts of the
earlier outcome and adds its own; a pending outcome adds nothing. Effects learn from conclusions of openings only.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cache
from math import nan
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.definitions.opened import is_opening
from data.vocabulary import Family, Finding, Outcome
from features.boxes import Boxes
from features.checks.results import CheckedBoxes
from features.columns import KNOWN_AT, UNKNOWN, microseconds
from features.definitions.factors import FACTORS, LEARNED_FAMILIES, factors_of
from features.history.counters import DECAY_PER_US, HALF_LIVES_DAYS, SUM, grown
from features.history.effects import OpeningEvents
from features.history.entities import ENTITIES, hash_of
from features.history.events import WIDTH, Events, Log
from features.history.key_slots import Slots

_NOTHING: Final = [nan] * len(LEARNED_FAMILIES)
_FAMILIES: Final = {finding.value: finding.family for finding in Finding}


class Inspected(NamedTuple):
    """One inspection row. Instants are microseconds, UNKNOWN if missing; `findings` are codes separated by semicolons.
    `arrived_at` is when the port knew of the row, if that differs from `recorded_at`."""

    inspection_id: str
    declaration_id: str
    box_no: str
    recorded_at: int
    step: str
    outcome: str
    findings: str
    inspected_at: int = UNKNOWN
    arrived_at: int = UNKNOWN

    @property
    def event_id(self) -> int:
        """Hash of the inspection and the instant of this row."""
        return hash_of(f"inspected:{self.inspection_id}:{self.recorded_at}")

    @property
    def known_at(self) -> int:
        """When the port knew of this row; events are ordered by it."""
        return self.recorded_at if self.arrived_at == UNKNOWN else self.arrived_at

    @property
    def order(self) -> tuple[int, Inspected]:
        """Sort key of the rows of an inspection: `recorded_at`, then their content."""
        return self.recorded_at, self

    @property
    def seen_at(self) -> int:
        """When the box was inspected: `inspected_at`, or `recorded_at` if that is unknown."""
        return self.recorded_at if self.inspected_at == UNKNOWN else self.inspected_at


class Version(NamedTuple):
    """A version of a declared box: known and declared instants (microseconds), keys of its entities and factors."""

    known_at: int
    declared_at: int
    keys: NDArray[np.int64]
    factors: NDArray[np.int64]


Pair = tuple[str, str]
"""A declared box: declaration_id and box_no."""
Versions = Mapping[Pair, Sequence[Version]]


def pairs_of(boxes: Boxes) -> list[Pair]:
    """Declaration and box number of each box, in order."""
    return list(zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True))


def versions_of(boxes: CheckedBoxes, chosen: Container[Pair] | None = None) -> dict[Pair, list[Version]]:
    """The versions of each box, or of the `chosen` boxes, in the order in which the port knew them."""
    pairs = pairs_of(boxes)
    if chosen is not None:
        kept = np.array([place for place, pair in enumerate(pairs) if pair in chosen], dtype=np.int64)
        return versions_of(boxes.take(kept)) if len(kept) else {}
    factors, declared_at = factors_of(boxes), boxes.declared_at
    versions: dict[Pair, list[Version]] = {}
    for place in np.argsort(boxes.known_at, kind="stable").tolist():
        version = Version(int(boxes.known_at[place]), int(declared_at[place]), boxes.keys[place], factors[place])
        versions.setdefault(pairs[place], []).append(version)
    return versions


def inspected_version(declared_at: Sequence[int], row: Inspected) -> int:
    """Position of the version that was inspected: the last one declared before the inspection, else the first."""
    before = [place for place, time in enumerate(declared_at) if time < row.seen_at]
    return max(before or range(len(declared_at)), key=lambda place: declared_at[place] * (1 if before else -1))


def families_of(findings: str) -> frozenset[Family]:
    """The families of finding codes separated by semicolons."""
    codes = (code.strip() for code in findings.split(";"))
    return frozenset(_FAMILIES[code] for code in codes if code)


# Bits of a conclusion: concluded, box opened, found (one per family).
_CONCLUDED: Final = 1
_OPENED: Final = 2
_FOUND: Final = {family: 4 << place for place, family in enumerate(Family)}
_TEACHES: Final = _OPENED | sum(_FOUND[family] for family in LEARNED_FAMILIES)


def _concluded(row: Inspected) -> int:
    """The conclusion of a row as bits; 0 if it is pending."""
    if row.outcome == Outcome.PENDING:
        return 0
    found = sum(_FOUND[family] for family in families_of(row.findings))
    return _CONCLUDED | (_OPENED if is_opening(row.step) else 0) | found


@cache
def _amounts(concluded: int) -> NDArray[np.float64]:
    """Amounts that a conclusion adds to the sums, shape (sums,)."""
    amounts = np.zeros(WIDTH)
    if concluded:
        seen = {"inspected": True, "opened": bool(concluded & _OPENED)}
        seen |= {f"found_{family.value}": bool(concluded & bit) for family, bit in _FOUND.items()}
        for name, happened in seen.items():
            for memory in HALF_LIVES_DAYS:
                amounts[SUM[f"{name}{memory}"]] = float(happened)
    return amounts


def _opening_events(concluded: int) -> list[float]:
    """Label of a conclusion for each learned family: 1 if found, 0 if not, NaN if the box was not opened."""
    if not concluded & _OPENED:
        return _NOTHING
    return [float(bool(concluded & _FOUND[family])) for family in LEARNED_FAMILIES]


_HELD: Final = np.dtype(
    [
        ("recorded_at", np.int64),
        ("began_at", np.int64),
        ("concluded", np.int16),
        ("taught", np.int16),
        ("conclusion", np.int64),
        ("keys", np.int64, len(ENTITIES)),
    ]
)
"""State of an inspection: the current row, since when the inspection counts, its conclusion, the conclusion that the
effects learned and its number (-1: none), and the keys of the entities that it was added to."""


class Outcomes:
    """Turns inspection rows into events, in the order in which the port knew them. Stores the last conclusion of each
    inspection, and the boxes whose inspections wait for a declaration."""

    def __init__(self) -> None:
        self._inspections = Slots()
        self._held = np.zeros(0, dtype=_HELD)
        self._conclusions = 0
        self._waiting: set[int] = set()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays for a snapshot, by name."""
        held = self._held[: len(self._inspections)]
        return {
            "inspections": self._inspections.keys,
            **{f"held_{name}": np.ascontiguousarray(held[name]) for name in _HELD.names or ()},
            "waiting": np.array(sorted(self._waiting), dtype=np.int64),
            "conclusions": np.array([self._conclusions]),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Outcomes:
        """State from the arrays of a snapshot."""
        outcomes = cls()
        outcomes._inspections = Slots(arrays["inspections"])
        outcomes._held = np.zeros(len(arrays["inspections"]), dtype=_HELD)
        for name in _HELD.names or ():
            outcomes._held[name] = arrays[f"held_{name}"]
        outcomes._waiting = set(arrays["waiting"].tolist())
        outcomes._conclusions = int(arrays["conclusions"][0])
        return outcomes

    def waits(self, pair: Pair) -> bool:
        """Whether an inspection of the box waits for its declaration."""
        return bool(self._waiting) and _pair_id(pair) in self._waiting

    def log(self, rows: Iterable[Inspected], versions: Versions) -> Log:
        """The events of inspection rows, in order.

        `versions` are the known versions of their boxes. A row whose box has no version yet is ignored, and its box is
        noted as waiting: pass the row again when the box is declared; it counts from then on.
        """
        counted: list[tuple[int, Inspected, Sequence[Version]]] = []
        for row in rows:
            pair = (row.declaration_id, row.box_no)
            known = versions.get(pair)
            if known:
                counted.append((max(row.known_at, known[0].known_at), row, known))
                self._waiting.discard(_pair_id(pair))
            else:
                self._waiting.add(_pair_id(pair))
        counted.sort(key=lambda one: (one[0], one[1].known_at, one[1].event_id))
        times: list[int] = []
        keys: list[NDArray[np.int64]] = []
        amounts: list[NDArray[np.float64]] = []
        opening_events: list[tuple[int, NDArray[np.int64], list[float], int]] = []
        for time, row, known in counted:
            then = [version for version in known if version.known_at <= time]
            version = then[inspected_version([one.declared_at for one in then], row)]
            for part_keys, part_amounts in self._changes(row, time, version, opening_events):
                times.append(time)
                keys.append(part_keys)
                amounts.append(part_amounts)
        count = len(times)
        events = Events(
            np.array(times, dtype=np.int64),
            np.ones(count, dtype=np.int8),
            np.arange(count),
            np.array(keys, dtype=np.int64).reshape(count, len(ENTITIES)),
            np.array(amounts, dtype=np.float64).reshape(count, WIDTH),
        )
        openings = OpeningEvents(
            np.array([time for time, *_ in opening_events], dtype=np.int64),
            np.array([factors for _, factors, *_ in opening_events], dtype=np.int64).reshape(-1, len(FACTORS)),
            np.array([found for _, _, found, _ in opening_events], dtype=np.float64).reshape(-1, len(LEARNED_FAMILIES)),
            np.array([earlier for *_, earlier in opening_events], dtype=np.int64),
        )
        return Log(events, openings)

    def _changes(
        self,
        row: Inspected,
        time: int,
        version: Version,
        opening_events: list[tuple[int, NDArray[np.int64], list[float], int]],
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Keys and amounts that a row adds to its entities, and subtracts from those of the row that it corrects. A new
        conclusion for the effects is appended to `opening_events`. A row older than the current row of its inspection
        changes nothing."""
        place = self._inspections.find(hash_of(row.inspection_id))
        is_new = place < 0
        if is_new:
            place = self._inspections.add(hash_of(row.inspection_id))
            self._held = grown(self._held, place + 1)
            self._held[place] = (row.recorded_at, time, 0, 0, -1, version.keys)
        held = self._held[place]
        if not is_new and row.recorded_at < held["recorded_at"]:
            return []
        concluded, earlier = _concluded(row), int(held["concluded"])
        teaches = concluded & _TEACHES if concluded & _OPENED else 0
        if teaches != held["taught"]:
            opening_events.append((time, version.factors, _opening_events(teaches), int(held["conclusion"])))
            held["taught"], held["conclusion"] = teaches, self._conclusions
            self._conclusions += 1
        keys = held["keys"].copy()
        held["recorded_at"], held["concluded"], held["keys"] = row.recorded_at, concluded, version.keys
        if is_new:
            return [(version.keys, _amounts(concluded))]
        # The correction decays from the first conclusion on, so that the sums are as if it had been right at first.
        left = np.exp(-DECAY_PER_US * float(time - held["began_at"]))
        if np.array_equal(keys, version.keys):
            return [(keys, (_amounts(concluded) - _amounts(earlier)) * left)]
        return [(version.keys, _amounts(concluded) * left), (keys, -_amounts(earlier) * left)]


def _pair_id(pair: Pair) -> int:
    return hash_of("\0".join(pair))


def inspected_row(row: Mapping[str, Any], known_at: int = UNKNOWN) -> Inspected:
    """`Inspected` from a validated row (dict); `known_at` is when the port knew of it, if not when it was recorded."""
    inspected_at = row.get("inspected_at")
    return Inspected(
        row["inspection_id"], row["declaration_id"], row["box_no"], microseconds(row["recorded_at"]),
        row["step"], row["outcome"], row.get("findings") or "",
        UNKNOWN if inspected_at is None else microseconds(inspected_at), known_at,
    )  # fmt: skip


def inspected_rows(frame: pd.DataFrame) -> list[Inspected]:
    """`Inspected` rows of an inspections frame (dtypes of `data.frames`; with `known_at` if it is from the store)."""
    names = [name for name in ("recorded_at", "inspected_at", KNOWN_AT) if name in frame]
    instants = {
        name: frame[name].dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64).tolist()
        for name in names
    }
    known_at = instants.get(KNOWN_AT, [UNKNOWN] * len(frame))
    return [
        Inspected(*row)
        for row in zip(
            frame["inspection_id"], frame["declaration_id"], frame["box_no"], instants["recorded_at"],
            frame["step"], frame["outcome"], frame["findings"].fillna(""), instants["inspected_at"], known_at,
            strict=True,
        )
    ]  # fmt: skip
