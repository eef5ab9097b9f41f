"""The effect of labels: naive labels against corrected ones, evaluated on randomly drawn boxes.

`python -m benchmarks.labels --json [--seeds 11,12,13] [--boxes 100000]` prints one JSON object on its last line: for
each way of reading the inspections, `auc` and `log_loss` on the opened random sample of the last quarter, and on the
truth of all its boxes `share_of_oracle` at 5 % and, by family,
`predicted_over_observed` (mean predicted probability over the observed share).

The ports are development ports: these figures decided how the product is trained.

naive: every inspection is a label for every family, and counts once. by_step: each step is a label only for what it can
show. calibrated: as by_step, with sample weights in the calibration (the product). weighted: with sample weights in the
trees as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import click
import numpy as np

from benchmarks.reporting.output import as_json, print_line
from data.settings import settings
from data.simulator import simulate
from data.vocabulary import Family, SelectedBy
from features.boxes import Numbers, latest_versions
from models.scoring.expected_harm import finding_probability
from models.scoring.risk_model import effects_of
from models.scoring.scorer import probability
from training.dataset import Dataset, dataset_of
from training.evaluation.evaluate import matched, split_instant, truths
from training.evaluation.metrics import at_capacity
from training.fitting.configuration import shipped
from training.fitting.fit import Rows, fit
from training.fitting.labels import Labels, labels_known
from training.fitting.sample_weights import sample_weights
from training.fitting.train_at import LATER_SHARE, monotone

VARIANTS: Final = ("naive", "by_step", "calibrated", "weighted")


def learned(dataset: Dataset, at: int, variant: str, scored: Numbers, seed: int) -> Numbers:
    """Probabilities (n, families) of boxes with features `scored` (n, k), trained at an instant on these labels."""
    labels = labels_known(dataset, at)
    if variant == "naive":
        labels = replace(labels, values=np.nan_to_num(labels.values))
    evaluated = dataset.boxes.take(labels.positions)
    features = dataset.features(evaluated)
    weights = np.ones_like(labels.values)
    if variant in ("calibrated", "weighted"):
        weights = sample_weights(dataset, labels, features, at, seed, settings().threads)
    later = evaluated.declared_at >= np.quantile(evaluated.declared_at, 1 - LATER_SHARE)
    odds = []
    for index, family in enumerate(Family):
        seen, choice = ~np.isnan(labels.values[:, index]), shipped().families[family]
        rows = Rows(features[seen], labels.values[seen, index], weights[seen, index])
        power = 1.0 if variant == "weighted" else choice.weight_exponent
        found = fit(
            rows, later[seen], monotone(family), seed, settings().threads, choice.parameters, power, effects_of(family)
        )
        odds.append(found.model.log_odds(scored, settings().threads))
    return probability(np.stack(odds, axis=1))


def run(seed: int, boxes: int, days: int) -> dict[str, Any]:
    """Figures of each variant on one simulated port."""
    from sklearn.metrics import log_loss, roc_auc_score

    simulated_port = simulate(boxes=boxes, days=days, seed=seed)
    dataset = dataset_of(simulated_port.declarations, simulated_port.inspections)
    at = split_instant(dataset)
    positions = latest_versions(dataset.boxes)
    positions = positions[dataset.boxes.declared_at[positions] >= at]
    later = dataset.boxes.take(positions)
    features, truth = dataset.features(later), truths(later, simulated_port.oracle)
    opening = truth[:, [family.needs_opening for family in Family]].max(axis=1)
    best = at_capacity(
        matched(later, simulated_port.oracle)["probability_opening"].to_numpy(dtype=np.float64), opening, 0.05
    )
    known = labels_known(dataset, np.iinfo(np.int64).max)
    drawn, seen = _random_sample(known, positions)
    found: dict[str, Any] = {}
    for variant in VARIANTS:
        reported = learned(dataset, at, variant, features, seed)
        found[variant] = {
            "share_of_oracle": at_capacity(finding_probability(reported), opening, 0.05)["recall"] / best["recall"],
            "auc": {f.value: float(roc_auc_score(seen[:, i], reported[drawn, i])) for i, f in enumerate(Family)},
            "log_loss": {f.value: float(log_loss(seen[:, i], reported[drawn, i])) for i, f in enumerate(Family)},
            "predicted_over_observed": {
                f.value: float(reported[:, i].mean() / truth[:, i].mean()) for i, f in enumerate(Family)
            },
        }
    return {**found, "random_sample": len(drawn)}


def _random_sample(known: Labels, positions: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], Numbers]:
    """Rows of `positions` that were opened at random, and what was found in them."""
    drawn = known.opened & (known.selected_by == SelectedBy.RANDOM) & np.isin(known.positions, positions)
    return np.searchsorted(positions, known.positions[drawn]), known.values[drawn]


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seeds", default="11,12,13", show_default=True)
@click.option("--boxes", default=100_000, show_default=True)
@click.option("--days", default=730, show_default=True)
def main(json_only: bool, seeds: str, boxes: int, days: int) -> None:
    """Compare naive labels with corrected ones."""
    by_seed = {}
    for seed in seeds.split(","):
        by_seed[seed] = run(int(seed), boxes, days)
        print_line(
            json_only, f"seed {seed}: " + ", ".join(f"{v} {by_seed[seed][v]['share_of_oracle']:.3f}" for v in VARIANTS)
        )
    as_json({**{v: _mean([one[v] for one in by_seed.values()]) for v in VARIANTS}, "by_seed": by_seed,
             "run": {"seeds": seeds, "boxes": boxes, "days": days}})  # fmt: skip


def _mean(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        key: _mean([row[key] for row in rows])
        if isinstance(value, dict)
        else float(np.mean([row[key] for row in rows]))
        for key, value in rows[0].items()
    }


if __name__ == "__main__":
    main()
