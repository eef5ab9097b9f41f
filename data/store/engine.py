"""Connections to SQLite in write-ahead mode, or to PostgreSQL. Writers wait for each other; readers never wait."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy import event

from data.errors import InvalidInput, NotReady

BUSY_TIMEOUT_MS: Final = 30_000
_RETRY_S: Final = 0.02
# Enough for the upper levels of the indexes of a store with millions of rows.
_SQLITE_CACHE_KIB: Final = 65_536
# Key of the advisory lock of writers in PostgreSQL; any fixed number.
_WRITERS_LOCK: Final = 0x68617A6C


def engine_of(url: str) -> sa.Engine:
    """An engine for `url`; the folder of an SQLite file is created. Raises InvalidInput for another database."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise InvalidInput(f"The database URL {url!r} cannot be read.", "Correct HAZLANE_DATABASE_URL.") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), json_serializer=_json, pool_pre_ping=True)
    raise InvalidInput(
        f"The store does not support the database {parsed.get_backend_name()}.", "Use a sqlite or a postgresql URL."
    )


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A write transaction, one at a time, so events are numbered in the order in which they are committed.

    Raises NotReady when the database cannot be reached.
    """
    with _connected(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection = connection.execution_options(begin="BEGIN IMMEDIATE")
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
            yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A read transaction. Raises NotReady when the database cannot be reached."""
    with _connected(engine) as connection, connection.begin():
        yield connection


def _connected(engine: sa.Engine) -> sa.Connection:
    try:
        return engine.connect()
    except sa.exc.DBAPIError as error:
        raise NotReady(f"The store cannot be opened: {error.orig}.", "Check HAZLANE_DATABASE_URL.") from error


def _json(value: Any) -> str:
    """Compact JSON. Raises ValueError for NaN and infinity, which JSON does not have."""
    text = to_json(value, inf_nan_mode="constants")
    if b"NaN" in text or b"Infinity" in text:
        # The match may be inside a text; this serializer raises only for the numbers.
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.decode()


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, json_serializer=_json)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions; `begin` below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute(f"PRAGMA cache_size = -{_SQLITE_CACHE_KIB}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _write_ahead(cursor: Any) -> None:
    """Switch to write-ahead mode, with retries, because SQLite does not wait for other connections in this switch."""
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_RETRY_S)
