"""The cases of the latency benchmark, and the figures of their times.

A case is a box that arrives now and is declared at some instant before the last event on record, at it, or after it,
in a store that is in some state. Boxes are a simulated port's next ones, moved in time as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

import numpy as np

Rows = list[dict[str, Any]]

MINUTE: Final = timedelta(minutes=1)
# Of the calls of a case, the first tenth warms up and is not counted, one call at least.
_WARM_SHARE: Final = 0.1
# A case is called this many times, however long a call takes.
FEWEST_CALLS: Final = 5
RATIOS: Final = (
    "ratio_to_bare_boosters", "ratio_with_store", "cpu_ratio_to_bare_boosters", "cpu_ratio_with_store",
)  # fmt: skip


class State(StrEnum):
    """What is on record before the calls begin, beside the port's declarations and inspections."""

    PLAIN = "plain"
    FUTURE_DATED = "future_dated"
    STATEMENT_ELSEWHERE = "statement_elsewhere"
    STATEMENT_HERE = "statement_here"


@dataclass(frozen=True)
class Case:
    """`declared` is how long before the last event on record the box is declared; None: now, later than any event."""

    state: State
    declared: timedelta | None = None
    amends: bool = False


CASES: Final[Mapping[str, Case]] = {
    "in_order": Case(State.PLAIN),
    "same_minute": Case(State.PLAIN, timedelta(0)),
    "minute_late": Case(State.PLAIN, MINUTE),
    "week_late": Case(State.PLAIN, timedelta(days=7)),
    "amended": Case(State.PLAIN, amends=True),
    "after_future_dated": Case(State.FUTURE_DATED),
    "after_statement_elsewhere": Case(State.STATEMENT_ELSEWHERE),
    "after_statement_here": Case(State.STATEMENT_HERE),
}


class Taken(NamedTuple):
    """Milliseconds of one call: `wall` time, and `cpu` time of this process, which others hardly change."""

    wall: float
    cpu: float


@dataclass
class Times:
    """The calls of a case: `bare` boosters, `answered` without storing, `stored` and answered."""

    bare: list[Taken] = field(default_factory=list)
    answered: list[Taken] = field(default_factory=list)
    stored: list[Taken] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """What the calls have taken together."""
        return sum(taken.wall for taken in (*self.bare, *self.answered, *self.stored)) / 1e3

    def spent(self, calls: int, seconds: float) -> bool:
        """Whether the case has had its calls, or its time and the fewest calls that a median needs."""
        return len(self.bare) >= calls or (len(self.bare) >= FEWEST_CALLS and self.seconds >= seconds)

    def quantile(self, kind: str, clock: str, share: float) -> float:
        """A quantile of the milliseconds of the calls that count."""
        taken: list[Taken] = getattr(self, kind)
        counted = taken[max(1, round(_WARM_SHARE * len(taken))) :]
        return float(np.quantile([getattr(one, clock) for one in counted], share))


def figures(times: Mapping[str, Times]) -> dict[str, Any]:
    """Ratios of medians by case, medians and 99th percentiles of wall time; ratios of processor time beside them.

    `to_in_order` is the ratio of a case over that of the case `in_order`.
    """
    found: dict[str, Any] = {}
    for clock, prefix in (("wall", ""), ("cpu", "cpu_")):
        for kind, name in (("answered", "ratio_to_bare_boosters"), ("stored", "ratio_with_store")):
            found[f"{prefix}{name}"] = {
                case: kept.quantile(kind, clock, 0.5) / kept.quantile("bare", clock, 0.5)
                for case, kept in times.items()
            }
    for name in RATIOS:
        found[f"{name}_to_in_order"] = {case: ratio / found[name]["in_order"] for case, ratio in found[name].items()}
    for share, name in ((0.5, "median_ms"), (0.99, "p99_ms")):
        found[name] = {
            kind: {case: kept.quantile(kind, "wall", share) for case, kept in times.items()}
            for kind in ("bare", "answered", "stored")
        }
    return found | {"calls": {case: len(kept.bare) for case, kept in times.items()}}


def growth(by_size: Mapping[int, Mapping[str, float]]) -> dict[str, float]:
    """By case, how much the ratio grows from the smallest size to the worst of the larger ones (0.2: a fifth)."""
    smallest, *larger = sorted(by_size)
    return {case: max(by_size[size][case] for size in larger) / ratio - 1 for case, ratio in by_size[smallest].items()}


def moved(rows: Sequence[Mapping[str, Any]], declared_at: datetime, **changed: Any) -> Rows:
    """The rows of a box as if it had been declared at another instant, all other instants and dates moved along."""
    by = declared_at - rows[0]["declared_at"]
    days = timedelta(days=round(by / timedelta(days=1)))
    return [{**{name: _later(value, by, days) for name, value in row.items()}, **changed} for row in rows]


def _later(value: Any, by: timedelta, days: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + by
    return value + days if isinstance(value, date) else value


def amendment(rows: Sequence[Mapping[str, Any]], declared_at: datetime) -> Rows:
    """The next version of a recorded box: its masses corrected by ten kilograms, nothing else."""
    masses = ("net_mass_kg", "gross_mass_kg")
    return [
        {
            **row,
            **{name: row[name] + 10.0 for name in masses if row[name] is not None},
            "declared_at": declared_at,
            "amendment_no": (row["amendment_no"] or 0) + 1,
        }
        for row in rows
    ]


def vermas(box_nos: Iterable[str], stated_at: datetime) -> str:
    """An EDIFACT VERMAS message: the verified mass of each box, stated at an instant."""
    boxes = list(box_nos)
    groups = [segment for box in boxes for segment in (f"EQD+CN+{box}+22G1", "MEA+AAE+VGM+KGM:20450")]
    head = ["UNH+1+VERMAS:D:16A:UN", "BGM+VGM+BENCHMARK+9", f"DTM+137:{stated_at:%Y%m%d%H%M}:203"]
    segments = [*head, *groups, f"UNT+{len(head) + len(groups) + 1}+1"]
    envelope = [f"UNB+UNOC:3+SENDER+PORT+{stated_at:%y%m%d:%H%M}+1", *segments, "UNZ+1+1"]
    return "".join(f"{segment}'" for segment in envelope)
