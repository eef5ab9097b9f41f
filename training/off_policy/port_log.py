"""The log of a port's policy, put together from what its store holds, with where each box's chance was taken from.

Three sources, the first that there is counts for a box:

- `assessed`: the product decided on it and logged the chance. The first decision counts: a draw that came later, or an
  opening for another reason, is not the draw whose chance is known.
- `inspections`: nobody logged a chance for the box, but the inspections of the period log those of the openings, some
  of them at random: every box not chosen by score stood the lot's chance, and that of a rule which logs chances below 1
  besides. Openings by tip, or by a rule that logs none, are facts of what was done, but not of this draw.
- `estimated`: no opening at random was logged in the period, nor before and after it, so the chance is a model's
  opinion of who gets opened (`training.fitting.sample_weights`), and the estimate holds only as far as that is right.
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

# Of a rule that was never seen to open such a box.
_LEAST_RATE: Final = 1e-6


class Source(StrEnum):
    """Where the chance of a box was taken from."""

    ASSESSED = "assessed"
    INSPECTIONS = "inspections"
    ESTIMATED = "estimated"


@dataclass(frozen=True)
class PortLog:
    """The log of n boxes with the source of each one's chance (n,), and what was done for whatever reason:
    `opened` (n,) and `found` (n,), 1 or 0, NaN where not opened or pending."""

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

    `before` is when the period began (microseconds): no chance is estimated from what became known later.
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
        chance, drawn = np.full(len(boxes), np.nan), np.zeros(len(boxes), bool)
    elif sample:
        rates = np.zeros(len(boxes))
        if reported.is_by_rule:
            rates = opening_probability(dataset, features, before, set(SelectedBy) - {SelectedBy.RULE}, seed, threads)
        chance, drawn = from_inspections(by, logged, sample, rates)
    else:
        drawn = opened & (by != SelectedBy.TIP)
        rates = opening_probability(dataset, features, before, {SelectedBy.TIP}, seed, threads)
        chance = np.clip(rates, 1 / MAX_WEIGHT, 1.0)
    for position in np.flatnonzero(assessed).tolist():
        decision = decisions[position]
        assert decision is not None
        chance[position] = np.nan if decision["selection_probability"] is None else decision["selection_probability"]
        drawn[position] = decision["lane"] == Lane.RED
    log = PolicyLog(
        boxes.box["declaration_id"], chance, drawn, np.where(drawn, found, np.nan),
        opening_hours(boxes), predicted,
    )  # fmt: skip
    return PortLog(log, np.where(assessed, Source.ASSESSED.value, source.value), opened, found)


def from_inspections(by: NDArray[np.str_], logged: Numbers, share: float, rates: Numbers) -> tuple[Numbers, Flags]:
    """Chance and draw (n,) of boxes of which the opened ones alone log by what they were chosen, and with what chance.

    A lot draws every box with `share`; failing that, a rule does with a chance of its own, which it logs of those it
    opens only: of all others it is `rates` (n,), a model's opinion. Each draw counts for its part, share or rate, of
    the two together (Hartley 1962; the balance heuristic of Veach and Guibas 1995). A wrong opinion costs precision but
    no bias, because a box that the rule opened is weighted by what it logged. That fails where the rule could not have
    opened what it is thought to, and where it was thought so unlikely to that the box would count for less than itself:
    no chance is above 1.
    """
    by_sample = (by == SelectedBy.RANDOM) & ~np.isnan(logged)
    by_rule = (by == SelectedBy.RULE) & (logged < 1)
    above = np.isin(by, (SelectedBy.SCORE, SelectedBy.RULE)) & (logged == 1)
    rates = np.maximum(rates, _LEAST_RATE)
    chance = np.where(by_sample, logged, share) + rates
    chance = np.minimum(np.where(by_rule, chance * logged / rates, chance), 1.0)
    return np.where(above, 1.0, chance), by_sample | by_rule | above


def _sampling_period_of(by: NDArray[np.str_], logged: Numbers) -> float:
    """The mean chance that openings at random logged; 0 where none did."""
    chances = logged[(by == SelectedBy.RANDOM) & ~np.isnan(logged)]
    return float(chances.mean()) if len(chances) else 0.0


def _in_time(decision: Mapping[str, Any] | None, declared_at: int) -> Mapping[str, Any] | None:
    if decision is None:
        return None
    at: datetime = decision["assessed_at"]
    return decision if microseconds(at) - declared_at <= DECIDED_WITHIN_DAYS * DAY_US else None
