"""Read facts as frames with the dtypes of data.frames, and with event number and known time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from data.frames import DTYPES, frame
from data.records import Column
from data.records import Kind as ColumnKind
from data.store.facts import Kind


def facts_frame(connection: sa.Connection, kind: Kind, *conditions: sa.ColumnElement[bool]) -> pd.DataFrame:
    """The rows of one table that meet `conditions`, ordered by `event_no`, with the columns `event_no` (int64) and
    `known_at` last."""
    table = kind.table.c
    known_at = sa.type_coerce(table.known_at, sa.DateTime())
    query = sa.select(*(_as_stored(table[column.name], column) for column in kind.columns), table.event_no, known_at)
    rows = connection.execute(query.where(*conditions).order_by(table.event_no)).all()
    cells: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * (len(kind.columns) + 2)
    values = {column.name: _values(column, found) for column, found in zip(kind.columns, cells, strict=False)}
    facts = frame(kind.columns, values)
    facts["event_no"] = np.array(cells[-2], dtype="int64")
    facts["known_at"] = pd.Series(list(cells[-1]), dtype=DTYPES[ColumnKind.INSTANT])
    return facts


def _as_stored(stored: sa.Column[Any], column: Column) -> sa.ColumnElement[Any]:
    """The column as stored; instants without conversion of each cell, because the frame takes them as UTC."""
    return sa.type_coerce(stored, sa.DateTime()) if column.kind is ColumnKind.INSTANT else stored


def _values(column: Column, cells: Sequence[Any]) -> Sequence[Any]:
    if column.kind not in (ColumnKind.TEXT, ColumnKind.CODE):
        return list(cells)
    # From Arrow, pandas takes the column as it is; from a list it would check each text.
    dtype: Any = pd.StringDtype(na_value=np.nan)
    texts: Sequence[Any] = dtype.__from_arrow__(pa.array(cells, pa.large_string()))
    return texts
