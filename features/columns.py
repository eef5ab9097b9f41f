"""Declaration columns as NumPy arrays, from a frame of millions of rows or from a few validated rows.

Numbers and flags become float64 (missing: NaN), instants int64 microseconds since 1970 UTC, dates int64
days since 1970 (missing: `UNKNOWN`), text and codes object arrays of str (missing: None).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.records import DECLARATION_COLUMNS, Kind

Columns = dict[str, NDArray[Any]]

UNKNOWN: Final = np.iinfo(np.int64).min
KNOWN_AT: Final = "known_at"
EVENT_NO: Final = "event_no"
"""Columns that the store keeps beside those of the contract: when the port knew a fact, and its number."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_NUMERIC = (Kind.NUMBER, Kind.INTEGER, Kind.FLAG)


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, exactly. A time without an offset is UTC."""
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_text(microseconds: int) -> str:
    """Microseconds since 1970 UTC as ISO 8601, ending in Z."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")


def columns_of_rows(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Columns of validated rows (dicts; an absent key is missing)."""
    columns: Columns = {}
    for column in DECLARATION_COLUMNS:
        values = [row.get(column.name) for row in rows]
        if column.kind in _NUMERIC:
            columns[column.name] = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
        elif column.kind is Kind.INSTANT:
            columns[column.name] = np.array([UNKNOWN if v is None else microseconds(v) for v in values], dtype=np.int64)
        elif column.kind is Kind.DATE:
            columns[column.name] = np.array(
                [UNKNOWN if v is None else v.toordinal() - _EPOCH_DAY for v in values], dtype=np.int64
            )
        else:
            text = np.empty(len(rows), dtype=object)
            text[:] = values
            columns[column.name] = text
    return columns


def columns_of_frame(frame: pd.DataFrame) -> Columns:
    """Columns of a frame with the dtypes of `data.frames`."""
    columns: Columns = {}
    for column in DECLARATION_COLUMNS:
        series = frame[column.name]
        missing = series.isna().to_numpy()
        if column.kind in _NUMERIC:
            columns[column.name] = series.astype("float64").to_numpy(dtype=np.float64, na_value=np.nan)
        elif column.kind in (Kind.INSTANT, Kind.DATE):
            unit = "us" if column.kind is Kind.INSTANT else "D"
            plain = series.dt.tz_localize(None) if column.kind is Kind.INSTANT else series
            values = plain.to_numpy().astype(f"datetime64[{unit}]").astype(np.int64)
            columns[column.name] = np.where(missing, UNKNOWN, values)
        else:
            text = series.to_numpy(dtype=object, copy=True)
            text[missing] = None
            columns[column.name] = text
    if EVENT_NO in frame:
        columns[EVENT_NO] = frame[EVENT_NO].to_numpy(dtype=np.int64)
    if KNOWN_AT in frame:
        columns[KNOWN_AT] = frame[KNOWN_AT].dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)
    return columns
