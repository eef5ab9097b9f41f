"""What became of ingested sources, for people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from cli.output import print_table

if TYPE_CHECKING:
    from data.ingest import SourceSummary

# How a workbook's sheet that was not read is named, among what was left out.
_SHEET: Final = re.compile(r"sheet .* \(not read\)")
_COUNTS: Final = ("accepted", "amended", "duplicate", "quarantined")


def tell(sources: Sequence[SourceSummary]) -> None:
    """The summary for people: counts by source, then what was wrong and what to do."""
    rows = [(one.source, one.holds or "-", *(f"{getattr(one, name):,}" for name in _COUNTS)) for one in sources]
    print_table("Ingested", ("source", "holds", *_COUNTS), rows)
    for one in sources:
        sheets = [column for column in one.unknown_columns if _SHEET.fullmatch(column)]
        if columns := [column for column in one.unknown_columns if column not in sheets]:
            table = one.holds in ("declarations", "statements", "notices", "inspections")
            said = "columns not in the contract, ignored:" if table else "taken, though it holds what is not read:"
            click.echo("\n  ".join([f"{one.source}: {said}", *columns]))
        if sheets:
            click.echo("\n  ".join([f"{one.source}: sheets of the workbook:", *sheets]))
        for reason in one.reasons:
            click.echo(f"quarantined: {reason}", err=True)
        if one.quarantined > len(one.reasons):
            click.echo(f"{one.source}: {one.quarantined - len(one.reasons):,} more in quarantine.", err=True)
        if one.quarantined:
            click.echo("`hazlane quarantine list` shows what waits there.", err=True)
        if one.error:
            click.echo(f"error: {one.source}: {one.error}", err=True)
