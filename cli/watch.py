"""`hazlane ingest DIR --watch`: each file once, as it arrives."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from cli.ingest_summary import tell
from cli.output import now, print_json
from data.settings import settings

_POLL_SECONDS: Final = 2.0


def watch_folder(
    path: Path,
    mapping: Path | None,
    as_json: bool,
    wait: Callable[[], object] = lambda: time.sleep(_POLL_SECONDS),
) -> None:
    """Ingest what lies in the folder and what comes, until interrupted. What was read before is passed over."""
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
                    tell([summary])
            wait()
    finally:
        store.close()
