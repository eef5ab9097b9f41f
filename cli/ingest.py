"""`hazlane ingest`: a port's own tables and messages into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output import json_option, now, print_json, print_table, progress
from data.settings import settings

if TYPE_CHECKING:
    from data.ingest import Summary


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def ingest(context: click.Context, files: Sequence[Path], as_json: bool) -> None:
    """Read declarations and inspections (CSV, Parquet, JSON Lines) and IFTDGN messages.

    Bad rows are kept with their reasons and counted; the valid rows beside them are stored. Exit code 1 when
    a file could not be read at all.
    """
    summary = ingested(files, quiet=as_json)
    if as_json:
        print_json(summary.as_dict())
    else:
        tell(summary)
    if summary.failed:
        context.exit(1)


def ingested(files: Sequence[Path], quiet: bool = False) -> Summary:
    """Ingest with a progress bar."""
    from data.ingest import ingest as into_store
    from data.store import Store

    store = Store.open(settings().store_url)
    try:
        with progress(quiet) as bars:
            tasks = {file.name: bars.add_task(f"{file.name}: waiting", total=None) for file in files}
            summary = into_store(
                files, store, now(), lambda name, rows: bars.update(tasks[name], description=f"{name}: {rows:,} rows")
            )
            for task in tasks.values():
                bars.update(task, total=1, completed=1)
    finally:
        store.close()
    return summary


def tell(summary: Summary) -> None:
    """The summary for people: counts by file, then what was wrong and what to do."""
    rows = [(f.source, f.table or "-", f"{f.accepted:,}", f"{f.duplicate:,}", f"{f.rejected:,}") for f in summary.files]
    print_table("Ingested", ("file", "table", "accepted", "duplicate", "rejected"), rows)
    for file in summary.files:
        if file.unknown_columns:
            click.echo(f"{file.source}: columns not in the contract, ignored: {', '.join(file.unknown_columns)}")
        for reason in file.reasons:
            click.echo(f"rejected: {reason}", err=True)
        if file.rejected > len(file.reasons):
            click.echo(
                f"{file.source}: {file.rejected - len(file.reasons):,} more; all are kept in rejected_rows.", err=True
            )
        if file.error:
            click.echo(f"error: {file.error}", err=True)
