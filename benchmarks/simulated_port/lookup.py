"""The lookup baseline: finding rates of the most predictive tuple of columns, as in a spreadsheet.

For each family that an opening shows, every tuple of one to three of the columns below is tried; the rate of a tuple is
(findings + 4 x the port's rate) / (openings + 4) over all outcomes recorded before the box was declared, and the tuple
is taken whose rate foretold the openings after the first 30 % of the training span best (log loss). So it reads the
same log as the ledger, strictly before each box, and goes on learning after the training instant as the ledger does.
"""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulated_port.comparison_models import TrainingSet
from data.vocabulary import Family
from features.boxes import Boxes, Numbers
from features.history.counters import SUM
from features.history.entities import INDEX, paired
from features.history.events import Events
from models.scoring.expected_harm import finding_probability

# `packer_class` is packer and class at once.
COLUMNS: Final = (
    "shipper", "packer", "packer_class", "forwarder", "declarant", "consignee", "carrier", "goods", "substance",
    "tariff", "route", "trade_lane", "terminal",
)  # fmt: skip
MOST_COLUMNS: Final = 3
STRENGTH: Final = 4.0
FIRST_SHARE: Final = 0.3
Tuple = tuple[str, ...]


def tuples() -> list[Tuple]:
    """Every tuple that is tried."""
    every = [chosen for size in range(1, MOST_COLUMNS + 1) for chosen in combinations(COLUMNS, size)]
    return [chosen for chosen in every if not {"packer", "packer_class"} <= set(chosen)]


def rates(log: Events, boxes: Boxes, chosen: Tuple, family: Family) -> Numbers:
    """Shrunk finding rate (n,) of each box's tuple, from the outcomes recorded strictly before it was declared."""
    return _Counts(log, boxes, family).rates(chosen)


class _Counts:
    """Openings and findings of one family in the log, to be counted by any tuple."""

    def __init__(self, log: Events, boxes: Boxes, family: Family) -> None:
        reported = log.amounts[:, [SUM["opened"], SUM[f"found_{family.value}"]]]
        outcomes = np.flatnonzero(reported.any(axis=1))
        self._times, self._keys, self._amounts = log.times[outcomes], log.keys[outcomes], reported[outcomes]
        self._boxes = boxes
        everywhere = np.zeros(len(outcomes), np.int64), np.zeros(len(boxes), np.int64)
        opened, found = self._before(*everywhere).T
        self._port = (found + 1.0) / (opened + 20.0)

    def rates(self, chosen: Tuple) -> Numbers:
        """Rates (n,) by a tuple; the port's where the box leaves a part of it out."""
        opened, found = self._before(_joint(self._keys, chosen), own := _joint(self._boxes.keys, chosen)).T
        known = own != 0
        return np.asarray((found * known + STRENGTH * self._port) / (opened * known + STRENGTH))

    def _before(self, groups: NDArray[np.int64], own: NDArray[np.int64]) -> Numbers:
        """Sums (n, 2) of the outcomes of each box's group before its instant."""
        names, numbers = np.unique(np.concatenate([groups, own]), return_inverse=True)
        theirs, mine = numbers[: len(groups)], numbers[len(groups) :]
        order = np.lexsort((self._times, theirs))
        sums = np.concatenate([np.zeros((1, 2)), np.cumsum(self._amounts[order], axis=0)])
        first = np.searchsorted(theirs[order], np.arange(len(names)))
        # Rank of every instant, so that group and instant make one sorted number.
        instants = np.unique(self._times)
        span = len(instants) + 1
        held = theirs[order] * span + np.searchsorted(instants, self._times[order])
        until = np.searchsorted(held, mine * span + np.searchsorted(instants, self._boxes.declared_at))
        return np.asarray(sums[until] - sums[first[mine]])


def _joint(keys: NDArray[np.int64], chosen: Tuple) -> NDArray[np.int64]:
    return reduce(paired, (keys[:, INDEX[name]] for name in chosen))


def best_columns(log: Events, training_set: TrainingSet, family: Family) -> Tuple:
    """The tuple whose rate foretells best what openings find, on the lesson's boxes after its first part."""
    index = list(Family).index(family)
    known = ~np.isnan(training_set.values[:, index])
    known &= training_set.boxes.declared_at >= np.quantile(training_set.boxes.declared_at, FIRST_SHARE)
    truth, weight = training_set.values[known, index], training_set.weight[known]
    counts = _Counts(log, training_set.boxes.take(known), family)

    def loss(chosen: Tuple) -> float:
        reported = np.clip(counts.rates(chosen), 1e-4, 1 - 1e-4)
        return float(np.average(-truth * np.log(reported) - (1 - truth) * np.log(1 - reported), weights=weight))

    return min(tuples(), key=loss)


def lookup(log: Events, training_set: TrainingSet, evaluated: Boxes) -> tuple[Numbers, dict[str, str]]:
    """The probability (m,) that an opening finds something by the most predictive tuples, and these by family."""
    reported = np.zeros((len(evaluated), len(Family)))
    chosen = {}
    for index, family in enumerate(Family):
        if family.needs_opening:
            best = best_columns(log, training_set, family)
            reported[:, index] = rates(log, evaluated, best, family)
            chosen[family.value] = " x ".join(best)
    return finding_probability(reported), chosen
