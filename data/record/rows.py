"""Convert frames of `data.frames` back into plain rows, one dict per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

Row = dict[str, Any]


def plain_rows(frame: pd.DataFrame, columns: Iterable[str] | None = None) -> list[Row]:
    """The rows of a frame (dtypes of `data.frames`) as dicts of their known cells; an absent key is a missing value.

    Instants are aware datetimes, dates `date`, numbers float, flags bool. With `columns`, only these; those that the
    frame lacks are left out.
    """
    rows: list[Row] = [{} for _ in range(len(frame))]
    for name in frame.columns if columns is None else frame.columns.intersection(list(columns), sort=False):
        for row, value in zip(rows, _plain(frame[name]), strict=True):
            # Missing values are not equal to themselves, except NA, which cannot be compared.
            if value is not None and value is not pd.NA and value == value:
                row[name] = value
    return rows


def _plain(cells: pd.Series) -> Sequence[Any]:
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return pd.DatetimeIndex(cells).to_pydatetime().tolist()
    if cells.dtype.kind == "M":
        return pd.DatetimeIndex(cells).date.tolist()
    return cells.tolist()
