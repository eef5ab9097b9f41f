"""Estimate what another policy would have found, released and cost, from the log of the policy in force.

A target policy is a probability of being opened for each logged box. Its openings and clearance hours follow exactly.
Its hits, useless openings, released violators, and the hours lost by compliant boxes depend on unobserved outcomes and
are estimated with an interval. All estimates are expectations over the target's own random sample, for the boxes in the
log. Assumptions: the logged probabilities are correct, and a pending opening is as likely to find something as a
concluded one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data.errors import InvalidInput
from features.boxes import Numbers
from training.evaluation.metrics import Interval
from training.off_policy.estimators import ESTIMATORS, Estimator, total
from training.off_policy.logged_policy import Flags, PolicyLog
from training.off_policy.sample_intervals import cluster_totals, kish

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Weights:
    """How much information the random sample contains about a target policy.

    `openings` is the number of random openings that the target could make too, `effective` the number of equally
    weighted declarations with the same information, `largest` the largest weight of one opening.
    """

    openings: int
    effective: float
    largest: float


@dataclass(frozen=True)
class Estimates:
    """A target policy on n boxes: estimates by estimator and quantity, and the figures that qualify them.

    `unobservable` boxes had no probability of being observed: the target opens none of them, and its released violators
    are known as bounds only (value NaN). `unknown_probability` boxes were observed with unknown probability and
    represent only themselves, `pending` boxes were drawn and have no outcome, `without_prediction` boxes have no
    prediction and are estimated by inverse probability.
    """

    boxes: int
    openings: float
    hours: float
    by_estimator: dict[str, dict[str, Interval]]
    weights: Weights
    unobservable: int
    unknown_probability: int
    pending: int
    without_prediction: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON: intervals as value, low and high, None where a value is not known."""
        reported = {name: value for name, value in vars(self).items() if name not in ("by_estimator", "weights")}
        return reported | {
            "weights": vars(self.weights),
            "estimates": {
                name: {quantity: interval_dict(interval) for quantity, interval in quantities.items()}
                for name, quantities in self.by_estimator.items()
            },
        }


def estimated(log: PolicyLog, target: Numbers, confidence: float = CONFIDENCE) -> Estimates:
    """Estimates for a target that opens box i with probability `target[i]`, shape (n,).

    By estimator: `hits` (violations opened), `useless` (openings that find nothing), `released` (violators not opened),
    `hit_rate` (hits per opening), `lawful_hours` (hours that useless openings hold a box). Raises InvalidInput for
    probabilities outside 0 to 1, and if the target opens boxes that could not be observed.
    """
    _check(log, target)
    openings = float(target.sum())
    by_estimator = {name: _quantities(estimator, log, target, confidence) for name, estimator in ESTIMATORS.items()}
    weight = (target / np.where(log.by_sample, log.observation_probability, 1.0))[log.by_sample & log.observed]
    clusters = log.cluster[log.by_sample & log.observed]
    return Estimates(
        boxes=len(log),
        openings=openings,
        hours=float((target * log.hours + (1 - target) * log.release_hours).sum()),
        by_estimator=by_estimator,
        weights=Weights(
            int((weight > 0).sum()), kish(cluster_totals(clusters, weight)), float(weight.max(initial=0.0))
        ),
        unobservable=int((log.observation_probability == 0).sum()),
        unknown_probability=log.unknown_probability,
        pending=log.pending,
        without_prediction=int(np.isnan(log.predicted).sum()),
    )


def _check(log: PolicyLog, target: Numbers) -> None:
    if target.shape != (len(log),):
        raise InvalidInput(
            f"The target has {target.size} probabilities for {len(log)} boxes.", "Give one for each box of the log."
        )
    if not ((target >= 0) & (target <= 1)).all():
        raise InvalidInput(
            "The target has probabilities outside 0 to 1.", "Give each box its probability of being opened."
        )
    lost: Flags = (log.observation_probability == 0) & (target > 0)
    if lost.any():
        share = target[lost].sum() / target.sum()
        raise InvalidInput(
            f"The target would open {int(lost.sum()):,} of {len(log):,} boxes, {target[lost].sum():,.1f} of its "
            f"{target.sum():,.1f} openings ({share:.1%}), whose probability of being "
            "observed was 0 or is unknown: the log contains no information about them.",
            "Keep the random share above 0, and replay days on which the probability of every box was logged.",
        )


def _quantities(estimator: Estimator, log: PolicyLog, target: Numbers, confidence: float) -> dict[str, Interval]:
    openings, hours = float(target.sum()), target * log.hours
    hits = total(estimator, log, target, confidence)
    released = total(estimator, log, 1 - target, confidence)
    unobservable = float((1 - target)[log.observation_probability == 0].sum())
    if unobservable:
        released = Interval(float("nan"), released.low, released.high + unobservable)
    rate = Interval(*(bound / openings for bound in hits)) if openings else Interval(float("nan"), 0.0, 1.0)
    return {
        "hits": hits,
        "useless": _left_of(openings, hits),
        "released": released,
        "hit_rate": rate,
        "lawful_hours": _left_of(float(hours.sum()), total(estimator, log, hours, confidence)),
    }


def _left_of(whole: float, part: Interval) -> Interval:
    return Interval(whole - part.value, whole - part.high, whole - part.low)


def interval_dict(interval: Interval) -> dict[str, float | None]:
    """An interval for JSON, None where a bound is unknown."""
    return {name: None if np.isnan(value) else float(value) for name, value in interval._asdict().items()}
