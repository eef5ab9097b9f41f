"""Instants ahead of the clock are refused in tables, messages and HTTP bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.errors import InvalidInput
from data.records import NOTICE_COLUMNS, STATEMENT_COLUMNS
from data.settings import settings
from data.sources.clock import ahead_of_clock
from data.sources.reading import Rejected
from data.sources.rows import (
    Validated,
    validate_declaration,
    validate_inspection,
    validate_notice,
    validate_statement,
)
from data.sources.tables import scan_bytes
from serving import parsing
from tests.data.edifact.messages import message
from tests.data.examples import AT, raw_declaration, raw_inspection

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def _key(value: datetime, at: datetime = AT) -> str:
    problem = ahead_of_clock("declared_at", value, at)
    return problem.key if problem else ""


@pytest.mark.parametrize(
    ("ahead", "key"),
    [
        (-HOUR, ""),
        (5 * MINUTE, ""),
        (6 * MINUTE, "fast_clock"),
        (59 * MINUTE, "fast_clock"),
        (HOUR, "local_time_as_utc"),
        (7 * HOUR, "local_time_as_utc"),
        (8 * HOUR + 5 * MINUTE, "local_time_as_utc"),
        (8 * HOUR + 6 * MINUTE, "ahead_of_clock"),
        (300 * 24 * HOUR, "ahead_of_clock"),
        (365 * 24 * HOUR, "year_ahead"),
    ],
)
def test_an_instant_ahead_of_the_clock_is_refused_with_its_likely_cause(ahead: timedelta, key: str) -> None:
    assert _key(AT + ahead) == key


def test_remedy_for_local_time() -> None:
    problem = ahead_of_clock("declared_at", AT + 8 * HOUR - 90 * timedelta(seconds=1), AT)
    assert problem is not None
    english, chinese = str(problem), problem.message("zh") + problem.remedy("zh")
    for text in (english, chinese):
        for part in ("2026-03-10T19:58:30Z", "2026-03-10T12:00:00Z", "7:58", "2026-03-10T19:58:30+08:00"):
            assert part in text
    assert "8 hours ahead of UTC" in english
    assert "8 小时" in chinese


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Set another time zone of the port."""

    def move(zone: str) -> None:
        monkeypatch.setenv("HAZLANE_TIME_ZONE", zone)
        settings.cache_clear()

    yield move
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize(
    ("zone", "ahead", "key"),
    [
        ("Asia/Kolkata", 5.4, "local_time_as_utc"),
        ("Asia/Kolkata", 6, "ahead_of_clock"),
        ("America/New_York", 1.5, "ahead_of_clock"),
        ("UTC", 0.5, "fast_clock"),
        ("UTC", 1.5, "ahead_of_clock"),
    ],
)
def test_the_offset_is_that_of_the_port(elsewhere: Callable[[str], None], zone: str, ahead: float, key: str) -> None:
    elsewhere(zone)
    assert _key(AT + ahead * HOUR) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        # At the port it is 01:30 of 11 March.
        (datetime(2026, 3, 11, tzinfo=UTC), ""),
        (datetime(2026, 3, 11, 23, 59, 59, 999_999, tzinfo=UTC), ""),
        (datetime(2026, 3, 11, 15, 59, 59, 999_999, tzinfo=UTC), ""),
        (datetime(2026, 3, 12, tzinfo=UTC), "ahead_of_clock"),
        (datetime(2026, 3, 12, 23, 59, 59, 999_999, tzinfo=UTC), "ahead_of_clock"),
        (datetime(2026, 3, 12, 15, 59, 59, 999_999, tzinfo=UTC), "ahead_of_clock"),
        (datetime(2026, 3, 11, 0, 0, 1, tzinfo=UTC), "local_time_as_utc"),
    ],
)
def test_a_day_without_a_time_may_be_today_at_the_port(written: datetime, key: str) -> None:
    assert _key(written, datetime(2026, 3, 10, 17, 30, tzinfo=UTC)) == key


