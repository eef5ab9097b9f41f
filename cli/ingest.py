"""`hazlane ingest`: read files, a watched folder or a database of the port into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.ingest_summary import print_summary
from cli.output import json_option, now, print_json, progress
from data.errors import InvalidInput
from data.settings import settings

if TYPE_CHECKING:
    from data.ingest import SourceSummary, Summary


@click.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A mapping file (TOML) for headings that are not recognised.")  # fmt: skip
@click.option("--explain", is_flag=True, help="Show how a file would be read, and store nothing.")
@click.option("--watch", is_flag=True, help="Ingest the files of a folder, then each new one as it arrives.")
@click.option(
    "--query", help="What to read from a PostgreSQL database: SELECT … with column names that are recognised."
)
@json_option
@click.pass_context
def ingest(
    context: click.Context,
    sources: Sequence[str],
    mapping: Path | None,
    explain: bool,
    watch: bool,
    query: str | None,
    as_json: bool,
) -> None:
    """Read declarations, inspections and other papers: tables (CSV, Excel, Parquet, JSON Lines), EDIFACT, DCSA JSON.

    SOURCES are files, one folder with --watch, or one postgresql://… URL with --query. Valid rows are stored; invalid
    ones are kept in quarantine with their reasons. An interrupted run continues where it stopped. Exit code 1 when a
    source could not be read at all.
    """
    _check(sources, explain, watch, query)
    if explain:
        from cli.explain import explain_files

        explain_files([Path(source) for source in sources], mapping, as_json)
    elif watch:
        from cli.watch import watch_folder

        watch_folder(Path(sources[0]), mapping, as_json)
    else:
        summary = ingested(sources, as_json, mapping, query)
        if as_json:
            print_json(summary.as_dict())
        else:
            print_summary(summary.sources)
        if summary.failed:
            context.exit(1)


def _check(sources: Sequence[str], explain: bool, watch: bool, query: str | None) -> None:
    from data.sources.database import is_database

    databases = [source for source in sources if is_database(source)]
    if sum((explain, watch, query is not None)) > 1:
        raise click.UsageError("Use one of --explain, --watch and --query.")
    if watch and (len(sources) > 1 or not Path(sources[0]).is_dir()):
        raise InvalidInput(f"--watch needs one existing folder; got {', '.join(sources)}.", "Give one existing folder.")
    if query is not None and (len(sources) > 1 or not databases):
        raise click.UsageError("--query needs exactly one postgresql://… URL.")
    if databases and query is None:
        raise click.UsageError("A database needs --query with the SELECT statement to run.")


def ingested(
    sources: Sequence[str | Path], quiet: bool = False, mapping: Path | None = None, query: str | None = None
) -> Summary:
    """Ingest sources into the store, with a progress display unless `quiet`."""
    from data.ingest import Summary, ingest_file, ingest_rows
    from data.sources.database import scan_database
    from data.store import Store

    store = Store.open(settings().store_url)
    reported: list[SourceSummary] = []
    try:
        with progress(quiet) as bars:
            for source in sources:
                name = Path(source).name if query is None else "database"
                task = bars.add_task(f"{name}: waiting", total=None)

                def print_rows(name: str, rows: int, task: object = task) -> None:
                    bars.update(task, description=f"{name}: {rows:,} rows")  # type: ignore[arg-type]

                if query is None:
                    reported.append(ingest_file(Path(source), store, now(), print_rows, mapping))
                else:
                    at = now()
                    reported.append(
                        ingest_rows(scan_database(str(source), query, at, mapping), name, store, at, print_rows)
                    )
                bars.update(task, total=1, completed=1)
    finally:
        store.close()
    return Summary(reported)
