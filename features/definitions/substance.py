"""Features of the declared goods: class, packing group, cargoes of concern."""

from __future__ import annotations

import numpy as np

from features.boxes import Numbers
from features.definitions.context import FeatureContext, of_papers


def hazard_class(context: FeatureContext) -> Numbers:
    """Class or division of the most hazardous line item; 0 for general cargo."""
    return context.of_most_hazardous_line("class_no")


def packing_group(context: FeatureContext) -> Numbers:
    """Strictest packing group in the box, 1 to 3."""
    return context.lowest("group_no")


def declared_dangerous(context: FeatureContext) -> Numbers:
    """Whether any line item is declared as dangerous goods."""
    return np.asarray(context.highest("class_no") != 0, dtype=np.float64)


def cargo_of_concern(context: FeatureContext) -> Numbers:
    """Whether a declared UN number is one of the cargoes of concern."""
    return context.highest("concern")


def suspected_goods(context: FeatureContext) -> Numbers:
    """Whether tariff code or words point to a cargo of concern that is not declared."""
    return context.highest("suspected")


@of_papers
def line_count(context: FeatureContext) -> Numbers:
    """Number of line items in the box."""
    if context.single_lines:
        return np.ones(len(context.boxes))
    ends = np.append(context.boxes.start[1:], len(context.boxes.line["line_no"]))
    return (ends - context.boxes.start).astype(np.float64)


def class_range(context: FeatureContext) -> Numbers:
    """Difference between the highest and the lowest class number in the box; 0 if all are of one class."""
    return context.highest("class_no") - context.lowest("class_no")


def limited_quantity(context: FeatureContext) -> Numbers:
    """Whether any line item is declared as a limited or excepted quantity."""
    return np.fmax(context.highest("limited_quantity"), context.highest("excepted_quantity"))


def marine_pollutant(context: FeatureContext) -> Numbers:
    """Whether any line item is declared as a marine pollutant."""
    return context.highest("marine_pollutant")


def flash_point_c(context: FeatureContext) -> Numbers:
    """Lowest declared flash point."""
    return context.lowest("flash_point_c")
