"""Calibration: slope and offset of the log-odds on later boxes, each standing for those it was chosen from.

Linear on purpose (Platt 1999): the parts of a score stay exact. The interval is a bootstrap over the boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.boxes import Numbers
from models.scoring.scorer import log_odds_of, probability

# Within these the calibration may stretch a booster's margins.
SLOPES: Final = (0.5, 1.5)
SLOPE_DEVIATION: Final = 0.05
"""How far a booster's slope usually is from 1: a slope seen on few findings is drawn towards 1 accordingly."""
SHIFT_DEVIATION: Final = 0.1
"""How far its log-odds usually are off on the whole: a shift seen on few findings is drawn towards 0 accordingly."""
INTERVAL: Final = 0.9
_DRAWS: Final = 100
# Enough to halve any offset down to the last bits of a float.
_HALVINGS: Final = 80
# With fewer of either outcome the slope stays 1.
_FEWEST: Final = 10


@dataclass(frozen=True)
class Calibration:
    """log-odds = slope * margin + offset; the bounds of the slope as seen (90 % of bootstrap draws), NaN without."""

    slope: float
    offset: float
    slope_low: float = float("nan")
    slope_high: float = float("nan")

    def bounds(self) -> dict[str, float]:
        """The bounds of the slope by name; empty where there are none."""
        return {} if np.isnan(self.slope_low) else {"slope_low": self.slope_low, "slope_high": self.slope_high}


IDENTITY: Final = Calibration(1.0, 0.0)


def calibrated(margins: Numbers, truth: Numbers, weight: Numbers, seed: int) -> Calibration:
    """Slope and offset for margins (n,) of boxes with `truth` (n,) of 0 and 1, each counted `weight` (n,) times.

    Both are drawn towards what a sound booster needs (slope 1, no shift), the more the fewer findings tell of them.
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
    # The relative variance of a weighted count is that of its logarithm.
    variance = float((weight**2 * truth).sum() / (weight * truth).sum() ** 2)
    return Calibration(slope, (1 - slope) * middle + _shrinkage(SHIFT_DEVIATION, variance) * shift, *bounds)


def _shrinkage(deviation: float, variance: float) -> float:
    """How much what was seen counts against what is usual, 0 to 1: the mean of two normal beliefs."""
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
    """What must be added to log-odds (n,) for their (weighted) mean probability to be `rate`, above 0 and below 1.

    That is also the likeliest offset (the score equation of a logistic intercept); found by halving.
    """
    aim = log_odds_of(rate)
    low, high = aim - float(log_odds.max()), aim - float(log_odds.min())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = np.average(probability(log_odds + middle), weights=weight)
        low, high = (middle, high) if reached < rate else (low, middle)
    return (low + high) / 2
