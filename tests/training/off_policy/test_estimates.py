"""Protects the off-policy estimates: unbiased over all draws, gaps reported, intervals that hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidInput
from training.evaluation.metrics import Interval
from training.off_policy.estimates import estimated
from training.off_policy.estimators import ESTIMATORS, total
from training.off_policy.logged_policy import PolicyLog
from training.off_policy.port_log import from_inspections
from training.off_policy.sample_intervals import minus, observed_variance, sample_variance, share_limits, sum_limits

# Three declarations: one box above the cut with a sibling below it, a pair below it, and one box alone.
DECLARATION = np.array([0, 0, 1, 1, 2])
PROBABILITY = np.array([1.0, 0.3, 0.3, 0.3, 0.6])
TRUTH = np.array([1.0, 1.0, 0.0, 1.0, 1.0])
TARGET = np.array([0.2, 1.0, 0.5, 1.0, 0.1])
PREDICTED = np.array([0.5, 0.2, 0.4, np.nan, 0.9])
HOURS = np.array([4.0, 7.0, 4.0, 4.0, 10.0])
UNBIASED = ("inverse_probability", "doubly_robust")


def _log(drawn: np.ndarray, **changes: Any) -> PolicyLog:
    found = np.where(drawn, TRUTH, np.nan)
    return replace(PolicyLog(DECLARATION, PROBABILITY, drawn, found, HOURS, PREDICTED), **changes)


def every_draw() -> Iterator[tuple[float, PolicyLog]]:
    """Every possible draw with its probability: one uniform number per declaration opens the boxes above it."""
    edges = np.array([0.0, 0.3, 0.6, 1.0])
    parts = list(zip(np.diff(edges), (edges[:-1] + edges[1:]) / 2, strict=True))
    for first in parts:
        for second in parts:
            for third in parts:
                numbers = np.array([first[1], second[1], third[1]])
                yield first[0] * second[0] * third[0], _log(numbers[DECLARATION] < PROBABILITY)


@pytest.mark.parametrize("estimator", UNBIASED)
def test_the_mean_over_every_draw_is_the_truth(estimator: str) -> None:
    mean: dict[str, float] = {}
    for weight_of_draw, log in every_draw():
        for quantity, interval in estimated(log, TARGET).by_estimator[estimator].items():
            mean[quantity] = mean.get(quantity, 0.0) + weight_of_draw * interval.value
    hits = float(TARGET @ TRUTH)
    assert mean == pytest.approx(
        {
            "hits": hits,
            "useless": TARGET.sum() - hits,
            "released": float((1 - TARGET) @ TRUTH),
            "hit_rate": hits / TARGET.sum(),
            "lawful_hours": float((TARGET * HOURS) @ (1 - TRUTH)),
        }
    )


def test_the_naive_estimate_is_biased_on_the_same_draws() -> None:
    mean = sum(
        weight_of_draw * estimated(log, TARGET).by_estimator["naive"]["hits"].value
        for weight_of_draw, log in every_draw()
    )
    assert abs(mean - TARGET @ TRUTH) > 0.1


def test_the_variance_counts_boxes_that_are_drawn_together() -> None:
    """The estimate of the variance has the true variance as its mean, over every draw of boxes in declarations."""
    amount = TARGET * TRUTH
    values, guesses, weights = [], [], []
    for weight_of_draw, log in every_draw():
        values.append(float((amount / PROBABILITY)[log.observed].sum()))
        guesses.append(
            observed_variance(
                log.cluster[log.observed], PROBABILITY[log.observed], (amount / PROBABILITY)[log.observed]
            )
        )
        weights.append(weight_of_draw)
    true = np.average((np.array(values) - np.average(values, weights=weights)) ** 2, weights=weights)
    assert np.average(guesses, weights=weights) == pytest.approx(true)
    assert sample_variance(DECLARATION, PROBABILITY, amount) == pytest.approx(true)


def test_the_policy_in_force_has_its_own_hits() -> None:
    for _, log in every_draw():
        hits = estimated(log, PROBABILITY).by_estimator["inverse_probability"]["hits"]
        assert hits.value == pytest.approx(np.nansum(log.found))


def test_clearance_hours_and_openings_are_known_without_outcomes() -> None:
    log = _log(PROBABILITY == 1, release_hours=0.5)
    reported = estimated(log, TARGET)
    assert reported.openings == pytest.approx(TARGET.sum())
    assert reported.hours == pytest.approx(TARGET @ HOURS + 0.5 * (1 - TARGET).sum())


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_intervals_keep_within_what_was_observed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    probability = rng.choice([0.05, 0.3, 1.0], n)
    cluster = rng.integers(0, 25, n)
    truth = (rng.random(n) < 0.3).astype(np.float64)
    drawn = rng.random(25)[cluster] < probability
    predicted = np.where(rng.random(n) < 0.2, np.nan, rng.random(n))
    log = PolicyLog(cluster, probability, drawn, np.where(drawn, truth, np.nan), np.full(n, 2.0), predicted)
    target = rng.choice([0.0, 0.1, 1.0], n)
    for name, quantities in estimated(log, target).by_estimator.items():
        hits, useless = quantities["hits"], quantities["useless"]
        assert hits.value + useless.value == pytest.approx(target.sum())
        assert (hits.low + useless.high, hits.high + useless.low) == pytest.approx((target.sum(), target.sum()))
        if name != "naive":
            assert hits.low >= (target * truth)[drawn].sum() - 1e-9
            assert hits.high <= target.sum() - (target * (1 - truth))[drawn].sum() + 1e-9
            assert hits.low <= hits.high


@pytest.mark.parametrize("estimator", [*UNBIASED, "self_normalised"])
def test_intervals_hold_with_few_hits_and_boxes_drawn_together(estimator: str) -> None:
    """About three hits a log, declarations of one to five boxes whose violations go together."""
    rng = np.random.default_rng(5)
    sizes = rng.integers(1, 6, 700)
    cluster = np.repeat(np.arange(700), sizes)
    risk = rng.normal(size=700)[cluster] + 0.5 * rng.normal(size=len(cluster))
    true_probabilities = 1 / (1 + np.exp(3.6 - risk))
    truth = (rng.random(len(cluster)) < true_probabilities).astype(np.float64)
    logged = np.where(risk > np.quantile(risk, 0.97), 1.0, 0.03)
    target = np.where(risk > np.quantile(risk, 0.9), 1.0, 0.03)
    covered, logs = 0, 300
    for _ in range(logs):
        drawn = rng.random(700)[cluster] < logged
        log = PolicyLog(
            cluster, logged, drawn, np.where(drawn, truth, np.nan), np.ones(len(cluster)), true_probabilities
        )
        interval = total(ESTIMATORS[estimator], log, target, 0.95)
        covered += int(interval.low <= target @ truth <= interval.high)
    assert covered / logs >= 0.93


def test_a_box_with_probability_0_is_refused_with_the_numbers() -> None:
    log = _log(PROBABILITY == 1, probability=np.array([1.0, 0.0, 0.3, 0.3, 0.6]))
    with pytest.raises(InvalidInput, match=r"1 of 5 boxes, 1\.0 of its 2\.8 openings \(35\.7%\)"):
        estimated(log, TARGET)


def test_unobservable_released_boxes_give_bounds_only() -> None:
    log = _log(PROBABILITY == 1, probability=np.array([1.0, 0.0, 0.3, 0.3, 0.6]))
    target = np.where(np.arange(5) == 1, 0.0, TARGET)
    reported = estimated(log, target)
    released = reported.by_estimator["doubly_robust"]["released"]
    assert reported.unobservable == 1
    assert np.isnan(released.value)
    assert released.low <= (1 - target) @ TRUTH <= released.high
    assert reported.as_dict()["estimates"]["doubly_robust"]["released"]["value"] is None


def test_a_tip_counts_once_and_an_unobservable_box_cannot_be_opened() -> None:
    probability = np.array([1.0, 0.3, 0.3, 0.3, np.nan])
    drawn = np.array([True, False, False, False, True])
    reported = estimated(_log(drawn, probability=probability), TARGET)
    assert reported.unknown_probability == 1
    assert reported.by_estimator["inverse_probability"]["hits"].value == pytest.approx(0.2 + 0.1)
    with pytest.raises(InvalidInput, match="or is unknown"):
        estimated(_log(PROBABILITY == 1, probability=probability), TARGET)


def test_boxes_without_a_prediction_fall_back_and_are_counted() -> None:
    for _, log in every_draw():
        blind = replace(log, predicted=np.full(5, np.nan))
        reported = estimated(blind, TARGET)
        assert reported.without_prediction == 5
        robust, inverse = (
            reported.by_estimator[name]["hits"].value for name in ("doubly_robust", "inverse_probability")
        )
        assert robust == pytest.approx(inverse)


def test_concluded_openings_represent_the_pending_ones() -> None:
    n = 400
    probability = np.full(n, 0.5)
    drawn = np.arange(n) % 2 == 0
    found = np.where(drawn, 1.0, np.nan)
    found[:100] = np.nan
    log = PolicyLog(np.arange(n), probability, drawn, found, np.ones(n), np.full(n, np.nan))
    reported = estimated(log, np.ones(n))
    assert reported.pending == 50
    assert reported.by_estimator["inverse_probability"]["hits"].value == pytest.approx(n)
    above = PolicyLog(np.arange(n), np.ones(n), drawn, np.where(drawn, 1.0, np.nan), np.ones(n), np.full(n, np.nan))
    assert estimated(above, np.ones(n)).by_estimator["inverse_probability"]["hits"].value == pytest.approx(n)
    assert above.pending == n // 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"probability": np.array([1.0, 0.3])}, "differ in length"),
        ({"probability": np.array([1.0, 0.3, 1.3, 0.3, 0.6])}, "1 of 5 boxes have probability outside 0 to 1"),
        ({"predicted": np.full(5, -0.1)}, "5 of 5 boxes have predicted outside"),
        ({"probability": np.zeros(5)}, "logged with probability 0"),
    ],
)
def test_an_inconsistent_log_is_refused(changes: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        _log(PROBABILITY == 1, **changes)


def test_an_invalid_target_is_refused() -> None:
    log = _log(PROBABILITY == 1)
    with pytest.raises(InvalidInput, match="2 probabilities for 5 boxes"):
        estimated(log, np.ones(2))
    with pytest.raises(InvalidInput, match="outside 0 to 1"):
        estimated(log, np.full(5, 1.1))


def test_a_policy_that_opens_nothing_finds_nothing_and_releases_all() -> None:
    for quantities in estimated(_log(PROBABILITY == 1), np.zeros(5)).by_estimator.values():
        assert quantities["hits"] == quantities["useless"] == Interval(0.0, 0.0, 0.0)
        assert np.isnan(quantities["hit_rate"].value)
        assert quantities["released"].high >= TRUTH.sum()


def test_limits_equal_published_ones_for_equal_weights() -> None:
    """Garwood's limits of 3 Poisson events; Clopper and Pearson's of 3 in 20; Garwood's upper limit of none."""
    assert sum_limits(3.0, 3.0, 1.0, 1.0, 0.95) == pytest.approx((3.0, 0.6187, 8.7673), abs=1e-4)
    assert sum_limits(0.0, 0.0, 1.0, 1.0, 0.95) == pytest.approx((0.0, 0.0, 3.6889), abs=1e-4)
    assert share_limits(0.15, 20, 0.95) == pytest.approx((0.15, 0.0321, 0.3789), abs=1e-4)
    assert minus(Interval(5.0, 2.0, 9.0), Interval(1.0, 1.0, 1.0)) == Interval(4.0, 1.0, 8.0)


