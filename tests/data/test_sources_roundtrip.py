"""Whatever valid rows are written, in each format and encoding, the same rows are read."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidInput
from data.frames import frame_of_rows
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, Column, Kind, Part
from data.reference.dangerous_goods import entries
from data.sources.tables import read
from data.vocabulary import Finding, Outcome
from tests.data.examples import Row

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
    """Inspections that agree with themselves."""
    rows = draw(_rows(INSPECTION_COLUMNS))
    for number, row in enumerate(rows):
        codes = draw(st.lists(st.sampled_from([finding.value for finding in Finding]), min_size=1, unique=True))
        row |= {"inspection_id": f"I{number}", "declaration_id": "D", "box_no": "B"}
        row["findings"] = ";".join(codes) if row["outcome"] == Outcome.VIOLATION else None
        if row["inspected_at"] is not None:
            row["inspected_at"] = min(row["inspected_at"], row["recorded_at"])
    return rows


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _write(path: Path, rows: list[Row], columns: tuple[Column, ...], delimiter: str, encoding: str) -> None:
    if path.suffix == ".parquet":
        frame_of_rows(columns, rows).to_parquet(path)
    elif path.suffix == ".jsonl":
        written = ({name: _written(value) for name, value in row.items()} for row in rows)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in written), encoding="utf-8")
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, [column.name for column in columns], delimiter=delimiter)
            writer.writeheader()
            writer.writerows({name: _written(value) for name, value in row.items()} for row in rows)


_FORMATS = [
    ("a.csv", ",", "utf-8"), ("a.csv", ";", "utf-8-sig"), ("a.txt", "\t", "utf-8"), ("a.jsonl", "", ""),
    ("a.parquet", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "delimiter", "encoding"), _FORMATS)
@given(rows=declarations())
@settings(max_examples=25, deadline=None)
def test_declarations_come_back(name: str, delimiter: str, encoding: str, rows: list[Row]) -> None:
    with TemporaryDirectory() as folder:
        _write(Path(folder) / name, rows, DECLARATION_COLUMNS, delimiter, encoding)
        found = read(Path(folder) / name)
    assert [str(rejected) for rejected in found.rejected] == []
    assert found.rows == rows


@pytest.mark.parametrize(("name", "delimiter", "encoding"), _FORMATS)
@given(rows=inspections())
@settings(max_examples=15, deadline=None)
def test_inspections_come_back(name: str, delimiter: str, encoding: str, rows: list[Row]) -> None:
    with TemporaryDirectory() as folder:
        _write(Path(folder) / name, rows, INSPECTION_COLUMNS, delimiter, encoding)
        found = read(Path(folder) / name)
    assert [str(rejected) for rejected in found.rejected] == []
    assert found.rows == rows


@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.jsonl", "a.edi", "a.parquet"]))
@settings(max_examples=100, deadline=None)
def test_no_bytes_whatsoever_raise_anything_but_a_clear_error(content: bytes, name: str) -> None:
    header = b"declaration_id,box_no,declared_at,shipper_name\n"
    for prefix in (b"", header, b"UNB+UNOC:3+A+B+260306:0830+1'UNH+1+IFTDGN:D:16A:UN'"):
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(prefix + content)
            with suppress(InvalidInput):
                frame_of_rows(DECLARATION_COLUMNS, read(path).rows)
