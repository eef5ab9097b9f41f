"""Metrics of a ranking at a given capacity, calibration, and intervals.

Ties are broken by the order of the rows, which callers shuffle with a seed, so that no ranking gains from ties. A
`weight` (n,) is the number of boxes that a row represents (the inverse probability that it was observed); default 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers

# Relative rounding error of a sum of weights.
_ROUNDING = 1e-9
# Probabilities are clipped by this much before log-odds are taken.
_MIN_PROBABILITY: Final = 1e-6
# Most Newton steps for two coefficients; a few suffice.
_STEPS: Final = 50
_FEW_ROWS: Final = 5


class Interval(NamedTuple):
    """An estimate with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def ranked(scores: Numbers) -> NDArray[np.int64]:
    """Positions from the highest score to the lowest, ties in row order."""
    return np.argsort(-scores, kind="stable")


def at_capacity(scores: Numbers, truth: Numbers, share: float, weight: Numbers | None = None) -> dict[str, float]:
    """Precision, recall and useless rate when the top `share` of n boxes is opened.

    scores and truth (0 or 1) have shape (n,).
    """
    weight = _weight(scores, weight)
    order = ranked(scores)
    cumulative = np.cumsum(weight[order])
    opened = order[cumulative - weight[order] / 2 <= share * cumulative[-1]]
    spent, found, all_found = weight[opened].sum(), (weight * truth)[opened].sum(), (weight * truth).sum()
    precision = float(found / spent) if spent else 0.0
    return {
        "precision": precision,
        "recall": float(found / all_found) if all_found else 0.0,
        "useless_rate": 1.0 - precision,
    }


def found_at(scores: Numbers, truth: Numbers, share: float, weight: Numbers | None = None) -> float:
    """Number of violations in the top `share` of n boxes."""
    return at_capacity(scores, truth, share, weight)["recall"] * float((_weight(scores, weight) * truth).sum())


def openings_needed(scores: Numbers, truth: Numbers, found: float, weight: Numbers | None = None) -> int:
    """Number of boxes to open in order of `scores` (n,) to find `found` violations; 0 to find none."""
    if found <= 0:
        return 0
    weight, order = _weight(scores, weight), ranked(scores)
    reached = int(np.searchsorted(np.cumsum((weight * truth)[order]), found * (1 - _ROUNDING)))
    return round(float(weight[order][: reached + 1].sum()))


def gain_curve(scores: Numbers, truth: Numbers, weight: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """Share opened and share of the violations found, both from 0 to 1, shape (n + 1,)."""
    weight, order = _weight(scores, weight), ranked(scores)
    opened = np.concatenate([[0.0], np.cumsum(weight[order])])
    found = np.concatenate([[0.0], np.cumsum((weight * truth)[order])])
    return opened / opened[-1], found / (found[-1] or 1.0)


def reliability(
    probabilities: Numbers, truth: Numbers, bins: int = 10, weight: Numbers | None = None
) -> list[tuple[float, float, float]]:
    """Mean probability, observed share and weight of `bins` groups of equal numbers of rows, lowest first."""
    weight = _weight(probabilities, weight)
    groups = np.array_split(np.argsort(probabilities, kind="stable"), bins)
    return [
        (
            float(np.average(probabilities[rows], weights=weight[rows])),
            float(np.average(truth[rows], weights=weight[rows])),
            float(weight[rows].sum()),
        )
        for rows in groups
        if len(rows)
    ]


def calibration_error(probabilities: Numbers, truth: Numbers, bins: int = 10, weight: Numbers | None = None) -> float:
    """Expected calibration error over groups of equal numbers of rows (Naeini 2015); NaN without rows."""
    groups = reliability(probabilities, truth, bins, weight)
    total = sum(count for _, _, count in groups)
    return (
        sum(abs(predicted - observed) * count for predicted, observed, count in groups) / total
        if total
        else float("nan")
    )


def calibration_slope(probabilities: Numbers, truth: Numbers, weight: Numbers | None = None) -> Interval:
    """Calibration slope (Cox 1958) with its interval: 1 is right, below 1 predictions are too extreme.

    The slope of a logistic regression of truth (n,) on the predicted log-odds, with free offset. The interval uses the
    sandwich variance (White 1980), which is valid for weighted rows. NaN where nothing can be fitted.
    """
    weight = _weight(probabilities, weight)
    clipped = np.clip(probabilities, _MIN_PROBABILITY, 1 - _MIN_PROBABILITY)
    odds = np.log(clipped / (1 - clipped))
    unknown = Interval(float("nan"), float("nan"), float("nan"))
    if min(truth.sum(), (1 - truth).sum()) < _FEW_ROWS or np.ptp(odds) == 0:
        return unknown
    middle, deviation = odds.mean(), odds.std()
    terms = np.column_stack([np.ones(len(odds)), (odds - middle) / deviation])
    coefficients = np.zeros(2)
    bread = np.eye(2)
    for _ in range(_STEPS):
        fitted = 1 / (1 + np.exp(-terms @ coefficients))
        bread = terms.T @ (terms * (weight * np.clip(fitted * (1 - fitted), 1e-12, None))[:, None])
        step = np.linalg.solve(bread, terms.T @ (weight * (truth - fitted)))
        coefficients = coefficients + np.clip(step, -3, 3)
        if np.abs(step).max() < 1e-10:
            break
    else:
        return unknown
    scores = terms * (weight * (truth - fitted))[:, None]
    inverse = np.linalg.inv(bread)
    error = float(np.sqrt((inverse @ (scores.T @ scores) @ inverse)[1, 1])) / deviation
    slope = float(coefficients[1]) / deviation
    return Interval(float(slope), float(slope - 1.96 * error), float(slope + 1.96 * error))


def share_interval(share: float, count: float) -> Interval:
    """Wilson's (1927) 95 % interval of a share observed in `count` rows; 0 to 1 without rows."""
    if count <= 0:
        return Interval(float("nan"), 0.0, 1.0)
    z = 1.96**2 / count
    middle, half = (share + z / 2) / (1 + z), np.sqrt(z * share * (1 - share) + z**2 / 4) / (1 + z)
    return Interval(share, float(max(middle - half, 0.0)), float(min(middle + half, 1.0)))


def across(values: Sequence[float]) -> Interval:
    """Mean over independent runs (seeds) with Student's 95 % interval; for one run the bounds are NaN."""
    if len(values) < 2:
        return Interval(float(np.mean(values)), float("nan"), float("nan"))
    from scipy.stats import t

    middle = float(np.mean(values))
    half = float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return Interval(middle, middle - half, middle + half)


def _weight(scores: Numbers, weight: Numbers | None) -> Numbers:
    return np.ones(len(scores)) if weight is None else weight
