"""What the checks found, as columns of the boxes: all of it, and counts by severity and by topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from data.vocabulary import Severity
from features.checks.catalogue import discrepancies, read
from features.checks.check import Topic
from features.checks.undeclared import likelihood

if TYPE_CHECKING:
    from features.boxes import Boxes
    from features.columns import Columns

FLAWS: Final = tuple(f"{topic.value}_flaws" for topic in Topic)
"""Faults and severe discrepancies of each topic."""
FOUND: Final = "discrepancies"
COUNTS: Final = ("severe", "faults", "advisories", *FLAWS)
LIKELY: Final = "undeclared_probability"
"""The highest probability that a line item of general cargo is dangerous goods, by its words and tariff code."""
_BY_SEVERITY: Final = {Severity.SEVERE: "severe", Severity.FAULT: "faults", Severity.ADVISORY: "advisories"}


def verified(boxes: Boxes) -> Columns:
    """FOUND (a tuple of discrepancies), COUNTS and LIKELY of each box, arrays of shape (n,).

    The checks run here, when boxes are made, and nowhere else on a box's way.
    """
    columns: Columns = {name: np.zeros(len(boxes)) for name in (*COUNTS, LIKELY)}
    columns[FOUND] = np.empty(len(boxes), dtype=object)
    for place, one_box in enumerate(read(boxes)):
        found = discrepancies(one_box)
        columns[FOUND][place] = tuple(found)
        columns[LIKELY][place] = max(map(likelihood, one_box.lines), default=0.0)
        for one in found:
            columns[_BY_SEVERITY[one.severity]][place] += 1
            if one.severity is not Severity.ADVISORY:
                columns[f"{one.check.topic.value}_flaws"][place] += 1
    return columns
