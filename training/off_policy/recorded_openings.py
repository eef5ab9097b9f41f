"""What a port recorded of its boxes: who was opened, why, with what chance and outcome, and what was decided before."""

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
    """Why a box was opened, with what logged chance (NaN where none was), and what it showed (NaN while pending)."""

    selected_by: str | None
    probability: float
    found: float


@dataclass(frozen=True)
class SamplingPeriod:
    """The openings at random that logged their chance: the first and the last (microseconds), and its mean."""

    since: int
    until: int
    share: float

    def share_within(self, declared_at: NDArray[np.int64]) -> float:
        """The share where all these boxes were declared while the lot was drawn, 0 otherwise."""
        return self.share if ((declared_at >= self.since) & (declared_at <= self.until)).all() else 0.0


@dataclass(frozen=True)
class Recorded:
    """What a port recorded of its boxes, by (declaration_id, box_no): openings, and the product's first decisions.

    `sample` is what its inspections tell of the random share.
    """

    openings: dict[Pair, Opening]
    decisions: dict[Pair, Mapping[str, Any]]
    sample: SamplingPeriod

    @cached_property
    def is_by_rule(self) -> bool:
        """Whether a rule opened boxes with a chance that it logged."""
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
    for row, reason, chance in sorted(rows, key=lambda reported: reported[0].order):
        if is_opening(row.step):
            pair = (row.declaration_id, row.box_no)
            held = openings.get(pair, Opening(None, np.nan, shown.get(pair, np.nan)))
            logged = chance if np.isnan(held.probability) and chance > 0 else held.probability
            openings[pair] = Opening(held.selected_by or reason, logged, held.found)
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
    share = float(np.mean([chance for _, chance in drawn])) if drawn else 0.0
    sample = SamplingPeriod(min(instants, default=0), max(instants, default=0), share)
    return Recorded(openings, first, sample)


def pairs_of(boxes: Boxes) -> list[Pair]:
    """Declaration and box number of each box, in order."""
    return list(zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True))
