"""Declaration columns as NumPy arrays, from a frame of millions of rows or from a few validated rows.

Numbers and flags become float64 (missing: NaN), instants int64 microseconds since 1970 UTC, dates int64
days since 1970 (missing: `UNKNOWN`), text and codes object arrays of str (missing: None).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.records import BOX_COLUMNS, DECLARATION_COLUMNS, LINE_COLUMNS, Kind

Columns = dict[str, NDArray[Any]]

UNKNOWN: Final = np.iinfo(np.int64).min
KNOWN_AT: Final = "known_at"
EVENT_NO: Final = "event_no"
"""Columns that the store adds to those of `data.records`: known-at instant and event number of a fact."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_NUMERIC = (Kind.NUMBER, Kind.INTEGER, Kind.FLAG)
_PLAIN: Final = frozenset(Kind) - {*_NUMERIC, Kind.INSTANT, Kind.DATE}


def _names(kinds: Collection[Kind]) -> tuple[tuple[str, ...], ...]:
    """Names of the box columns and of the line columns of some kinds.

    Each part becomes one array, so that keeping the line columns of many boxes does not keep their box columns too.
    """
    parts = (BOX_COLUMNS, LINE_COLUMNS)
    return tuple(tuple(column.name for column in part if column.kind in kinds) for part in parts)


_NUMBER_NAMES: Final = _names(_NUMERIC)
_TEXT_NAMES: Final = _names(_PLAIN)
_INSTANT_NAMES: Final = _names((Kind.INSTANT,))
_DATE_NAMES: Final = _names((Kind.DATE,))


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, exact. A time without an offset is taken as UTC."""
    if instant.tzinfo is None or instant.tzinfo is UTC:
        # From the parts: subtracting two pandas timestamps takes ten times as long.
        days = instant.toordinal() - _EPOCH_DAY
        seconds = (instant.hour * 60 + instant.minute) * 60 + instant.second
        return (days * 86_400 + seconds) * 1_000_000 + instant.microsecond
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _days(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def instant_text(microseconds: int) -> str:
    """Microseconds since 1970 UTC as ISO 8601, ending in Z."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")


def columns_of_rows(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Columns of validated rows (dicts; an absent key is missing)."""
    columns: Columns = {}
    gets = [row.get for row in rows]
    # One flat list instead of a list per row or column: many lists would trigger garbage collections.
    for names in _NUMBER_NAMES:
        # None becomes NaN.
        numbers = np.fromiter([get(name) for name in names for get in gets], dtype=np.float64)
        columns.update(zip(names, numbers.reshape(len(names), len(rows)), strict=True))
    for names in _TEXT_NAMES:
        texts = np.empty(len(rows) * len(names), dtype=object)
        texts[:] = [value for row in rows for value in map(row.get, names)]
        # A transposed view instead of a copy by column: a copy changes the reference count of every scattered text.
        columns.update(zip(names, texts.reshape(len(rows), len(names)).T, strict=True))
    for number, parts in ((microseconds, _INSTANT_NAMES), (_days, _DATE_NAMES)):
        for name in chain(*parts):
            columns[name] = _counted(number, [row.get(name) for row in rows])
    return columns


def _counted(number: Callable[[Any], int], values: list[Any]) -> NDArray[np.int64]:
    return np.array([UNKNOWN if value is None else number(value) for value in values], dtype=np.int64)


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
