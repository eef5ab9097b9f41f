"""What a port has recorded, ready to learn from: boxes, inspections, the event log, and features as of then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.boxes import Boxes, boxes_of_frame
from features.catalogue import matrix
from features.events import Events
from features.history import History, replay
from features.outcomes import Inspected, inspected_rows
from features.view import View


@dataclass(frozen=True)
class Dataset:
    """All box versions and inspection rows of a port."""

    boxes: Boxes
    inspections: list[Inspected]
    selection_probability: NDArray[np.float64]

    @property
    def end(self) -> int:
        """The first instant after everything recorded, microseconds."""
        recorded = max((row.recorded_at for row in self.inspections), default=0)
        return max(recorded, int(self.boxes.declared_at.max(initial=0))) + 1

    @cached_property
    def log(self) -> Events:
        """The event log of everything recorded, in order."""
        history = History()
        history.add(self.boxes, self.inspections)
        return history.log()

    def features(self, boxes: Boxes) -> NDArray[np.float64]:
        """Features of some boxes, each as of its own declaration, shape (n, features)."""
        return matrix(View(boxes, replay(boxes, self.log)))


def dataset_of(declarations: pd.DataFrame, inspections: pd.DataFrame) -> Dataset:
    """The dataset of the contract's two tables (frames with the dtypes of `data.frames`)."""
    return Dataset(
        boxes_of_frame(declarations),
        inspected_rows(inspections),
        inspections["selection_probability"].to_numpy(dtype=np.float64, na_value=np.nan),
    )
