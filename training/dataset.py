"""What a port has recorded, ready to learn from: boxes, inspections, the event log, and features as of then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from features.boxes import Boxes, Numbers, boxes_of_frame
from features.catalogue import CATALOGUE, matrix
from features.events import Log
from features.history import log_of, replay, replayed
from features.outcomes import Inspected, inspected_rows
from features.view import View


@dataclass(frozen=True)
class Dataset:
    """All box versions and inspection rows of a port.

    By inspection row: `selected_by` why the box was chosen, `selection_probability` with what logged probability (NaN
    where it was not logged).
    """

    boxes: Boxes
    inspections: list[Inspected]
    selection_probability: Numbers
    selected_by: list[str | None]

    @property
    def end(self) -> int:
        """The first instant after everything recorded, microseconds."""
        recorded = max((row.recorded_at for row in self.inspections), default=0)
        return max(recorded, int(self.boxes.declared_at.max(initial=0))) + 1

    @cached_property
    def log(self) -> Log:
        """The log of everything recorded, in the order in which the port knew it."""
        return log_of(self.boxes, self.inspections)

    def view(self, boxes: Boxes) -> View:
        """Some boxes with what was known of each before its own declaration."""
        return View(boxes, replay(boxes, self.log))

    def features(self, boxes: Boxes) -> Numbers:
        """Features of some boxes, each as it was known when the port knew of the box, shape (n, features)."""
        features = np.empty((len(boxes), len(CATALOGUE)))
        for positions, profiles in replayed(boxes, self.log):
            features[positions] = matrix(View(boxes.take(positions), profiles))
        return features


def dataset_of(declarations: pd.DataFrame, inspections: pd.DataFrame) -> Dataset:
    """The dataset of the contract's two tables (frames with the dtypes of `data.frames`)."""
    return Dataset(
        boxes_of_frame(declarations),
        inspected_rows(inspections),
        inspections["selection_probability"].to_numpy(dtype=np.float64, na_value=np.nan),
        [None if pd.isna(reason) else str(reason) for reason in inspections["selected_by"]],
    )
