"""What a port has recorded, ready to learn from: boxes, inspections, the event log, and features as of then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from features.boxes import Numbers, boxes_of_frame
from features.catalogue import matrix
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.events import Log
from features.history import History, replay
from features.outcomes import Inspected, inspected_rows
from features.view import View


@dataclass(frozen=True)
class Dataset:
    """All box versions and inspection rows of a port.

    By inspection row: `selected_by` why the box was chosen, `selection_probability` with what logged probability (NaN
    where it was not logged).
    """

    boxes: CheckedBoxes
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
        """The event log of everything recorded, in order."""
        history = History()
        history.add(self.boxes, self.inspections)
        return history.log()

    def view(self, boxes: CheckedBoxes) -> View:
        """Some boxes with what was known of each before its own declaration."""
        return View(boxes, replay(boxes, self.log))

    def features(self, boxes: CheckedBoxes) -> Numbers:
        """Features of some boxes, each as of its own declaration, shape (n, features)."""
        return matrix(self.view(boxes))


def dataset_of(declarations: pd.DataFrame, inspections: pd.DataFrame) -> Dataset:
    """The dataset of the contract's two tables (frames with the dtypes of `data.frames`)."""
    return Dataset(
        check(boxes_of_frame(declarations)),
        inspected_rows(inspections),
        inspections["selection_probability"].to_numpy(dtype=np.float64, na_value=np.nan),
        [None if pd.isna(reason) else str(reason) for reason in inspections["selected_by"]],
    )
