"""Tables with Chinese and English headings, units, words for codes, dates, and mapping files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.errors import InvalidInput
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, STATEMENT_COLUMNS
from data.sources.headings import recognised, synonyms
from data.sources.mapping import Mapping
from data.sources.reading import Reading
from data.sources.tables import read
from data.sources.values import decimal_mark
from data.texts import text
from tests.data.edifact.messages import filled

AT = datetime(2026, 6, 1, tzinfo=UTC)
NONE = Mapping()


def reading(folder: Path, content: str | bytes, mapping: str | None = None) -> Reading:
    path = folder / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    if mapping is not None:
        (folder / "map.toml").write_text(mapping, encoding="utf-8")
    return read(path, AT, folder / "map.toml" if mapping is not None else None)


def rows(found: Reading) -> list[dict[str, Any]]:
    assert [str(entry) for entry in found.rejected] == []
    return [filled(row) for row in found.rows]


@pytest.mark.parametrize(
    ("written", "column", "unit", "zone"),
    [
        ("申报单号", "declaration_id", None, None),
        ("集装箱箱号", "box_no", None, None),
        ("箱　号", "box_no", None, None),
        ("聯合國編號", "un_no", None, None),
        ("Container No.", "box_no", None, None),
        ("CONTAINER_NUMBER", "box_no", None, None),
        ("UN No", "un_no", None, None),
        ("Gross Weight (KGS)", "gross_mass_kg", "kgs", None),
        ("Gross Weight MT", "gross_mass_kg", "mt", None),
        ("毛重（吨）", "gross_mass_kg", "吨", None),
        ("毛重吨", "gross_mass_kg", "吨", None),
        ("毛重KG", "gross_mass_kg", "kg", None),
        ("闪点(℉)", "flash_point_c", "℉", None),
        ("申报时间（北京时间）", "declared_at", None, "Asia/Shanghai"),
        ("Shipper Name / 托运人名称", "shipper_name", None, None),
        ("过磅时间", "stated_at", None, None),
        ("地磅重量", "weighed_kg", None, None),
        ("备注", None, None, None),
    ],
)
def test_headings_mean_columns(written: str, column: str | None, unit: str | None, zone: str | None) -> None:
    found = recognised(written, NONE)
    assert (found.column, found.unit, found.time_zone) == (column, unit, zone)


def test_column_names_and_words_are_recognised() -> None:
    known = synonyms()
    for column in (*DECLARATION_COLUMNS, *STATEMENT_COLUMNS, *INSPECTION_COLUMNS):
        assert recognised(column.name, NONE).column == column.name
        assert recognised(text(f"column.{column.name}", "zh"), NONE).column == column.name, column.name
    assert len(known) > 350


def test_a_list_of_a_chinese_port(tmp_path: Path) -> None:
    """GB 18030, titles above the header, Beijing time, tons with a decimal comma, words for codes."""
    content = (
        "大连港危险货物申报清单,,,,,,,,,,\r\n\r\n"
        "申报单号,集装箱号,申报时间（北京时间）,进出口,联合国编号,类别,包装类别,毛重（吨）,海洋污染物,箱皮重（公斤）,备注说明\r\n"
        'D1,MSKU 123456-5,2026年3月1日 8:30,出口,UN1263,第3类,Ⅱ,"18,25",否,"2.200,5",x\r\n'
        "D2,tclu7654326,2026/3/2 9点05分,进,１２０３,3项,二类,2,是,,y\r\n"
    )
    found = reading(tmp_path, content.encode("gb18030"))
    assert rows(found) == [
        {
            "declaration_id": "D1", "box_no": "MSKU1234565", "declared_at": datetime(2026, 3, 1, 0, 30, tzinfo=UTC),
            "flow": "export", "un_no": "1263", "hazard_class": "3", "packing_group": "II", "gross_mass_kg": 18250.0,
            "tare_kg": 2200.5, "line_no": 1,
        },
        {
            "declaration_id": "D2", "box_no": "TCLU7654326", "declared_at": datetime(2026, 3, 2, 1, 5, tzinfo=UTC),
            "flow": "import", "un_no": "1203", "hazard_class": "3", "packing_group": "II", "gross_mass_kg": 2000.0,
            "marine_pollutant": True, "line_no": 1,
        },
    ]  # fmt: skip
    assert found.unknown_columns == ("备注说明",)


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (
            "箱号;过磅时间;地磅重量(kg)",
            "MSKU1234565;2026-02-28 10:00;20500",
            {"document": "weighbridge", "document_no": "MSKU1234565 2026-02-28 10:00:00", "weighed_kg": 20500.0},
        ),
        (
            "箱号;磅单号;称重日期;过磅重量（吨）",
            "MSKU1234565;77;2026-02-28;20.5",
            {"document": "weighbridge", "document_no": "77", "weighed_kg": 20500.0},
        ),
        (
            "Container;VGM (KG);VGM date;Booking",
            "MSKU1234565;20450;2026-02-28;BK1",
            {"document": "vgm", "vgm_kg": 20450.0, "booking_no": "BK1"},
        ),
        (
            "箱号;装箱证明书编号;装箱日期;装箱单位",
            "MSKU1234565;ZX1;2026-02-27;某某",
            {"document": "packing_certificate", "document_no": "ZX1", "packed_on": date(2026, 2, 27),
             "packer_name": "某某", "packing_certificate_no": "ZX1"},
        ),
        (
            "提单号;箱号;舱单日期;品名;毛重",
            "BL1;MSKU1234565;2026-02-27;PAINT;100",
            {"document": "manifest", "document_no": "BL1", "description": "PAINT", "gross_mass_kg": 100.0},
        ),
        (
            "订舱号;订舱日期;货名;件数",
            "BK1;2026-02-20;竹炭;80",
            {"document": "booking", "document_no": "BK1", "description": "竹炭", "package_count": 80},
        ),
    ],
)  # fmt: skip
def test_lists_of_other_papers_are_statements(
    tmp_path: Path, header: str, cells: str, expected: dict[str, Any]
) -> None:
    found = reading(tmp_path, f"{header}\n{cells}\n")
    assert found.contains == "statements"
    [row] = rows(found)
    assert expected.items() <= row.items()


def test_a_status_makes_notices_of_rows(tmp_path: Path) -> None:
    header = "申报单号,箱号,申报时间,申报状态,修改次数,原因"
    lines = ["D1,B1,2026-03-01,正常,0,", "D2,B2,2026-03-01,撤销,0,客户取消", "D3,B3,2026-03-01,主动披露,1,漏报"]
    found = reading(tmp_path, "\n".join([header, *lines, "D4,B4,2026-03-01,奇怪,0,"]))
    assert [(entry.raw.table, entry.row["declaration_id"]) for entry in found.accepted] == [
        ("declarations", "D1"), ("notices", "D2"), ("declarations", "D3"), ("notices", "D3"),
    ]  # fmt: skip
    assert found.accepted[1].row["reason"] == "客户取消"
    assert [entry.row_no for entry in found.rejected] == [5]


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1", "2"], "."),
        (["1.5", "1234"], "."),
        (["1,5"], ","),
        (["1.234,5", "7"], ","),
        (["1,234.5", "7"], "."),
        (["18,250"], None),
        (["1,5", "1.5"], None),
        (["1,234,567"], "."),
    ],
)
def test_decimal_mark(cells: list[str], mark: str | None) -> None:
    assert decimal_mark(cells) == mark


def test_ambiguous_numbers_and_days(tmp_path: Path) -> None:
    header = "declaration_id;box_no;declared_at;gross_mass_kg"
    open_ = reading(tmp_path, f"{header}\nA;B;03/04/2026;18,250\n")
    assert {problem.key for entry in open_.rejected for problem in entry.problems} == {"day_or_month", "number"}
    settled = reading(tmp_path, f"{header}\nA;B;03/04/2026;18,250\nC;D;25/04/2026;1,5\n")
    assert [(row["declared_at"].month, row["gross_mass_kg"]) for row in settled.rows] == [(4, 18.25), (4, 1.5)]


def test_units_in_cells_and_nonsense_ones(tmp_path: Path) -> None:
    header = "declaration_id,box_no,declared_at,gross_mass_kg,flash_point_c"
    found = reading(tmp_path, f"{header}\nA,B,2026-03-01,18.5 t,80 ℉\nC,D,2026-03-01,18 stone,\nE,F,2026-03-01,5 ℃,\n")
    assert [(row["gross_mass_kg"], row["flash_point_c"]) for row in found.rows] == [(18500.0, 26.667)]
    assert [entry.row_no for entry in found.rejected] == [3, 4]


def test_two_headings_for_one_column(tmp_path: Path) -> None:
    content = "申报单号,箱号,申报时间,品名,货名\nA,B,2026-03-01,漆,油漆\n"
    with pytest.raises(InvalidInput, match=r"description twice \(品名, 货名\)"):
        reading(tmp_path, content)
    [row] = rows(reading(tmp_path, content, '[columns]\n"品名" = ""\n'))
    assert row["description"] == "油漆"


def test_mapping_file(tmp_path: Path) -> None:
    content = "甲|乙|丙|丁\nA|B|01.03.2026 08:30|2,5\n"
    mapping = (
        'delimiter = "|"\ntime_zone = "Asia/Shanghai"\ndecimal = ","\n[columns]\n"甲" = "declaration_id"\n'
        '"乙" = "box_no"\n"丙" = "declared_at"\n"丁" = "gross_mass_kg"\n[units]\n"丁" = "t"\n'
        '[fixed]\nterminal = "DCT"\n'
    )
    with pytest.raises(InvalidInput, match="explain"):
        reading(tmp_path, content)
    found = reading(tmp_path, content, mapping)
    # The file does not show whether the first or the third is meant.
    assert [problem.key for entry in found.rejected for problem in entry.problems] == ["day_or_month"]
    [row] = rows(reading(tmp_path, content.replace("01.03.2026", "2026-03-01"), mapping))
    assert row == {
        "declaration_id": "A", "box_no": "B", "declared_at": datetime(2026, 3, 1, 0, 30, tzinfo=UTC),
        "gross_mass_kg": 2500.0, "terminal": "DCT", "line_no": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("x = ", "not TOML"),
        ('colums = "x"', "colums is unknown"),
        ('[columns]\n"a" = "colour"', "unknown column: colour"),
        ('[units]\n"a" = "stone"', "stone"),
        ('decimal = ";"', "decimal"),
        ('time_zone = "Peking"', "Peking"),
        ('encoding = "utf-99"', "utf-99"),
        ('[units]\n"重量" = 5', "重量"),
        ('[columns]\n"货柜" = ["a"]', "货柜"),
        ('[values]\nflow = "x"', "flow"),
        ('[values.flow]\n"出" = "exprt"', "exprt"),
        ('[fixed]\nbox_no = ["a"]', "box_no"),
        ('delimiter = "ab"', "delimiter"),
        ("header_row = -3", "header_row"),
        ("header_row = true", "header_row"),
    ],
)
def test_invalid_mapping_file(tmp_path: Path, mapping: str, expected: str) -> None:
    with pytest.raises(InvalidInput, match=expected) as refused:
        reading(tmp_path, "a,b\n", mapping)
    assert refused.value.remedy
