"""Read Parquet tables in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from data.errors import InvalidInput
from data.sources.reading import Raw

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_A_BATCH: Final = 10_000


def parquet_rows(opened: Callable[[], BinaryIO], source: str) -> tuple[list[str], Iterator[Raw]]:
    """The column names of a Parquet file, and its rows. Raises InvalidInput when it is damaged or cut."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with opened() as stream:
            names = list(pq.ParquetFile(stream).schema_arrow.names)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(f"{source} is damaged or not a Parquet file.", "Export it again.") from error
    return names, _rows(opened, names, source)


def _rows(opened: Callable[[], BinaryIO], names: list[str], source: str) -> Iterator[Raw]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row_no = 0
    try:
        with opened() as stream:
            for batch in pq.ParquetFile(stream).iter_batches(_ROWS_A_BATCH):
                for values in zip(*(_cells(column) for column in batch.columns), strict=True):
                    row_no += 1
                    yield Raw(row_no, dict(zip(names, values, strict=True)))
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(f"{source} is damaged after row {row_no}.", "Export it again.") from error


def _cells(column: pa.Array) -> list[Any]:
    """A column as Python values; NaN becomes None."""
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
        # An instant outside of Python's calendar: as text it is refused like any impossible date.
        cells = column.cast(pa.string()).to_pylist()
    return cells
