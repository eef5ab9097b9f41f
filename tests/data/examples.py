"""Valid rows, of which tests change single columns, and frames of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from data.frames import frame
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, NOTICE_COLUMNS, STATEMENT_COLUMNS, Column
from data.sources.rows import validate_declaration, validate_inspection, validate_notice, validate_statement

Row = dict[str, Any]

AT = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def raw_declaration(**changes: Any) -> Row:
    """A line item as written in a table, with every column filled."""
    return {column.name: column.example for column in DECLARATION_COLUMNS} | changes


def raw_inspection(**changes: Any) -> Row:
    """An inspection as written in a table, with every column filled."""
    return {column.name: column.example for column in INSPECTION_COLUMNS} | changes


def declaration(**changes: Any) -> Row:
    """A validated line item."""
    row, problems = validate_declaration(raw_declaration(**changes))
    assert row is not None, problems
    return row


def inspection(**changes: Any) -> Row:
    """A validated inspection."""
    row, problems = validate_inspection(raw_inspection(**changes))
    assert row is not None, problems
    return row


def statement(**changes: Any) -> Row:
    """A validated line of a statement."""
    row, problems = validate_statement({column.name: column.example for column in STATEMENT_COLUMNS} | changes)
    assert row is not None, problems
    return row


def notice(**changes: Any) -> Row:
    """A validated notice."""
    row, problems = validate_notice({column.name: column.example for column in NOTICE_COLUMNS} | changes)
    assert row is not None, problems
    return row


def frame_of_rows(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame from validated rows (dicts); an absent key is a missing value."""
    rows = list(rows)
    return frame(columns, {column.name: [row.get(column.name) for row in rows] for column in columns})
