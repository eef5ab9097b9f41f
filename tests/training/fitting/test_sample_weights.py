"""Protects sample weights: logged probabilities are used, missing ones estimated, tips have weight 0."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.vocabulary import SelectedBy
from tests.worlds import dataset
from training.fitting.labels import labels_known
from training.fitting.sample_weights import MAX_WEIGHT, sample_weights


def _weights(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    everything = dataset(12_000, 730)
    labels = labels_known(everything, everything.end)
    features = everything.features(everything.boxes.take(labels.positions))
    weights = sample_weights(everything, labels, features, everything.end, seed, 1)
    return weights, labels.selected_by, labels.opened


def test_weights_of_opened_boxes_sum_to_the_port() -> None:
    weights, _, opened = _weights()
    assert 0.85 < weights[opened, 0].sum() / len(dataset(12_000, 730).boxes) < 1.15


def test_tips_and_unopened_boxes_have_weight_0() -> None:
    weights, selected_by, opened = _weights()
    assert (weights[selected_by == SelectedBy.TIP] == 0).all()
    assert (weights[~opened][:, [0, 1]] == 0).all()
    assert (weights[~opened][:, 2] > 0).all()
    assert weights.max() <= MAX_WEIGHT


def test_the_random_share_is_added_to_a_logged_probability() -> None:
    everything = dataset(12_000, 730)
    labels = labels_known(everything, everything.end)
    rows = np.flatnonzero((labels.selected_by == SelectedBy.RULE) & ~np.isnan(labels.probability))
    shares = labels.probability[labels.selected_by == SelectedBy.RANDOM]
    weights, _, _ = _weights()
    assert np.allclose(1 / weights[rows, 0], labels.probability[rows] + np.nanmean(shares))


def test_a_probability_logged_by_the_policy_is_complete() -> None:
    """The weight is 1 above the cut and the inverse of the random share below it; nothing is added."""
    everything = dataset(12_000, 730)
    ranked = replace(
        everything,
        selected_by=["score" if by == "rule" else by for by in everything.selected_by],
        selection_probability=np.where(
            np.array(everything.selected_by) == "rule", 1.0, everything.selection_probability
        ),
    )
    labels = labels_known(ranked, ranked.end)
    features = ranked.features(ranked.boxes.take(labels.positions))
    weights = sample_weights(ranked, labels, features, ranked.end, 1, 1)
    by_score, at_random = labels.selected_by == SelectedBy.SCORE, labels.selected_by == SelectedBy.RANDOM
    assert (weights[by_score, 0] == 1).all()
    later = at_random & (labels.positions > labels.positions[by_score].min())
    assert np.allclose(weights[later, 0], 1 / labels.probability[later])
