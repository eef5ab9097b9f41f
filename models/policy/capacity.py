"""What a port can open: shifts of teams, the cost of an opening, and when a box can be opened.

The unit is the standard opening: one 20-foot dry box without time pressure is 1. The tables below are our judgement of
the work of reaching, unstuffing and closing a box; a port can change them here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from data.planning import Team
from data.vocabulary import Flow
from features.boxes import Boxes, Numbers
from features.columns import UNKNOWN, microseconds

Instants = NDArray[np.int64]
HOUR_US: Final = 3_600_000_000
ALWAYS: Final = (np.iinfo(np.int64).min, np.iinfo(np.int64).max)
# Start and end of a shift without times: it fits every window.
OPEN: Final = ALWAYS[::-1]
NEVER: Final = ALWAYS[0]

# By the first character of the ISO 6346 size and type code (10, 20, 30, 40, 45, 48 and 53 feet); others as 20 feet.
LENGTH_OPENINGS: Final = {"1": 0.7, "2": 1.0, "3": 1.3, "4": 1.6, "L": 1.8, "M": 1.9, "P": 2.1}
# By its third character. Tanks are sampled by a specialist, reefers must be kept cold, open loads are visible.
KIND_FACTOR: Final = {"T": 1.5, "K": 1.5, "R": 1.3, "H": 1.3, "U": 0.8, "P": 0.6}
# Hours from the start of the shift to loading: below these the opening displaces other work of the terminal.
URGENCY_FACTOR: Final = ((12.0, 1.5), (24.0, 1.2))
# Hours for which a standard opening holds a box.
OPENING_HOURS: Final = 4.0
# An opened box must be closed, sealed and back in its row this many hours before it is loaded.
HANDLING_HOURS: Final = 4.0
# Imports are opened after they reach the yard and before the consignee collects them (hours after discharge).
AFTER_DISCHARGE_HOURS: Final = (4.0, 60.0)
_HANDLING_US: Final = int(HANDLING_HOURS * HOUR_US)
_IN_YARD_US: Final = tuple(int(hours * HOUR_US) for hours in AFTER_DISCHARGE_HOURS)


@dataclass(frozen=True)
class Slots:
    """s shifts of teams, ordered by `end`: terminal, shift, team, start, end (microseconds), capacity in standard
    openings.
    """

    terminal: tuple[str, ...]
    shift: tuple[str, ...]
    team: tuple[str, ...]
    start: Instants
    end: Instants
    openings: Numbers

    def __len__(self) -> int:
        return len(self.terminal)


def latest_starts(terminals: Sequence[str], since: Instants, until: Instants, slots: Slots) -> Instants:
    """Start of the latest shift that fits each of n boxes, shape (n,); `NEVER` where none fits.

    A shift of the box's terminal fits if it lies entirely within the window of the box (`since` to `until`, shape
    (n,)), so that the team may open its boxes in any order.
    """
    latest = np.full(len(terminals), NEVER)
    places = np.array(terminals, dtype=object)
    shifts = sorted(set(zip(slots.terminal, slots.start.tolist(), slots.end.tolist(), strict=True)))
    for terminal, times in groupby(shifts, key=lambda shift: shift[0]):
        here = np.flatnonzero(places == terminal)
        begins, ends = since[here], until[here]
        # Shifts are sorted by start: a later one that fits replaces an earlier one.
        for _, start, end in times:
            latest[here[(begins <= start) & (end <= ends)]] = start
    return latest


def opening_costs(boxes: Boxes, slots: Slots, now_us: int) -> Numbers:
    """Standard openings that each box takes, shape (n,), in the latest shift that fits it, which is filled first.

    Where no shift fits, or the shift has begun, the hours to loading count from now.
    """
    terminals = [terminal or "" for terminal in boxes.box["terminal"].tolist()]
    begins = np.maximum(latest_starts(terminals, *windows(boxes), slots), now_us).astype(np.float64)
    hours = np.where(_known(boxes), (boxes.box["loading_at"].astype(np.float64) - begins) / HOUR_US, np.inf)
    urgency = np.ones(len(boxes))
    for below, factor in reversed(URGENCY_FACTOR):
        urgency[(hours < below) & ~_imported(boxes)] = factor
    return np.asarray(standard_openings(boxes) * urgency)


def standard_openings(boxes: Boxes) -> Numbers:
    """Standard openings that each box takes without time pressure, shape (n,), by its size and type."""
    codes = [code or "22G1" for code in boxes.box["box_type"].tolist()]
    return np.array([LENGTH_OPENINGS.get(code[0], 1.0) * KIND_FACTOR.get(code[2], 1.0) for code in codes])


def opening_hours(boxes: Boxes) -> Numbers:
    """Hours for which an opening holds each box, shape (n,)."""
    return OPENING_HOURS * standard_openings(boxes)


def windows(boxes: Boxes) -> tuple[Instants, Instants]:
    """Earliest and latest time at which each box can be opened, microseconds, shapes (n,); unbounded if unknown."""
    loading, known, imported = boxes.box["loading_at"], _known(boxes), _imported(boxes)
    since = np.where(known & imported, loading + _IN_YARD_US[0], ALWAYS[0])
    until = np.where(known, loading + np.where(imported, _IN_YARD_US[1], -_HANDLING_US), ALWAYS[1])
    return since, until


def _known(boxes: Boxes) -> NDArray[np.bool_]:
    return np.asarray(boxes.box["loading_at"] != UNKNOWN)


def _imported(boxes: Boxes) -> NDArray[np.bool_]:
    return np.asarray(boxes.box["flow"] == Flow.IMPORT.value, dtype=bool)


def slots_of(teams: Sequence[Team], at_us: int, days: int, zone: ZoneInfo) -> Slots:
    """The shifts of `days` days from an instant on, in the local time of `zone`.

    A shift in progress contributes its remaining capacity. A shift is included if it begins before the end of the days.
    """
    until = at_us + days * 24 * HOUR_US
    today = datetime.fromtimestamp(at_us // 1_000_000, zone).date()
    found = []
    for day in range(-1, days + 1):
        midnight = datetime.combine(today + timedelta(days=day), time())
        for team in teams:
            begins, end = (
                microseconds((midnight + timedelta(minutes=minutes)).replace(tzinfo=zone))
                for minutes in (team.start, team.end)
            )
            start = max(begins, at_us)
            if start < min(end, until):
                left = team.openings * (end - start) / (end - begins)
                found.append((end, start, team.terminal, team.shift, team.team, left))
    found.sort()
    ends, starts, terminals, shifts, names, openings = zip(*found, strict=True)
    return Slots(terminals, shifts, names, np.array(starts), np.array(ends), np.array(openings))
