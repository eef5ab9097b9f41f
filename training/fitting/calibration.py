"""Calibrate log-odds: slope and offset from later boxes, each with its sample weight.

The calibration is linear (Platt 1999), so that contributions stay exact. Intervals are from a bootstrap over the boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.boxes import Numbers
from models.scoring.scorer import log_odds_of, probability

# Limits of the slope.
SLOPES: Final = (0.5, 1.5)
SLOPE_DEVIATION: Final = 0.05
"""Prior standard deviation of the slope around 1."""
SHIFT_DEVIATION: Final = 0.1
"""Prior standard deviation of the shift of the log-odds around 0."""
INTERVAL: Final = 0.9
_DRAWS: Final = 100
# Enough bisections to reach float precision.
_HALVINGS: Final = 80
# With fewer rows of either outcome the slope stays 1.
_FEWEST: Final = 10


@dataclass(frozen=True)
class Calibration:
    """log-odds = slope * margin + offset; bounds of the slope from 90 % of the bootstrap draws, NaN without."""

    slope: float
    offset: float
    slope_low: float = float("nan")
    slope_high: float = float("nan")

    def bounds(self) -> dict[str, float]:
        """The bounds of the slope by name; empty if there are none."""
        return {} if np.isnan(self.slope_low) else {"slope_low": self.slope_low, "slope_high": self.slope_high}


IDENTITY: Final = Calibration(1.0, 0.0)


def calibrated(margins: Numbers, truth: Numbers, weight: Numbers, seed: int) -> Calibration:
    """Slope and offset for margins (n,) of boxes with `truth` (n,) of 0 and 1 and weights `weight` (n,).

    The slope is shrunk towards 1 and the shift towards 0, the more the fewer findings there are.
    """
    used = weight > 0
    margins, truth, weight = margins[used], truth[used], weight[used]
    if not 0 < truth.sum() < len(truth):
        return IDENTITY
    slope, bounds = 1.0, (float("nan"), float("nan"))
    if min(truth.sum(), (1 - truth).sum()) >= _FEWEST:
        seen = _slope(margins, truth, weight)
        draws = _drawn_slopes(margins, truth, weight, seed)
        low, high = np.quantile(draws, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
        bounds = (float(low), float(high))
        slope = float(np.clip(1 + _shrinkage(SLOPE_DEVIATION, float(np.var(draws))) * (seen - 1), *SLOPES))
    middle = float(np.average(margins, weights=weight))
    pivoted = slope * margins + (1 - slope) * middle
    shift = offset_for(pivoted, float(np.average(truth, weights=weight)), weight)
    # The relative variance of a weighted count approximates the variance of its logarithm.
    variance = float((weight**2 * truth).sum() / (weight * truth).sum() ** 2)
    return Calibration(slope, (1 - slope) * middle + _shrinkage(SHIFT_DEVIATION, variance) * shift, *bounds)


def _shrinkage(deviation: float, variance: float) -> float:
    """Weight of the observed value against the prior, 0 to 1 (normal prior and likelihood)."""
    return deviation**2 / (deviation**2 + variance)


def _drawn_slopes(margins: Numbers, truth: Numbers, weight: Numbers, seed: int) -> list[float]:
    random = np.random.default_rng(seed)
    draws = []
    for _ in range(_DRAWS):
        rows = random.integers(0, len(truth), len(truth))
        if 0 < truth[rows].sum() < len(rows):
            draws.append(_slope(margins[rows], truth[rows], weight[rows]))
    return draws


def _slope(margins: Numbers, truth: Numbers, weight: Numbers) -> float:
    from sklearn.linear_model import LogisticRegression

    middle = np.average(margins, weights=weight)
    model = LogisticRegression(C=1.0).fit(margins[:, None] - middle, truth, weight / weight.mean())
    return float(model.coef_[0, 0])


def offset_for(log_odds: Numbers, rate: float, weight: Numbers | None = None) -> float:
    """The number to add to log-odds (n,) so that their (weighted) mean probability is `rate`, between 0 and 1.

    This is the maximum-likelihood offset (score equation of a logistic intercept), found by bisection.
    """
    aim = log_odds_of(rate)
    low, high = aim - float(log_odds.max()), aim - float(log_odds.min())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = np.average(probability(log_odds + middle), weights=weight)
        low, high = (middle, high) if reached < rate else (low, middle)
    return (low + high) / 2
