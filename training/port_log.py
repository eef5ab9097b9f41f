"""The log of a port's policy, put together from what its store holds, with where each box's chance was taken from.

Three sources, the first that there is counts for a box:

- `assessed`: the product decided on it and logged the chance. The first decision counts: a draw that came later, or an
  opening for another reason, is not the draw whose chance is known.
- `inspections`: nobody logged a chance for the box, but the inspections of the period log those of the openings, some
  of them at random: every box not chosen by score stood the lot's chance, and that of a rule which logs chances below 1
  besides. Openings by tip, or by a rule that logs none, are facts of what was done, but not of this draw.
- `estimated`: no opening at random was logged in the period, so the chance is a model's opinion of who gets opened
  (`training.selection`), and the estimate holds only as far as that is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family, Lane, SelectedBy, Step
from features.boxes import Boxes, Numbers
from features.columns import microseconds
from features.view import DAY_US
from training.clearance import opening_hours
from training.dataset import Dataset
from training.decided import Flags, Log
from training.labels import labels_known
from training.selection import MOST_WEIGHT, chance_of_opening

# An assessment made later than this after the declaration decides nothing: the box is gone.
DECIDED_WITHIN_DAYS: Final = 30.0
# Of a rule that was never seen to open such a box.
_LEAST_RATE: Final = 1e-6
_OPENING: Final = [index for index, family in enumerate(Family) if family.needs_opening]
Pair = tuple[str, str]


class Source(StrEnum):
    """Where the chance of a box was taken from."""

    ASSESSED = "assessed"
    INSPECTIONS = "inspections"
    ESTIMATED = "estimated"


@dataclass(frozen=True)
class Opening:
    """Why a box was opened, with what logged chance (NaN where none was), and what it showed (NaN while pending)."""

    selected_by: str | None
    chance: float
    found: float


@dataclass(frozen=True)
class Recorded:
    """What a port recorded of its boxes, by (declaration_id, box_no): openings, and the product's first decisions."""

    openings: dict[Pair, Opening]
    decisions: dict[Pair, Mapping[str, Any]]


@dataclass(frozen=True)
class PortLog:
    """The log of n boxes with the source of each one's chance (n,), and what was done for whatever reason:
    `opened` (n,) and `found` (n,), 1 or 0, NaN where not opened or pending."""

    log: Log
    source: NDArray[np.str_]
    opened: Flags
    found: Numbers


def recorded(dataset: Dataset, decisions: Iterable[Mapping[str, Any]]) -> Recorded:
    """Openings as the whole store knows them, and the first of the decisions (in their order) on each box."""
    labels = labels_known(dataset, dataset.end)
    names = _pairs(dataset.boxes.take(labels.positions))
    shown: dict[Pair, float] = {}
    for pair, opened, values in zip(names, labels.opened.tolist(), labels.values, strict=True):
        if opened:
            shown[pair] = max(shown.get(pair, 0.0), float(values[_OPENING].max()))
    openings: dict[Pair, Opening] = {}
    rows = zip(dataset.inspections, dataset.selected_by, dataset.selection_probability.tolist(), strict=True)
    for row, reason, chance in sorted(rows, key=lambda told: told[0].order):
        if row.step == Step.BOX:
            pair = (row.declaration_id, row.box_no)
            held = openings.get(pair, Opening(None, np.nan, shown.get(pair, np.nan)))
            logged = chance if np.isnan(held.chance) else held.chance
            openings[pair] = Opening(held.selected_by or reason, logged, held.found)
    first: dict[Pair, Mapping[str, Any]] = {}
    for one in decisions:
        first.setdefault((one["declaration_id"], one["box_no"]), one)
    return Recorded(openings, first)


def port_log(
    dataset: Dataset,
    told: Recorded,
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
    pairs = _pairs(boxes)
    done = [told.openings.get(pair) for pair in pairs]
    reasons = [one.selected_by if one else None for one in done]
    logged = np.array([one.chance if one else np.nan for one in done])
    opened = np.array([one is not None for one in done], dtype=bool)
    found = np.array([one.found if one else np.nan for one in done])
    decisions = [_in_time(told.decisions.get(pair), at) for pair, at in zip(pairs, boxes.declared_at, strict=True)]
    assessed = np.array([one is not None for one in decisions], dtype=bool)
    by = np.array([reason or "" for reason in reasons])
    by_lot = (by == SelectedBy.RANDOM) & ~assessed & ~np.isnan(logged)
    source = Source.INSPECTIONS if by_lot.any() else Source.ESTIMATED
    if assessed.all():
        chance, drawn = np.full(len(boxes), np.nan), np.zeros(len(boxes), bool)
    elif by_lot.any():
        by_rule = (by == SelectedBy.RULE) & ~assessed & (logged < 1)
        rates = np.zeros(len(boxes))
        if by_rule.any():
            rates = chance_of_opening(dataset, features, before, set(SelectedBy) - {SelectedBy.RULE}, seed, threads)
        above = np.isin(by, (SelectedBy.SCORE, SelectedBy.RULE)) & (logged == 1)
        drawn = by_lot | by_rule | above
        chance = np.where(above, 1.0, _either(float(logged[by_lot].mean()), logged, by_lot, by_rule, rates))
    else:
        drawn = opened & (by != SelectedBy.TIP)
        rates = chance_of_opening(dataset, features, before, {SelectedBy.TIP}, seed, threads)
        chance = np.clip(rates, 1 / MOST_WEIGHT, 1.0)
    for position in np.flatnonzero(assessed).tolist():
        decision = decisions[position]
        assert decision is not None
        chance[position] = np.nan if decision["selection_probability"] is None else decision["selection_probability"]
        drawn[position] = decision["lane"] == Lane.RED
    log = Log(
        boxes.box["declaration_id"], chance, drawn, np.where(drawn, found, np.nan),
        opening_hours(boxes.box["box_type"]), predicted,
    )  # fmt: skip
    return PortLog(log, np.where(assessed, Source.ASSESSED.value, source.value), opened, found)


def _either(share: float, logged: Numbers, by_lot: Flags, by_rule: Flags, rates: Numbers) -> Numbers:
    """The chance of boxes that the lot draws with `share` or, failing that, a rule with a chance of its own (n,).

    The rule logs its chance of those it opens only; of all others it is `rates`, a model's opinion. Each draw counts
    for its part, share or rate, of the two together (Hartley 1962; the balance heuristic of Veach and Guibas 1995): a
    wrong opinion costs precision but no bias, because a box that the rule opened is weighted by what it logged. That
    fails where the rule could not have opened what it is thought to, and where it was thought so unlikely to that the
    box would count for less than itself: no chance is above 1.
    """
    rates = np.maximum(rates, _LEAST_RATE)
    chance = np.where(by_lot, logged, share) + rates
    return np.minimum(np.where(by_rule, chance * logged / rates, chance), 1.0)


def _in_time(decision: Mapping[str, Any] | None, declared_at: int) -> Mapping[str, Any] | None:
    if decision is None:
        return None
    at: datetime = decision["assessed_at"]
    return decision if microseconds(at) - declared_at <= DECIDED_WITHIN_DAYS * DAY_US else None


def _pairs(boxes: Boxes) -> list[Pair]:
    return list(zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True))
