"""Beliefs: what the openings have taught about each trait of a box, all traits weighed against each other.

A finding rate credits a packer with every finding in its boxes, whatever else these boxes were. A belief counts what
was found against what was to be expected of that very box: a finding in a box that looked bad anyway says little of
its packer, one in a box that looked sound says much; ten clean openings of easy boxes say less than ten of hard ones.

The effect of each trait on a finding is a normal belief, in probits; the effects of a box's traits add up. An opening
moves all of them at once by moment matching (Bayesian online probit regression: Graepel, Candela, Borchert and
Herbrich 2010, after Minka 2001). Beliefs on firms, goods
and routes drift back to knowing nothing with the half-life of the lasting memory.
What an opening added to the precision of each belief is remembered, so that a correction can take it back.
Reading changes nothing; one kernel serves the replay and the single box, so both give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from features.ledger import HALF_LIVES_DAYS, rehash, slot_of
from features.traits import FADES, LEARNED, SPREADS

_DECAY_PER_US: Final = np.where(FADES, math.log(2) / (HALF_LIVES_DAYS["_lasting"] * 86_400e6), 0.0)
# Beyond this many standard deviations an outcome was as good as sure, and a probability no longer a number.
_SURE: Final = 30.0


@dataclass(frozen=True)
class Openings:
    """n conclusions of openings: `times` (n,) when recorded, microseconds, `ids` (n,) to break ties, `traits`
    (n, traits), `found` (n, learned families) 0 or 1, NaN where an opening has no conclusion any more; `corrects` (n,)
    the id of the conclusion that is taken back, 0 for none."""

    times: NDArray[np.int64]
    ids: NDArray[np.int64]
    traits: NDArray[np.int64]
    found: NDArray[np.float64]
    corrects: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times)

    def where(self, chosen: NDArray[Any] | slice) -> Openings:
        """The openings under the mask, or at the positions, `chosen`."""
        return Openings(
            self.times[chosen], self.ids[chosen], self.traits[chosen], self.found[chosen], self.corrects[chosen]
        )


NO_OPENINGS: Final = Openings(
    np.zeros(0, np.int64), np.zeros(0, np.int64),
    np.zeros((0, SPREADS.shape[1]), np.int64), np.zeros((0, len(LEARNED))), np.zeros(0, np.int64),
)  # fmt: skip


def in_order(parts: Iterable[Openings]) -> Openings:
    """Several logs of openings as one, in order of (time, id)."""
    parts = [NO_OPENINGS, *parts]
    joined = Openings(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.traits for part in parts]),
        np.concatenate([part.found for part in parts]),
        np.concatenate([part.corrects for part in parts]),
    )
    return joined.where(np.lexsort((joined.ids, joined.times)))


@numba.njit(cache=True)
def _taken_back(
    slots: NDArray[Any],
    added: NDArray[Any],
    means: NDArray[Any],
    variances: NDArray[Any],
    last: NDArray[Any],
    spreads: NDArray[Any],
    decay: NDArray[Any],
    since: int,
    now: int,
) -> None:
    """Take from the beliefs in `slots` (traits,) what is left of the precision that was `added` to them `since`."""
    for trait in range(len(slots)):
        slot = slots[trait]
        if slot < 0:
            continue
        left = np.exp(-decay[trait] * float(now - last[slot]))
        faded = np.exp(-decay[trait] * float(now - since))
        for family in range(len(spreads)):
            spread = spreads[family, trait]
            if spread == 0.0:
                continue
            variance = spread + (variances[slot, family] - spread) * left**2
            pull = means[slot, family] * left / variance - added[family, trait, 1] * faded
            # Never less certain than before anything was seen.
            variance = 1.0 / max(1.0 / variance - added[family, trait, 0] * faded**2, 1.0 / spread)
            variances[slot, family], means[slot, family] = variance, pull * variance
        last[slot] = now


@numba.njit(cache=True)
def _replay(
    table: NDArray[Any],
    slot_keys: NDArray[Any],
    means: NDArray[Any],
    variances: NDArray[Any],
    last: NDArray[Any],
    used: int,
    added_at: NDArray[Any],
    added_to: NDArray[Any],
    added: NDArray[Any],
    spreads: NDArray[Any],
    decay: NDArray[Any],
    times: NDArray[Any],
    traits: NDArray[Any],
    found: NDArray[Any],
    openings: NDArray[Any],
    takes_back: NDArray[Any],
    reads: NDArray[Any],
    out: NDArray[Any],
    doubt: NDArray[Any],
) -> int:
    """Events in time order; returns how many slots are in use. There must be room for every trait of every event.

    `reads[i]` is the row of `out` and `doubt` that event i reads into; at -1 it adds, as the conclusion number
    `openings[i]`, and takes back the one numbered `takes_back[i]`, -1 for none. Events of one instant all read before
    any of them adds. `added_at`, `added_to`, `added` remember when, to which slots, and how much each one added.
    """
    families, width = spreads.shape
    slots = np.empty(width, dtype=np.int64)
    left = np.ones(width)
    begin = 0
    while begin < len(times):
        end = begin
        while end < len(times) and times[end] == times[begin]:
            end += 1
        for adding in range(2):
            for event in range(begin, end):
                row, now = reads[event], times[event]
                if (row < 0) != (adding == 1):
                    continue
                if adding == 1 and takes_back[event] >= 0:
                    earlier = takes_back[event]
                    _taken_back(
                        added_to[earlier], added[earlier], means, variances, last, spreads, decay,
                        added_at[earlier], now,
                    )  # fmt: skip
                for trait in range(width):
                    slots[trait] = -1
                    key = traits[event, trait]
                    if key == 0:
                        continue
                    position = slot_of(table, slot_keys, key)
                    slot = table[position]
                    if slot < 0 and adding == 1:
                        slot = used
                        used += 1
                        table[position] = slot
                        slot_keys[slot] = key
                        last[slot] = now
                        for family in range(families):
                            means[slot, family] = 0.0
                            variances[slot, family] = spreads[family, trait]
                    slots[trait] = slot
                    if slot >= 0:
                        left[trait] = np.exp(-decay[trait] * float(now - last[slot]))
                if adding == 1:
                    added_at[openings[event]] = now
                    added_to[openings[event]] = slots
                for family in range(families):
                    total, variance = 0.0, 0.0
                    for trait in range(width):
                        spread, slot = spreads[family, trait], slots[trait]
                        if traits[event, trait] == 0 or spread == 0.0:
                            continue
                        mean, held = 0.0, spread
                        if slot >= 0:
                            mean = means[slot, family] * left[trait]
                            held = spread + (variances[slot, family] - spread) * left[trait] ** 2
                        total += mean
                        variance += held
                        if adding == 0:
                            out[row, family, trait] = mean
                        else:
                            means[slot, family], variances[slot, family] = mean, held
                    if adding == 0:
                        doubt[row, family] = variance
                        continue
                    if np.isnan(found[event, family]):
                        continue
                    sign = 2.0 * found[event, family] - 1.0
                    scale = math.sqrt(1.0 + variance)
                    margin = max(sign * total / scale, -_SURE)
                    density = math.exp(-0.5 * margin * margin) / math.sqrt(2.0 * math.pi)
                    push = density / (0.5 * math.erfc(-margin / math.sqrt(2.0)))
                    shrink = push * (push + margin) / (scale * scale)
                    for trait in range(width):
                        slot = slots[trait]
                        if slot < 0 or spreads[family, trait] == 0.0:
                            continue
                        mean, held = means[slot, family], variances[slot, family]
                        means[slot, family] = mean + sign * held / scale * push
                        variances[slot, family] = held * (1.0 - held * shrink)
                        precision = 1.0 / variances[slot, family]
                        added[openings[event], family, trait, 0] = precision - 1.0 / held
                        added[openings[event], family, trait, 1] = means[slot, family] * precision - mean / held
                if adding == 1:
                    for trait in range(width):
                        if slots[trait] >= 0:
                            last[slots[trait]] = now
        begin = end
    return used


@dataclass(frozen=True)
class Believed:
    """Of n boxes: `effects` (n, learned families, traits) as believed, `doubt` (n, learned families) the variance of
    their sum, all in probits."""

    effects: NDArray[np.float64]
    doubt: NDArray[np.float64]


class Beliefs:
    """The beliefs of one process, which follow the conclusions of openings in their order."""

    def __init__(self) -> None:
        self._table = np.full(4, -1, dtype=np.int64)
        self._used = 0
        self._slot_keys = np.zeros(1, dtype=np.int64)
        self._means = np.zeros((1, len(LEARNED)))
        self._variances = np.zeros((1, len(LEARNED)))
        self._last = np.zeros(1, dtype=np.int64)
        self._number: dict[int, int] = {}
        self._added_at = np.zeros(1, dtype=np.int64)
        self._added_to = np.full((1, SPREADS.shape[1]), -1, dtype=np.int64)
        self._added = np.zeros((1, *SPREADS.shape, 2))

    def learn(self, openings: Openings) -> None:
        """Add conclusions, in order, all recorded at or after what was added before."""
        self._run(NO_OPENINGS.times, NO_OPENINGS.traits, openings)

    def read(self, declared_at: NDArray[np.int64], traits: NDArray[np.int64]) -> Believed:
        """What is believed of boxes with `traits` (n, traits), none declared before the last conclusion added."""
        return self._run(declared_at, traits, NO_OPENINGS)

    def replay(self, openings: Openings, declared_at: NDArray[np.int64], traits: NDArray[np.int64]) -> Believed:
        """What was believed of each box strictly before its own instant, while the openings are added."""
        return self._run(declared_at, traits, openings)

    def _run(self, declared_at: NDArray[np.int64], traits: NDArray[np.int64], openings: Openings) -> Believed:
        rows, adds = len(declared_at), len(openings)
        first = len(self._number)
        self._number |= {name: first + place for place, name in enumerate(openings.ids.tolist())}
        self._make_room(adds, traits.shape[1])
        times = np.concatenate([declared_at, openings.times])
        order = np.argsort(times, kind="stable")
        numbers = np.concatenate([np.full(rows, -1), first + np.arange(adds)])
        back = [self._number.get(name, -1) for name in openings.corrects.tolist()]
        told = Believed(np.zeros((rows, *SPREADS.shape)), np.zeros((rows, len(LEARNED))))
        self._used = _replay(
            self._table, self._slot_keys, self._means, self._variances, self._last, self._used,
            self._added_at, self._added_to, self._added, SPREADS, _DECAY_PER_US,
            times[order],
            np.concatenate([traits, openings.traits])[order],
            np.concatenate([np.zeros((rows, len(LEARNED))), openings.found])[order],
            numbers[order],
            np.concatenate([np.full(rows, -1), np.array(back, dtype=np.int64)])[order],
            np.concatenate([np.arange(rows), np.full(adds, -1)])[order],
            told.effects, told.doubt,
        )  # fmt: skip
        return told

    def _make_room(self, adds: int, traits: int) -> None:
        numbers = len(self._number)
        self._added_at, self._added_to, self._added = (
            _grown(held, numbers) for held in (self._added_at, self._added_to, self._added)
        )
        slots = self._used + adds * traits
        if slots > len(self._slot_keys):
            self._slot_keys, self._means, self._variances, self._last = (
                _grown(held, slots) for held in (self._slot_keys, self._means, self._variances, self._last)
            )
            self._table = np.full(4 * len(self._slot_keys), -1, dtype=np.int64)
            rehash(self._table, self._slot_keys, self._used)


def _grown(held: NDArray[Any], needed: int) -> NDArray[Any]:
    """The same rows, and room for as many as are needed, a power of two."""
    if needed <= len(held):
        return held
    larger = np.zeros((1 << (needed - 1).bit_length(), *held.shape[1:]), dtype=held.dtype)
    larger[: len(held)] = held
    return larger
