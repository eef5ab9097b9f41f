"""Late filing: less than a day before loading or discharge (交通运输部令2018年第11号)."""

from __future__ import annotations

from typing import Any, Final, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

FILED_BEFORE_HOURS: Final = 24.0
_HOUR_US: Final = 3_600e6

Instants = TypeVar("Instants", float, NDArray[np.float64])


def hours_before_loading(declared_at: Instants, loading_at: Instants) -> Instants:
    """Hours from filing to planned loading or discharge; both in microseconds, NaN where unknown."""
    return (loading_at - declared_at) / _HOUR_US


@overload
def is_late(hours: float) -> bool: ...
@overload
def is_late(hours: NDArray[np.float64]) -> NDArray[np.bool_]: ...
def is_late(hours: Any) -> Any:
    """Whether a declaration filed `hours` before loading is late; false for NaN."""
    return hours < FILED_BEFORE_HOURS
