"""Protects the threshold search: seldom too high, high where there is evidence, with the reason why it stopped."""

from __future__ import annotations

import json

import numpy as np
import pytest

from data.errors import InvalidInput
from data.vocabulary import GuaranteeState
from models.guarantee.confidence_sequence import Numbers
from models.guarantee.release_guarantee import ReleaseTarget
from models.guarantee.threshold_search import ThresholdResult, search_threshold

CUTS = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
LIMIT = ReleaseTarget(0.05)


def chosen(seed: int, rates: Numbers, probability: float = 0.1, size: int = 20_000) -> tuple[ThresholdResult, float]:
    """The chosen threshold and its true rate; `rates` (10,) are the shares of violators by tenth of the risk."""
    rng = np.random.default_rng(seed)
    risks, draws = rng.random(size), rng.random(size)
    violates = rng.random(size) < rates[(risks * 10).astype(int)]
    lane = search_threshold(risks, draws, np.full(size, probability), violates.astype(float), CUTS, LIMIT)
    true_rate = 0.0 if lane.cut is None else float(violates[risks <= lane.cut].mean())
    return lane, true_rate


def test_a_threshold_that_is_too_high_is_chosen_at_most_with_the_error() -> None:
    # Up to 0.6 the target is met; at 0.7 it is just exceeded.
    rates = np.array([0.045] * 6 + [0.085, 0.2, 0.3, 0.4])
    lanes = [chosen(seed, rates, probability=0.3, size=4_000) for seed in range(200)]
    assert sum(rate > LIMIT.rate for _, rate in lanes) <= 0.05 * 200


def test_with_evidence_the_threshold_is_the_highest_that_meets_the_target() -> None:
    rates = np.array([0.01] * 8 + [0.3, 0.6])
    lane, rate = chosen(1, rates)
    assert lane.cut == 0.8
    assert lane.stopped_by is GuaranteeState.NOT_ENOUGH_EVIDENCE
    assert lane.tested == 5
    assert lane.share == pytest.approx(0.8, abs=0.02)
    assert rate <= lane.upper_rate <= LIMIT.rate


def test_the_result_states_why_the_search_stopped() -> None:
    all_good, none_good = chosen(1, np.full(10, 0.01))[0], chosen(1, np.full(10, 0.2))[0]
    assert (all_good.cut, all_good.stopped_by, all_good.tested) == (1.0, GuaranteeState.MET, 6)
    assert (none_good.cut, none_good.stopped_by, none_good.tested) == (None, GuaranteeState.VIOLATED, 1)
    steep = chosen(1, np.array([0.01] * 8 + [0.9, 0.9]))[0]
    assert (steep.cut, steep.stopped_by) == (0.8, GuaranteeState.VIOLATED)
    little = chosen(1, np.full(10, 0.01), probability=0.001)[0]
    assert (little.cut, little.stopped_by) == (None, GuaranteeState.NOT_ENOUGH_EVIDENCE)
    for lane in (all_good, none_good, steep, little):
        answer = lane.as_dict()
        assert json.loads(json.dumps(answer)) == answer
        for language in ("en", "zh"):
            assert "5 %" in answer["text"][language]
            assert lane.cut is None or f"{lane.cut:.3g}" in answer["text"][language]


def test_the_order_of_the_cuts_does_not_matter_and_no_cuts_are_refused() -> None:
    rng = np.random.default_rng(2)
    columns = (rng.random(5_000), rng.random(5_000), np.full(5_000, 0.2), np.zeros(5_000))
    assert search_threshold(*columns, CUTS[::-1], LIMIT) == search_threshold(*columns, CUTS, LIMIT)
    with pytest.raises(InvalidInput, match="no threshold"):
        search_threshold(*columns, [], LIMIT)
