"""Protects the metrics on cases computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.metrics import (
    across,
    at_capacity,
    calibration_error,
    calibration_slope,
    gain_curve,
    openings_needed,
    reliability,
    share_interval,
)

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
TRUTH = np.array([1.0, 0, 1, 0, 0, 0, 0, 0, 0, 1])


def test_at_capacity_by_hand() -> None:
    row = at_capacity(SCORES, TRUTH, 0.3)
    assert row["precision"] == pytest.approx(2 / 3)
    assert row["recall"] == pytest.approx(2 / 3)
    assert row["useless_rate"] == pytest.approx(1 / 3)


def test_a_heavy_box_uses_capacity_and_counts_by_its_weight() -> None:
    weight = np.array([1.0, 1, 1, 1, 1, 1, 1, 1, 1, 11])
    assert at_capacity(SCORES, TRUTH, 0.15, weight)["recall"] == pytest.approx(2 / 13)


def test_openings_needed_by_hand() -> None:
    assert [openings_needed(SCORES, TRUTH, found) for found in (1, 2, 3)] == [1, 3, 10]


def test_gain_curve_begins_at_zero_and_ends_at_one() -> None:
    opened, found = gain_curve(SCORES, TRUTH)
    assert (opened[0], found[0], opened[-1], found[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert (np.diff(found) >= 0).all()


def test_calibration_error_by_hand() -> None:
    assert calibration_error(np.full(10, 0.3), TRUTH, bins=1) == pytest.approx(0.0)
    assert calibration_error(np.full(10, 0.5), TRUTH, bins=1) == pytest.approx(0.2)


def _calibrated(count: int, stretched: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    odds = random.normal(-2, 1.2, count)
    truth = (random.random(count) < 1 / (1 + np.exp(-odds))).astype(float)
    return 1 / (1 + np.exp(-odds * stretched)), truth


def test_a_calibrated_forecast_has_slope_1_and_an_extreme_one_less() -> None:
    for stretched in (1.0, 2.0, 0.5):
        slope = calibration_slope(*_calibrated(20_000, stretched))
        assert slope.low < 1 / stretched < slope.high
        assert slope.high - slope.low < 0.2 / stretched


def test_the_slope_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    reported, truth = _calibrated(2_000)
    weight = np.random.default_rng(4).uniform(1, 5, len(reported))
    odds = np.log(reported / (1 - reported))[:, None]
    theirs = LogisticRegression(C=1e9, tol=1e-10).fit(odds, truth, sample_weight=weight).coef_[0, 0]
    assert calibration_slope(reported, truth, weight).value == pytest.approx(theirs, rel=1e-4)


def test_the_interval_of_the_slope_covers_the_truth() -> None:
    random = np.random.default_rng(5)
    inside = 0
    for _ in range(200):
        odds = random.normal(-2, 1, 800)
        truth = (random.random(800) < 1 / (1 + np.exp(-odds))).astype(float)
        slope = calibration_slope(1 / (1 + np.exp(-odds)), truth)
        inside += slope.low <= 1 <= slope.high
    assert 178 <= inside <= 199


def test_a_slope_without_violations_or_without_differences_is_unknown() -> None:
    assert np.isnan(calibration_slope(np.linspace(0.1, 0.9, 10), np.zeros(10)).value)
    assert np.isnan(calibration_slope(np.full(100, 0.3), np.tile([0.0, 1.0], 50)).value)


def test_intervals_by_hand() -> None:
    mean, low, high = across([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (mean, low, high) == pytest.approx((3.0, 3 - 1.9632, 3 + 1.9632), abs=1e-4)
    assert np.isnan(across([1.0]).low)
    assert share_interval(0.1, 100)[1:] == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert share_interval(0.0, 0)[1:] == (0.0, 1.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=10, max_size=80))
def test_reliability_keeps_every_box(pairs: list[tuple[float, bool]]) -> None:
    predicted, observed = np.array([p for p, _ in pairs]), np.array([float(t) for _, t in pairs])
    groups = reliability(predicted, observed)
    assert sum(count for _, _, count in groups) == len(pairs)
    assert sum(share * count for _, share, count in groups) == pytest.approx(observed.sum())
