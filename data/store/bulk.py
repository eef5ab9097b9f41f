"""Bulk inserts with the fastest method of each driver; an insert through SQLAlchemy takes five times as long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from data.store.schema import Instant

Row = Mapping[str, Any]


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert complete rows, within the connection's transaction. Instants must be UTC."""
    layout = _layout(table)
    values = map(layout.cells, rows)
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f'copy "{table.name}" ({layout.columns}) from stdin') as copy:
                for row in values:
                    copy.write_row(row)
        else:
            cursor.executemany(layout.insert, _for_sqlite(layout, values))  # type: ignore[arg-type]
    except (connection.dialect.loaded_dbapi.IntegrityError, connection.dialect.loaded_dbapi.DataError) as error:
        raise sa.exc.IntegrityError(f"insert into {table.name}", None, error) from error
    finally:
        cursor.close()


@dataclass(frozen=True)
class _Layout:
    """Column names of a table as quoted text, its insert statement for SQLite, a function that gets the cells of a row
    in that order, and the positions of cells that SQLite stores as text, each with its formatter."""

    columns: str
    insert: str
    cells: Callable[[Row], tuple[Any, ...]]
    written: tuple[tuple[int, Callable[[Any], str]], ...]


@cache
def _layout(table: sa.Table) -> _Layout:
    names = [column.name for column in table.columns]
    columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    written = [(place, way) for place, column in enumerate(table.columns) if (way := _written(column)) is not None]
    insert_text = f'insert into "{table.name}" ({columns}) values ({places})'
    return _Layout(columns, insert_text, itemgetter(*names), tuple(written))


def _for_sqlite(layout: _Layout, rows: Iterable[tuple[Any, ...]]) -> Iterable[list[Any]]:
    """SQLite has no instants or dates: text, in the form in which SQLAlchemy reads it back."""
    for row in rows:
        cells = list(row)
        for place, way in layout.written:
            if cells[place] is not None:
                cells[place] = way(cells[place])
        yield cells


def _written(column: sa.Column[Any]) -> Callable[[Any], str] | None:
    if isinstance(column.type, Instant):
        return _instant
    return date.isoformat if isinstance(column.type, sa.Date) else None


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
