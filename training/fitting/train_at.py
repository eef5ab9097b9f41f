"""Train a model with what was known at an instant."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import NotReady
from data.vocabulary import Family
from features.boxes import Numbers, latest_versions
from features.columns import instant_text
from features.definitions.catalogue import CATALOGUE, NAMES
from features.versions import features_version
from models.scoring.card import QUANTILES, Card, version_of
from models.scoring.expected_harm import hazard, risk
from models.scoring.risk_model import FamilyModel, RiskModel, booster_texts, effects_of, log_odds
from models.scoring.rules import RulesBaseline, rule_points
from models.scoring.scorer import probability
from training.dataset import Dataset
from training.fitting.calibration import offset_for
from training.fitting.configuration import ALWAYS, Configuration, shipped
from training.fitting.fit import Rows, fit, smoothed_rate
from training.fitting.labels import labels_known
from training.fitting.sample_weights import sample_weights

# Share of the labelled boxes, the latest, that determines number of trees and calibration.
LATER_SHARE: Final = 0.3
# Number of boxes, the last declared, whose risk quantiles are the cuts of single calls.
RECENT_BOXES: Final = 20_000
MIN_OPENINGS: Final = 100


def monotone(family: Family) -> list[int]:
    """Monotone constraints of a family, one per feature: 1 where its probability may only rise."""
    return [int(family in feature.rises_with) for feature in CATALOGUE]


def train_at(
    dataset: Dataset,
    at: int,
    seed: int,
    threads: int,
    evaluation: dict[str, Any] | None = None,
    configuration: Configuration | None = None,
) -> RiskModel:
    """Train on the boxes declared and the outcomes recorded strictly before `at` (microseconds).

    Without `configuration` the default is used. Raises NotReady if too few boxes were opened by then.
    """
    configuration = configuration or shipped()
    labels = labels_known(dataset, at)
    if labels.opened.sum() < MIN_OPENINGS:
        raise NotReady(
            f"Only {int(labels.opened.sum())} opened boxes with a concluded outcome are known; "
            f"training needs at least {MIN_OPENINGS}.",
            "Ingest more inspections (step box, outcome compliant or violation) with the declarations they belong to.",
        )
    evaluated = dataset.boxes.take(labels.positions)
    features = dataset.features_at(labels.positions)
    weights = sample_weights(dataset, labels, features, at, seed, threads)
    later = evaluated.known_at >= np.quantile(evaluated.known_at, 1 - LATER_SHARE)
    families: dict[Family, FamilyModel] = {}
    parameters: dict[str, dict[str, Any]] = {}
    counts: dict[str, dict[str, int]] = {}
    calibration: dict[str, dict[str, float]] = {}
    for index, family in enumerate(Family):
        truth = labels.values[:, index]
        seen = ~np.isnan(truth)
        rows = Rows(features[seen], truth[seen], weights[seen, index])
        choice = configuration.families[family]
        bounds: dict[str, float] = {}
        if rows.enough():
            fitted = fit(
                rows, later[seen], monotone(family), seed, threads, choice.parameters, choice.weight_exponent,
                effects_of(family),
            )  # fmt: skip
            families[family] = fitted.model
            parameters[family.value] = {
                **ALWAYS, **choice.parameters, "weight_exponent": choice.weight_exponent, "trees": fitted.trees,
            }  # fmt: skip
            bounds = fitted.calibration.bounds()
        else:
            families[family] = by_rules(rows, family)
            parameters[family.value] = {"rules": RulesBaseline.version}
        calibration[family.value] = {"slope": families[family].slope, "offset": families[family].offset, **bounds}
        counts[family.value] = {"boxes": len(rows), "violations": int(rows.truth.sum())}
    card = Card(
        version="",
        catalogue=features_version(),
        features=list(NAMES),
        seed=seed,
        trained_until=instant_text(at),
        labels=counts,
        parameters=parameters,
        calibration=calibration,
        medians=_medians(features),
        risk_quantiles=_quantiles(families, dataset, at, threads),
        evaluation=evaluation or {},
        unused=labels.unused,
    )
    version = version_of(card, booster_texts(families))
    return RiskModel(families, dataclasses.replace(card, version=version), threads)


def by_rules(rows: Rows, family: Family) -> FamilyModel:
    """The model of a family with too few labels for a booster.

    The rules rank; their log-odds are shifted so that their mean over the labels is the smoothed observed rate.
    """
    if not len(rows):
        return FamilyModel(None, 1.0, 0.0, family)
    odds = rule_points(rows.features, family).sum(axis=1)
    return FamilyModel(None, 1.0, offset_for(odds, smoothed_rate(rows.truth)), family)


def _medians(features: Numbers) -> list[float | None]:
    return [float(np.median(known)) if len(known := column[~np.isnan(column)]) else None for column in features.T]


def _quantiles(families: Mapping[Family, FamilyModel], dataset: Dataset, at: int, threads: int) -> list[float]:
    """Evenly spaced quantiles of the risk of the boxes declared last; evenly spaced risks if there are none."""
    recent = recent_boxes(dataset, at)
    risks = np.linspace(0, 100, QUANTILES)
    if len(recent):
        odds = log_odds(families, dataset.features_at(recent), threads)
        risks = risk(probability(odds), hazard(dataset.boxes.take(recent)))
    return [float(value) for value in np.quantile(risks, np.linspace(0, 1, QUANTILES))]


def recent_boxes(dataset: Dataset, at: int) -> NDArray[np.int64]:
    """Positions of the boxes known last before `at`, in their latest versions by then."""
    known = np.flatnonzero(dataset.boxes.known_at < at)
    latest = known[latest_versions(dataset.boxes.take(known))]
    return latest[np.argsort(dataset.boxes.known_at[latest], kind="stable")[-RECENT_BOXES:]]
