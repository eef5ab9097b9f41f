"""The summary of `hazlane ingest` for people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from cli.output import print_table

if TYPE_CHECKING:
    from data.ingest import SourceSummary

# How a sheet that was not read is named among the unknown columns.
_SHEET: Final = re.compile(r"sheet .* \(not read\)")
_COUNTS: Final = ("accepted", "amended", "duplicate", "quarantined")


def print_summary(sources: Sequence[SourceSummary]) -> None:
    """Print counts by source, then the faults and what to do about them."""
    rows = [(one.source, one.contains or "-", *(f"{getattr(one, name):,}" for name in _COUNTS)) for one in sources]
    print_table("Ingested", ("source", "content", *_COUNTS), rows)
    for one in sources:
        sheets = [column for column in one.unknown_columns if _SHEET.fullmatch(column)]
        if columns := [column for column in one.unknown_columns if column not in sheets]:
            table = one.contains in ("declarations", "statements", "notices", "inspections")
            note = "unknown columns, ignored:" if table else "accepted; parts that are not read:"
            click.echo("\n  ".join([f"{one.source}: {note}", *columns]))
        if sheets:
            click.echo("\n  ".join([f"{one.source}: sheets of the workbook:", *sheets]))
        for reason in one.reasons:
            click.echo(f"quarantined: {reason}", err=True)
        if one.quarantined > len(one.reasons):
            click.echo(f"{one.source}: {one.quarantined - len(one.reasons):,} more in quarantine.", err=True)
        if one.quarantined:
            click.echo("`hazlane quarantine list` shows the entries.", err=True)
        if one.error:
            click.echo(f"error: {one.source}: {one.error}", err=True)