def test_a_wrong_estimate_of_the_rule_adds_no_bias() -> None:
    """A random share of 0.2, then a rule of 0.5 estimated as 0.3: on average over all outcomes a box counts once."""
    share, rule = 0.2, 0.5
    chosen, logged = np.array(["random", "rule", ""]), np.array([share, (1 - share) * rule, np.nan])
    probability, drawn = from_inspections(chosen, logged, share, np.full(3, 0.3))
    assert drawn.tolist() == [True, True, False]
    assert share / probability[0] + (1 - share) * rule / probability[1] == pytest.approx(1.0)
    assert probability[2] == probability[0]


def test_certain_selections_have_probability_1_and_a_tip_is_no_draw() -> None:
    by, logged = np.array(["score", "rule", "tip", "rule"]), np.array([1.0, 1.0, np.nan, np.nan])
    probability, drawn = from_inspections(by, logged, 0.02, np.zeros(4))
    assert drawn.tolist() == [True, True, False, False]
    np.testing.assert_allclose(probability, [1.0, 1.0, 0.02, 0.02], atol=1e-5)


def test_without_outcomes_the_interval_is_the_whole_range() -> None:
    drawn = np.arange(20) < 4
    log = PolicyLog(np.arange(20), np.full(20, 0.2), drawn, np.full(20, np.nan), np.ones(20), np.full(20, np.nan))
    hits = estimated(log, np.ones(20)).by_estimator["doubly_robust"]["hits"]
    assert (hits.low, hits.high) == (0.0, 20.0)
