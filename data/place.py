"""The port's local time, for dates on papers and for features of hour and weekday.

All uses of the setting `HAZLANE_TIME_ZONE` go through this file.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from data.settings import settings

Instants = NDArray[np.int64]

_SECOND_US: Final = 1_000_000
# Offsets are computed for these years; before and after them the first and the last one are used.
_FROM: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2100, 1, 1, tzinfo=UTC)
# Shorter than the time between two offset changes of any zone.
_STEP: Final = timedelta(days=7)


def port_zone() -> ZoneInfo:
    """The time zone of the port."""
    return ZoneInfo(settings().time_zone)


def local_date(instant: datetime) -> date:
    """The date at the port at an aware instant."""
    return instant.astimezone(port_zone()).date()


def local_us(instants: Instants) -> Instants:
    """The port's local time of UTC instants: both in microseconds since 1970, shape (n,)."""
    changes, offsets = _offsets(port_zone())
    return instants + offsets[changes.searchsorted(instants, side="right")]


@lru_cache(maxsize=4)
def _offsets(zone: ZoneInfo) -> tuple[Instants, Instants]:
    """Instants at which the UTC offset of a zone changes, (n,), and the offsets around them, (n + 1,); microseconds."""
    changes: list[int] = []
    offsets = [_offset(_FROM, zone)]
    before = _FROM
    while before < _UNTIL:
        after = before + _STEP
        if _offset(after, zone) != offsets[-1]:
            changes.append(_change(before, after, zone))
            offsets.append(_offset(after, zone))
        before = after
    in_us = np.array([offset // timedelta(microseconds=1) for offset in offsets], dtype=np.int64)
    return np.array(changes, dtype=np.int64) * _SECOND_US, in_us


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> int:
    """The second since 1970 at which the offset changes between `before` and `after`, by bisection; it changes once."""
    low, high = int(before.timestamp()), int(after.timestamp())
    wanted = _offset(after, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == wanted:
            high = middle
        else:
            low = middle
    return high
