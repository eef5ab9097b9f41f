"""Parquet tables, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.errors import InvalidInput
from data.sources.reading import Raw, Scan, scan_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS_A_BATCH: Final = 10_000


def scan_parquet(path: Path, source: str, at: datetime | None = None) -> Scan:
    """The rows of a Parquet file. Raises InvalidInput when it is damaged or cut."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(f"{source} is not a whole Parquet file.", "Export it again.") from error
    names = [name.strip().lower() for name in file.schema_arrow.names]
    return scan_of(source, names, _rows(file, names, source), at)


def _rows(file: pq.ParquetFile, names: list[str], source: str) -> Iterator[Raw]:
    import pyarrow as pa

    row_no = 0
    try:
        for batch in file.iter_batches(_ROWS_A_BATCH):
            for values in zip(*(_cells(column) for column in batch.columns), strict=True):
                row_no += 1
                yield Raw(row_no, dict(zip(names, values, strict=True)))
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(f"{source} is damaged after row {row_no}.", "Export it again.") from error


def _cells(column: pa.Array) -> list[Any]:
    """A column as Python values; NaN is how other writers say missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    try:
        cells: list[Any] = column.to_pylist()
    except OverflowError:
        # An instant that Python's calendar cannot hold: as text it is refused like any impossible date.
        cells = column.cast(pa.string()).to_pylist()
    return cells
