"""What the checks found, as columns of the boxes: counts by severity, and by topic of what has to be put right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from data.vocabulary import Severity
from features.checks.catalogue import verify
from features.checks.check import Topic

if TYPE_CHECKING:
    from features.boxes import Boxes, Numbers

FLAWS: Final = tuple(f"{topic.value}_flaws" for topic in Topic)
"""Faults and severe discrepancies of each topic."""
COUNTS: Final = ("severe", "faults", "advisories", *FLAWS)
_BY_SEVERITY: Final = {Severity.SEVERE: "severe", Severity.FAULT: "faults", Severity.ADVISORY: "advisories"}


def counted(boxes: Boxes) -> dict[str, Numbers]:
    """COUNTS of each box, arrays of shape (n,)."""
    columns = {name: np.zeros(len(boxes)) for name in COUNTS}
    for place, found in enumerate(verify(boxes)):
        for one in found:
            columns[_BY_SEVERITY[one.severity]][place] += 1
            if one.severity is not Severity.ADVISORY:
                columns[f"{one.check.topic.value}_flaws"][place] += 1
    return columns
