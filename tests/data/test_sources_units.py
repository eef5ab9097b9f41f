"""Units in headings and cells: known units are converted, unknown ones refuse the file, remarks are ignored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import InvalidInput
from data.sources.headings import recognised
from data.sources.mapping import Mapping
from data.sources.tables import read

AT = datetime(2026, 3, 10, tzinfo=UTC)


def value(folder: Path, heading: str, cell: str, mapping: str = "") -> object:
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    path = folder / "unit.csv"
    path.write_text(f"申报单号;箱号;申报时间;{heading}\nD1;MSKU1234565;2026-03-01 08:00;{cell}\n", encoding="utf-8")
    found = read(path, AT, folder / "m.toml")
    assert [str(entry) for entry in found.rejected] == []
    column = recognised(heading, Mapping()).column
    assert column is not None
    return found.rows[0][column]


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("Gross weight (short tons)", "20", 18143.6948),
        ("Gross weight short tons", "20", 18143.6948),
        ("毛重（短吨）", "20", 18143.6948),
        ("毛重短吨", "20", 18143.6948),
        ("Gross weight (long tons)", "1", 1016.046909),
        ("Gross weight (cwt)", "10", 453.59237),
        ("闪点（K）", "300", 26.85),
        ("闪点（闭杯，℉）", "80", 26.667),
        ("内包装容量（毫升）", "500", 0.5),
        ("Inner volume (ml)", "500", 0.5),
        ("内包装容量（升）", "0.5", 0.5),
        ("活度（GBq）", "3", 3e9),
        ("活度（kBq）", "3", 3e3),
        ("活度（TBq）", "3", 3e12),
        ("活度", "3 MBq", 3e6),
        ("含油率（‰）", "45", 4.5),
        ("含油率（%）", "4.5", 4.5),
        ("毛重（千克/KG）", "5", 5.0),
        ("毛重（单位：吨）", "5", 5000.0),
        ("Gross Weight LBS / 毛重", "100", 45.359237),
        ("毛重", "2 short tons", 1814.36948),
        ("G/W", "500", 500.0),
        ("G W KG", "500", 500.0),
        ("毛重（含托盘）", "500", 500.0),
        ("闪点（闭杯）", "23", 23.0),
        ("Gross weight (required)", "500", 500.0),
        ("件数（箱）", "5", 5),
        ("booking_un_no", "UN 1263；1993", "1263 1993"),
        ("manifest_un_no", "1263、UN1993", "1263 1993"),
        ("certificate_packing_group", "PG II", "II"),
        ("manifest_packing_group", "Ⅱ/III", "II III"),
        ("booking_packing_group", "II类包装", "II"),
    ],
)
def test_values_are_converted(tmp_path: Path, heading: str, cell: str, expected: object) -> None:
    assert value(tmp_path, heading, cell) == expected


@pytest.mark.parametrize(
    "heading",
    [
        "net weight (kg x 1000)",
        "毛重（石）",
        "毛重（kg/件）",
        "Gross weight (kg/item)",
        "毛重（kg/t）",
        "毛重（℃）",
        "闪点（°R）",
        "内包装容量（加仑）",
        "含油率（g/kg）",
        "活度（mBq）",
    ],
)
def test_unknown_unit_needs_a_mapping(tmp_path: Path, heading: str) -> None:
    with pytest.raises(InvalidInput, match="has an unknown unit") as refused:
        value(tmp_path, heading, "3")
    assert "[units]" in refused.value.remedy
    column = recognised(heading, Mapping()).column or ""
    unit = {"g": "kg", "c": "℃", "l": "L", "percent": "%", "bq": "Bq"}.get(column.rsplit("_", 1)[-1], "kg")
    assert value(tmp_path, heading, "3", f'[units]\n"{heading}" = "{unit}"\n') == 3.0


def test_a_unit_that_the_column_cannot_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be in t"):
        value(tmp_path, "闪点", "3", '[units]\n"闪点" = "t"\n')
