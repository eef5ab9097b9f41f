"""Instants of the simulated port, from hours since the start of its span."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.simulator.oracle_posterior import Floats


def of_hours(start: date, hours: Floats) -> NDArray[np.datetime64]:
    """Instants to the minute, as datetime64[us] in UTC."""
    minutes = np.floor(hours * 60).astype("timedelta64[m]")
    return (np.datetime64(start, "m") + minutes).astype("datetime64[us]")
