"""Write tables as CSV or Parquet, with the same values in both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from data.records import Column, Kind

_PATTERNS: Final = {Kind.INSTANT: "%Y-%m-%dT%H:%M:%SZ", Kind.DATE: "%Y-%m-%d"}


def write(table: pd.DataFrame, columns: Sequence[Column], path: Path) -> None:
    """Write `table` to `path`, as Parquet if it ends in .parquet, else as CSV."""
    if path.suffix == ".parquet":
        whole = {column.name: "Int64" for column in columns if column.kind is Kind.INTEGER}
        table.astype(whole).to_parquet(path, index=False)
        return
    texts = pd.DataFrame({column.name: _text(table[column.name], column.kind) for column in columns})
    texts.to_csv(path, index=False, lineterminator="\n")


def _text(values: pd.Series, kind: Kind) -> pd.Series:
    if kind is Kind.INTEGER:
        return values.astype("Int64")
    if kind in _PATTERNS:
        text: pd.Series = values.dt.strftime(_PATTERNS[kind])
        return text
    if kind is Kind.FLAG:
        return values.map({True: "true", False: "false"})
    if kind is Kind.NUMBER and bool((values.dropna() % 1 == 0).all()):
        return values.astype("Int64")
    return values