AHEAD = (AT + 8 * HOUR).isoformat()


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("declared_at", validate_declaration(raw_declaration(declared_at=AHEAD, loading_at="2026-03-12"), AT)),
        ("recorded_at", validate_inspection(raw_inspection(recorded_at=AHEAD), AT)),
        ("stated_at", validate_statement({c.name: c.example for c in STATEMENT_COLUMNS} | {"stated_at": AHEAD}, AT)),
        ("noticed_at", validate_notice({c.name: c.example for c in NOTICE_COLUMNS} | {"noticed_at": AHEAD}, AT)),
    ],
)
def test_all_known_times_are_compared_with_the_clock(column: str, found: Validated) -> None:
    row, problems = found
    assert row is None
    assert [(problem.column, problem.key) for problem in problems] == [(column, "local_time_as_utc")]


EDIFACT_GOODS = ("EQD+CN+MSKU1234565+22G1", "CNI+1+B1", "GID+1+4", "DGS+IMD+3+1203")
LOCAL = "202603102000"
BOOKING = {
    "carrierBookingReference": "BK1", "bookingStatus": "CONFIRMED", "updatedDateTime": "2026-03-10T20:00:00",
    "requestedEquipments": [{"ISOEquipmentCode": "22G1", "units": 1, "equipmentReferences": ["MSKU1234565"]}],
}  # fmt: skip
SOURCES = {
    "csv": f"declaration_id,box_no,declared_at\nD1,MSKU1234565,{AHEAD}\n",
    "inspections": f"inspection_id,declaration_id,box_no,step,outcome,recorded_at\nI1,D1,B1,box,compliant,{AHEAD}\n",
    "json_lines": json.dumps({"declaration_id": "D1", "box_no": "MSKU1234565", "declared_at": AHEAD}),
    "iftdgn": message("IFTDGN", "BGM+890+D1+9", f"DTM+137:{LOCAL}:203", *EDIFACT_GOODS),
    "cancelled": message("IFTDGN", "BGM+890+D1+1", f"DTM+137:{LOCAL}:203", *EDIFACT_GOODS),
    "vermas": message("VERMAS", "BGM+VGM+V1+9", f"DTM+137:{LOCAL}:203", EDIFACT_GOODS[0], "MEA+AAE+VGM+KGM:20450"),
    "dcsa": json.dumps(BOOKING),
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_table_or_message_ahead_of_the_clock_is_refused(source: str) -> None:
    entries = list(scan_bytes(SOURCES[source].encode(), "source", AT).entries)
    assert entries
    assert all(isinstance(entry, Rejected) for entry in entries)
    assert {problem.key for entry in entries if isinstance(entry, Rejected) for problem in entry.problems} == {
        "local_time_as_utc"
    }
    later = scan_bytes(SOURCES[source].encode(), "source", AT + 9 * HOUR).entries
    assert not any(isinstance(entry, Rejected) for entry in later)


BOX: dict[str, Any] = {"declaration_id": "D1", "box_no": "MSKU1234565", "declared_at": AHEAD}
INSPECTION = raw_inspection(recorded_at=AHEAD)


@pytest.mark.parametrize(
    "call",
    [
        lambda at: parsing.box({**BOX, "line_items": [{"un_no": "1203"}]}, at),
        lambda at: parsing.inspections([INSPECTION], at),
        lambda at: _raised(parsing.boxes([(1, {**BOX, "line_items": [{"un_no": "1203"}]})], at)),
        lambda at: _raised(parsing.boxes([(1, {**BOX, "un_no": "1203"}), (2, {**BOX, "un_no": "1993"})], at)),
    ],
    ids=["box", "inspections", "batch", "batch_of_rows"],
)
def test_a_body_ahead_of_the_clock_is_refused(call: Callable[[datetime], Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        call(AT)
    found: Any = refused.value.extra["problems"]
    messages = [problem["message"]["zh"] for problem in found]
    assert messages
    assert all("当地时间" in one for one in messages)
    assert call(AT + 9 * HOUR)


def _raised(submissions: list[parsing.Submission]) -> list[parsing.Submission]:
    for submission in submissions:
        if (error := submission.refused()) is not None:
            raise error
    return submissions
