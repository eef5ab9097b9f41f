"""Protects the limits: they hold at every evaluation, by exact count, and use only what was drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from data.errors import InvalidInput
from models.guarantee.confidence_sequence import (
    Evidence,
    Numbers,
    evidence_of,
    violators_lower_limit,
    violators_upper_limit,
)

LARGE = 1_000_000


def shown(found: int, probability: float, declarations: int = LARGE, unconcluded: int = 0) -> Evidence:
    """Evidence of a sample with one probability that drew its expected number."""
    return Evidence(
        declarations, max(round(probability * declarations), found + unconcluded), probability * declarations,
        probability, probability, np.full(found, probability), np.full(unconcluded, probability),
    )  # fmt: skip


def ever_wrong(right: list[range], probability: float) -> float:
    """Exact probability that the number found ever leaves `right[k]` after k violators drawn with `probability`."""
    alive = np.zeros(len(right) + 1)
    alive[0] = 1.0
    for good in right[1:]:
        alive[1:] = alive[1:] * (1 - probability) + alive[:-1] * probability
        alive[0] *= 1 - probability
        alive[: good.start] = 0.0
        alive[good.stop :] = 0.0
    return float(1 - alive.sum())


@pytest.mark.parametrize("probability", [0.01, 0.1, 0.5, 0.97])
@pytest.mark.parametrize("error", [0.0125, 0.05, 0.2])
def test_each_limit_is_wrong_at_most_with_its_error(probability: float, error: float) -> None:
    violators = round(min(1_500, 15 / probability))
    # With 15 expected, more than 80 found is practically impossible.
    counts = range(min(violators, 80) + 1)
    most = np.array([violators_upper_limit(shown(k, probability), error) for k in counts])
    fewest = np.array([violators_lower_limit(shown(k, probability), error) for k in counts])
    above = [range(int(np.searchsorted(most, k)), violators + 1) for k in range(violators + 1)]
    below = [range(int(np.searchsorted(fewest, k, side="right"))) for k in range(violators + 1)]
    assert ever_wrong(above, probability) <= error
    assert ever_wrong(below, probability) <= error
    # The limits are not trivially wide.
    assert ever_wrong(above, probability) > error / 20 or probability > 0.9


def test_limits_hold_for_unequal_probabilities_and_adaptive_stopping() -> None:
    rng = np.random.default_rng(5)
    wrong, times, size = np.zeros(2, dtype=int), 400, 1_500
    for _ in range(times):
        probabilities = rng.choice([0.05, 0.2, 1.0], size)
        draws = rng.random(size)
        violation = (rng.random(size) < 0.1).astype(float)
        found = ((draws < probabilities) * violation).cumsum()
        # Stop at the worst moment: as soon as far too few violators were found, or at the end.
        last = int(np.flatnonzero((violation.cumsum() - 3 * found > 25) | (np.arange(size) == size - 1))[0]) + 1
        evidence = evidence_of(draws[:last], probabilities[:last], violation[:last])
        truth = violation[:last].sum()
        wrong += [truth > violators_upper_limit(evidence, 0.1), truth < violators_lower_limit(evidence, 0.1)]
    assert (wrong <= 0.1 * times).all()


def test_limits_are_near_those_for_a_fixed_number_of_evaluations() -> None:
    # Compared with Clopper-Pearson limits on the number of violators drawn, with the error divided by 52 evaluations.
    for found in (0, 1, 2, 5, 10, 30, 100):
        divided = gamma.isf(0.05 / 52, found + 1) / 0.001
        ratio = violators_upper_limit(shown(found, 0.001), 0.05 / 4) / divided
        assert ratio < (0.9 if not found else 1.1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10), st.floats(0.005, 0.9), st.floats(0.001, 0.3))
def test_limits_enclose_what_is_known_and_widen_with_confidence(
    found: int, unconcluded: int, probability: float, error: float
) -> None:
    evidence = shown(found, probability, 5_000, unconcluded)
    most, fewest = violators_upper_limit(evidence, error), violators_lower_limit(evidence, error)
    assert found <= fewest <= found / probability + 1
    assert (
        min(evidence.possible_violators, round((found + unconcluded) / probability) - 1)
        <= most
        <= evidence.possible_violators
    )
    assert most <= violators_upper_limit(evidence, error / 2)
    assert fewest >= violators_lower_limit(evidence, error / 2)
    assert most <= violators_upper_limit(shown(found + 1, probability, 5_000, unconcluded), error)
    assert fewest <= violators_lower_limit(shown(found + 1, probability, 5_000, unconcluded), error)


def test_an_opening_without_an_outcome_widens_both_limits() -> None:
    plain, open_ones = shown(10, 0.02), shown(10, 0.02, unconcluded=4)
    assert (
        violators_upper_limit(open_ones, 0.05)
        == violators_upper_limit(shown(14, 0.02), 0.05)
        > violators_upper_limit(plain, 0.05)
    )
    assert violators_lower_limit(open_ones, 0.05) == violators_lower_limit(plain, 0.05)


def test_a_violator_with_a_higher_probability_counts_less() -> None:
    probabilities = np.array([0.1] * 500 + [0.01] * 500)
    likely, unlikely = np.zeros(1_000), np.zeros(1_000)
    draws = np.ones(1_000)
    draws[:5] = draws[-5:] = 0.0
    likely[:5], unlikely[-5:] = 1.0, 1.0
    limits = [
        violators_upper_limit(evidence_of(draws, probabilities, violation), 0.05) for violation in (likely, unlikely)
    ]
    assert limits[0] < limits[1]


def test_only_drawn_outcomes_are_read() -> None:
    rng = np.random.default_rng(3)
    draws, probabilities = rng.random(2_000), np.full(2_000, 0.1)
    violation = (rng.random(2_000) < 0.1).astype(float)
    unread: Numbers = np.where(draws < probabilities, violation, np.nan)
    assert_same(evidence_of(draws, probabilities, violation), evidence_of(draws, probabilities, unread))
    assert_same(
        evidence_of(draws, probabilities, violation),
        evidence_of(draws, probabilities, np.where(draws < 0.1, unread, 1)),
    )


def assert_same(one: Evidence, other: Evidence) -> None:
    """Assert that both have the same content."""
    assert (one.declarations, one.drawn, one.found.tolist(), one.unconcluded.tolist()) == (
        other.declarations, other.drawn, other.found.tolist(), other.unconcluded.tolist()
    )  # fmt: skip


def test_without_a_random_sample_nothing_is_excluded() -> None:
    everyone = evidence_of(np.full(50, 0.5), np.zeros(50), np.full(50, np.nan))
    assert (violators_lower_limit(everyone, 0.05), violators_upper_limit(everyone, 0.05)) == (0, 50)
    part = evidence_of(np.full(50, 0.05), np.array([0.0] * 25 + [0.1] * 25), np.ones(50))
    assert (violators_lower_limit(part, 0.05), violators_upper_limit(part, 0.05)) == (25, 50)
    nobody = evidence_of(np.zeros(0), np.zeros(0), np.zeros(0))
    assert (violators_lower_limit(nobody, 0.05), violators_upper_limit(nobody, 0.05)) == (0, 0)


def test_a_complete_sample_gives_the_exact_number() -> None:
    violation = np.array([1.0] * 7 + [0.0] * 93)
    evidence = evidence_of(np.full(100, 0.5), np.ones(100), violation)
    assert (violators_lower_limit(evidence, 0.05), violators_upper_limit(evidence, 0.05)) == (7, 7)


def test_unequal_lengths_and_impossible_probabilities_are_refused() -> None:
    with pytest.raises(InvalidInput, match="differ in number"):
        evidence_of(np.zeros(3), np.zeros(2), np.zeros(3))
    for probability in (1.5, -0.1, np.nan):
        with pytest.raises(InvalidInput, match="outside 0 to 1"):
            evidence_of(np.zeros(1), np.array([probability]), np.zeros(1))
