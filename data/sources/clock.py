"""Refuse instants of filing, statement, notice or recording that lie ahead of the clock.

The usual cause is local time sent as UTC: such a row would count hours later than it became known.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from data.place import port_zone
from data.sources.problems import Problem

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""So far ahead of ours may the clock of a sender be."""
FARTHEST_AHEAD: Final = timedelta(days=366)
"""A date further ahead than this is a slip of the pen."""
_DAY: Final = timedelta(days=1)
_NONE: Final = timedelta()


def ahead_of_clock(column: str, value: datetime, at: datetime) -> Problem | None:
    """What is wrong with an instant more than a few minutes after the clock `at`, both UTC; None where nothing is.

    A day written without a time is ahead only when it has not begun at the port.
    """
    latest = at + CLOCK_TOLERANCE
    if value <= latest:
        return None
    zone = port_zone()
    offset = value.astimezone(zone).utcoffset() or _NONE
    if _began(value, max(offset, _NONE)) <= latest:
        return None
    clock = _written(at.replace(microsecond=0))
    if value > at + FARTHEST_AHEAD:
        return Problem("too_late", column, _written(value), {"limit": (at + FARTHEST_AHEAD).date().isoformat()})
    if value > latest + offset:
        return Problem("ahead_of_clock", column, _written(value), {"clock": clock, "example": clock})
    hours, minutes = divmod((value - at) // timedelta(minutes=1), 60)
    values = {
        "clock": clock,
        "ahead": f"{hours}:{minutes:02}",
        "offset": f"{offset / timedelta(hours=1):g}",
        "local": value.replace(tzinfo=zone).isoformat(),
    }
    return Problem("local_time_as_utc", column, _written(value), values)


def _began(value: datetime, offset: timedelta) -> datetime:
    """When the day began that an instant stands for, if it was written as a day; else the instant itself.

    As a day, it is the first or the last instant of one: in UTC where no zone was given, and the day of the port was
    meant, which began `offset` earlier.
    """
    if value.time() == time():
        return value - offset
    if value.time() == time.max:
        return value - _DAY - offset
    # The last instant of a day in another zone: offsets are whole minutes, so its seconds are those.
    return value - _DAY if (value.second, value.microsecond) == (time.max.second, time.max.microsecond) else value


def _written(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
