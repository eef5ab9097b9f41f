"""Protects the arithmetic of the metrics on cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics import at_capacity, calibration_error, gain_curve, openings_needed, reliability

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
TRUTH = np.array([1.0, 0, 1, 0, 0, 0, 0, 0, 0, 1])


def test_at_capacity_by_hand() -> None:
    row = at_capacity(SCORES, TRUTH, 0.3)
    assert row["precision"] == pytest.approx(2 / 3)
    assert row["recall"] == pytest.approx(2 / 3)
    assert row["useless_rate"] == pytest.approx(1 / 3)


def test_a_box_that_stands_for_many_takes_their_place_and_their_weight() -> None:
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


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=10, max_size=80))
def test_reliability_keeps_every_box(pairs: list[tuple[float, bool]]) -> None:
    said, seen = np.array([p for p, _ in pairs]), np.array([float(t) for _, t in pairs])
    groups = reliability(said, seen)
    assert sum(count for _, _, count in groups) == len(pairs)
    assert sum(share * count for _, share, count in groups) == pytest.approx(seen.sum())
