"""`hazlane ingest DIR --watch`: ingest each file of a folder once, as it arrives."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from cli.ingest_summary import print_summary
from cli.output import now, print_json
from data.settings import settings

_POLL_SECONDS: Final = 2.0


def watch_folder(
    path: Path,
    mapping: Path | None,
    as_json: bool,
    wait: Callable[[], object] = lambda: time.sleep(_POLL_SECONDS),
) -> None:
    """Ingest the files of the folder and each new one, until interrupted; skip files that were read before."""
    from data.ingest import digest_of, ingest_file
    from data.store import Store
    from data.watch import Folder

    folder = Folder(path)
    store = Store.open(settings().store_url)
    click.echo(f"Watching {path}; stop with Ctrl-C.", err=True)
    try:
        while True:
            for file in folder.poll():
                if mapping is None and store.was_read(digest_of(file)):
                    continue
                summary = ingest_file(file, store, now(), mapping=mapping, arriving=True)
                if as_json:
                    print_json(summary.as_dict())
                else:
                    print_summary([summary])
            wait()
    finally:
        store.close()
