"""Sample weights: the inverse of the probability that a box like this one is inspected.

Labels come from selected boxes. Evaluation and calibration weight each labelled box by the inverse of its probability
(Horvitz and Thompson 1952). The probability that hazlane's own policy logs is complete: 1 above the cut, the random
share below. Before boxes were ranked, a logged probability is that of one way of selection (by rule, or at random
regardless of the rule), and that of the other is added. Where nothing was logged, the probability is estimated from
which boxes were inspected.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family, SelectedBy
from features.boxes import Numbers
from training.dataset import Dataset
from training.fitting.labels import Labels, labels_known

# Largest number of boxes in the sample for the estimate.
_SAMPLE: Final = 20_000
_TREES: Final = 60
_PARAMETERS: Final[Mapping[str, Any]] = {
    "objective": "binary", "learning_rate": 0.1, "num_leaves": 8, "min_data_in_leaf": 100, "lambda_l2": 10.0,
    "deterministic": True, "force_row_wise": True, "verbosity": -1,
}  # fmt: skip
_FEWEST: Final = 20
# Largest sample weight.
MAX_WEIGHT: Final = 100.0


def sample_weights(
    dataset: Dataset, labels: Labels, features: Numbers, before: int, seed: int, threads: int
) -> Numbers:
    """How many boxes each labelled box represents in each family, shape (n, families).

    features (n, k) are those of the labelled boxes. A box selected after a tip has weight 0, because no column contains
    what the informer knew; so has a box whose family was not observed.
    """
    opened, seen = labels.opened, ~np.isnan(labels.values)
    tipped = labels.selected_by == SelectedBy.TIP
    at_random = labels.selected_by == SelectedBy.RANDOM
    known = ~np.isnan(labels.probability)
    whole = known & _since_boxes_are_ranked(dataset, labels)
    random_share = _mean_or_zero(labels.probability[at_random & known & ~whole])
    sample, sampled = _sample(dataset, before, seed)
    inspected = np.isin(sample, labels.positions)
    otherwise = np.isin(sample, labels.positions[opened & ~at_random & ~tipped])
    by_rule = _estimated(sampled, otherwise, features, seed, threads)
    one_way = np.where(known & ~at_random, labels.probability, (1 - random_share) * by_rule)
    probability = np.where(whole, labels.probability, random_share + one_way)
    by_step = {True: probability, False: _estimated(sampled, inspected, features, seed, threads)}
    weights = np.stack([1 / np.clip(by_step[family.needs_opening], 1 / MAX_WEIGHT, 1.0) for family in Family], axis=1)
    return np.where(seen & ~tipped[:, None], weights, 0.0)


def opening_probability(
    dataset: Dataset, features: Numbers, before: int, leaving: Collection[SelectedBy], seed: int, threads: int
) -> Numbers:
    """Estimated probability that boxes with `features` (n, k) are opened for reasons other than `leaving`, shape (n,).

    Estimated from the openings known and the boxes declared before an instant (microseconds).
    """
    labels = labels_known(dataset, before)
    sample, sampled = _sample(dataset, before, seed)
    counted = labels.opened & ~np.isin(labels.selected_by, list(leaving))
    return _estimated(sampled, np.isin(sample, labels.positions[counted]), features, seed, threads)


def _since_boxes_are_ranked(dataset: Dataset, labels: Labels) -> NDArray[np.bool_]:
    """Which labelled boxes were declared after selection by score began, shape (n,).

    From then on the random sample is drawn from the boxes below the cut, and its logged probability is complete.
    """
    declared_at = dataset.boxes.declared_at[labels.positions]
    by_score = declared_at[labels.selected_by == SelectedBy.SCORE]
    return np.asarray(declared_at >= by_score.min(initial=np.iinfo(np.int64).max))


def _sample(dataset: Dataset, before: int, seed: int) -> tuple[NDArray[np.int64], Numbers]:
    """Positions and features of a seeded sample of the boxes known before an instant."""
    known = sampled_boxes(dataset, before, seed)
    return known, dataset.features_at(known)


def sampled_boxes(dataset: Dataset, before: int, seed: int) -> NDArray[np.int64]:
    """Positions of a seeded sample of the boxes known before an instant, from which probabilities are estimated."""
    known = np.flatnonzero(dataset.boxes.known_at < before)
    if len(known) > _SAMPLE:
        known = np.sort(np.random.default_rng(seed).choice(known, _SAMPLE, replace=False))
    return known


def _estimated(sampled: Numbers, chosen: NDArray[np.bool_], features: Numbers, seed: int, threads: int) -> Numbers:
    """Probability that boxes with `features` (n, k) are selected, from a sample (m, k) with `chosen` (m,)."""
    import lightgbm

    share = float(chosen.mean()) if len(chosen) else 0.0
    if min(chosen.sum(), (~chosen).sum()) < _FEWEST:
        return np.full(len(features), share)
    table = lightgbm.Dataset(sampled, chosen.astype(np.float64))
    booster = lightgbm.train({**_PARAMETERS, "seed": seed, "num_threads": threads}, table, _TREES)
    return np.asarray(booster.predict(features, num_threads=threads))


def _mean_or_zero(values: Numbers) -> float:
    return float(values.mean()) if len(values) else 0.0
