"""Assemble the log of a port's policy from its store, with the source of each box's probability.

The first available source counts for a box:

- `assessed`: the product decided on the box and logged the probability. The first decision counts, because later
  draws and openings for other reasons have other probabilities.
- `inspections`: no decision, but inspections of the period were logged as random. Every box not selected by score had
  the sample probability, plus that of a rule that logs probabilities below 1. Openings by tip, or by a rule that logs
  no probability, are not part of this draw.
- `estimated`: no random opening was logged in, before or after the period. The probability is estimated by a model
  (`training.fitting.sample_weights`), and the estimates are only as good as that model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Lane, SelectedBy
from features.boxes import Boxes, Numbers
from features.columns import microseconds
from features.definitions.context import DAY_US
from models.guarantee.release_guarantee import DECIDED_WITHIN_DAYS
from models.policy.capacity import opening_hours
from training.dataset import Dataset
from training.fitting.sample_weights import MAX_WEIGHT, opening_probability
from training.off_policy.logged_policy import Flags, PolicyLog
from training.off_policy.recorded_openings import Recorded, pairs_of

# Smallest rate of a rule.
_LEAST_RATE: Final = 1e-6


class Source(StrEnum):
    """Source of a box's probability."""

    ASSESSED = "assessed"
    INSPECTIONS = "inspections"
    ESTIMATED = "estimated"


@dataclass(frozen=True)
class PortLog:
    """The log of n boxes with the source of each probability (n,), and the openings for whatever reason.

    `opened` (n,) and `found` (n,): 1 or 0, NaN where not opened or pending.
    """

    log: PolicyLog
    source: NDArray[np.str_]
    opened: Flags
    found: Numbers


def port_log(
    dataset: Dataset,
    reported: Recorded,
    boxes: Boxes,
    predicted: Numbers,
    features: Numbers,
    before: int,
    seed: int,
    threads: int,
) -> PortLog:
    """The log of the n boxes of a period; `predicted` (n,) and `features` (n, k) as known at their declaration.

    `before` is the beginning of the period (microseconds): probabilities are not estimated from anything known later.
    """
    pairs = pairs_of(boxes)
    done = [reported.openings.get(pair) for pair in pairs]
    reasons = [one.selected_by if one else None for one in done]
    logged = np.array([one.probability if one else np.nan for one in done])
    opened = np.array([one is not None for one in done], dtype=bool)
    found = np.array([one.found if one else np.nan for one in done])
    decisions = [_in_time(reported.decisions.get(pair), at) for pair, at in zip(pairs, boxes.declared_at, strict=True)]
    assessed = np.array([one is not None for one in decisions], dtype=bool)
    by = np.where(assessed, "", [reason or "" for reason in reasons])
    sample = _sampling_period_of(by, logged) or reported.sample.share_within(boxes.declared_at)
    source = Source.INSPECTIONS if sample else Source.ESTIMATED
    if assessed.all():
        probability, drawn = np.full(len(boxes), np.nan), np.zeros(len(boxes), bool)
    elif sample:
        rates = np.zeros(len(boxes))
        if reported.is_by_rule:
            rates = opening_probability(dataset, features, before, set(SelectedBy) - {SelectedBy.RULE}, seed, threads)
        probability, drawn = from_inspections(by, logged, sample, rates)
    else:
        drawn = opened & (by != SelectedBy.TIP)
        rates = opening_probability(dataset, features, before, {SelectedBy.TIP}, seed, threads)
        probability = np.clip(rates, 1 / MAX_WEIGHT, 1.0)
    for position in np.flatnonzero(assessed).tolist():
        decision = decisions[position]
        assert decision is not None
        probability[position] = (
            np.nan if decision["selection_probability"] is None else decision["selection_probability"]
        )
        drawn[position] = decision["lane"] == Lane.RED
    log = PolicyLog(
        boxes.box["declaration_id"], probability, drawn, np.where(drawn, found, np.nan),
        opening_hours(boxes), predicted,
    )  # fmt: skip
    return PortLog(log, np.where(assessed, Source.ASSESSED.value, source.value), opened, found)


def from_inspections(by: NDArray[np.str_], logged: Numbers, share: float, rates: Numbers) -> tuple[Numbers, Flags]:
    """Probability and draw (n,) of boxes, where only opened boxes log their reason and probability.

    The random sample draws every box with `share`; otherwise a rule selects it with its own probability, which is
    logged only for the boxes that it opens and is `rates` (n,), estimated by a model, for all others. Each way counts
    in proportion to its probability (Hartley 1962; balance heuristic of Veach and Guibas 1995). A wrong estimate costs
    precision but adds no bias, because a box opened by the rule is weighted by what it logged. Exceptions: the rule
    could not have opened a box with a positive rate, or the rate is so low that the probability would exceed 1 and is
    clipped.
    """
    by_sample = (by == SelectedBy.RANDOM) & ~np.isnan(logged)
    by_rule = (by == SelectedBy.RULE) & (logged < 1)
    above = np.isin(by, (SelectedBy.SCORE, SelectedBy.RULE)) & (logged == 1)
    rates = np.maximum(rates, _LEAST_RATE)
    probability = np.where(by_sample, logged, share) + rates
    probability = np.minimum(np.where(by_rule, probability * logged / rates, probability), 1.0)
    return np.where(above, 1.0, probability), by_sample | by_rule | above


def _sampling_period_of(by: NDArray[np.str_], logged: Numbers) -> float:
    """The mean logged probability of random openings; 0 if there are none."""
    probabilities = logged[(by == SelectedBy.RANDOM) & ~np.isnan(logged)]
    return float(probabilities.mean()) if len(probabilities) else 0.0


def _in_time(decision: Mapping[str, Any] | None, declared_at: int) -> Mapping[str, Any] | None:
    if decision is None:
        return None
    at: datetime = decision["assessed_at"]
    return decision if microseconds(at) - declared_at <= DECIDED_WITHIN_DAYS * DAY_US else None
