"""Protects calibration: planted slope and offset are found, selection is corrected, few labels change little."""

from __future__ import annotations

import numpy as np
import pytest

from models.scoring.scorer import probability
from training.fitting.calibration import IDENTITY, SHIFT_DEVIATION, calibrated, offset_for


def _boxes(count: int = 60_000, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    random = np.random.default_rng(seed)
    margins = random.normal(-3.0, 1.2, count)
    truth = (random.random(count) < probability(0.8 * margins - 0.3)).astype(float)
    return margins, truth, random


def test_planted_slope_and_offset_are_found_and_within_their_bounds() -> None:
    found = []
    for seed in range(8):
        margins, truth, _ = _boxes(20_000, seed)
        found.append(calibrated(margins, truth, np.ones(len(truth)), seed=1))
    assert np.mean([one.slope for one in found]) == pytest.approx(0.8, abs=0.05)
    assert np.mean([one.offset for one in found]) == pytest.approx(-0.3, abs=0.08)
    # Each interval contains the truth with probability 0.9; fewer than six of eight would occur less than once in 100.
    assert sum(one.slope_low < 0.8 < one.slope_high for one in found) >= 6


def test_sample_weights_correct_the_selection() -> None:
    """Violations are selected ten times as often: without weights the predictions would be too high."""
    margins, truth, random = _boxes()
    selection = np.where(truth == 1, 0.5, 0.05)
    chosen = random.random(len(truth)) < selection
    unweighted = calibrated(margins[chosen], truth[chosen], np.ones(int(chosen.sum())), seed=1)
    weighted = calibrated(margins[chosen], truth[chosen], 1 / selection[chosen], seed=1)
    reported = [probability(one.slope * margins + one.offset).mean() / truth.mean() for one in (unweighted, weighted)]
    assert reported[0] > 3
    assert reported[1] == pytest.approx(1.0, abs=0.1)


def test_few_findings_shift_little_and_none_not_at_all() -> None:
    margins = np.linspace(-4, 0, 200)
    few = (np.arange(200) > 195).astype(float)
    found = calibrated(margins, few, np.ones(200), seed=1)
    full = offset_for(margins, few.mean())
    assert found.slope == 1.0
    assert found.offset == pytest.approx(full * SHIFT_DEVIATION**2 / (SHIFT_DEVIATION**2 + 1 / few.sum()))
    assert calibrated(margins, np.zeros(200), np.ones(200), seed=1) == IDENTITY
    assert IDENTITY.bounds() == {}


def test_the_offset_meets_a_weighted_rate() -> None:
    margins, weight = np.array([-2.0, 0.0, 1.0]), np.array([5.0, 1.0, 1.0])
    moved = probability(margins + offset_for(margins, 0.2, weight))
    assert np.average(moved, weights=weight) == pytest.approx(0.2)
