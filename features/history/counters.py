"""Decayed counters: exponentially decayed sums for each entity, read strictly before they are updated.

Events are in the order in which the port knew them; each reads the sums of those before it. The same kernel runs the
replay of millions of events and the single event of a service, so both give the same bits. Reading changes nothing:
the decay is applied to a copy when a sum is read, and to the sum itself when an event is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

YEAR_DAYS: Final = 365.0
HALF_LIVES_DAYS: Final = {"": YEAR_DAYS, "_short": 60.0, "_long": 1500.0}
"""Half-life of a sum in days, by the suffix of its name: a year; two months for sudden changes; four years."""
_OUTCOMES: Final = ("opened", "found_declaration", "found_packing", "inspected", "found_papers")
_BEHAVIOUR: Final = ("declared", "amended", "faulty_papers", "filed_late", "contradictory_papers", "weights_disagree")
_MASSES: Final = ("with_mass", "log_mass", "log_mass_squared")
SUMS: Final[tuple[str, ...]] = (
    *_OUTCOMES,
    *_BEHAVIOUR,
    *_MASSES,
    *(f"{name}_short" for name in (*_OUTCOMES, "declared")),
    *(f"{name}_long" for name in _OUTCOMES),
)
SUM: Final = {name: position for position, name in enumerate(SUMS)}


def half_life_days(name: str) -> float:
    """The half-life of a decayed counter."""
    return next((days for end, days in HALF_LIVES_DAYS.items() if end and name.endswith(end)), YEAR_DAYS)


_HALF_LIVES_DAYS: Final = np.array([half_life_days(name) for name in SUMS])
DECAY_PER_US: Final[NDArray[np.float64]] = np.log(2) / (_HALF_LIVES_DAYS * 86_400e6)
NEVER: Final = np.iinfo(np.int64).min


@numba.njit(cache=True, inline="never")
def slot_of(table: NDArray[Any], slot_keys: NDArray[Any], key: int) -> int:
    """Position in `table` of `key`, or where it would be inserted (open addressing, linear probing)."""
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
    seen: NDArray[Any],
    decay: NDArray[Any],
    times: NDArray[Any],
    keys: NDArray[Any],
    amounts: NDArray[Any],
    reads: NDArray[Any],
    out: NDArray[Any],
    out_first: NDArray[Any],
    out_last: NDArray[Any],
) -> tuple[int, int]:
    """Process events in order from `start`; return (next event, slots used), early if the slots run out.

    `reads[i]` is the row of `out` that event i reads into before it adds, -1 if it only adds. An event with NaN as
    first amount only reads. `seen` (slots, 3) contains the first, the last and the last but one instant.
    """
    count, entities = keys.shape
    width = decay.shape[0]
    for event in range(start, count):
        if used + entities > len(slot_keys):
            return event, used
        row, now = reads[event], times[event]
        for entity in range(entities):
            if row < 0:
                break
            slot = -1
            if keys[event, entity] != 0:
                slot = table[slot_of(table, slot_keys, keys[event, entity])]
            if slot < 0:
                for item in range(width):
                    out[row, entity, item] = 0.0
                out_first[row, entity] = NEVER
                out_last[row, entity] = NEVER
                continue
            elapsed = float(now - seen[slot, 1])
            left = 1.0
            for item in range(width):
                if item == 0 or decay[item] != decay[item - 1]:
                    left = np.exp(-decay[item] * elapsed)
                out[row, entity, item] = sums[slot, item] * left
            out_first[row, entity] = seen[slot, 0]
            out_last[row, entity] = seen[slot, 1]
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
                seen[slot, 0] = now
                seen[slot, 1] = now
                seen[slot, 2] = NEVER
            elapsed = float(now - seen[slot, 1])
            left = 1.0
            for item in range(width):
                if item == 0 or decay[item] != decay[item - 1]:
                    left = np.exp(-decay[item] * elapsed)
                sums[slot, item] = sums[slot, item] * left + amounts[event, item]
            if elapsed > 0.0:
                seen[slot, 2] = seen[slot, 1]
                seen[slot, 1] = now
    return count, used


@numba.njit(cache=True)
def _read_without(
    table: NDArray[Any],
    slot_keys: NDArray[Any],
    sums: NDArray[Any],
    seen: NDArray[Any],
    decay: NDArray[Any],
    now: int,
    keys: NDArray[Any],
    own_times: NDArray[Any],
    own_keys: NDArray[Any],
    own_amounts: NDArray[Any],
    out: NDArray[Any],
    out_first: NDArray[Any],
    out_last: NDArray[Any],
) -> None:
    """Read the sums of rows at `now` without their own events: `own_amounts` added to `own_keys` at `own_times`."""
    count, entities = keys.shape
    width = decay.shape[0]
    for row in range(count):
        own = own_times[row]
        since = float(now - own)
        for entity in range(entities):
            slot, mine = -1, keys[row, entity] == own_keys[row, entity]
            if keys[row, entity] != 0:
                slot = table[slot_of(table, slot_keys, keys[row, entity])]
            if slot < 0 or (mine and seen[slot, 0] == own and seen[slot, 1] == own):
                for item in range(width):
                    out[row, entity, item] = 0.0
                out_first[row, entity] = NEVER
                out_last[row, entity] = NEVER
                continue
            elapsed = float(now - seen[slot, 1])
            left, left_own = 1.0, 1.0
            for item in range(width):
                if item == 0 or decay[item] != decay[item - 1]:
                    left = np.exp(-decay[item] * elapsed)
                    left_own = np.exp(-decay[item] * since)
                out[row, entity, item] = sums[slot, item] * left
                if mine:
                    out[row, entity, item] -= own_amounts[row, item] * left_own
            out_first[row, entity] = seen[slot, 0]
            out_last[row, entity] = seen[slot, 2] if mine and seen[slot, 1] == own else seen[slot, 1]


@numba.njit(cache=True)
def rehash(table: NDArray[Any], slot_keys: NDArray[Any], used: int) -> None:
    """Insert the first `used` slots into an empty table."""
    for slot in range(used):
        table[slot_of(table, slot_keys, slot_keys[slot])] = slot


@dataclass(frozen=True)
class Profiles:
    """History of the entities of n rows at the instants `at` (n,), microseconds.

    `sums` (n, entities, sums) are the decayed sums; `first` and `last` (n, entities) the instants at which an entity
    was first and last seen, or NEVER. `effects` (n, learned families, factors) and `posterior_variance` (n, learned
    families) are the Bayesian probit effects (`features.history.effects`).
    """

    sums: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    at: NDArray[np.int64]
    effects: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0, 0)))
    posterior_variance: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    def take(self, chosen: NDArray[Any] | slice) -> Profiles:
        """The rows at positions, or where the mask `chosen` is true."""
        return Profiles(*(getattr(self, one.name)[chosen] for one in fields(self)))


NO_PROFILES: Final = Profiles(
    np.zeros((0, 0, 0)), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64), np.zeros(0, np.int64)
)
"""For computations that use the papers only."""


class DecayedCounters:
    """Decayed sums by entity key. `decay_per_us` has one decay rate per sum and so sets the number of sums."""

    def __init__(self, decay_per_us: NDArray[np.float64] = DECAY_PER_US, slots: int = 1024) -> None:
        self._decay = decay_per_us
        self._used = 0
        self._slot_keys = np.zeros(slots, dtype=np.int64)
        self._sums = np.zeros((slots, len(decay_per_us)))
        self._seen = np.full((slots, 3), NEVER, dtype=np.int64)
        self._table = table_for(slots)

    def __len__(self) -> int:
        """Number of entities with a history."""
        return self._used

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays for a snapshot, by name, without the spare capacity."""
        used = self._used
        return {"keys": self._slot_keys[:used], "sums": self._sums[:used], "seen": self._seen[:used]}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> DecayedCounters:
        """Counters from the arrays of a snapshot, which are not copied. Their number of sums must be that of SUMS."""
        counters = cls(slots=1)
        counters._slot_keys, counters._sums, counters._seen = arrays["keys"], arrays["sums"], arrays["seen"]
        counters._used = len(counters._slot_keys)
        counters._table = table_for(counters._used)
        rehash(counters._table, counters._slot_keys, counters._used)
        return counters

    def _make_room(self, more: int) -> None:
        needed = self._used + more
        self._slot_keys, self._sums, self._seen = (
            grown(rows, needed) for rows in (self._slot_keys, self._sums, self._seen)
        )
        if 2 * len(self._slot_keys) > len(self._table):
            self._table = table_for(len(self._slot_keys))
            rehash(self._table, self._slot_keys, self._used)

    def replay(
        self,
        times: NDArray[np.int64],
        keys: NDArray[np.int64],
        amounts: NDArray[np.float64],
        reads: NDArray[np.int64],
    ) -> Profiles:
        """Read and add events in the given order; each reads the sums of those before it.

        times (n,) microseconds, ascending; keys (n, entities); amounts (n, sums), NaN in the first column for an event
        that only reads; reads (n,) the row to read into, or -1. Returns one row of profiles per read.
        """
        rows, entities = int(reads.max(initial=-1)) + 1, keys.shape[1]
        reading = reads >= 0
        at = np.empty(rows, dtype=np.int64)
        at[reads[reading]] = times[reading]
        profiles = _empty_profiles(at, entities, len(self._decay))
        position = 0
        while True:
            position, self._used = _replay(
                position, self._used, self._table, self._slot_keys, self._sums, self._seen,
                self._decay, times, keys, amounts, reads, profiles.sums, profiles.first, profiles.last,
            )  # fmt: skip
            if position == len(times):
                return profiles
            self._make_room(entities)

    def read_without(
        self,
        now: int,
        keys: NDArray[np.int64],
        own_times: NDArray[np.int64],
        own_keys: NDArray[np.int64],
        own_amounts: NDArray[np.float64],
    ) -> Profiles:
        """Profiles at `now` of rows with `keys` (n, entities), each without its own event, which was added before.

        If a key equals that of the own event, `own_amounts` (n, sums) at `own_times` (n,) are subtracted from the sums;
        an entity without any other event is as if never seen.
        """
        profiles = _empty_profiles(np.full(len(keys), now), keys.shape[1], len(self._decay))
        _read_without(
            self._table, self._slot_keys, self._sums, self._seen, self._decay, now, keys, own_times, own_keys,
            own_amounts, profiles.sums, profiles.first, profiles.last,
        )  # fmt: skip
        return profiles


def grown(rows: NDArray[Any], needed: int) -> NDArray[Any]:
    """The rows if there are `needed`, otherwise a larger copy padded with zeros.

    It grows by at least an eighth, so that growing is rare.
    """
    if needed <= len(rows):
        return rows
    larger = np.zeros((max(needed, len(rows) + len(rows) // 8, 16), *rows.shape[1:]), dtype=rows.dtype)
    larger[: len(rows)] = rows
    return larger


def table_for(slots: int) -> NDArray[np.int32]:
    """An empty hash table that is at most half full with `slots` slots."""
    return np.full(1 << (2 * max(slots, 1) - 1).bit_length(), -1, dtype=np.int32)


def _empty_profiles(at: NDArray[np.int64], entities: int, sums: int) -> Profiles:
    shape = (len(at), entities)
    return Profiles(np.empty((*shape, sums)), np.empty(shape, np.int64), np.empty(shape, np.int64), at)
