"""Intervals for estimates from a random sample: variance by declarations, and limits that hold with few findings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers
from training.evaluation.metrics import Interval


def observed_variance(cluster: NDArray[np.int64], probability: Numbers, scaled: Numbers) -> float:
    """Unbiased estimate of the variance of a sum of inverse-weighted amounts, from the observed boxes.

    `scaled` (n,) is amount / probability. One uniform number is drawn per cluster and opens every box with a higher
    probability, so two boxes are both opened with the smaller of their probabilities (Horvitz and Thompson 1952).
    """
    return _over_pairs(cluster, probability, scaled, 1 - probability)


def sample_variance(cluster: NDArray[np.int64], probability: Numbers, amount: Numbers) -> float:
    """The variance itself, where the amount (n,) is known for every box that could have been drawn."""
    return _over_pairs(cluster, probability, amount, 1 / probability - 1)


def _over_pairs(cluster: NDArray[np.int64], probability: Numbers, values: Numbers, factor: Numbers) -> float:
    """Sum of value × value × factor over all pairs within a cluster, with the factor of the more probable box."""
    if not len(values):
        return 0.0
    order = np.lexsort((probability, cluster))
    values, factor, cluster = values[order], factor[order], cluster[order]
    before = np.cumsum(values) - values
    first = np.flatnonzero(np.concatenate([[True], cluster[1:] != cluster[:-1]]))
    lengths = np.diff(np.append(first, len(values)))
    before -= np.repeat(before[first], lengths)
    return float(max((factor * (values**2 + 2 * values * before)).sum(), 0.0))


def cluster_totals(cluster: NDArray[np.int64], values: Numbers) -> Numbers:
    """Sum of the values (n,) of each cluster that occurs, shape (clusters,)."""
    return np.asarray(np.bincount(np.unique(cluster, return_inverse=True)[1], weights=values), dtype=np.float64)


def kish(weight: Numbers) -> float:
    """Kish's (1965) effective number of equally weighted rows; 0 without rows."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if (weight > 0).any() else 0.0


def expected_number(cluster: NDArray[np.int64], probability: Numbers, amount: Numbers) -> float:
    """Effective number of the clusters expected to be drawn, from the amounts (n,) of all that could be drawn.

    Unlike `kish` of the drawn clusters, it is not too high when by probability the clusters of largest weight were not
    drawn.
    """
    return float(amount.sum() ** 2 / _over_pairs(cluster, probability, amount, 1 / probability))


def sum_limits(total: float, variance: float, next_weight: float, next_variance: float, confidence: float) -> Interval:
    """Gamma limits of a weighted sum of rare events (Fay and Feuer 1997); Garwood's (1936) for equal weights.

    `next_weight` and `next_variance` are what one additional event would add.
    """
    from scipy.stats import gamma

    tail = (1 - confidence) / 2
    low = gamma.ppf(tail, total**2 / variance, scale=variance / total) if total > 0 and variance > 0 else total
    raised, raised_variance = total + next_weight, variance + next_variance
    high = total
    if raised_variance > 0:
        high = gamma.ppf(1 - tail, raised**2 / raised_variance, scale=raised_variance / raised)
    return Interval(total, float(low), float(high))


def share_limits(share: float, count: float, confidence: float) -> Interval:
    """Clopper and Pearson's (1934) limits of a share, at an effective number of rows (Korn and Graubard 1998)."""
    from scipy.stats import beta

    if count <= 0:
        return Interval(float("nan"), 0.0, 1.0)
    tail, found = (1 - confidence) / 2, share * count
    low = beta.ppf(tail, found, count - found + 1) if found > 0 else 0.0
    high = beta.ppf(1 - tail, found + 1, count - found) if found < count else 1.0
    return Interval(share, float(low), float(high))


def minus(first: Interval, second: Interval) -> Interval:
    """Difference of two independent estimates, with limits derived from theirs (Zou and Donner 2008)."""
    value = first.value - second.value
    low = np.hypot(first.value - first.low, second.high - second.value)
    high = np.hypot(first.high - first.value, second.value - second.low)
    return Interval(value, value - float(low), value + float(high))
