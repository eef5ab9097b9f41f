"""Workbooks: sheets with a table, headers of two rows, numbers as identifiers, dates and serial numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.errors import InvalidInput
from data.sources.reading import Reading
from data.sources.tables import read
from tests.data.edifact.messages import filled

AT = datetime(2026, 3, 10, tzinfo=UTC)
HEADER: list[Any] = ["申报单号", "箱号", "申报时间", "联合国编号", "税则号", "毛重（吨）", "装箱日期"]
NARROW: list[Any] = ["申报单号", "箱号", "申报时间", "联合国编号"]
MOMENT = datetime(2026, 3, 1, 8)


def rows(found: Reading) -> list[dict[str, Any]]:
    assert [str(entry) for entry in found.rejected] == []
    return [filled(row) for row in found.rows]


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, lines in sheets.items():
        sheet = workbook.create_sheet(name)
        for line in lines:
            sheet.append(line)
    workbook.save(path)
    return path


def test_sheet_and_header_are_found(tmp_path: Path) -> None:
    path = book(
        tmp_path / "t.xlsx",
        {
            "说明": [["填表说明"], ["请勿修改"]],
            "数据": [
                ["二〇二六年三月"], [], HEADER,
                [20260001, "MSKU1234565", datetime(2026, 3, 1, 8, 30), 4, 30617, 18.25, date(2026, 2, 27)],
                ["D2", "TCLU7654326", 46082.5, "1203", "320890", None, 46080],
            ],
        },
    )  # fmt: skip
    found = read(path, AT)
    first, second = rows(found)
    assert first == {
        "declaration_id": "20260001", "box_no": "MSKU1234565", "line_no": 1, "un_no": "0004", "hs_code": "030617",
        "declared_at": datetime(2026, 3, 1, 8, 30, tzinfo=UTC), "gross_mass_kg": 18250.0,
        "packed_on": date(2026, 2, 27),
    }  # fmt: skip
    assert second["declared_at"] == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert second["packed_on"] == date(2026, 2, 27)
    assert found.unknown_columns == ("sheet 说明 (not read)",)


def test_a_workbook_without_a_table_and_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no table"):
        read(book(tmp_path / "t.xlsx", {"a": []}), AT)
    with pytest.raises(InvalidInput, match="lacks declaration_id"):
        read(book(tmp_path / "t.xlsx", {"a": [["x", "y"], [1, 2]]}), AT)
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InvalidInput, match="Excel"):
        read(tmp_path / "b.xlsx", AT)


def goods(found: Reading) -> list[tuple[Any, ...]]:
    names = ("declaration_id", "un_no", "hazard_class", "gross_mass_kg", "shipper_name")
    return [tuple(row.get(name) for name in names) for row in rows(found)]


def test_a_header_of_two_rows_is_one_header(tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        ["申报单号", "箱号", "申报时间", "货物信息", None], [None, None, None, "联合国编号", "类别"],
        ["D5", "MSKU1234565", MOMENT, 1263, 3],
    ]  # fmt: skip
    path = book(tmp_path / "t.xlsx", {"Sheet": lines})
    workbook = openpyxl.load_workbook(path)
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
        workbook.active.merge_cells(merged)
    workbook.save(path)
    found = read(path, AT)
    assert goods(found) == [("D5", "1263", "3", None, None)]
    assert found.unknown_columns == ()


def test_captions_and_units_in_a_header_of_two_rows_below_a_title(tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        ["危险货物申报表"], [],
        ["申报单号", "箱号", "申报时间", "货物", None, "毛重", "托运人", None],
        [None, None, None, "联合国编号", "类别", "吨", "名称", "电话"],
        ["D1", "MSKU1234565", MOMENT, 1263, 3, 1.5, "某某", "1"],
    ]  # fmt: skip
    assert goods(read(book(tmp_path / "t.xlsx", {"a": lines}), AT)) == [("D1", "1263", "3", 1500.0, "某某")]


def test_a_first_row_of_words_below_a_header_is_a_row(tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        ["申报单号", "箱号", "申报时间", "货名", "备注"],
        ["D1", "MSKU1234565", "2026-03-01", "oil", "goods"],
    ]
    found = read(book(tmp_path / "t.xlsx", {"a": lines}), AT)
    assert goods(found) == [("D1", None, None, None, None)]
    assert found.unknown_columns == ("备注",)


def test_two_rows_of_headings_that_are_not_one_header_are_refused(tmp_path: Path) -> None:
    lines = [NARROW, ["D1", None, None, None, "毛重", "类别"], ["D1", "MSKU1234565", MOMENT, 1263, 5, 3]]
    with pytest.raises(InvalidInput, match="contains headings too") as refused:
        read(book(tmp_path / "t.xlsx", {"a": lines}), AT)
    assert refused.value.remedy


def test_filled_column_without_heading_is_reported(tmp_path: Path) -> None:
    lines = [[*NARROW, None, None], ["D1", "MSKU1234565", MOMENT, 1263, None, 3], ["D2", "MSKU1234565", MOMENT, 1263]]
    found = read(book(tmp_path / "t.xlsx", {"a": lines}), AT)
    assert len(found.rows) == 2
    assert found.unknown_columns == ("column F (no heading)",)
    (tmp_path / "t.csv").write_text("declaration_id,box_no,declared_at,,\nD1,B,2026-03-01,,3\n")
    assert read(tmp_path / "t.csv", AT).unknown_columns == ("column E (no heading)",)


def test_a_csv_with_a_header_of_two_rows(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "申报单号,箱号,申报时间,货物信息,\n,,,联合国编号,类别\nD5,MSKU1234565,2026-03-01,1263,3\n", encoding="utf-8"
    )
    assert goods(read(tmp_path / "t.csv", AT)) == [("D5", "1263", "3", None, None)]


def test_sheets_of_one_table(tmp_path: Path) -> None:
    april = [NARROW, ["D1", "MSKU1234565", MOMENT, 1263], ["D2", "MSKU1234565", MOMENT, 99999]]
    sheets: dict[str, list[list[Any]]] = {
        "三月": [NARROW, ["D0", "MSKU1234565", MOMENT, 1263]],
        "四月": [[line[place] for place in (3, 0, 1, 2)] for line in april],
        "示例": [NARROW, ["D9", "MSKU1234565", MOMENT, 1263]],
    }
    found = read(book(tmp_path / "months.xlsx", sheets), AT)
    assert [row["declaration_id"] for row in found.rows] == ["D0", "D1"]
    [rejected] = found.rejected
    assert str(rejected).startswith("months.xlsx [四月], row 3: un_no")
    assert '"sheet": "四月"' in rejected.raw.decode()
    assert found.unknown_columns == ("sheet 示例 (not read)",)


def test_box_over_two_sheets(tmp_path: Path) -> None:
    sheets = {name: [NARROW, ["D1", "MSKU1234565", MOMENT, un_no]] for name, un_no in (("一", 1263), ("二", 1595))}
    assert [row["line_no"] for row in rows(read(book(tmp_path / "t.xlsx", sheets), AT))] == [1, 2]


def test_sheets_of_different_tables(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {
        "甲": [NARROW, ["D1", "MSKU1234565", MOMENT, 1263]],
        "乙": [["申报单号", "箱号", "申报时间", "毛重（吨）"], ["D2", "MSKU1234565", MOMENT, 1.5]],
    }
    path = book(tmp_path / "t.xlsx", sheets)
    with pytest.raises(InvalidInput, match="two tables"):
        read(path, AT)
    (tmp_path / "m.toml").write_text('sheet = "乙"\n', encoding="utf-8")
    found = read(path, AT, tmp_path / "m.toml")
    assert goods(found) == [("D2", None, None, 1500.0, None)]
    assert found.unknown_columns == ("sheet 甲 (not read)",)


def test_long_numbers_that_a_spreadsheet_rounded_are_refused(tmp_path: Path) -> None:
    numbers = [202603010000001234, 202603010000001235, 123456789012345, "202603010000001234"]
    lines: list[list[Any]] = [NARROW, *([number, "MSKU1234565", MOMENT, 1263] for number in numbers)]
    found = read(book(tmp_path / "ids.xlsx", {"a": lines}), AT)
    assert [row["declaration_id"] for row in found.rows] == ["123456789012345", "202603010000001234"]
    assert [(entry.row_no, entry.problems[0].key) for entry in found.rejected] == [
        (2, "digits_lost"),
        (3, "digits_lost"),
    ]
    (tmp_path / "t.csv").write_text(
        "申报单号,箱号,申报时间\n2.02603E+17,MSKU1234565,2026-03-01\n2E17,MSKU1234565,2026-03-01\n", encoding="utf-8"
    )
    found = read(tmp_path / "t.csv", AT)
    assert [row["declaration_id"] for row in found.rows] == ["2E17"]
    assert [problem.key for problem in found.rejected[0].problems] == ["digits_lost"]


def test_row_of_units_below_the_header(tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        ["申报单号", "箱号", "申报时间", "毛重"],
        [None, None, None, "吨"],
        ["D1", "MSKU1234565", MOMENT, 1.5],
    ]
    assert goods(read(book(tmp_path / "t.xlsx", {"a": lines}), AT)) == [("D1", None, None, 1500.0, None)]
