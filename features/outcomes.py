"""Outcomes: what inspections concluded, as events of the log.

An outcome counts from `recorded_at` on (never before its box was declared), for the entities of the version
that was inspected. A correction takes back what is left of the earlier outcome and adds its own, from its own
`recorded_at` on; a pending outcome adds nothing yet. Beliefs learn from conclusions of openings alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import nan
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.definitions.opened import is_concluded_opening, is_opening
from data.vocabulary import Family, Finding, Outcome
from features.beliefs import Openings
from features.boxes import Boxes
from features.checks.results import CheckedBoxes
from features.columns import UNKNOWN, microseconds
from features.entities import ENTITIES, hash_of
from features.events import WIDTH, Events, Log
from features.ledger import DECAY_PER_US, HALF_LIVES_DAYS, SUM
from features.traits import LEARNED, TRAITS, traits_of

_NOTHING: Final = [nan] * len(LEARNED)
_FAMILIES: Final = {finding.value: finding.family for finding in Finding}


class Inspected(NamedTuple):
    """One inspection row: who, which box, when recorded (microseconds), step, outcome, finding codes, when seen."""

    inspection_id: str
    declaration_id: str
    box_no: str
    recorded_at: int
    step: str
    outcome: str
    findings: str
    inspected_at: int = UNKNOWN

    @property
    def event_id(self) -> int:
        """Hash of the inspection and the instant of this row."""
        return hash_of(f"inspected:{self.inspection_id}:{self.recorded_at}")

    @property
    def order(self) -> tuple[int, Inspected]:
        """Rows of an inspection follow each other by `recorded_at`, then by their content."""
        return self.recorded_at, self

    @property
    def seen_at(self) -> int:
        """When the box was looked at: `inspected_at`, or `recorded_at` where that is unknown."""
        return self.recorded_at if self.inspected_at == UNKNOWN else self.inspected_at


class Version(NamedTuple):
    """A version of a declared box: when it was declared (microseconds), the keys of its entities and of its traits."""

    declared_at: int
    keys: NDArray[np.int64]
    traits: NDArray[np.int64]


def inspected_version(declared_at: Sequence[int], row: Inspected) -> int:
    """Which version was inspected: the last declared before the box was looked at, else the first of all."""
    before = [place for place, time in enumerate(declared_at) if time < row.seen_at]
    return max(before or range(len(declared_at)), key=lambda place: declared_at[place] * (1 if before else -1))


def families_of(findings: str) -> frozenset[Family]:
    """The families of finding codes separated by semicolons."""
    codes = (code.strip() for code in findings.split(";"))
    return frozenset(_FAMILIES[code] for code in codes if code)


def _outcome(inspected: Inspected) -> NDArray[np.float64]:
    """What one outcome adds to the sums, shape (sums,)."""
    amounts = np.zeros(WIDTH)
    if inspected.outcome == Outcome.PENDING:
        return amounts
    families = families_of(inspected.findings)
    seen = {"checked": True, "opened": is_opening(inspected.step)}
    seen |= {f"found_{family.value}": family in families for family in Family}
    for name, happened in seen.items():
        for memory in HALF_LIVES_DAYS:
            amounts[SUM[f"{name}{memory}"]] = float(happened)
    return amounts


def _taught(inspected: Inspected) -> list[float]:
    """What an opening teaches of each learned family: found or not; nothing when it has not come to a conclusion."""
    if not is_concluded_opening(inspected.step, inspected.outcome):
        return _NOTHING
    families = families_of(inspected.findings)
    return [float(family in families) for family in LEARNED]


class Outcomes:
    """Turns inspection rows into events; remembers what each inspection last concluded.

    Rows must come in order of `recorded_at`, and every version of a box before its outcomes: `overtaken` and
    `unsettled` tell when they did not, and the log must be made again.
    """

    def __init__(self, versions: dict[tuple[str, str], list[Version]] | None = None) -> None:
        self.versions: dict[tuple[str, str], list[Version]] = versions or {}
        self._waiting: dict[tuple[str, str], list[Inspected]] = {}
        self._held: dict[str, tuple[Inspected, int, NDArray[np.float64], NDArray[np.int64]]] = {}
        self._concluded: dict[str, tuple[int, list[float]]] = {}
        self._settled: set[tuple[str, str]] = set()

    def know(self, boxes: CheckedBoxes) -> list[Inspected]:
        """Remember the boxes' entities; returns inspections that waited for one of them."""
        waited: list[Inspected] = []
        names = zip(boxes.box["declaration_id"], boxes.box["box_no"], strict=True)
        traits = traits_of(boxes)
        for position, name in enumerate(names):
            version = Version(int(boxes.declared_at[position]), boxes.keys[position], traits[position])
            self.versions.setdefault(name, []).append(version)
            waited += self._waiting.pop(name, [])
        return waited

    def unsettled(self, boxes: Boxes) -> bool:
        """Whether outcomes of one of these boxes became events before this version of it was known."""
        names = zip(boxes.box["declaration_id"], boxes.box["box_no"], strict=True)
        return any(name in self._settled for name in names)

    def overtaken(self, rows: Iterable[Inspected]) -> bool:
        """Whether a later row of the same inspection became an event before one of these."""
        held = ((row, self._held[row.inspection_id][0]) for row in rows if row.inspection_id in self._held)
        return any(row.order < last.order for row, last in held)

    def log(self, inspections: Iterable[Inspected]) -> Log:
        """What inspection rows add to the log, in no order; a row of an unknown box waits for its declaration."""
        times: list[int] = []
        ids: list[int] = []
        keys: list[NDArray[np.int64]] = []
        amounts: list[NDArray[np.float64]] = []
        taught: list[tuple[int, int, NDArray[np.int64], list[float], int]] = []
        for row in sorted(inspections, key=lambda row: row.order):
            name = (row.declaration_id, row.box_no)
            versions = self.versions.get(name)
            if versions is None:
                self._waiting.setdefault(name, []).append(row)
                continue
            version = versions[inspected_version([version.declared_at for version in versions], row)]
            time = max(row.recorded_at, version.declared_at)
            self._settled.add(name)
            found = _taught(row)
            earlier, concluded = self._concluded.get(row.inspection_id, (0, _NOTHING))
            if found != concluded:
                taught.append((time, row.event_id, version.traits, found, earlier))
                self._concluded[row.inspection_id] = row.event_id, found
            for part, (part_keys, part_amounts) in enumerate(self._changes(row, time, version.keys)):
                times.append(time)
                ids.append(row.event_id if part == 0 else hash_of(f"taken back:{row.event_id}"))
                keys.append(part_keys)
                amounts.append(part_amounts)
        count = len(times)
        events = Events(
            np.array(times, dtype=np.int64),
            np.array(ids, dtype=np.int64),
            np.array(keys, dtype=np.int64).reshape(count, len(ENTITIES)),
            np.array(amounts, dtype=np.float64).reshape(count, WIDTH),
        )
        openings = Openings(
            np.array([time for time, *_ in taught], dtype=np.int64),
            np.array([event for _, event, *_ in taught], dtype=np.int64),
            np.array([traits for _, _, traits, *_ in taught], dtype=np.int64).reshape(-1, len(TRAITS)),
            np.array([found for *_, found, _ in taught], dtype=np.float64).reshape(-1, len(LEARNED)),
            np.array([earlier for *_, earlier in taught], dtype=np.int64),
        )
        return Log(events, openings)

    def _changes(
        self, row: Inspected, time: int, keys: NDArray[np.int64]
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """What the row adds to its entities, and what it takes back from those of the row it corrects."""
        amounts = _outcome(row)
        earlier = self._held.get(row.inspection_id)
        began = earlier[1] if earlier else time
        self._held[row.inspection_id] = (row, began, amounts, keys)
        if earlier is None:
            return [(keys, amounts)]
        # As if it had been right from the start: the same decay, since the same instant.
        left = np.exp(-DECAY_PER_US * float(time - began))
        if np.array_equal(earlier[3], keys):
            return [(keys, (amounts - earlier[2]) * left)]
        return [(keys, amounts * left), (earlier[3], -earlier[2] * left)]


def inspected_row(row: Mapping[str, Any]) -> Inspected:
    """One validated inspection row (a dict)."""
    inspected_at = row.get("inspected_at")
    return Inspected(
        row["inspection_id"], row["declaration_id"], row["box_no"], microseconds(row["recorded_at"]),
        row["step"], row["outcome"], row.get("findings") or "",
        UNKNOWN if inspected_at is None else microseconds(inspected_at),
    )  # fmt: skip


def inspected_rows(frame: pd.DataFrame) -> list[Inspected]:
    """The rows of an inspections frame (dtypes of `data.frames`)."""
    instants = {
        name: frame[name].dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64).tolist()
        for name in ("recorded_at", "inspected_at")
    }
    return [
        Inspected(*row)
        for row in zip(
            frame["inspection_id"], frame["declaration_id"], frame["box_no"], instants["recorded_at"],
            frame["step"], frame["outcome"], frame["findings"].fillna(""), instants["inspected_at"], strict=True,
        )
    ]  # fmt: skip
