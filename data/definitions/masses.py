"""Disagreeing masses: tolerances for two weighings of a box, and for two papers about its goods."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Tolerance:
    """Two masses disagree if they differ by over `least_kg`, and also by over `share` of the second or `most_kg`."""

    share: float
    least_kg: float
    most_kg: float = math.inf


WEIGHINGS: Final = Tolerance(0.05, 500.0, 1_000.0)
"""Two weighings of a box: China allows 5 % or 1 t, whichever is less; up to 500 kg may be dunnage and truck fuel."""
ON_PAPERS: Final[Mapping[str, Tolerance]] = {
    "booking": Tolerance(0.1, 50.0),
    "manifest": Tolerance(0.02, 50.0),
    "certificate": Tolerance(0.02, 50.0),
}
"""Mass of the goods on another paper than the declaration: bookings are estimates, other papers are rounded."""


@overload
def disagree(first: float, second: float, tolerance: Tolerance) -> bool: ...
@overload
def disagree(first: Numbers, second: Numbers, tolerance: Tolerance) -> NDArray[np.bool_]: ...
def disagree(first: Any, second: Any, tolerance: Tolerance) -> Any:
    """Whether two masses in kg disagree; false where one is not known (NaN)."""
    difference = abs(first - second)
    beyond = (difference > tolerance.share * second) | (difference > tolerance.most_kg)
    return beyond & (difference > tolerance.least_kg)
