"""Refuse instants of filing, statement, notice and record that are ahead of the clock.

By how far it is ahead the likely cause is named: a clock that is fast, local time sent as UTC, or a wrong year.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from data.place import port_zone
from data.sources.problems import Problem

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock of a sender may be ahead of ours."""
FARTHEST_AHEAD: Final = timedelta(days=366)
"""A date further ahead than this is reported as an impossible date, not as a wrong clock or zone."""
_DAY: Final = timedelta(days=1)
# A clock may be fast by minutes; local time sent as UTC is ahead by the offset, less the delay of the message.
_FAST: Final = timedelta(hours=1)
# Ahead by about a year or more, the year is wrong.
_OTHER_YEAR: Final = timedelta(days=330)
_NONE: Final = timedelta()


def ahead_of_clock(column: str, value: datetime, at: datetime) -> Problem | None:
    """The problem of an instant more than CLOCK_TOLERANCE after the clock `at`, both UTC; None where it is valid.

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
    if value >= at + _OTHER_YEAR:
        return Problem("year_ahead", column, _written(value), {"clock": clock, "year": str(at.astimezone(zone).year)})
    minutes = round((value - at) / timedelta(minutes=1))
    if value < at + _FAST:
        return Problem("fast_clock", column, _written(value), {"clock": clock, "ahead": str(minutes)})
    if value > latest + offset:
        return Problem("ahead_of_clock", column, _written(value), {"clock": clock, "example": clock})
    values = {
        "clock": clock,
        "ahead": f"{minutes // 60}:{minutes % 60:02}",
        "offset": f"{offset / timedelta(hours=1):g}",
        "local": value.replace(tzinfo=zone).isoformat(),
    }
    return Problem("local_time_as_utc", column, _written(value), values)


def _began(value: datetime, offset: timedelta) -> datetime:
    """Beginning of the day that an instant was made from; the instant itself if it was not written as a day.

    A day without a time was read as its first or last instant, in UTC where no zone was given; the port's day, which is
    meant, began `offset` earlier.
    """
    if value.time() == time():
        return value - offset
    if value.time() == time.max:
        return value - _DAY - offset
    # The last instant of a day in another zone: offsets are whole minutes, so only its seconds can be compared.
    return value - _DAY if (value.second, value.microsecond) == (time.max.second, time.max.microsecond) else value


def _written(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
