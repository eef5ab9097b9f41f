"""Features of the route and the container size."""

from __future__ import annotations

from typing import Final

import numpy as np

from data.vocabulary import Flow
from features.boxes import Numbers
from features.definitions.context import FeatureContext, of_papers

_FLOWS: Final = {flow.value: float(position) for position, flow in enumerate(Flow)}


def flow(context: FeatureContext) -> Numbers:
    """Flow of the box: import 0, export 1, transit 2, transhipment 3."""
    return np.array([_FLOWS.get(value, np.nan) for value in context.boxes.box["flow"]])


@of_papers
def box_size(context: FeatureContext) -> Numbers:
    """Length code of the box: 2 for twenty feet, 4 for forty."""
    codes = context.boxes.box["box_type"]
    return np.array([float(code[0]) if code and code[0].isdigit() else np.nan for code in codes])
