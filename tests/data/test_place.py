"""Local time of the port, also around changes to summer time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from data.place import local_date, local_us
from data.settings import settings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")


@contextmanager
def port_in(zone: str) -> Iterator[ZoneInfo]:
    """Set another time zone of the port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAZLANE_TIME_ZONE", zone)
        settings.cache_clear()
        yield ZoneInfo(zone)
    settings.cache_clear()


@given(
    st.sampled_from(_ZONES),
    st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)), min_size=1, max_size=20),
)
@hypothesis_settings(max_examples=100, deadline=None)
def test_local_time_is_that_of_the_zone(name: str, walls: list[datetime]) -> None:
    instants = [wall.replace(tzinfo=UTC) for wall in walls]
    with port_in(name) as zone:
        local = [_local(instant) for instant in instants]
        assert local == [instant.astimezone(zone).replace(tzinfo=None) for instant in instants]
        assert [local_date(instant) for instant in instants] == [wall.date() for wall in local]


@pytest.mark.parametrize("name", _ZONES)
def test_the_instant_at_which_the_clock_is_changed(name: str) -> None:
    """Around one o'clock UTC of 29 March 2026, when Europe changes to summer time."""
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    with port_in(name) as zone:
        for instant in (change - timedelta(microseconds=1), change):
            assert _local(instant) == instant.astimezone(zone).replace(tzinfo=None)


def _local(instant: datetime) -> datetime:
    [us] = local_us(np.array([(instant - _EPOCH) // timedelta(microseconds=1)])).tolist()
    return _EPOCH.replace(tzinfo=None) + timedelta(microseconds=us)


def test_the_port_is_in_china_unless_set() -> None:
    assert local_date(datetime(2026, 2, 26, 16, tzinfo=UTC)) == date(2026, 2, 27)
