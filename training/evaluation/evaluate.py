"""Evaluate a model: train with what was known at an instant, evaluate on the boxes declared after it.

Baselines on the same boxes: a random order, the rules, a hit-rate table by shipper and packer, and, on simulated ports,
the oracle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.errors import NotReady
from data.vocabulary import Family
from features.boxes import Boxes, Numbers, latest_versions
from features.definitions.catalogue import NAMES
from models.planning.groups import groupings
from models.scoring.expected_harm import finding_probability
from models.scoring.risk_model import RiskModel
from models.scoring.rules import RulesBaseline
from models.scoring.scorer import probability
from training.dataset import Dataset
from training.evaluation.groups import by_group
from training.evaluation.metrics import (
    Interval,
    at_capacity,
    calibration_error,
    calibration_slope,
    found_at,
    openings_needed,
)
from training.fitting.configuration import Configuration
from training.fitting.labels import labels_known
from training.fitting.sample_weights import sample_weights
from training.fitting.train_at import train_at

CAPACITIES: Final = (0.02, 0.05, 0.1)
TEST_SHARE: Final = 0.25
MIN_VALIDATED: Final = 50
_OPENING: Final = [index for index, family in enumerate(Family) if family.needs_opening]


@dataclass(frozen=True)
class Evaluation:
    """n evaluated boxes, declared after the training instant. All figures weight the boxes by `weight`.

    `truth` (n,) is whether an opening finds a declaration or packing violation, `families` (n, families) the outcome by
    family (NaN where not observed), `rankings` a score (n,) by policy, `probabilities` (n, families) and `features` (n,
    k) those of the model, `weight` (n,) the inverse probability that the box was observed. `overall` is whether all
    boxes are evaluated (by an oracle), not only opened ones.
    """

    model: RiskModel
    boxes: Boxes
    truth: Numbers
    families: Numbers
    rankings: dict[str, Numbers]
    probabilities: Numbers
    features: Numbers
    weight: Numbers
    overall: bool

    def table(self) -> dict[str, dict[str, dict[str, float]]]:
        """By policy and capacity: precision, recall, useless rate and, with an oracle, the share of its finds."""
        table: dict[str, dict[str, dict[str, float]]] = {}
        for policy, scores in self.rankings.items():
            table[policy] = {}
            for share in CAPACITIES:
                row = at_capacity(scores, self.truth, share, self.weight)
                if "oracle" in self.rankings:
                    best = at_capacity(self.rankings["oracle"], self.truth, share, self.weight)["recall"]
                    row["share_of_oracle"] = row["recall"] / best if best else 0.0
                table[policy][f"{share:g}"] = row
        return table

    def openings_at_equal_found(self, share: float) -> dict[str, int]:
        """Openings that each policy needs to find as many violations as the model at a capacity."""
        found = found_at(self.rankings["model"], self.truth, share, self.weight)
        return {
            policy: openings_needed(scores, self.truth, found, self.weight) for policy, scores in self.rankings.items()
        }

    def calibration(self) -> dict[str, float]:
        """Expected calibration error by family, on the boxes where it was observed; families never observed are left
        out.
        """
        errors = {}
        for index, family in enumerate(Family):
            seen = ~np.isnan(self.families[:, index])
            if seen.any():
                errors[family.value] = calibration_error(
                    self.probabilities[seen, index], self.families[seen, index], weight=self.weight[seen]
                )
        return errors

    def slopes(self) -> dict[str, Interval]:
        """Calibration slope by family with its interval, on the boxes where the family was observed."""
        slopes = {}
        for index, family in enumerate(Family):
            seen = ~np.isnan(self.families[:, index])
            slopes[family.value] = calibration_slope(
                self.probabilities[seen, index], self.families[seen, index], self.weight[seen]
            )
        return slopes

    def groups(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Predicted and observed shares by group of boxes: `training.evaluation.groups`."""
        labels = groupings(self.boxes, self.features)
        return by_group(labels, finding_probability(self.probabilities), self.truth, self.weight)


def split_instant(dataset: Dataset, test_share: float = TEST_SHARE) -> int:
    """The instant after which the last `test_share` of the boxes was declared, microseconds."""
    return int(np.quantile(dataset.boxes.known_at, 1 - test_share))


