"""Days and instants in tables: only exact ones are read; a day begins and ends in the time zone of the column."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.sources.tables import read
from tests.data.test_sources_sheets import book

AT = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("declared", "packed", "faults"),
    [
        ("2026030108", "20260228/3", ["instant", "date"]),
        ("20260301ab", "20260228ab", ["instant", "date"]),
        ("20260301-1", "2026-02-28x", ["instant", "date"]),
        ("2026030199", "2026-W09-1", ["instant", "date"]),
        ("20260301", "20260228", []),
        ("20260301T0830", "2026-02-28", []),
        ("202603010830", "2026-02-28 14:30", []),
        ("2026-03-01T08:30:00.5+08:00", "2026年2月28日", []),
    ],
)
def test_inexact_dates_are_refused(tmp_path: Path, declared: str, packed: str, faults: list[str]) -> None:
    path = tmp_path / "date.csv"
    path.write_text(f"申报单号,箱号,申报时间,装箱日期\nD1,MSKU1234565,{declared},{packed}\n", encoding="utf-8")
    found = read(path, AT)
    assert [problem.key for entry in found.rejected for problem in entry.problems] == faults
    assert [row["packed_on"] for row in found.rows] == ([] if faults else [date(2026, 2, 28)])


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("申报时间(北京时间)", "2026-03-01", datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("申报时间(北京时间)", "2026-03-01 00:00", datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("申报时间", "2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_day_begins_where_the_heading_says(tmp_path: Path, heading: str, cell: str, expected: datetime) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"申报单号,箱号,{heading}\nD1,MSKU1234565,{cell}\n", encoding="utf-8")
    assert read(path, AT).rows[0]["declared_at"] == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("过磅时间（北京时间）", datetime(2026, 3, 1, 15, 59, 59, 999999, tzinfo=UTC)),
        ("过磅时间", datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("cell", ["2026-03-01", date(2026, 3, 1), 46082])
def test_a_day_ends_where_the_heading_says(tmp_path: Path, heading: str, cell: Any, expected: datetime) -> None:
    """As text, as a spreadsheet date, and as a serial number."""
    path = book(tmp_path / "t.xlsx", {"a": [["箱号", heading, "地磅重量"], ["MSKU1234565", cell, 20500]]})
    [row] = read(path, AT).rows
    assert row["stated_at"] == expected
    assert row["document_no"] == "MSKU1234565 2026-03-01"


def test_a_certificate_is_known_at_the_end_of_the_day_of_packing_in_the_ports_zone(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('time_zone = "Asia/Shanghai"\n', encoding="utf-8")
    (tmp_path / "t.csv").write_text(
        "箱号,装箱证明书编号,装箱时间\nMSKU1234565,ZX1,2026-02-27 14:30\n", encoding="utf-8"
    )
    [row] = read(tmp_path / "t.csv", AT, tmp_path / "m.toml").rows
    assert row["packed_on"] == date(2026, 2, 27)
    assert row["stated_at"] == datetime(2026, 2, 27, 15, 59, 59, 999999, tzinfo=UTC)


def test_a_day_and_time_of_packing_from_a_spreadsheet_is_its_day(tmp_path: Path) -> None:
    lines = [["申报单号", "箱号", "申报时间", "装箱时间"]]
    lines.append(["D1", "MSKU1234565", datetime(2026, 3, 1, 8), datetime(2026, 2, 27, 8, 30)])  # type: ignore[list-item]
    assert read(book(tmp_path / "t.xlsx", {"a": lines}), AT).rows[0]["packed_on"] == date(2026, 2, 27)
