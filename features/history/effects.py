"""Bayesian probit effects: the effect of each factor on findings, all factors estimated together from openings.

A finding rate attributes each finding in a packer's boxes to the packer, whatever else the boxes contained. An effect
compares the outcome with the probability predicted for that box: a finding in a box with many risk factors changes the
effect of its packer little, a finding in an otherwise ordinary box changes it much.

Each effect is normally distributed, in probits; the effects of a box's factors add up. An opening updates all of them
at once by moment matching (Bayesian online probit regression: Graepel, Candela, Borchert and Herbrich 2010, after Minka
2001). Effects of firms, goods and routes decay to their prior with the half-life of the "_long" counters. The precision
that an opening added to each effect is stored, so that a correction can remove it. Reading changes nothing; the same
kernel runs the replay and the single box, so both give the same bits.
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
from features.history.counters import HALF_LIVES_DAYS, grown, rehash, slot_of, table_for

_DECAY_PER_US: Final = np.where(DECAYS, math.log(2) / (HALF_LIVES_DAYS["_long"] * 86_400e6), 0.0)
# Standard deviations at which the margin is clipped: the normal density and probability underflow beyond.
_MAX_MARGIN: Final = 30.0


@dataclass(frozen=True)
class OpeningEvents:
    """n conclusions of openings, in the order in which they were known.

    `times` (n,) known time, microseconds; `factors` (n, factors) keys; `found` (n, learned families) 0 or 1, NaN if a
    correction leaves the opening without a conclusion; `corrects` (n,) number of the conclusion that is replaced, -1
    for none. Conclusions are numbered from 0 in their order.
    """

    times: NDArray[np.int64]
    factors: NDArray[np.int64]
    found: NDArray[np.float64]
    corrects: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times)

    def where(self, chosen: NDArray[Any] | slice) -> OpeningEvents:
        """The conclusions at positions, or where the mask `chosen` is true."""
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
    """Remove from the effects in `slots` (factors,) the decayed precision that was `added` to them at `since`."""
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
            # The variance never exceeds the prior variance.
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
    """Process events in order; return the number of slots in use. Each factor of each event must have a free slot.

    `reads[i]` is the row of `out` and `posterior_variance` that event i reads into. If it is -1, the event adds the
    conclusion numbered `openings[i]` and removes the one numbered `reverts[i]` (-1: none). `added_at`, `added_to` and
    `added` store the instant, the slots and the precision that each conclusion added.
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
    """Effects of n boxes: `effects` (n, learned families, factors), in probits, and `posterior_variance` (n, learned
    families) of their sum, in squared probits."""

    effects: NDArray[np.float64]
    posterior_variance: NDArray[np.float64]


class ProbitEffects:
    """Effects by factor key, updated with the conclusions of openings in order."""

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
        """Arrays for a snapshot, by name, without the spare capacity."""
        used, count = self._used, self._conclusions
        return {
            "keys": self._slot_keys[:used], "means": self._means[:used], "variances": self._variances[:used],
            "last": self._last[:used], "added_at": self._added_at[:count], "added_to": self._added_to[:count],
            "added": self._added[:count],
        }  # fmt: skip

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> ProbitEffects:
        """Effects from the arrays of a snapshot, which are not copied."""
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
        """Add conclusions, in order; none may be known before one that was added earlier."""
        self.replay(openings, NO_OPENINGS.times, NO_OPENINGS.factors, NO_OPENINGS.times)

    def read(self, now: NDArray[np.int64], factors: NDArray[np.int64]) -> PosteriorEffects:
        """Effects of boxes with `factors` (n, factors) at `now` (n,), which must not precede the last conclusion."""
        nothing = np.full(len(now), -1)
        none_found = np.zeros((len(now), len(LEARNED_FAMILIES)))
        return self._followed(now, factors, none_found, nothing, nothing, np.arange(len(now)), len(now))

    def replay(
        self, openings: OpeningEvents, now: NDArray[np.int64], factors: NDArray[np.int64], after: NDArray[np.int64]
    ) -> PosteriorEffects:
        """Add the openings, and read the effects of boxes with `factors` (n, factors) at `now` (n,) in between.

        `after` (n,) is the number of openings before each box; `after` and `now` must be ascending.
        """
        rows, adds = len(now), len(openings)
        if not adds:
            return self.read(now, factors)
        first = self._conclusions
        self._conclusions += adds
        self._reserve(adds, factors.shape[1])
        # Position of each box and each opening in the merged sequence.
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
        """Run `_replay` over reads and conclusions in order; return the results of the `rows` reads."""
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
        self._added_at, self._added_to, self._added = (
            grown(rows, self._conclusions) for rows in (self._added_at, self._added_to, self._added)
        )
        slots = self._used + adds * factors
        self._slot_keys, self._means, self._variances, self._last = (
            grown(rows, slots) for rows in (self._slot_keys, self._means, self._variances, self._last)
        )
        if 2 * slots > len(self._table):
            self._table = table_for(slots)
            rehash(self._table, self._slot_keys, self._used)
