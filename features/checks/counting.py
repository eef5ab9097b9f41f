"""What the checks found, as columns of the boxes: all of it, and counts by severity and by topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from data.vocabulary import Severity
from features.checks.catalogue import verify
from features.checks.check import Topic

if TYPE_CHECKING:
    from features.boxes import Boxes
    from features.columns import Columns

FLAWS: Final = tuple(f"{topic.value}_flaws" for topic in Topic)
"""Faults and severe discrepancies of each topic."""
FOUND: Final = "discrepancies"
COUNTS: Final = ("severe", "faults", "advisories", *FLAWS)
_BY_SEVERITY: Final = {Severity.SEVERE: "severe", Severity.FAULT: "faults", Severity.ADVISORY: "advisories"}


def verified(boxes: Boxes) -> Columns:
    """FOUND (a tuple of discrepancies) and COUNTS of each box, arrays of shape (n,).

    The checks run here, when boxes are made, and nowhere else on a box's way.
    """
    columns: Columns = {name: np.zeros(len(boxes)) for name in COUNTS}
    columns[FOUND] = np.empty(len(boxes), dtype=object)
    for place, found in enumerate(verify(boxes)):
        columns[FOUND][place] = tuple(found)
        for one in found:
            columns[_BY_SEVERITY[one.severity]][place] += 1
            if one.severity is not Severity.ADVISORY:
                columns[f"{one.check.topic.value}_flaws"][place] += 1
    return columns
