"""One box assessed in process, beside the bare boosters of the same model.

`python -m benchmarks.latency --json` prints one JSON object on its last line. `ratio_to_bare_boosters` is the
median time of an assessment in process (validated rows in; ledger, features, score, lane, reasons; body out)
over the median time of LightGBM's predict plus contributions for the three boosters on the same feature row.
`ratio_with_store` adds what the service does before it answers: declaration and assessment committed to SQLite.
`median_ms.late` is that of a box declared a week before the last event: its histories are made anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
import numpy as np
import pandas as pd

from benchmarks.output import as_json, say
from data.settings import Settings
from data.simulator import simulate
from data.store import Store
from features.boxes import boxes_of_frame, boxes_of_rows
from features.catalogue import matrix
from features.checks.stage import check
from features.history import History
from features.outcomes import inspected_rows
from features.view import View
from models.assessor import Assessor
from models.lanes import policy_of
from models.risk import RiskModel
from training.dataset import dataset_of
from training.learn import learn_at

_LATE: Final = timedelta(days=7)
# Calls that warm up and are not counted, and calls of late boxes.
_WARM: Final = 20
_LATE_CALLS: Final = 20


def bare(model: RiskModel, row: np.ndarray[Any, Any]) -> None:
    """LightGBM's own predict and contributions for each booster, nothing of ours."""
    for family in model.families.values():
        if family.booster is not None:
            family.booster.predict(row, raw_score=True, num_threads=1)
            family.booster.predict(row, pred_contrib=True, num_threads=1)


def answered(assessor: Assessor, rows: list[dict[str, Any]], at: datetime) -> None:
    """An assessment in process, from validated rows to the body."""
    assessor.answer(check(boxes_of_rows(rows)), at)


def belated(rows: list[dict[str, Any]], latest: datetime) -> list[dict[str, Any]]:
    """The rows as if they had been declared before the last event of the ledger."""
    return [{**row, "declared_at": latest - _LATE} for row in rows]


def milliseconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dicts, missing values None."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in record.items()}
        for record in frame.to_dict("records")
    ]


def rows_of(frame: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """Validated rows of each box, as the service gets them, in order of declaration."""
    boxes: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in plain_rows(frame.sort_values("declared_at", kind="stable")):
        if not row["amendment_no"]:
            boxes.setdefault((row["declaration_id"], row["box_no"]), []).append(row)
    return list(boxes.values())


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seed", default=1, show_default=True)
@click.option("--boxes", default=30_000, show_default=True)
@click.option("--calls", default=400, show_default=True)
def main(json_only: bool, seed: int, boxes: int, calls: int) -> None:
    """Time single assessments against the bare boosters, alternating so that both see the same machine."""
    world = simulate(boxes=boxes, days=730, seed=seed)
    cut = world.declarations["declared_at"].quantile(0.97)
    past = world.declarations[world.declarations["declared_at"] < cut]
    waiting = rows_of(world.declarations[world.declarations["declared_at"] >= cut])[: _WARM + calls + _LATE_CALLS]
    if len(waiting) <= _WARM + _LATE_CALLS:
        raise click.UsageError(f"{boxes} boxes leave only {len(waiting)} to time; simulate more with --boxes.")
    inspections = world.inspections[world.inspections["recorded_at"] < cut]
    dataset = dataset_of(past, inspections)
    model = learn_at(dataset, dataset.end, seed, threads=1)
    history = History()
    history.add(check(boxes_of_frame(past)), inspected_rows(inspections))
    figures: dict[str, list[float]] = {"bare": [], "answered": [], "stored": [], "late": []}
    with TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        store = Store.open(settings.store_url)
        store.add_declarations(plain_rows(past), "benchmark", datetime.now(UTC))
        store.add_inspections(plain_rows(inspections), "benchmark", datetime.now(UTC))
        assessor = Assessor(store, model, policy_of(settings))
        for rows in waiting[:-_LATE_CALLS]:
            now, box = datetime.now(UTC), check(boxes_of_rows(rows))
            features = matrix(View(box, history.read(box)))
            figures["bare"].append(milliseconds(partial(bare, model, features)))
            figures["answered"].append(milliseconds(partial(answered, assessor, rows, now)))
            figures["stored"].append(milliseconds(partial(assessor.assess, rows, now)))
        latest = past["declared_at"].max().to_pydatetime()
        for rows in waiting[-_LATE_CALLS:]:
            late = belated(rows, latest)
            figures["late"].append(milliseconds(partial(assessor.assess, late, datetime.now(UTC))))
        store.close()
    middle = {name: median(values[_WARM if name != "late" else 0 :]) for name, values in figures.items()}
    trees = {family.value: m.booster.num_trees() if m.booster else 0 for family, m in model.families.items()}
    say(json_only, ", ".join(f"{name} {value:.2f} ms" for name, value in middle.items()) + f"; trees {trees}")
    as_json(
        {
            "ratio_to_bare_boosters": middle["answered"] / middle["bare"],
            "ratio_with_store": middle["stored"] / middle["bare"],
            "median_ms": middle,
            "trees": trees,
            "run": {
                "seed": seed,
                "boxes": boxes,
                "calls": len(waiting) - _WARM - _LATE_CALLS,
                "data": "simulated port",
            },
        }
    )


if __name__ == "__main__":
    main()
