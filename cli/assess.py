"""`hazlane assess`: assess the boxes of a declarations file, and plan which of them to open within capacity."""

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
    import pandas as pd

    from models.assessor import Assessor

COLUMNS: Final = (
    "declaration_id", "box_no", "risk", "probability_declaration", "probability_packing", "probability_papers",
    "lane", "selection_probability", "selected_by", "reasons",
)  # fmt: skip
FORMATS: Final = (".parquet", ".csv", ".jsonl")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("assessments.parquet"),
              show_default=True, help="Output file: .parquet, .csv or .jsonl.")  # fmt: skip
@click.option("--now", "by_now", is_flag=True,
              help="Use what is known now instead of what was known when each box was declared.")  # fmt: skip
@json_option
@click.pass_context
def assess(context: click.Context, file: Path, out: Path, by_now: bool, as_json: bool) -> None:
    """Assess the boxes of FILE as one plan: risk, lane and reasons, highest risk first.

    Each box is assessed with what was known when it was declared, so that its own outcome is not used. Declarations and
    assessments are stored. Without a trained model, fixed rules assess the boxes, and a message says so.
    """
    from models.assessor import Assessor

    checked(out, file)
    assessor = Assessor.open(settings())
    try:
        bodies, rejected, skipped = assessed(assessor, file, as_json, by_now)
    finally:
        assessor.store.close()
    for reason in rejected[:20]:
        click.echo(f"rejected: {reason}", err=True)
    for declaration_id, box_no in skipped:
        click.echo(
            f"not assessed: box {box_no} of declaration {declaration_id}; correct its rejected rows and send it again.",
            err=True,
        )
    write_table(table(bodies), out)
    lanes = {lane.value: sum(body["lane"] == lane for body in bodies) for lane in Lane}
    reported = {
        "boxes": len(bodies),
        "rejected_rows": len(rejected),
        "not_assessed": skipped,
        "lanes": lanes,
        "model_version": assessor.model_version,
        "degraded": assessor.degraded,
        "out": str(out),
    }
    if as_json:
        print_json(reported)
    else:
        _print_report(reported, bodies, rejected, lanes)
    if rejected and not bodies:
        context.exit(1)


def _print_report(
    reported: dict[str, Any], bodies: list[dict[str, Any]], rejected: list[str], lanes: dict[str, int]
) -> None:
    print_table(
        f"{len(bodies):,} boxes assessed, {len(rejected):,} rows rejected", ("lane", "boxes"), list(lanes.items())
    )
    click.echo(f"Model {reported['model_version']}; written to {reported['out']}")
    if reported["degraded"]:
        click.echo(
            "No trained model could be used: fixed rules assessed the boxes. Train a model with `hazlane train`.",
            err=True,
        )


def assessed(
    assessor: Assessor, file: Path, quiet: bool = False, by_now: bool = False
) -> tuple[list[dict[str, Any]], list[str], list[tuple[str, str]]]:
    """Store and assess the boxes that a file declares, each in its latest recorded version.

    Returns the assessments, highest risk first; the reasons of rejected rows; and the boxes (declaration_id, box_no)
    that were not assessed because one of their rows was rejected. Cancelled boxes are skipped. Each box is assessed
    with what was known when it was declared, or with what is known now where `by_now` is true.

    Raises InvalidInput when the file contains no declarations.
    """
    from data.sources.tables import read
    from data.store.bookmarks import Bookmark
    from models.planning.plan import PlanRun

    with progress(quiet) as bars:
        task = bars.add_task(f"reading {file.name}", total=None)
        at = now()
        reading = read(file, at)
        named = [(entry.row["declaration_id"], entry.row["box_no"]) for entry in reading.declared]
        if not named and not reading.rejected:
            raise InvalidInput(
                f"{file} contains {reading.contains} and no declarations.", "Read it with `hazlane ingest`."
            )
        refused = assessor.store.take(reading.entries, Bookmark(f"assess {file.name}", file.name, at), at)
        # A box is assessed only with all its line items: the rejected one may be the dangerous one.
        broken = {entry.box for entry in refused if entry.box}
        assessor.follow()
        whole = [box for box in dict.fromkeys(named) if box not in broken]
        boxes = assessor.recorded_boxes(whole, at if by_now else None)
        bars.update(task, description="assessing", total=len(boxes), completed=0)
        bodies: list[dict[str, Any]] = []
        if len(boxes):
            # By default as of the box's own instant: what is known now includes the box's own outcome.
            profiles = None if by_now else assessor.following.when_known(boxes)
            for part in PlanRun(assessor, boxes, at, profiles=profiles).bodies():
                bodies += part
                bars.update(task, completed=len(bodies))
    bodies.sort(key=lambda body: -body["risk"])
    return bodies, list(map(str, refused)), sorted(broken)


def checked(out: Path, *read: Path | None) -> None:
    """Check that a table can be written to `out`, and that `out` is none of the files to be read.

    Raises InvalidInput, also for an unknown file extension.
    """
    if out.suffix not in FORMATS:
        raise InvalidInput(f"{out} has an unknown file extension.", f"Use one of {', '.join(FORMATS)}.")
    if any(path and out.resolve() == path.resolve() for path in read):
        raise InvalidInput(f"{out} is an input file.", "Name another file with --out.")
    if not next(folder for folder in out.resolve().parents if folder.exists()).is_dir():
        raise InvalidInput(f"{out} is below a file, not a folder.", "Name another folder with --out.")


def table(bodies: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Assessments as a table with `COLUMNS`; `reasons` is JSON text."""
    import pandas as pd

    found = pd.DataFrame([_row(body) for body in bodies], columns=list(COLUMNS))
    found["selected_by"] = found["selected_by"].astype("str")
    return found


def write_table(found: pd.DataFrame, out: Path) -> None:
    """Write a table in the format of the file extension; create the folder if it is missing."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".parquet":
        found.to_parquet(out, index=False)
    elif out.suffix == ".csv":
        found.to_csv(out, index=False)
    else:
        found.to_json(out, orient="records", lines=True, force_ascii=False)


def _row(body: dict[str, Any]) -> dict[str, Any]:
    same = ("declaration_id", "box_no", "risk", "lane", "selection_probability", "selected_by")
    return {
        **{name: body[name] for name in same},
        **{f"probability_{family}": value for family, value in body["probability"].items()},
        "reasons": json.dumps(body["reasons"], ensure_ascii=False),
    }
