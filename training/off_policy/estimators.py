"""Estimators of a sum over violations of which only some were observed: three for use, and a naive one for comparison.

Each takes a log and an amount (n,) that a box counts if it contains a violation. What a target policy opens and what it
releases are such sums. Boxes observed with certainty are added exactly; the random sample represents all boxes that it
could have drawn. Inverse probability and doubly robust are unbiased.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from features.boxes import Numbers
from training.evaluation.metrics import Interval
from training.off_policy.logged_policy import PolicyLog
from training.off_policy.sample_intervals import (
    cluster_totals,
    expected_number,
    minus,
    observed_variance,
    sample_variance,
    share_limits,
    sum_limits,
)

Estimator = Callable[[PolicyLog, Numbers, float], Interval]


def inverse_probability(log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """Each observed violation counts by the inverse of its probability (Horvitz and Thompson 1952)."""
    return _shifted(_sample_sum(log, amount, confidence), _certain_sum(log, amount))


def self_normalised(log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """The weighted rate of violations in the random sample, times what the sample represents (Hajek 1971).

    More precise than the sum above if more or fewer boxes than expected were drawn; its bias is below its error.
    """
    sample = log.by_sample & (amount > 0)
    chosen, whole = sample & log.observed, float(amount[sample].sum())
    probability, cluster, found = log.observation_probability[chosen], log.cluster[chosen], log.found[chosen]
    weight = amount[chosen] / probability
    if not len(weight):
        limits = Interval(0.0, 0.0, 1.0)
    else:
        share = float(np.average(found, weights=weight))
        variance = observed_variance(cluster, probability, weight * (found - share) / weight.sum())
        together = log.cluster[sample] if variance == 0 else np.arange(sample.sum())
        count = expected_number(together, log.observation_probability[sample], amount[sample])
        if variance > 0:
            count = min(count, share * (1 - share) / variance)
        limits = share_limits(share, count, confidence)
    return _shifted(Interval(*(bound * whole for bound in limits)), _certain_sum(log, amount))


def doubly_robust(log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """The prediction of a model, corrected by the random sample (Robins, Rotnitzky and Zhao 1994).

    For policies: Dudik, Langford and Li 2011. Unbiased whatever the model predicts, provided that it was trained
    before; a box without a prediction is estimated as in `inverse_probability`. What the violations add and what the
    predictions subtract have separate limits: the variance of the latter is known, since every box has its prediction.
    """
    expected = amount * np.where(log.by_sample, np.nan_to_num(log.predicted), 0.0)
    sample, seen = log.by_sample, log.by_sample & log.observed
    missed = _sample_sum(log, amount - expected, confidence)
    drawn = float((expected / np.where(sample, log.observation_probability, 1.0))[seen & (log.found == 0)].sum())
    half = _normal(confidence) * np.sqrt(
        sample_variance(log.cluster[sample], log.observation_probability[sample], expected[sample])
    )
    over = minus(missed, Interval(drawn, drawn - half, drawn + half))
    return _shifted(over, _certain_sum(log, amount) + float(expected[sample].sum()))


def naive(log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """The hit rate of the opened boxes, applied to all boxes; ignores how boxes were selected."""
    opened, whole = log.found[log.observed], float(amount.sum())
    if not len(opened):
        return Interval(float("nan"), 0.0, whole)
    return Interval(*(bound * whole for bound in share_limits(float(opened.mean()), len(opened), confidence)))


ESTIMATORS: Final[Mapping[str, Estimator]] = {
    "inverse_probability": inverse_probability,
    "self_normalised": self_normalised,
    "doubly_robust": doubly_robust,
    "naive": naive,
}


def total(estimator: Estimator, log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """The estimate, with its limits clipped to the values that the observed boxes allow.

    The value itself is not clipped, because that would bias it. Boxes that could not be observed count 0 here; callers
    report them separately.
    """
    amount = np.where(log.observation_probability > 0, amount, 0.0)
    estimate = estimator(log, amount, confidence)
    if estimator is naive:
        return estimate
    least = float((amount * log.observed_violations).sum())
    most = float(amount.sum() - (amount * (log.observed - log.observed_violations)).sum())
    return Interval(estimate.value, *(float(np.clip(bound, least, most)) for bound in estimate[1:]))


def _certain_sum(log: PolicyLog, amount: Numbers) -> float:
    return float((amount * log.observed_violations)[log.observation_probability == 1].sum())


def _sample_sum(log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """The inverse-weighted sum over the violations in the random sample, with its limits."""
    sample = np.flatnonzero(log.by_sample & (amount > 0))
    if not len(sample):
        return Interval(0.0, 0.0, 0.0)
    weight = amount[sample] / log.observation_probability[sample]
    hits = sample[log.observed_violations[sample] > 0]
    scaled = amount[hits] * log.observed_violations[hits] / log.observation_probability[hits]
    variance = observed_variance(log.cluster[hits], log.observation_probability[hits], scaled)
    together = cluster_totals(log.cluster[hits], scaled)
    following = max(
        float(np.average(weight, weights=amount[sample])),
        float((together**2).sum() / together.sum()) if len(together) else 0.0,
    )
    return sum_limits(float(scaled.sum()), variance, following, following**2, confidence)


def _normal(confidence: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf((1 + confidence) / 2))


def _shifted(interval: Interval, by: float) -> Interval:
    return Interval(*(bound + by for bound in interval))
