"""Ingest files repeatedly in a child process that is killed after a random delay, then once undisturbed.

    python -m tests.data.killed STORE_URL KILLS SEED FILE...

Prints one JSON object: the number of stored entries when each attempt was killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import sqlalchemy as sa

import data.ingest
from data.sources.tables import read
from data.store import Store
from data.store.engine import engine_of
from data.store.schema import bookmarks
from tests.data.examples import AT

# Small turns: many commits, so that many places can be hit.
data.ingest._ENTRIES_PER_BATCH = 40  # type: ignore[misc]


def ingest(url: str, files: list[Path]) -> None:
    """Ingest in this process."""
    store = Store.open(url)
    data.ingest.ingest(files, store, AT)
    store.close()


def attempt(url: str, files: list[Path], delay_s: float | None) -> float:
    """Ingest in a child process, killed after `delay_s`; returns its run time in seconds."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            ingest(url, files)
        finally:
            os._exit(0)
    if delay_s is not None:
        time.sleep(delay_s)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return time.monotonic() - began


def stored(url: str) -> int:
    """Number of stored entries, by the bookmarks."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = sa.inspect(connection).has_table("bookmarks")
        count = connection.scalar(sa.select(sa.func.sum(bookmarks.c.entries))) if found else 0
    engine.dispose()
    return int(count or 0)


def main() -> None:
    """Command line; see the module docstring."""
    url, kills, seed, *names = sys.argv[1:]
    files = [Path(name) for name in names]
    chance = random.Random(int(seed))
    scratch = f"sqlite:///{Path(names[0]).parent / 'undisturbed-for-its-time.db'}"
    # What every start does first is done once here, so that the children are killed while they store.
    Store.open(url).close()
    Store.open(scratch).close()
    for file in files:
        read(file, AT)
    duration_s = attempt(scratch, files, None)
    reached = []
    for _ in range(int(kills)):
        attempt(url, files, chance.uniform(0, 2.5 * duration_s / int(kills) + 0.02))
        reached.append(stored(url))
    ingest(url, files)
    print(json.dumps({"reached": reached, "all": stored(url)}))


if __name__ == "__main__":
    main()
