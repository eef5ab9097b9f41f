"""`hazlane train`: evaluate on later boxes, train on everything known, register, promote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.errors import InvalidInput, NotReady
from data.settings import Settings
from data.store import Store
from features.history.recorded_boxes import recorded_boxes
from models.scoring.registry import Registry
from models.scoring.risk_model import RiskModel
from training.dataset import Dataset, dataset_of
from training.evaluation.evaluate import Evaluation, evaluate, split_instant, summary
from training.evaluation.plots import write_plots
from training.fitting.configuration import chosen
from training.fitting.labels import DECLARED_LATER, NOT_DECLARED, labels_known
from training.fitting.sample_weights import sampled_boxes
from training.fitting.train_at import recent_boxes, train_at

# Inspections that would give labels if their boxes had been declared in time.
_UNUSABLE: Final = {
    NOT_DECLARED: "their boxes are in no declaration that was ingested",
    DECLARED_LATER: "their boxes were declared only after the outcome was recorded",
}
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """A registered model.

    `registry_version` is its number in the registry, `evaluation` its figures (empty without evaluation), `champion`
    whether it became the champion, `warnings` what a data scientist should know before using it.
    """

    model: RiskModel
    registry_version: str
    evaluation: dict[str, Any]
    champion: bool
    warnings: list[str]

    @property
    def unused(self) -> dict[str, int]:
        """Number of inspections that gave no label, by reason."""
        return self.model.card.unused


def stored_dataset(settings: Settings, progress: Progress = lambda step: None) -> Dataset:
    """The dataset of everything in the store; boxes come from the stored columns, updated with newer events.

    Raises NotReady if there are no declarations or no inspections.
    """
    store = Store.open(settings.store_url)
    try:
        last = store.last_event_nos()
        for name in ("declarations", "inspections"):
            if not last[name]:
                raise NotReady(
                    f"The store has no {name}.",
                    "Run `hazlane ingest declarations.csv inspections.csv`, or `hazlane demo` for a simulated port.",
                )
        return dataset_of(recorded_boxes(store, last, progress), store.inspections(0, last["inspections"]))
    finally:
        store.close()


def read_oracle(path: Path) -> pd.DataFrame:
    """The planted truth of a simulated port (oracle.csv of `hazlane simulate`), one row per box.

    Raises InvalidInput if the file has other columns.
    """
    frame = pd.read_csv(path, dtype={"declaration_id": str, "box_no": str})
    missing = {"declaration_id", "box_no", "truth_declaration", "probability_opening"} - set(frame.columns)
    if missing:
        raise InvalidInput(
            f"{path} is not an oracle file: it lacks {', '.join(sorted(missing))}.",
            "Give oracle/oracle.csv as `hazlane simulate` writes it.",
        )
    return frame


def train(
    settings: Settings,
    dataset: Dataset,
    oracle: pd.DataFrame | None = None,
    with_evaluation: bool = True,
    promote: bool = True,
    progress: Progress = lambda step: None,
) -> Trained:
    """Evaluate on the last quarter, train on everything known, register with MLflow, and make it champion.

    A model without a booster for any family that an opening shows is registered but not promoted. `oracle` serves the
    evaluation of simulated ports only; training does not use it.
    """
    registry, configuration = Registry(settings), chosen(settings.var)
    with TemporaryDirectory() as scratch:
        progress("replaying the log")
        dataset.prepare(_needed(dataset, settings.seed, with_evaluation, oracle is not None))
        evaluation: Evaluation | None = None
        reported: dict[str, Any] = {}
        warnings: list[str] = []
        if with_evaluation:
            progress("evaluating on the boxes declared last")
            try:
                evaluation = evaluate(dataset, settings.seed, settings.threads, oracle, configuration)
            except NotReady as error:
                warnings.append(f"Not evaluated: {error}")
            else:
                reported = summary(evaluation)
                progress("drawing plots")
                write_plots(evaluation, Path(scratch))
        progress("training on everything known")
        model = train_at(dataset, dataset.end, settings.seed, settings.threads, reported, configuration)
        progress("registering with MLflow")
        parameters = {
            "seed": settings.seed,
            "catalogue": model.card.catalogue,
            "labels": model.card.labels,
            "configuration": configuration.origin,
        }
        version = registry.register(model, _metrics(reported), parameters, Path(scratch) if evaluation else None)
        ruled = [family.value for family, one in model.families.items() if one.booster is None]
        if ruled:
            warnings.append(f"Too few findings to train a booster; the rules score: {', '.join(ruled)}.")
        warnings += [
            f"{model.card.unused[reason]} inspection(s) give no label: {why}."
            for reason, why in _UNUSABLE.items()
            if reason in model.card.unused
        ]
        learned = any(one.booster for family, one in model.families.items() if family.needs_opening)
        if promote and not learned:
            warnings.append("Not promoted: no family that an opening shows has a booster, so the rules rank better.")
        if promote and learned:
            registry.promote(version)
    return Trained(model, version, reported, promote and learned, warnings)


def _needed(dataset: Dataset, seed: int, with_evaluation: bool, every: bool) -> NDArray[np.int64]:
    """Positions of the boxes whose features a training needs, so that one replay of the log computes all of them."""
    instants = [dataset.end, *([split_instant(dataset)] if with_evaluation else [])]
    needed = [labels_known(dataset, dataset.end).positions]
    for at in instants:
        needed += [sampled_boxes(dataset, at, seed), recent_boxes(dataset, at)]
    if with_evaluation:
        needed.append(sampled_boxes(dataset, np.iinfo(np.int64).max, seed))
        if every:
            needed.append(np.flatnonzero(dataset.boxes.known_at >= instants[-1]))
    return np.unique(np.concatenate(needed))


def _metrics(reported: dict[str, Any]) -> dict[str, float]:
    """The evaluation as flat MLflow metrics."""
    metrics = {
        f"{policy}.{name}.at_{capacity}": value
        for policy, rows in reported.get("policies", {}).items()
        for capacity, row in rows.items()
        for name, value in row.items()
    }
    return metrics | {f"calibration_error.{k}": v for k, v in reported.get("calibration_error", {}).items()}
