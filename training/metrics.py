"""Metrics at capacity: what an officer's day is worth under a ranking.

Ties are broken by the order of the rows, which callers shuffle with a seed, so that no ranking gains by them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def ranked(scores: Numbers) -> NDArray[np.int64]:
    """Positions from the highest score to the lowest, ties in row order."""
    return np.argsort(-scores, kind="stable")


def at_capacity(scores: Numbers, truth: Numbers, share: float, weight: Numbers | None = None) -> dict[str, float]:
    """Precision, recall and useless rate when the top `share` of n boxes is opened.

    scores and truth (0 or 1) have shape (n,); weight (n,) counts a box for several (inverse of the
    probability that it was judged).
    """
    weight = np.ones(len(scores)) if weight is None else weight
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


def openings_needed(scores: Numbers, truth: Numbers, found: float) -> int:
    """How many boxes must be opened in order of `scores` (n,) to find `found` violations."""
    cumulative = np.cumsum(truth[ranked(scores)])
    return int(np.searchsorted(cumulative, found - 1e-9)) + 1


def gain_curve(scores: Numbers, truth: Numbers) -> tuple[Numbers, Numbers]:
    """Share opened and share of the violations found, both from 0 to 1, shape (n + 1,)."""
    found = np.concatenate([[0.0], np.cumsum(truth[ranked(scores)])])
    return np.linspace(0, 1, len(found)), found / max(found[-1], 1.0)


def reliability(probabilities: Numbers, truth: Numbers, bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean probability, observed share and count in `bins` groups of equal size, lowest first."""
    groups = np.array_split(np.argsort(probabilities, kind="stable"), bins)
    return [(float(probabilities[g].mean()), float(truth[g].mean()), len(g)) for g in groups if len(g)]


def calibration_error(probabilities: Numbers, truth: Numbers, bins: int = 10) -> float:
    """Expected calibration error over groups of equal size (Naeini 2015)."""
    groups = reliability(probabilities, truth, bins)
    total = sum(count for _, _, count in groups)
    return sum(abs(said - seen) * count for said, seen, count in groups) / max(total, 1)
