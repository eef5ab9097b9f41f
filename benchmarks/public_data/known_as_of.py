"""The history known at an instant, and means of several trials, for the public data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.history.counters import DecayedCounters, Profiles

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

DAY_US: Final = 86_400_000_000


@dataclass(frozen=True)
class Events:
    """n events: `times` (n,) microseconds since 1970, history `keys` (n, entities)."""

    times: Whole
    keys: Whole

    def where(self, chosen: NDArray[Any]) -> Events:
        """The events under the mask or at the positions."""
        return Events(self.times[chosen], self.keys[chosen])


def sums_before(queried: Events, known: Events, amounts: Numbers, half_lives_days: Numbers) -> Profiles:
    """The sums of `amounts` (known, sums) by entity that were known strictly before each asked instant.

    The times of `known` say when each became known; sum j halves in half_lives_days[j]. Nothing asked adds anything.
    """
    # What is asked comes first, so that of one instant it is read before anything is added.
    times = np.concatenate([queried.times, known.times])
    keys = np.concatenate([queried.keys, known.keys])
    added = np.concatenate([np.full((len(queried.times), amounts.shape[1]), np.nan), amounts])
    reads = np.concatenate([np.arange(len(queried.times)), np.full(len(known.times), -1)])
    order = np.argsort(times, kind="stable")
    ledger = DecayedCounters(np.log(2) / (half_lives_days * DAY_US))
    return ledger.replay(times[order], keys[order], added[order], reads[order])


def mean(several: list[dict[str, float]]) -> dict[str, float]:
    """Mean of each figure."""
    return {name: float(np.mean([one[name] for one in several])) for name in several[0]}
