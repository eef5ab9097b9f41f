"""When two masses disagree: by how much two weighings of a box, or two papers about its goods, may differ."""

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
    """Two masses disagree that differ by more than `share` of the second or by more than `most_kg`, and in any case by
    more than `least_kg`."""

    share: float
    least_kg: float
    most_kg: float = math.inf


WEIGHINGS: Final = Tolerance(0.05, 500.0, 1_000.0)
"""Of one box: China allows 5 % or one tonne, whichever is less. Up to 500 kg are dunnage and the fuel of the truck."""
ON_PAPERS: Final[Mapping[str, Tolerance]] = {
    "booking": Tolerance(0.1, 50.0),
    "manifest": Tolerance(0.02, 50.0),
    "certificate": Tolerance(0.02, 50.0),
}
"""Of the goods, on another paper than the declaration: bookings are estimates, and papers round."""


@overload
def disagree(first: float, second: float, tolerance: Tolerance) -> bool: ...
@overload
def disagree(first: Numbers, second: Numbers, tolerance: Tolerance) -> NDArray[np.bool_]: ...
def disagree(first: Any, second: Any, tolerance: Tolerance) -> Any:
    """Whether two masses in kg disagree; false where one is not known (NaN)."""
    difference = abs(first - second)
    beyond = (difference > tolerance.share * second) | (difference > tolerance.most_kg)
    return beyond & (difference > tolerance.least_kg)
