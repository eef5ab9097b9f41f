"""Metrics at capacity: what an officer's day is worth under a ranking.

Ties are broken by the order of the rows, which callers shuffle with a seed, so that no ranking gains by them.
A `weight` (n,) counts a box for several (the inverse of the probability that it was judged); without, each for one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers

# What a sum of weights may miss by rounding.
_ROUNDING = 1e-9


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
    """How many violations the top `share` of n boxes holds."""
    return at_capacity(scores, truth, share, weight)["recall"] * float((_weight(scores, weight) * truth).sum())


def openings_needed(scores: Numbers, truth: Numbers, found: float, weight: Numbers | None = None) -> int:
    """How many boxes must be opened in order of `scores` (n,) to find `found` violations; none to find none."""
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
    """Mean probability, observed share and weight of `bins` groups of as many rows each, lowest first."""
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
    """Expected calibration error over groups of as many rows each (Naeini 2015); NaN without rows."""
    groups = reliability(probabilities, truth, bins, weight)
    total = sum(count for _, _, count in groups)
    return sum(abs(said - seen) * count for said, seen, count in groups) / total if total else float("nan")


def _weight(scores: Numbers, weight: Numbers | None) -> Numbers:
    return np.ones(len(scores)) if weight is None else weight
