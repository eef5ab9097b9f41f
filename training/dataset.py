"""Recorded boxes, inspections and event log of a port, with the features of each box as of its own time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Numbers, boxes_of_frame
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.definitions.catalogue import CATALOGUE
from features.definitions.context import FeatureContext
from features.history.events import Log
from features.history.outcomes import Inspected, inspected_rows
from features.history.state import log_of, replay, replayed
from models.pipeline import featurize


@dataclass(frozen=True)
class Dataset:
    """All box versions and inspection rows of a port.

    By inspection row: `selected_by` is why the box was selected, `selection_probability` the logged probability (NaN
    where none was logged).
    """

    boxes: CheckedBoxes
    inspections: list[Inspected]
    selection_probability: Numbers
    selected_by: list[str | None]

    @property
    def end(self) -> int:
        """The first instant after everything recorded, microseconds."""
        recorded = max((row.known_at for row in self.inspections), default=0)
        return max(recorded, int(self.boxes.known_at.max(initial=0))) + 1

    @cached_property
    def log(self) -> Log:
        """The log of all events, in the order in which the port knew them."""
        return log_of(self.boxes, self.inspections)

    def context(self, boxes: CheckedBoxes) -> FeatureContext:
        """Feature context of some boxes: what was known just before the port knew of each."""
        return FeatureContext(boxes, replay(boxes, self.log))

    def features(self, boxes: CheckedBoxes) -> Numbers:
        """Features of some boxes, each as of when the port knew of it, shape (n, features)."""
        features = np.empty((len(boxes), len(CATALOGUE)))
        for positions, some, _ in self._computed(boxes):
            features[positions] = some
        return features

    def features_at(self, positions: NDArray[np.int64]) -> Numbers:
        """`features` of the boxes at `positions` (n,), computed only once per box."""
        self.prepare(positions)
        return self._kept[0][positions]

    def port_rates_at(self, positions: NDArray[np.int64]) -> Numbers:
        """The port's finding rates as of the boxes at `positions` (n,), shape (n, families)."""
        self.prepare(positions)
        return self._kept[1][positions]

    def prepare(self, positions: NDArray[np.int64]) -> None:
        """Compute the features of boxes in one replay of the log; those computed before are skipped."""
        features, rates, known = self._kept
        missing = np.unique(positions[~known[positions]])
        if not len(missing):
            return
        for part, own_features, own_rates in self._computed(self.boxes.take(missing)):
            features[missing[part]], rates[missing[part]] = own_features, own_rates
        known[missing] = True

    @cached_property
    def _kept(self) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """Features and port rates by position, and which are computed. Unused pages take no memory."""
        count = len(self.boxes)
        return np.empty((count, len(CATALOGUE))), np.empty((count, len(Family))), np.zeros(count, dtype=bool)

    def _computed(self, boxes: CheckedBoxes) -> Iterator[tuple[NDArray[np.int64], Numbers, Numbers]]:
        """Positions, features and port rates of boxes, part by part, in one replay."""
        for positions, profiles in replayed(boxes, self.log):
            featurized = featurize(boxes.take(positions), profiles)
            yield positions, featurized.features, port_rates(featurized.context)


def port_rates(context: FeatureContext) -> Numbers:
    """The port's finding rates as of each of n boxes, shape (n, families)."""
    return np.stack([context.rate("port", family) for family in Family], axis=1)


def dataset_of(declarations: pd.DataFrame | CheckedBoxes, inspections: pd.DataFrame) -> Dataset:
    """The dataset of the two input tables (frames with the dtypes of `data.frames`), or of checked boxes."""
    return Dataset(
        declarations if isinstance(declarations, CheckedBoxes) else check(boxes_of_frame(declarations)),
        inspected_rows(inspections),
        inspections["selection_probability"].to_numpy(dtype=np.float64, na_value=np.nan),
        [None if pd.isna(reason) else str(reason) for reason in inspections["selected_by"]],
    )
