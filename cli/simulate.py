"""`hazlane simulate`: write the tables of a simulated port, and the true violations in a file of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from cli.output import Steps, json_option, print_json, progress
from data.errors import InvalidInput
from data.settings import settings


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Folder; default: simulated in the var folder."
)
@click.option("--boxes", type=click.IntRange(min=100), default=60_000, show_default=True)
@click.option("--days", type=click.IntRange(min=30), default=730, show_default=True)
@click.option("--seed", type=int, default=None, help="Default: HAZLANE_SEED.")
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="First day. Default: 2024-01-01, or earlier so that all inspections were recorded before today.",
)
@json_option
def simulate(out: Path | None, boxes: int, days: int, seed: int | None, start: datetime | None, as_json: bool) -> None:
    """Simulate a port: write declarations.csv, inspections.csv and oracle/oracle.csv.

    The oracle file has the true violations of every box; training never reads it.
    """
    from data.simulator import START, latest_start
    from data.simulator import simulate as simulated

    latest = latest_start(days, datetime.now(UTC).date())
    begin = start.date() if start else min(START, latest)
    if begin > latest:
        raise InvalidInput(
            f"A port of {days} days from {begin} on has inspections that are recorded after today; "
            "`hazlane ingest` would refuse these.",
            f"Use --start {latest} or earlier, or fewer --days.",
        )
    folder = out or settings().var / "simulated"
    chosen = settings().seed if seed is None else seed
    with progress(as_json) as bars:
        steps = Steps(bars)
        simulated_port = simulated(boxes=boxes, days=days, seed=chosen, start=begin, progress=steps)
        steps("writing")
        simulated_port.write(folder)
        steps.done()
    reported = {
        "folder": str(folder),
        "seed": chosen,
        "declaration_rows": len(simulated_port.declarations),
        "inspection_rows": len(simulated_port.inspections),
        "boxes": len(simulated_port.oracle),
    }
    if as_json:
        print_json(reported)
    else:
        click.echo(
            f"{reported['boxes']:,} boxes, {reported['declaration_rows']:,} declaration rows and "
            f"{reported['inspection_rows']:,} inspection rows in {folder} (seed {chosen}).\n"
            f"Next: hazlane ingest {folder}/declarations.csv {folder}/inspections.csv"
        )
