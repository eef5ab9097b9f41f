"""Three ways, two of them unbiased, and the naive one, to estimate a sum over violations of which only some were seen.

Each takes a log and an amount (n,) that every box would count with if it held a violation. What a target policy opens
and what it releases are such sums. Boxes that are seen surely are added as they are; the lot below the cut stands for
all that it could have drawn.
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
    """Each violation seen stands for as many as its chance is the inverse of (Horvitz and Thompson 1952)."""
    return _shifted(_sample_sum(log, amount, confidence), _certain_sum(log, amount))


def self_normalised(log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """The weighted rate of violations in the lot, times what the lot stands for (Hajek 1971).

    It gains over the sum above where the lot drew more or fewer boxes than it should; biased by less than its error.
    """
    sample = log.by_sample & (amount > 0)
    chosen, whole = sample & log.observed, float(amount[sample].sum())
    chance, cluster, found = log.observation_probability[chosen], log.cluster[chosen], log.found[chosen]
    weight = amount[chosen] / chance
    if not len(weight):
        limits = Interval(0.0, 0.0, 1.0)
    else:
        share = float(np.average(found, weights=weight))
        variance = observed_variance(cluster, chance, weight * (found - share) / weight.sum())
        together = log.cluster[sample] if variance == 0 else np.arange(sample.sum())
        count = expected_number(together, log.observation_probability[sample], amount[sample])
        if variance > 0:
            count = min(count, share * (1 - share) / variance)
        limits = share_limits(share, count, confidence)
    return _shifted(Interval(*(bound * whole for bound in limits)), _certain_sum(log, amount))


def doubly_robust(log: PolicyLog, amount: Numbers, confidence: float) -> Interval:
    """What a model expected, corrected by what it missed in the lot (Robins, Rotnitzky and Zhao 1994; of policies
    Dudik, Langford and Li 2011).

    Unbiased whatever the model says, as long as it was trained before; a box without a prediction counts as in
    `inverse_probability`. What the violations add and what the predictions take away have limits of their own: the
    variance of the latter is known, since every box has its prediction.
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
    """The hit rate of the opened boxes, taken for that of any: what a report says that forgets who was opened."""
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
    """The estimate, its limits within what the boxes seen allow: a violation seen stays one, and so does a lawful box.

    The value itself is left as it is, even where chance carried it beyond: cut off, it would be biased. Boxes without
    a chance count for nothing here; the caller says what that means.
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
    """The inverse-weighted sum over the violations that the lot saw, with its limits."""
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
