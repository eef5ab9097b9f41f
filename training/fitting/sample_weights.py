"""How the labelled boxes were chosen: the probability that a box like this one is inspected at all.

Labels come from boxes that somebody chose. What a model says of all boxes is judged, and calibrated, with each
labelled box standing for as many as its probability is the inverse of (Horvitz and Thompson 1952). What hazlane's own
policy logs is the whole of it: 1 above the cut, the random share below. Before boxes were ranked, a logged probability
is that of one way of being chosen (by rule, or at random whatever the rule says), and the other is added. Where nothing
was logged it is estimated from who was inspected.
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

# Boxes that the estimate is made from, at most.
_SAMPLE: Final = 20_000
_TREES: Final = 60
_PARAMETERS: Final[Mapping[str, Any]] = {
    "objective": "binary", "learning_rate": 0.1, "num_leaves": 8, "min_data_in_leaf": 100, "lambda_l2": 10.0,
    "deterministic": True, "force_row_wise": True, "verbosity": -1,
}  # fmt: skip
_FEWEST: Final = 20
# No box stands for more than so many.
MAX_WEIGHT: Final = 100.0


def sample_weights(
    dataset: Dataset, labels: Labels, features: Numbers, before: int, seed: int, threads: int
) -> Numbers:
    """How many boxes each labelled box stands for in each family, shape (n, families).

    features (n, k) are those of the labelled boxes. A box chosen after a tip stands for none: what the informer knew
    is in no column. One whose family was not seen has 0 as well.
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
    chance = np.where(whole, labels.probability, random_share + one_way)
    by_step = {True: chance, False: _estimated(sampled, inspected, features, seed, threads)}
    weights = np.stack([1 / np.clip(by_step[family.needs_opening], 1 / MAX_WEIGHT, 1.0) for family in Family], axis=1)
    return np.where(seen & ~tipped[:, None], weights, 0.0)


def opening_probability(
    dataset: Dataset, features: Numbers, before: int, leaving: Collection[SelectedBy], seed: int, threads: int
) -> Numbers:
    """Estimated probability that boxes with `features` (n, k) are opened for other reasons than `leaving`, shape (n,).

    From the openings known and the boxes declared before an instant (microseconds).
    """
    labels = labels_known(dataset, before)
    sample, sampled = _sample(dataset, before, seed)
    counted = labels.opened & ~np.isin(labels.selected_by, list(leaving))
    return _estimated(sampled, np.isin(sample, labels.positions[counted]), features, seed, threads)


def _since_boxes_are_ranked(dataset: Dataset, labels: Labels) -> NDArray[np.bool_]:
    """Which labelled boxes were declared since boxes are chosen by score, shape (n,).

    From then on a random opening is one of those below the cut, and its logged chance is the whole of it.
    """
    declared_at = dataset.boxes.declared_at[labels.positions]
    by_score = declared_at[labels.selected_by == SelectedBy.SCORE]
    return np.asarray(declared_at >= by_score.min(initial=np.iinfo(np.int64).max))


def _sample(dataset: Dataset, before: int, seed: int) -> tuple[NDArray[np.int64], Numbers]:
    """Positions of some boxes known before an instant, drawn with a seed, and their features."""
    known = sampled_boxes(dataset, before, seed)
    return known, dataset.features_at(known)


def sampled_boxes(dataset: Dataset, before: int, seed: int) -> NDArray[np.int64]:
    """Positions of the boxes that the estimates are made from: some that were known before an instant."""
    known = np.flatnonzero(dataset.boxes.known_at < before)
    if len(known) > _SAMPLE:
        known = np.sort(np.random.default_rng(seed).choice(known, _SAMPLE, replace=False))
    return known


def _estimated(sampled: Numbers, chosen: NDArray[np.bool_], features: Numbers, seed: int, threads: int) -> Numbers:
    """Probability of being chosen of boxes with `features` (n, k), from a sample (m, k) and who of it was chosen."""
    import lightgbm

    share = float(chosen.mean()) if len(chosen) else 0.0
    if min(chosen.sum(), (~chosen).sum()) < _FEWEST:
        return np.full(len(features), share)
    table = lightgbm.Dataset(sampled, chosen.astype(np.float64))
    booster = lightgbm.train({**_PARAMETERS, "seed": seed, "num_threads": threads}, table, _TREES)
    return np.asarray(booster.predict(features, num_threads=threads))


def _mean_or_zero(values: Numbers) -> float:
    return float(values.mean()) if len(values) else 0.0
