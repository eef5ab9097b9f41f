"""Recorded openings of boxes with reason, probability and outcome, and the product's first decisions on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.definitions.opened import is_opening
from data.vocabulary import Family, SelectedBy
from features.boxes import Boxes
from training.dataset import Dataset
from training.fitting.labels import labels_known

_OPENING: Final = [index for index, family in enumerate(Family) if family.needs_opening]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Opening:
    """Why a box was opened, the logged probability (NaN if none), and the outcome (NaN while pending)."""

    selected_by: str | None
    probability: float
    found: float


@dataclass(frozen=True)
class SamplingPeriod:
    """Random openings with a logged probability: the first and the last (microseconds), and the mean probability."""

    since: int
    until: int
    share: float

    def share_within(self, declared_at: NDArray[np.int64]) -> float:
        """The mean probability if all these boxes were declared within the period, 0 otherwise."""
        return self.share if ((declared_at >= self.since) & (declared_at <= self.until)).all() else 0.0


@dataclass(frozen=True)
class Recorded:
    """Openings and the product's first decisions, by (declaration_id, box_no).

    `sample` is the random share according to the inspections.
    """

    openings: dict[Pair, Opening]
    decisions: dict[Pair, Mapping[str, Any]]
    sample: SamplingPeriod

    @cached_property
    def is_by_rule(self) -> bool:
        """Whether a rule opened boxes with a logged probability below 1."""
        return any(one.selected_by == SelectedBy.RULE and one.probability < 1 for one in self.openings.values())


def recorded(dataset: Dataset, decisions: Iterable[Mapping[str, Any]]) -> Recorded:
    """Openings as the whole store knows them, and the first of the decisions (in their order) on each box."""
    labels = labels_known(dataset, dataset.end)
    names = pairs_of(dataset.boxes.take(labels.positions))
    shown: dict[Pair, float] = {}
    for pair, opened, values in zip(names, labels.opened.tolist(), labels.values, strict=True):
        if opened:
            shown[pair] = max(shown.get(pair, 0.0), float(values[_OPENING].max()))
    openings: dict[Pair, Opening] = {}
    seen_at: dict[Pair, int] = {}
    rows = zip(dataset.inspections, dataset.selected_by, dataset.selection_probability.tolist(), strict=True)
    for row, reason, probability in sorted(rows, key=lambda reported: reported[0].order):
        if is_opening(row.step):
            pair = (row.declaration_id, row.box_no)
            earlier = openings.get(pair, Opening(None, np.nan, shown.get(pair, np.nan)))
            logged = probability if np.isnan(earlier.probability) and probability > 0 else earlier.probability
            openings[pair] = Opening(earlier.selected_by or reason, logged, earlier.found)
            seen_at.setdefault(pair, row.seen_at)
    first: dict[Pair, Mapping[str, Any]] = {}
    for one in decisions:
        first.setdefault((one["declaration_id"], one["box_no"]), one)
    drawn = [
        (seen_at[pair], one.probability)
        for pair, one in openings.items()
        if one.selected_by == SelectedBy.RANDOM and not np.isnan(one.probability)
    ]
    instants = [at for at, _ in drawn]
    share = float(np.mean([probability for _, probability in drawn])) if drawn else 0.0
    sample = SamplingPeriod(min(instants, default=0), max(instants, default=0), share)
    return Recorded(openings, first, sample)


def pairs_of(boxes: Boxes) -> list[Pair]:
    """Declaration and box number of each box, in order."""
    return list(zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True))
