"""Valid rows are read as they were written, in every format and encoding."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from data.errors import InvalidInput
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, NOTICE_COLUMNS, STATEMENT_COLUMNS, Column, Kind, Part
from data.reference.dangerous_goods import entries
from data.sources.tables import read
from data.vocabulary import Finding, Outcome
from tests.data.examples import Row, frame_of_rows

# Text as people write it: letters, marks, digits, punctuation, symbols of any script, and single spaces.
_TEXT = st.text(st.characters(categories=["L", "M", "N", "P", "S"]) | st.just(" "), max_size=20).map(
    lambda text: " ".join(text.split()) or None
)
_UN_NUMBERS = sorted({entry.un_no for entry in entries()})


def _values(column: Column) -> st.SearchStrategy[Any]:
    match column.kind:
        case Kind.TEXT if column.name in ("un_no", "manifest_un_no"):
            return st.sampled_from(_UN_NUMBERS)
        case Kind.TEXT if column.pattern:
            return st.just(column.example)
        case Kind.TEXT:
            return _TEXT
        case Kind.INTEGER:
            return st.integers(int(column.minimum or 0), int(column.maximum or 0))
        case Kind.NUMBER:
            return st.floats(column.minimum, column.maximum)
        case Kind.INSTANT:
            return st.datetimes(datetime(1990, 1, 1), datetime(1990, 12, 31), timezones=st.just(UTC))
        case Kind.DATE:
            return st.dates(date(1990, 1, 1), date(1990, 12, 31))
        case Kind.FLAG:
            return st.booleans()
        case Kind.CODE:
            return st.sampled_from([member.value for member in column.vocabulary or ()])


def _rows(columns: tuple[Column, ...]) -> st.SearchStrategy[list[Row]]:
    row = st.fixed_dictionaries(
        {column.name: _values(column) if column.required else st.none() | _values(column) for column in columns}
    )
    return st.lists(row, min_size=1, max_size=4)


@st.composite
def declarations(draw: st.DrawFn) -> list[Row]:
    """Boxes of one or two line items."""
    rows = []
    for number, row in enumerate(draw(_rows(DECLARATION_COLUMNS))):
        box = row | {"declaration_id": f"D{number}", "box_no": "MSKU1234565", "amendment_no": row["amendment_no"] or 0}
        lines = [box | {"line_no": 1}]
        if draw(st.booleans()):
            line_columns = tuple(column for column in DECLARATION_COLUMNS if column.part is Part.LINE)
            lines.append(box | draw(_rows(line_columns))[0] | {"line_no": 2})
        rows += lines
    return rows


@st.composite
def inspections(draw: st.DrawFn) -> list[Row]:
    """Inspections whose outcome and findings agree."""
    rows = draw(_rows(INSPECTION_COLUMNS))
    for number, row in enumerate(rows):
        codes = draw(st.lists(st.sampled_from([finding.value for finding in Finding]), min_size=1, unique=True))
        row |= {"inspection_id": f"I{number}", "declaration_id": "D", "box_no": "B"}
        row["findings"] = ";".join(codes) if row["outcome"] == Outcome.VIOLATION else None
        if row["inspected_at"] is not None:
            row["inspected_at"] = min(row["inspected_at"], row["recorded_at"])
    return rows


@st.composite
def statements(draw: st.DrawFn) -> list[Row]:
    """Papers of one line item."""
    rows = draw(_rows(STATEMENT_COLUMNS))
    for number, row in enumerate(rows):
        row |= {"document_no": f"P{number}", "box_no": "MSKU1234565", "line_no": 1, "version": row["version"] or 0}
        row["withdrawn"] = row["withdrawn"] or False
    return rows


@st.composite
def notices(draw: st.DrawFn) -> list[Row]:
    """Cancellations and corrections."""
    rows = draw(_rows(NOTICE_COLUMNS))
    return [
        row | {"declaration_id": f"D{n}", "box_no": "MSKU1234565" if row["box_no"] else ""}
        for n, row in enumerate(rows)
    ]


@dataclass(frozen=True)
class Form:
    """A format in which a table is written."""

    name: str
    delimiter: str = ","
    encoding: str = "utf-8"
    chinese: bool = False
    decimal: str = "."

    def heading(self, column: str) -> str:
        return chinese_headings()[column] if self.chinese else column

    def held(self, value: Any) -> Any:
        """What this form can hold of a value: everyday Chinese in GB18030, 15 digits and no error words in Excel."""
        if self.encoding == "gb18030" and isinstance(value, str):
            return "".join(c if c.isascii() or c.encode("gb2312", "ignore") else "化" for c in value)
        if self.name.endswith(".xlsx") and isinstance(value, str):
            return value.replace("#", "号")
        return float(f"{value:.12g}") if self.name.endswith(".xlsx") and isinstance(value, float) else value

    def cell(self, value: Any) -> Any:
        if isinstance(value, float):
            return str(value).replace(".", self.decimal)
        return value.isoformat() if isinstance(value, date) else value


@cache
def chinese_headings() -> dict[str, str]:
    """The first Chinese heading of each column."""
    with (files("data.sources") / "headings.csv").open(encoding="utf-8") as file:
        return {row["column"]: row["headings"].split("|")[0] for row in csv.DictReader(file)}


def _write(path: Path, rows: list[Row], columns: tuple[Column, ...], form: Form) -> None:
    headings = [form.heading(column.name) for column in columns]
    if path.suffix == ".parquet":
        frame_of_rows(columns, rows).to_parquet(path)
    elif path.suffix == ".xlsx":
        _write_excel(path, headings, [[row[column.name] for column in columns] for row in rows])
    elif path.suffix == ".jsonl":
        written = ({name: value if isinstance(value, float) else form.cell(value) for name, value in row.items()}
                   for row in rows)  # fmt: skip
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in written), encoding="utf-8")
    else:
        with path.open("w", encoding=form.encoding, newline="") as file:
            writer = csv.writer(file, delimiter=form.delimiter)
            writer.writerow(headings)
            writer.writerows([form.cell(row[column.name]) for column in columns] for row in rows)


def _write_excel(path: Path, headings: list[str], rows: list[list[Any]]) -> None:
    """Numbers, flags and days as in Excel; instants, which have a zone, and texts as text."""
    book = Workbook()
    for number, row in enumerate([headings, *rows], 1):
        for place, value in enumerate(row, 1):
            cell = book.active.cell(number, place, value.isoformat() if isinstance(value, datetime) else value)
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)


_FORMS = [
    Form("a.csv"), Form("a.csv", ";", "utf-8-sig"), Form("a.txt", "\t"), Form("a.jsonl"), Form("a.parquet"),
    Form("a.csv", ",", "gb18030", chinese=True), Form("a.csv", ";", "utf-8", chinese=True, decimal=","),
    Form("a.xlsx"), Form("a.xlsx", chinese=True),
]  # fmt: skip
_TABLES = {
    "declarations": (DECLARATION_COLUMNS, declarations()), "statements": (STATEMENT_COLUMNS, statements()),
    "notices": (NOTICE_COLUMNS, notices()), "inspections": (INSPECTION_COLUMNS, inspections()),
}  # fmt: skip


@pytest.mark.parametrize("form", _FORMS, ids=str)
@pytest.mark.parametrize("table", _TABLES)
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_rows_round_trip(table: str, form: Form, data: st.DataObject) -> None:
    columns, any_rows = _TABLES[table]
    rows = [{name: form.held(value) for name, value in row.items()} for row in data.draw(any_rows)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / form.name
        _write(path, rows, columns, form)
        found = read(path)
    assert [str(rejected) for rejected in found.rejected] == []
    assert (found.contains, found.rows) == (table, rows)


@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.jsonl", "a.edi", "a.parquet"]))
@settings(max_examples=100, deadline=None)
def test_random_bytes_raise_invalid_input_only(content: bytes, name: str) -> None:
    header = b"declaration_id,box_no,declared_at,shipper_name\n"
    for prefix in (b"", header, b"UNB+UNOC:3+A+B+260306:0830+1'UNH+1+IFTDGN:D:16A:UN'"):
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(prefix + content)
            with suppress(InvalidInput):
                frame_of_rows(DECLARATION_COLUMNS, read(path).rows)
