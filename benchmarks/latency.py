"""One box assessed in process, beside the bare boosters of the same model.

`python -m benchmarks.latency --json` prints one JSON object on its last line. `ratio_to_bare_boosters` is the
median time of a whole assessment (validated rows in; ledger, features, score, lane, reasons; stored; body out)
over the median time of LightGBM's predict plus contributions for the three boosters on the same feature row.
`ratio_without_store` leaves the two database commits out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
import pandas as pd

from benchmarks.output import as_json, say
from data.settings import Settings
from data.simulator import simulate
from data.store import Store
from features.boxes import boxes_of_frame, boxes_of_rows
from features.history import History, inspected_rows
from models.assessor import Assessor, score
from models.lanes import policy_of
from models.reasons import reasons
from models.risk import RiskModel
from training.dataset import dataset_of
from training.learn import learn_at


def bare(model: RiskModel, row: np.ndarray[Any, Any]) -> None:
    """LightGBM's own predict and contributions for each booster, nothing of ours."""
    for family in model.families.values():
        if family.booster is not None:
            family.booster.predict(row, raw_score=True, num_threads=1)
            family.booster.predict(row, pred_contrib=True, num_threads=1)


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
    waiting = rows_of(world.declarations[world.declarations["declared_at"] >= cut])[: calls + 20]
    inspections = world.inspections[world.inspections["recorded_at"] < cut]
    dataset = dataset_of(past, inspections)
    model = learn_at(dataset, dataset.end, seed, threads=1).model
    history = History()
    history.add(boxes_of_frame(past), inspected_rows(inspections))
    figures: dict[str, list[float]] = {"bare": [], "scored": [], "assessed": []}
    with TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        store = Store.open(settings.store_url)
        store.add_declarations(plain_rows(past), "benchmark", datetime.now(UTC))
        store.add_inspections(plain_rows(inspections), "benchmark", datetime.now(UTC))
        assessor = Assessor(store, model, policy_of(settings))
        for rows in waiting:
            box = boxes_of_rows(rows)
            features = score(model, box, history.read(box)).features

            def scored(rows: list[dict[str, Any]] = rows) -> None:
                one = boxes_of_rows(rows)
                scores = score(model, one, history.read(one))
                reasons(scores.view, scores.features, model.contributions(scores.features), model.medians)

            figures["bare"].append(milliseconds(lambda row=features: bare(model, row)))  # type: ignore[misc]
            figures["scored"].append(milliseconds(scored))
            now = datetime.now(UTC)
            figures["assessed"].append(milliseconds(lambda r=rows, n=now: assessor.assess(r, n)))  # type: ignore[misc]
    middle = {name: median(values[20:]) for name, values in figures.items()}
    trees = {family.value: m.booster.num_trees() if m.booster else 0 for family, m in model.families.items()}
    say(json_only, ", ".join(f"{name} {value:.2f} ms" for name, value in middle.items()) + f"; trees {trees}")
    as_json(
        {
            "ratio_to_bare_boosters": middle["assessed"] / middle["bare"],
            "ratio_without_store": middle["scored"] / middle["bare"],
            "median_ms": middle,
            "trees": trees,
            "run": {"seed": seed, "boxes": boxes, "calls": calls, "data": "simulated port"},
        }
    )


if __name__ == "__main__":
    main()
