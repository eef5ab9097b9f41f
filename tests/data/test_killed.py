"""An ingest that is killed twenty times at random, and restarted, gives the same store as an undisturbed one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from data.ingest import ingest
from data.store import Store, schema
from data.store.engine import engine_of
from tests.data.examples import AT

SAMPLES = Path(__file__).parent / "samples"
KILLS = 20


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A table with valid, invalid, repeated and amended rows, and messages of several boxes."""
    header = "declaration_id,box_no,declared_at,amendment_no,un_no,net_mass_kg,description"
    rows = [
        f"D{n % 1500},BOX{n % 1500},2026-03-0{1 + n // 1500},{n // 1500},{1203 if n % 17 else 99999},{n}.5,货物{n % 7}"
        for n in range(4_000)
    ]
    table = tmp_path / "declarations.csv"
    table.write_text("\n".join([header, *rows, *rows[:200]]) + "\n", encoding="utf-8")
    return [table, *sorted(SAMPLES.glob("*.edi"))]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'killed.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


def test_a_killed_ingest_continues(url: str, files: list[Path], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.data.killed", url, str(KILLS), "7", *map(str, files)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    reported = json.loads(done.stdout)
    # It was hit on the way, in several places, or this test proves nothing.
    on_the_way = {count for count in reported["reached"] if 0 < count < reported["all"]}
    assert len(on_the_way) >= 3, reported
    undisturbed = f"sqlite:///{tmp_path / 'undisturbed.db'}"
    store = Store.open(undisturbed)
    ingest(files, store, AT)
    store.close()
    for table in schema.metadata.sorted_tables:
        assert rows_of(url, table) == rows_of(undisturbed, table), table.name


def rows_of(url: str, table: sa.Table) -> list[Any]:
    """All rows of a table, in the order of its key."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
    engine.dispose()
    return found
