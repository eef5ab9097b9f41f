"""`hazlane ingest --explain FILE`: show how a file would be read, with a mapping file to correct it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output import console, now, print_json, print_table
from data.errors import InvalidInput

if TYPE_CHECKING:
    from data.sources.explain import Explanation


def explain_files(files: Sequence[Path], mapping: Path | None, as_json: bool) -> None:
    """Show how each file would be read; store nothing. Raises InvalidInput for the first that cannot be read."""
    from data.sources.explain import explain

    reported = [explain(file, now(), mapping) for file in files]
    if as_json:
        print_json({"files": [one.as_dict() for one in reported]})
    else:
        for one in reported:
            _print_report(one)
    if unread := next((one for one in reported if one.error), None):
        raise InvalidInput(unread.error, unread.remedy)


def _print_report(one: Explanation) -> None:
    facts = {
        "delimiter": one.delimiter and repr(one.delimiter),
        "decimal mark": one.decimal and repr(one.decimal),
        "sheet": one.sheet,
        "header in row": one.header_row,
    }
    written = [one.format, *filter(None, [one.encoding]), *(f"{name} {fact}" for name, fact in facts.items() if fact)]
    console.print(f"{one.source}: {', '.join(written)}", soft_wrap=True, markup=False)
    console.print(f"contains {one.contains}; {one.rows:,} rows read, {one.refused:,} would be quarantined")
    rows = [
        (
            heading.heading,
            heading.column or (f"{heading.proposal} ?" if heading.proposal else "-"),
            heading.how + (f", in {heading.unit}" if heading.unit else ""),
            "; ".join(raw if raw == read or not read else f"{raw} → {read}" for raw, read in heading.samples),
        )
        for heading in one.headings
    ]
    if rows:
        print_table("", ("heading", "column", "recognised by", "cells, and how they are read"), rows)
    for problem in one.problems:
        click.echo(f"would be quarantined: {problem}", err=True)
    for note in one.notes:
        click.echo(f"note: {note}")
    if one.error or any(heading.column is None for heading in one.headings):
        click.echo("\nMapping file: correct it, save it, and pass it with --mapping:\n")
        click.echo(one.mapping_toml())
