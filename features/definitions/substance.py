"""What is declared: class, packing group, cargoes of concern, agreement with the list."""

from __future__ import annotations

import numpy as np

from features.boxes import Numbers
from features.definitions.context import View


def hazard_class(view: View) -> Numbers:
    """Class or division of the most dangerous line item; 0 for general cargo."""
    return view.lead("class_no")


def packing_group(view: View) -> Numbers:
    """Strictest packing group in the box, 1 to 3."""
    return view.lowest("group_no")


def declared_dangerous(view: View) -> Numbers:
    """Whether any line item is declared as dangerous goods."""
    return np.asarray(view.highest("class_no") != 0, dtype=np.float64)


def concern(view: View) -> Numbers:
    """Whether a declared UN number is one of the cargoes of concern."""
    return view.highest("concern")


def suspected(view: View) -> Numbers:
    """Whether tariff code or words point to a cargo of concern that is not declared."""
    return view.highest("suspected")


def line_count(view: View) -> Numbers:
    """Number of line items in the box."""
    ends = np.append(view.boxes.start[1:], len(view.boxes.line["line_no"]))
    return (ends - view.boxes.start).astype(np.float64)


def class_count(view: View) -> Numbers:
    """Spread between the highest and the lowest class number in the box: 0 when all are of one class."""
    return view.highest("class_no") - view.lowest("class_no")


def limited_quantity(view: View) -> Numbers:
    """Whether any line item claims the limited-quantity relief."""
    return np.fmax(view.highest("limited_quantity"), view.highest("excepted_quantity"))


def marine_pollutant(view: View) -> Numbers:
    """Whether any line item is declared as a marine pollutant."""
    return view.highest("marine_pollutant")


def flash_point_c(view: View) -> Numbers:
    """Lowest declared flash point."""
    return view.lowest("flash_point_c")
