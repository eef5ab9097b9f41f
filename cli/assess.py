"""`hazlane assess`: score the boxes of a declarations file and share out the capacity among them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.output import json_option, now, print_json, print_table, progress
from data.errors import InvalidInput
from data.settings import settings
from data.vocabulary import Lane

if TYPE_CHECKING:
    from models.assessor import Assessor

COLUMNS: Final = (
    "declaration_id", "box_no", "risk", "probability_declaration", "probability_packing", "probability_papers",
    "lane", "selection_probability", "selected_by", "reasons",
)  # fmt: skip
FORMATS: Final = (".parquet", ".csv", ".jsonl")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("assessments.parquet"),
              show_default=True, help="Ends in .parquet, .csv or .jsonl.")  # fmt: skip
@json_option
def assess(file: Path, out: Path, as_json: bool) -> None:
    """Assess the boxes of FILE as one plan: risk, lane and reasons, the riskiest first.

    Declarations and assessments are stored. Without a trained model the rules answer, and say so.
    """
    from models.assessor import Assessor

    if out.suffix not in FORMATS:
        raise InvalidInput(f"{out} has no known ending.", f"Use one of {', '.join(FORMATS)}.")
    assessor = Assessor.open(settings())
    try:
        bodies, rejected = assessed(assessor, file, quiet=as_json)
    finally:
        assessor.store.close()
    for reason in rejected[:20]:
        click.echo(f"rejected: {reason}", err=True)
    write(bodies, out)
    lanes = {lane.value: sum(body["lane"] == lane for body in bodies) for lane in Lane}
    told = {
        "boxes": len(bodies),
        "rejected_rows": len(rejected),
        "lanes": lanes,
        "model_version": assessor.model_version,
        "degraded": assessor.degraded,
        "out": str(out),
    }
    if as_json:
        print_json(told)
        return
    print_table(
        f"{len(bodies):,} boxes assessed, {len(rejected):,} rows rejected", ("lane", "boxes"), list(lanes.items())
    )
    click.echo(f"Model {assessor.model_version}; written to {out}")
    if assessor.degraded:
        click.echo("No trained model is there, so the rules answered. Train one with `hazlane train`.", err=True)


def assessed(assessor: Assessor, file: Path, quiet: bool = False) -> tuple[list[dict[str, Any]], list[str]]:
    """Store and assess the boxes of a declarations file in their latest version, the riskiest first.

    A box with a rejected row is left out, to be sent again whole. Also returns why rows were rejected.

    Raises InvalidInput when the file is no declarations table or message.
    """
    from data.sources.tables import read
    from features.boxes import boxes_of_rows, latest_versions

    with progress(quiet) as bars:
        task = bars.add_task(f"reading {file.name}", total=None)
        reading = read(file)
        if reading.table != "declarations":
            raise InvalidInput(f"{file} holds {reading.table}, not declarations.", "Use `hazlane ingest` for it.")
        at = now()
        assessor.store.add_rejected([entry.as_dict() for entry in reading.rejected], at)
        added = assessor.store.add_declarations(reading.rows, file.name, at)
        # A box is judged whole or not at all: the line that was refused may be the dangerous one.
        broken = {entry.box for entry in reading.rejected}
        broken |= {(entry.row["declaration_id"], entry.row["box_no"]) for entry in added.conflicting}
        rows = [row for row in reading.rows if (row["declaration_id"], row["box_no"]) not in broken]
        bodies: list[dict[str, Any]] = []
        if rows:
            boxes = boxes_of_rows(rows)
            boxes = boxes.take(latest_versions(boxes))
            bars.update(task, description="assessing", total=len(boxes), completed=0)
            for part in assessor.plan(boxes, at):
                bodies += part
                bars.update(task, completed=len(bodies))
    bodies.sort(key=lambda body: -body["risk"])
    return bodies, [*map(str, reading.rejected), *map(str, added.conflicting)]


def write(bodies: Sequence[dict[str, Any]], out: Path) -> None:
    """Write assessments as a table with `COLUMNS`; `reasons` is JSON text."""
    import pandas as pd

    table = pd.DataFrame([_row(body) for body in bodies], columns=list(COLUMNS))
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".parquet":
        table.to_parquet(out, index=False)
    elif out.suffix == ".csv":
        table.to_csv(out, index=False)
    else:
        table.to_json(out, orient="records", lines=True, force_ascii=False)


def _row(body: dict[str, Any]) -> dict[str, Any]:
    same = ("declaration_id", "box_no", "risk", "lane", "selection_probability", "selected_by")
    return {
        **{name: body[name] for name in same},
        **{f"probability_{family}": value for family, value in body["probability"].items()},
        "reasons": json.dumps(body["reasons"], ensure_ascii=False),
    }