def evaluate(
    dataset: Dataset,
    seed: int,
    threads: int,
    oracle: pd.DataFrame | None = None,
    configuration: Configuration | None = None,
) -> Evaluation:
    """Train with what was known before the last quarter of the boxes, and evaluate on that quarter.

    Without an oracle only opened boxes are evaluated, each with its sample weight (`training.fitting.sample_weights`).
    With the oracle frame of a simulated port, all boxes in the frame are evaluated. Raises NotReady if too few boxes
    can be evaluated.
    """
    instant = split_instant(dataset)
    model = train_at(dataset, instant, seed, threads, configuration=configuration)
    positions = latest_versions(dataset.boxes)
    positions = positions[dataset.boxes.known_at[positions] >= instant]
    if oracle is None:
        positions, families, weight = _evaluated_by_openings(dataset, instant, seed, threads)
    else:
        positions = positions[_pairs(dataset.boxes.take(positions)).isin(_by_box(oracle).index)]
        families, weight = truths(dataset.boxes.take(positions), oracle), np.ones(len(positions))
    if len(positions) < MIN_VALIDATED:
        raise NotReady(
            f"Only {len(positions)} opened boxes fall after the training instant; "
            f"an evaluation needs at least {MIN_VALIDATED}.",
            "Ingest more inspections, or train without evaluation: `hazlane train --no-evaluation`.",
        )
    order = np.random.default_rng(seed).permutation(len(positions))
    positions, families, weight = positions[order], families[order], weight[order]
    boxes = dataset.boxes.take(positions)
    features = dataset.features_at(positions)
    probabilities = probability(model.log_odds(features))
    rankings = {
        "model": finding_probability(probabilities),
        **baselines(dataset.port_rates_at(positions), features, seed),
    }
    if oracle is not None:
        rankings["oracle"] = matched(boxes, oracle)["probability_opening"].to_numpy(dtype=np.float64)
    truth = families[:, _OPENING].max(axis=1)
    return Evaluation(model, boxes, truth, families, rankings, probabilities, features, weight, oracle is not None)


def baselines(port_rates: Numbers, features: Numbers, seed: int) -> dict[str, Numbers]:
    """Scores (n,) of the rules, the hit-rate table and a random order.

    `port_rates` (n, families) are the port's finding rates as of each box, `features` (n, k) the feature matrix. The
    table is the mean of the rates of shipper and packer; for a box that names neither, the port's rate.
    """
    rules = finding_probability(probability(RulesBaseline().log_odds(features)))
    table = [
        finding_probability(
            np.stack([features[:, NAMES.index(f"{party}_{family.value}_rate")] for family in Family], axis=1)
        )
        for party in ("shipper", "packer")
    ]
    known = ~np.isnan(table)
    port = finding_probability(port_rates)
    means = np.where(known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    tables = np.where(known.any(axis=0), means, port)
    return {"rules": rules, "table": tables, "random": np.random.default_rng(seed + 1).random(len(features))}


def _evaluated_by_openings(
    dataset: Dataset, instant: int, seed: int, threads: int
) -> tuple[NDArray[np.int64], Numbers, Numbers]:
    """Opened boxes declared from the instant on, in the inspected version: positions, outcomes, sample weights.

    Boxes opened after a tip have weight 0 and are left out.
    """
    now = np.iinfo(np.int64).max
    labels = labels_known(dataset, now)
    features = dataset.features_at(labels.positions)
    weight = sample_weights(dataset, labels, features, now, seed, threads)[:, _OPENING[0]]
    chosen = labels.opened & (dataset.boxes.known_at[labels.positions] >= instant) & (weight > 0)
    return labels.positions[chosen], labels.values[chosen], weight[chosen]


def matched(boxes: Boxes, oracle: pd.DataFrame) -> pd.DataFrame:
    """The oracle's rows of some boxes, in their order."""
    return _by_box(oracle).loc[_pairs(boxes)]


def _pairs(boxes: Boxes) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([boxes.box["declaration_id"], boxes.box["box_no"]])


def _by_box(oracle: pd.DataFrame) -> pd.DataFrame:
    return oracle.set_index(["declaration_id", "box_no"])


def truths(boxes: Boxes, oracle: pd.DataFrame) -> Numbers:
    """What an opening of each box would record, 0 or 1, shape (n, families)."""
    columns = [f"truth_{family.value}" for family in Family]
    return matched(boxes, oracle)[columns].to_numpy(dtype=np.float64)


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """Figures for the card, MLflow and `hazlane evaluate --json`, rounded."""
    table = {
        policy: {capacity: {name: round(value, 4) for name, value in row.items()} for capacity, row in rows.items()}
        for policy, rows in evaluation.table().items()
    }
    return {
        "evaluated_boxes": len(evaluation.truth),
        "represented_boxes": round(float(evaluation.weight.sum())),
        "evaluated_on": "all boxes, by the planted truth" if evaluation.overall else "opened boxes, weighted",
        "violations": int(evaluation.truth.sum()),
        "policies": table,
        "openings_at_equal_found": evaluation.openings_at_equal_found(0.05),
        "calibration_error": {name: round(value, 4) for name, value in evaluation.calibration().items()},
        "calibration_slope": {
            name: {bound: round(value, 3) for bound, value in slope._asdict().items()}
            for name, slope in evaluation.slopes().items()
            if not np.isnan(slope.value)
        },
        "groups": evaluation.groups(),
    }
