"""One trial of the port benchmark: a simulated port, trained on three quarters, evaluated on the last.

Trials are kept in var/benchmarks/port/ as they are done, each under the digest of the code that made it, so that a run
can be broken off and taken up again, and two processes can share the work.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from benchmarks.reporting.output import store_figures, stored_figures
from benchmarks.simulated_port.comparison_models import comparison_models, training_set_at
from benchmarks.simulated_port.lookup import lookup
from data.simulator import simulate
from data.vocabulary import Family
from features.boxes import Numbers, latest_versions
from models.scoring.expected_harm import finding_probability
from models.scoring.risk_model import effects_of
from models.scoring.scorer import probability
from training.dataset import Dataset, dataset_of
from training.evaluation.evaluate import CAPACITIES, Evaluation, evaluate, split_instant, truths
from training.evaluation.metrics import found_at, openings_needed, ranked
from training.fitting.configuration import shipped
from training.fitting.fit import Rows, fit
from training.fitting.train_at import LATER_SHARE, monotone

# `drift` is the default port: a new fraud pattern in the last quarter, packers that change.
SCENARIOS: Final[dict[str, dict[str, Any]]] = {
    "drift": {},
    "stationary": {"late_share": 0.0, "packer_change_share": 0.0},
    "cold_start": {"newcomer_share": 0.5},
    "firms_reregistered": {"reregistered_share": 0.8},
}
EVALUATED_SHARES: Final = CAPACITIES[1:]
_ROOT: Final = Path(__file__).parents[2]
_CODE: Final = (
    "training/**/*.py",
    "training/**/*.json",
    "models/**/*.py",
    "features/**/*.py",
    "data/simulator/*",
    "data/parties/*.py",
)
OWN: Final = (
    "benchmarks/simulated_port/trial.py",
    "benchmarks/simulated_port/comparison_models.py",
    "benchmarks/simulated_port/lookup.py",
)


@cache
def code_digest(*own: str) -> str:
    """A name for the product's code and the benchmark's own files: kept trials of other code are made again."""
    files = sorted(path for pattern in (*_CODE, *own) for path in _ROOT.glob(pattern) if path.is_file())
    return blake2b(b"\0".join(path.read_bytes() for path in files), digest_size=8).hexdigest()


def trial(scenario: str, seed: int, boxes: int, days: int, threads: int, again: bool = False) -> dict[str, Any]:
    """The figures of a trial, from var/benchmarks/port/ where this code has made them before, unless `again`."""
    name = f"port/{scenario}-{boxes}-{days}-{seed}"
    held = stored_figures(name)
    if held and held["code"] == code_digest(*OWN) and not again:
        return held
    reported = {"code": code_digest(*OWN), **_tried(scenario, seed, boxes, days, threads)}
    store_figures(name, reported)
    return reported


def _tried(scenario: str, seed: int, boxes: int, days: int, threads: int) -> dict[str, Any]:
    begun = time.perf_counter()
    simulated_port = simulate(boxes=boxes, days=days, seed=seed, **SCENARIOS[scenario])
    dataset = dataset_of(simulated_port.declarations, simulated_port.inspections)
    evaluation = evaluate(dataset, seed, threads, oracle=simulated_port.oracle)
    training_set = training_set_at(dataset, split_instant(dataset))
    looked_up, tuples = lookup(dataset.log.events, training_set, evaluation.boxes)
    others = {**comparison_models(training_set, evaluation.features, seed, threads), "lookup": looked_up}
    others["every_truth"] = _trained_on_every_truth(dataset, simulated_port.oracle, evaluation.features, seed, threads)
    everyone = replace(evaluation, rankings={**evaluation.rankings, **others})
    return {
        "policies": _policies(everyone),
        "openings": {f"{share:g}": _openings(everyone, share) for share in EVALUATED_SHARES},
        "calibration": _calibration(everyone),
        "groups": everyone.groups(),
        "tuples": tuples,
        "labels": everyone.model.card.labels,
        "judged": len(everyone.truth),
        "violations": int(everyone.truth.sum()),
        "seconds": round(time.perf_counter() - begun),
    }


def _trained_on_every_truth(
    dataset: Dataset, oracle: pd.DataFrame, evaluated: Numbers, seed: int, threads: int
) -> Numbers:
    """Scores (m,) of features (m, k) by the model's own trainer, trained on the truth of every box before the instant.

    No port has these labels: the figure shows what is lost because only few boxes are opened.
    """
    instant = split_instant(dataset)
    boxes = dataset.boxes.take(latest_versions(dataset.boxes))
    boxes = boxes.take(np.argsort(boxes.declared_at, kind="stable"))
    boxes = boxes.take(boxes.declared_at < instant)
    truth, features = truths(boxes, oracle), dataset.features(boxes)
    later = np.arange(len(boxes)) >= (1 - LATER_SHARE) * len(boxes)
    reported = np.zeros((len(evaluated), len(Family)))
    for index, family in enumerate(Family):
        if family.needs_opening:
            parameters = shipped().families[family].parameters
            fitted = fit(
                Rows(features, truth[:, index]), later, monotone(family), seed, threads, parameters,
                effects=effects_of(family),
            )  # fmt: skip
            reported[:, index] = probability(fitted.model.log_odds(evaluated, threads))
    return finding_probability(reported)


def _policies(evaluation: Evaluation) -> dict[str, dict[str, dict[str, float]]]:
    """The table, and in it what would be found on average: violations by the oracle's own probabilities."""
    table = evaluation.table()
    oracle = evaluation.rankings["oracle"]
    for policy, rows in table.items():
        for share, row in rows.items():
            count = round(float(share) * len(oracle))
            best = np.sort(oracle)[-count:].sum()
            row["expected_share_of_oracle"] = float(oracle[ranked(evaluation.rankings[policy])[:count]].sum() / best)
    return table


def _openings(evaluation: Evaluation, share: float) -> dict[str, int]:
    """By policy, the openings needed to find as many violations as the model finds at a capacity."""
    found = found_at(evaluation.rankings["model"], evaluation.truth, share)
    return {policy: openings_needed(scores, evaluation.truth, found) for policy, scores in evaluation.rankings.items()}


def _calibration(evaluation: Evaluation) -> dict[str, dict[str, float | None]]:
    """By family, on every box declared after the instant: what a random sample of them would estimate."""
    errors, slopes = evaluation.calibration(), evaluation.slopes()
    return {
        family: {"error": errors[family], **{k: None if np.isnan(v) else v for k, v in slope._asdict().items()}}
        for family, slope in slopes.items()
    }
