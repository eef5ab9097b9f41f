"""Tables in memory: pandas frames with every column of data.records, one dtype per kind of column.

Text and codes are `str` (missing: NaN), numbers and integers float64 (missing: NaN), instants
`datetime64[us, UTC]`, dates `datetime64[us]`, flags pandas `boolean` (missing: NA).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from data.records import Column, Kind

DTYPES: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "str",
    Kind.CODE: "str",
    Kind.INTEGER: "float64",
    Kind.NUMBER: "float64",
    Kind.INSTANT: "datetime64[us, UTC]",
    Kind.DATE: "datetime64[us]",
    Kind.FLAG: "boolean",
}


def frame(columns: Sequence[Column], values: Mapping[str, Any]) -> pd.DataFrame:
    """A frame with exactly `columns`, in order; columns that are not in `values` have missing values only."""
    length = max((len(column) for column in values.values()), default=0)
    return pd.DataFrame(
        {
            column.name: pd.Series(values.get(column.name, [None] * length), dtype=DTYPES[column.kind])
            for column in columns
        }
    )
