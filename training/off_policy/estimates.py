"""What another policy would have found, released and cost, estimated from the log of the one that was in force.

A target policy is a chance of being opened for each logged box. Its openings and its clearance hours follow from that
alone and are exact; its hits, useless openings, released violators, and the hours that lawful boxes lose depend on what
was never seen, and are estimated with an interval. All estimates are of what is to be expected of the target over its
own lot, for the boxes in the log. What they rest on: the logged chances were the true ones, and a pending opening is as
likely to find something as a concluded one.
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
    """How much the lot has to say about a target: openings of the lot that the target would make too (`openings`),
    how many equally weighted declarations tell as much (`effective`), and the largest number of openings that one
    opening stands for (`largest`)."""

    openings: int
    effective: float
    largest: float


@dataclass(frozen=True)
class Estimates:
    """A target policy on n boxes: estimates by estimator, then quantity, and what an honest reader needs beside them.

    `unobservable` boxes had no chance of being seen: the target opens none of them, and what it releases with them is
    known within bounds only (value NaN). `unknown_probability` boxes were seen without a known chance and stand for
    themselves, `pending` ones were drawn and are not concluded, `without_prediction` have no prediction and fall back
    to the inverse probability.
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
    """Estimates for a target that opens box i with chance `target[i]`, shape (n,).

    By estimator: `hits` (violations opened), `useless` (openings that find nothing), `released` (violators not opened),
    `hit_rate` (hits per opening), `lawful_hours` (hours that useless openings hold a box).
    Raises InvalidInput for chances that are none, and where the target opens boxes that the log had no chance to see.
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
            f"The target has {target.size} chances for {len(log)} boxes.", "Give one chance for each box of the log."
        )
    if not ((target >= 0) & (target <= 1)).all():
        raise InvalidInput("The target has chances that are not from 0 to 1.", "Give each box its chance of opening.")
    lost: Flags = (log.observation_probability == 0) & (target > 0)
    if lost.any():
        share = target[lost].sum() / target.sum()
        raise InvalidInput(
            f"The target would open {int(lost.sum()):,} of {len(log):,} boxes, {target[lost].sum():,.1f} of its "
            f"{target.sum():,.1f} openings ({share:.1%}), that had no chance, or no known one, of being seen: "
            "what they hold is in no log.",
            "Keep the random share above 0, and replay days on which every box had its chance logged.",
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
    """An interval for JSON, None where a bound is not known."""
    return {name: None if np.isnan(value) else float(value) for name, value in interval._asdict().items()}
