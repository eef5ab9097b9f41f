"""Many rows into one table by the driver's own quickest way: SQLAlchemy's costs five times as much a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from data.store.schema import Instant

Row = Mapping[str, Any]


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert complete rows, within the connection's transaction. Instants must be UTC."""
    names = [column.name for column in table.columns]
    values = map(itemgetter(*names), rows)
    cursor = connection.connection.cursor()
    columns = ", ".join(f'"{name}"' for name in names)
    try:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f'copy "{table.name}" ({columns}) from stdin') as copy:
                for row in values:
                    copy.write_row(row)
        else:
            places = ", ".join("?" * len(names))
            cursor.executemany(f'insert into "{table.name}" ({columns}) values ({places})', _for_sqlite(table, values))  # type: ignore[arg-type]
    except (connection.dialect.loaded_dbapi.IntegrityError, connection.dialect.loaded_dbapi.DataError) as error:
        raise sa.exc.IntegrityError(f"insert into {table.name}", None, error) from error
    finally:
        cursor.close()


def _for_sqlite(table: sa.Table, rows: Iterable[tuple[Any, ...]]) -> Iterable[list[Any]]:
    """SQLite has no instants or dates: text, in the form in which SQLAlchemy reads it back."""
    written = [(place, way) for place, column in enumerate(table.columns) if (way := _written(column)) is not None]
    for row in rows:
        cells = list(row)
        for place, way in written:
            if cells[place] is not None:
                cells[place] = way(cells[place])
        yield cells


def _written(column: sa.Column[Any]) -> Callable[[Any], str] | None:
    if isinstance(column.type, Instant):
        return _instant
    return date.isoformat if isinstance(column.type, sa.Date) else None


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
