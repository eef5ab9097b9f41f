"""The ledger: for each entity a few exponentially decayed sums, read strictly before they are added to.

One kernel serves the replay of millions of events and the single event online, so both give the same
bits. Reading changes nothing: the decay is applied when something is added, and, on a copy, when read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

LONG_DAYS: Final = 365.0
HALF_LIVES_DAYS: Final = {"": LONG_DAYS, "_short": 60.0, "_lasting": 1500.0}
"""How long a sum remembers, by the end of its name: a year; two months (sudden changes); four years (habits)."""
_OUTCOMES: Final = ("opened", "found_declaration", "found_packing", "checked", "found_papers")
_BEHAVIOUR: Final = ("declared", "amended", "flawed", "late", "contradicted", "weights_apart")
_MASSES: Final = ("weighed", "log_mass", "log_mass_squared")
SUMS: Final[tuple[str, ...]] = (
    *_OUTCOMES,
    *_BEHAVIOUR,
    *_MASSES,
    *(f"{name}_short" for name in (*_OUTCOMES, "declared")),
    *(f"{name}_lasting" for name in _OUTCOMES),
)
SUM: Final = {name: position for position, name in enumerate(SUMS)}


def half_life_days(name: str) -> float:
    """The half-life of a sum of the ledger."""
    return next((days for end, days in HALF_LIVES_DAYS.items() if end and name.endswith(end)), LONG_DAYS)


_HALF_LIVES_DAYS: Final = np.array([half_life_days(name) for name in SUMS])
DECAY_PER_US: Final[NDArray[np.float64]] = np.log(2) / (_HALF_LIVES_DAYS * 86_400e6)
NEVER: Final = np.iinfo(np.int64).min


@numba.njit(cache=True, inline="never")
def slot_of(table: NDArray[Any], slot_keys: NDArray[Any], key: int) -> int:
    """Position in `table` where `key` stands or would stand (open addressing, linear probing)."""
    mask = len(table) - 1
    position = (key ^ (key >> 32)) & mask
    while table[position] >= 0 and slot_keys[table[position]] != key:
        position = (position + 1) & mask
    return position


@numba.njit(cache=True)
def _replay(
    start: int,
    used: int,
    table: NDArray[Any],
    slot_keys: NDArray[Any],
    sums: NDArray[Any],
    first: NDArray[Any],
    last: NDArray[Any],
    decay: NDArray[Any],
    times: NDArray[Any],
    keys: NDArray[Any],
    amounts: NDArray[Any],
    reads: NDArray[Any],
    out: NDArray[Any],
    out_first: NDArray[Any],
    out_last: NDArray[Any],
) -> tuple[int, int]:
    """Events in time order from `start`; returns (next event, slots used), early when slots run out.

    `reads[i]` is the row of `out` that event i reads into, -1 when it only adds. An event whose amounts
    are all NaN only reads. Events of one instant all read before any of them adds.
    """
    count, entities = keys.shape
    width = decay.shape[0]
    begin = start
    while begin < count:
        end = begin
        while end < count and times[end] == times[begin]:
            end += 1
        if used + (end - begin) * entities > len(slot_keys):
            return begin, used
        for event in range(begin, end):
            row = reads[event]
            if row < 0:
                continue
            for entity in range(entities):
                slot = -1
                if keys[event, entity] != 0:
                    slot = table[slot_of(table, slot_keys, keys[event, entity])]
                if slot < 0:
                    for item in range(width):
                        out[row, entity, item] = 0.0
                    out_first[row, entity] = NEVER
                    out_last[row, entity] = NEVER
                    continue
                elapsed = float(times[event] - last[slot])
                left = 1.0
                for item in range(width):
                    if item == 0 or decay[item] != decay[item - 1]:
                        left = np.exp(-decay[item] * elapsed)
                    out[row, entity, item] = sums[slot, item] * left
                out_first[row, entity] = first[slot]
                out_last[row, entity] = last[slot]
        for event in range(begin, end):
            if np.isnan(amounts[event, 0]):
                continue
            for entity in range(entities):
                key = keys[event, entity]
                if key == 0:
                    continue
                position = slot_of(table, slot_keys, key)
                slot = table[position]
                if slot < 0:
                    slot = used
                    used += 1
                    table[position] = slot
                    slot_keys[slot] = key
                    first[slot] = times[event]
                    last[slot] = times[event]
                elapsed = float(times[event] - last[slot])
                left = 1.0
                for item in range(width):
                    if item == 0 or decay[item] != decay[item - 1]:
                        left = np.exp(-decay[item] * elapsed)
                    sums[slot, item] = sums[slot, item] * left + amounts[event, item]
                last[slot] = times[event]
        begin = end
    return begin, used


@numba.njit(cache=True)
def rehash(table: NDArray[Any], slot_keys: NDArray[Any], used: int) -> None:
    """Enter the first `used` slots into an empty table."""
    for slot in range(used):
        table[slot_of(table, slot_keys, slot_keys[slot])] = slot


@dataclass(frozen=True)
class Profiles:
    """What was known of each row: `sums` (n, entities, sums) of the ledger, `first`, `last` seen (n, entities).

    `effects` (n, learned families, traits) and `doubt` (n, learned families) are what is believed (`features.beliefs`).
    """

    sums: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    effects: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0, 0)))
    doubt: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))


NO_PROFILES: Final = Profiles(np.zeros((0, 0, 0)), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64))
"""For what looks at the papers alone."""


class Ledger:
    """Decayed sums by entity key. `decay_per_us` has one rate per sum; it fixes how many sums there are."""

    def __init__(self, decay_per_us: NDArray[np.float64] = DECAY_PER_US, slots: int = 1024) -> None:
        self._decay = decay_per_us
        self._used = 0
        self._make(slots)

    def _make(self, slots: int) -> None:
        width = len(self._decay)
        self._table = np.full(4 * slots, -1, dtype=np.int64)
        self._slot_keys = np.zeros(slots, dtype=np.int64)
        self._sums = np.zeros((slots, width))
        self._first = np.full(slots, NEVER, dtype=np.int64)
        self._last = np.full(slots, NEVER, dtype=np.int64)

    def _grow(self) -> None:
        used, keys, sums, first, last = self._used, self._slot_keys, self._sums, self._first, self._last
        self._make(2 * len(keys))
        self._slot_keys[:used], self._sums[:used] = keys[:used], sums[:used]
        self._first[:used], self._last[:used] = first[:used], last[:used]
        rehash(self._table, self._slot_keys, used)

    def replay(
        self,
        times: NDArray[np.int64],
        keys: NDArray[np.int64],
        amounts: NDArray[np.float64],
        reads: NDArray[np.int64],
    ) -> Profiles:
        """Read and add events that stand in order of (time, id).

        times (n,) microseconds; keys (n, entities); amounts (n, sums), NaN in the first column for an
        event that only reads; reads (n,) row to read into or -1. Returns one profile row a read.
        """
        rows, entities = int(reads.max(initial=-1)) + 1, keys.shape[1]
        profiles = Profiles(
            np.empty((rows, entities, len(self._decay))),
            np.empty((rows, entities), dtype=np.int64),
            np.empty((rows, entities), dtype=np.int64),
        )
        position = 0
        while True:
            position, self._used = _replay(
                position, self._used, self._table, self._slot_keys, self._sums, self._first, self._last,
                self._decay, times, keys, amounts, reads, profiles.sums, profiles.first, profiles.last,
            )  # fmt: skip
            if position == len(times):
                return profiles
            self._grow()

    def copy_slots(self, other: Ledger, keys: NDArray[np.int64]) -> None:
        """Make the history of `keys` what it is in `other`, which must hold all of them."""
        for key in np.unique(keys[keys != 0]):
            theirs = other._table[slot_of(other._table, other._slot_keys, key)]
            position = slot_of(self._table, self._slot_keys, key)
            if self._table[position] < 0:
                while self._used == len(self._slot_keys):
                    self._grow()
                position = slot_of(self._table, self._slot_keys, key)
                self._table[position] = self._used
                self._slot_keys[self._used] = key
                self._used += 1
            ours = self._table[position]
            self._sums[ours] = other._sums[theirs]
            self._first[ours], self._last[ours] = other._first[theirs], other._last[theirs]
