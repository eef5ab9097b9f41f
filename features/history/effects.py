"""Bayesian probit effects: what openings have shown about each factor, all factors estimated together.

A finding rate credits a packer with every finding in its boxes, whatever else these boxes were. A effect counts what
was found against what was to be expected of that very box: a finding in a box that looked bad anyway says little of
its packer, one in a box that looked sound says much; ten clean openings of easy boxes say less than ten of hard ones.

The effect of each factor on a finding is a normal effect, in probits; the effects of a box's factors add up. An opening
moves all of them at once by moment matching (Bayesian online probit regression: Graepel, Candela, Borchert and
Herbrich 2010, after Minka 2001). Effects on firms, goods
and routes drift back to knowing nothing with the half-life of the lasting memory.
What an opening added to the precision of each effect is remembered, so that a correction can take it back.
Reading changes nothing; one kernel serves the replay and the single box, so both give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from features.definitions.factors import DECAYS, LEARNED_FAMILIES, PRIOR_VARIANCES
from features.history.counters import HALF_LIVES_DAYS, rehash, slot_of, table_for, with_room

_DECAY_PER_US: Final = np.where(DECAYS, math.log(2) / (HALF_LIVES_DAYS["_long"] * 86_400e6), 0.0)
# Beyond this many standard deviations an outcome was as good as sure, and a probability no longer a number.
_MAX_MARGIN: Final = 30.0


@dataclass(frozen=True)
class OpeningEvents:
    """n conclusions of openings, in order: `times` (n,) when known, microseconds, `factors` (n, factors), `found`
    (n, learned families) 0 or 1, NaN where an opening has no conclusion any more; `corrects` (n,) the number of the
    conclusion that is taken back, -1 for none. Conclusions are numbered from 0 in the order in which they are known."""

    times: NDArray[np.int64]
    factors: NDArray[np.int64]
    found: NDArray[np.float64]
    corrects: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times)

    def where(self, chosen: NDArray[Any] | slice) -> OpeningEvents:
        """The openings under the mask, or at the positions, `chosen`."""
        return OpeningEvents(self.times[chosen], self.factors[chosen], self.found[chosen], self.corrects[chosen])


NO_OPENINGS: Final = OpeningEvents(
    np.zeros(0, np.int64), np.zeros((0, PRIOR_VARIANCES.shape[1]), np.int64), np.zeros((0, len(LEARNED_FAMILIES))),
    np.zeros(0, np.int64),
)  # fmt: skip


@numba.njit(cache=True)
def _reverted(
    slots: NDArray[Any],
    added: NDArray[Any],
    means: NDArray[Any],
    variances: NDArray[Any],
    last: NDArray[Any],
    prior_variances: NDArray[Any],
    decay: NDArray[Any],
    since: int,
    now: int,
) -> None:
    """Take from the effects in `slots` (factors,) what is left of the precision that was `added` to them `since`."""
    for factor in range(len(slots)):
        slot = slots[factor]
        if slot < 0:
            continue
        left = np.exp(-decay[factor] * float(now - last[slot]))
        faded = np.exp(-decay[factor] * float(now - since))
        for family in range(len(prior_variances)):
            prior_variance = prior_variances[family, factor]
            if prior_variance == 0.0:
                continue
            variance = prior_variance + (variances[slot, family] - prior_variance) * left**2
            pull = means[slot, family] * left / variance - added[family, factor, 1] * faded
            # Never less certain than before anything was seen.
            variance = 1.0 / max(1.0 / variance - added[family, factor, 0] * faded**2, 1.0 / prior_variance)
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
    prior_variances: NDArray[Any],
    decay: NDArray[Any],
    times: NDArray[Any],
    factors: NDArray[Any],
    found: NDArray[Any],
    openings: NDArray[Any],
    reverts: NDArray[Any],
    reads: NDArray[Any],
    out: NDArray[Any],
    posterior_variance: NDArray[Any],
) -> int:
    """Events in their order; returns how many slots are in use. There must be room for every factor of every event.

    `reads[i]` is the row of `out` and `posterior_variance` that event i reads into; at -1 it adds, as the conclusion
    number `openings[i]`, and takes back the one numbered `reverts[i]`, -1 for none. `added_at`, `added_to`, `added`
    keep when, to which slots, and how much each conclusion added.
    """
    families, width = prior_variances.shape
    slots = np.empty(width, dtype=np.int64)
    left = np.ones(width)
    for event in range(len(times)):
        row, now = reads[event], times[event]
        adding = row < 0
        if adding and reverts[event] >= 0:
            earlier = reverts[event]
            _reverted(
                added_to[earlier],
                added[earlier],
                means,
                variances,
                last,
                prior_variances,
                decay,
                added_at[earlier],
                now,
            )
        for factor in range(width):
            slots[factor] = -1
            key = factors[event, factor]
            if key == 0:
                continue
            position = slot_of(table, slot_keys, key)
            slot = table[position]
            if slot < 0 and adding:
                slot = used
                used += 1
                table[position] = slot
                slot_keys[slot] = key
                last[slot] = now
                for family in range(families):
                    means[slot, family] = 0.0
                    variances[slot, family] = prior_variances[family, factor]
            slots[factor] = slot
            if slot >= 0:
                left[factor] = np.exp(-decay[factor] * float(now - last[slot]))
        if adding:
            added_at[openings[event]] = now
            for factor in range(width):
                added_to[openings[event], factor] = slots[factor]
        for family in range(families):
            total, variance = 0.0, 0.0
            for factor in range(width):
                prior_variance, slot = prior_variances[family, factor], slots[factor]
                if factors[event, factor] == 0 or prior_variance == 0.0:
                    continue
                mean, held = 0.0, prior_variance
                if slot >= 0:
                    mean = means[slot, family] * left[factor]
                    held = prior_variance + (variances[slot, family] - prior_variance) * left[factor] ** 2
                total += mean
                variance += held
                if adding:
                    means[slot, family], variances[slot, family] = mean, held
                else:
                    out[row, family, factor] = mean
            if not adding:
                posterior_variance[row, family] = variance
                continue
            if np.isnan(found[event, family]):
                continue
            sign = 2.0 * found[event, family] - 1.0
            scale = math.sqrt(1.0 + variance)
            margin = max(sign * total / scale, -_MAX_MARGIN)
            density = math.exp(-0.5 * margin * margin) / math.sqrt(2.0 * math.pi)
            push = density / (0.5 * math.erfc(-margin / math.sqrt(2.0)))
            shrink = push * (push + margin) / (scale * scale)
            for factor in range(width):
                slot = slots[factor]
                if slot < 0 or prior_variances[family, factor] == 0.0:
                    continue
                mean, held = means[slot, family], variances[slot, family]
                means[slot, family] = mean + sign * held / scale * push
                variances[slot, family] = held * (1.0 - held * shrink)
                precision = 1.0 / variances[slot, family]
                added[openings[event], family, factor, 0] = precision - 1.0 / held
                added[openings[event], family, factor, 1] = means[slot, family] * precision - mean / held
        if adding:
            for factor in range(width):
                if slots[factor] >= 0:
                    last[slots[factor]] = now
    return used


@dataclass(frozen=True)
class PosteriorEffects:
    """Of n boxes: `effects` (n, learned families, factors), `posterior_variance` (n, learned families) of their sum,
    both in probits."""

    effects: NDArray[np.float64]
    posterior_variance: NDArray[np.float64]


class ProbitEffects:
    """The effects of one process, which follow the conclusions of openings in their order."""

    def __init__(self) -> None:
        self._used = 0
        self._slot_keys = np.zeros(1, dtype=np.int64)
        self._means = np.zeros((1, len(LEARNED_FAMILIES)))
        self._variances = np.zeros((1, len(LEARNED_FAMILIES)))
        self._last = np.zeros(1, dtype=np.int64)
        self._table = table_for(1)
        self._conclusions = 0
        self._added_at = np.zeros(1, dtype=np.int64)
        self._added_to = np.full((1, PRIOR_VARIANCES.shape[1]), -1, dtype=np.int32)
        self._added = np.zeros((1, *PRIOR_VARIANCES.shape, 2))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a snapshot keeps: arrays by name, without the room to grow."""
        used, count = self._used, self._conclusions
        return {
            "keys": self._slot_keys[:used], "means": self._means[:used], "variances": self._variances[:used],
            "last": self._last[:used], "added_at": self._added_at[:count], "added_to": self._added_to[:count],
            "added": self._added[:count],
        }  # fmt: skip

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> ProbitEffects:
        """The effects that a snapshot kept; the arrays become its own."""
        effects = cls()
        effects._slot_keys, effects._last = arrays["keys"], arrays["last"]
        effects._means, effects._variances = arrays["means"], arrays["variances"]
        effects._added_at, effects._added_to, effects._added = (
            arrays[name] for name in ("added_at", "added_to", "added")
        )
        effects._used, effects._conclusions = len(effects._slot_keys), len(effects._added_at)
        effects._table = table_for(effects._used)
        rehash(effects._table, effects._slot_keys, effects._used)
        return effects

    def learn(self, openings: OpeningEvents) -> None:
        """Add conclusions, in order, all known at or after what was added before."""
        self.replay(openings, NO_OPENINGS.times, NO_OPENINGS.factors, NO_OPENINGS.times)

    def read(self, now: NDArray[np.int64], factors: NDArray[np.int64]) -> PosteriorEffects:
        """Effects of boxes with `factors` (n, factors) at `now` (n,), none before the last conclusion added."""
        nothing = np.full(len(now), -1)
        none_found = np.zeros((len(now), len(LEARNED_FAMILIES)))
        return self._followed(now, factors, none_found, nothing, nothing, np.arange(len(now)), len(now))

    def replay(
        self, openings: OpeningEvents, now: NDArray[np.int64], factors: NDArray[np.int64], after: NDArray[np.int64]
    ) -> PosteriorEffects:
        """What was estimated of boxes with `factors` (n, factors) at `now` (n,) while the openings are added.

        `after` (n,) says how many of the openings come before each box; it and `now` never fall.
        """
        rows, adds = len(now), len(openings)
        if not adds:
            return self.read(now, factors)
        first = self._conclusions
        self._conclusions += adds
        self._reserve(adds, factors.shape[1])
        # Where each box and each opening stands among both.
        places = np.concatenate(
            [after + np.arange(rows), np.arange(adds) + np.searchsorted(after, np.arange(adds), "right")]
        )
        order = np.empty(rows + adds, dtype=np.int64)
        order[places] = np.arange(rows + adds)
        nothing = np.full(rows, -1)
        return self._followed(
            np.concatenate([now, openings.times])[order],
            np.concatenate([factors, openings.factors])[order],
            np.concatenate([np.zeros((rows, len(LEARNED_FAMILIES))), openings.found])[order],
            np.concatenate([nothing, first + np.arange(adds)])[order],
            np.concatenate([nothing, openings.corrects])[order],
            np.concatenate([np.arange(rows), np.full(adds, -1)])[order],
            rows,
        )

    def _followed(
        self,
        times: NDArray[np.int64],
        factors: NDArray[np.int64],
        found: NDArray[np.float64],
        conclusions: NDArray[np.int64],
        reverts: NDArray[np.int64],
        reads: NDArray[np.int64],
        rows: int,
    ) -> PosteriorEffects:
        """Reads and conclusions in their order, as `_replay` takes them; what the `rows` reads found."""
        posterior_effects = PosteriorEffects(
            np.zeros((rows, *PRIOR_VARIANCES.shape)), np.zeros((rows, len(LEARNED_FAMILIES)))
        )
        self._used = _replay(
            self._table, self._slot_keys, self._means, self._variances, self._last, self._used,
            self._added_at, self._added_to, self._added, PRIOR_VARIANCES, _DECAY_PER_US,
            times, factors, found, conclusions, reverts, reads,
            posterior_effects.effects, posterior_effects.posterior_variance,
        )  # fmt: skip
        return posterior_effects

    def _reserve(self, adds: int, factors: int) -> None:
        if self._conclusions > len(self._added_at):
            wanted = max(self._conclusions, len(self._added_at) + len(self._added_at) // 8)
            self._added_at, self._added_to, self._added = (
                with_room(held, wanted) for held in (self._added_at, self._added_to, self._added)
            )
        slots = self._used + adds * factors
        if slots > len(self._slot_keys):
            wanted = max(slots, len(self._slot_keys) + len(self._slot_keys) // 8)
            self._slot_keys, self._means, self._variances, self._last = (
                with_room(held, wanted) for held in (self._slot_keys, self._means, self._variances, self._last)
            )
        if 2 * slots > len(self._table):
            self._table = table_for(slots)
            rehash(self._table, self._slot_keys, self._used)
