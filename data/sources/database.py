"""A port's own PostgreSQL database as a source: the rows of one query, read through a server-side cursor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from data.errors import InvalidInput, NotReady
from data.sources.reading import Raw, Scan

_SCHEMES: Final = ("postgresql://", "postgres://", "postgresql+psycopg://")
_ROWS_A_TRIP: Final = 5_000


def is_database(source: object) -> bool:
    """Whether a source is named by a database URL."""
    return str(source).startswith(_SCHEMES)


def scan_database(url: str, query: str, at: datetime, mapping: Path | None = None) -> Scan:
    """The rows of `query`; their table is recognised by the column names. The database is only read.

    Raises NotReady when the database cannot be reached, InvalidInput when the query fails or has no table's columns.
    """
    import sqlalchemy as sa

    from data.sources.tables import scan_records

    # Always the same driver. Errors do not contain the password.
    engine = sa.create_engine(sa.make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername=_DRIVER))
    try:
        connection = engine.connect().execution_options(postgresql_readonly=True)
    except sa.exc.OperationalError as error:
        raise NotReady(f"The database cannot be reached: {error.orig}.", "Check the URL.") from None
    try:
        found = connection.execution_options(yield_per=_ROWS_A_TRIP).execute(sa.text(query))
        names = list(found.keys())
    except sa.exc.DBAPIError as error:
        connection.close()
        raise InvalidInput(f"The query failed: {str(error.orig).splitlines()[0]}.", "Correct --query.") from None
    except sa.exc.ResourceClosedError:
        connection.close()
        raise InvalidInput("The statement in --query does not return rows.", "Write a SELECT.") from None

    def raws() -> Iterator[Raw]:
        with connection:
            for number, row in enumerate(found, start=1):
                values: dict[str, Any] = dict(zip(names, row, strict=True))
                yield Raw(number, values)

    return scan_records("database", names, raws(), at, mapping)


_DRIVER: Final = "postgresql+psycopg"
