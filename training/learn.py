"""The model that would have been trained at an instant, from what was known by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import NotReady
from data.vocabulary import Family
from features.boxes import Boxes, latest_versions
from features.catalogue import CATALOGUE, NAMES, fingerprint
from features.columns import instant_text
from models.card import QUANTILES, Card, version_of
from models.harm import hazard, risk
from models.risk import FamilyModel, RiskModel
from models.scorer import probability
from training.dataset import Dataset
from training.fit import PARAMETERS, Rows, fit
from training.labels import Labels, labels_known

# The last part of the labelled boxes decides when to stop and how to calibrate.
LATER_SHARE: Final = 0.3
# The cut of a single call follows the risk of this many boxes declared last.
RECENT_BOXES: Final = 20_000
FEWEST_OPENINGS: Final = 100


def monotone(family: Family) -> list[int]:
    """Monotone constraints of a family, one a feature: 1 where its probability may only rise."""
    return [int(family in feature.rises) for feature in CATALOGUE]


@dataclass(frozen=True)
class Learned:
    """A model, and the labels it learned from."""

    model: RiskModel
    labels: Labels


def learn_at(dataset: Dataset, at: int, seed: int, threads: int, evaluation: dict[str, Any] | None = None) -> Learned:
    """Train on the boxes declared and the outcomes recorded strictly before `at` (microseconds).

    Raises NotReady when too few boxes were opened by then.
    """
    labels = labels_known(dataset, at)
    if labels.opened.sum() < FEWEST_OPENINGS:
        raise NotReady(
            f"Only {int(labels.opened.sum())} opened boxes with a concluded outcome are known; "
            f"training needs at least {FEWEST_OPENINGS}.",
            "Ingest more inspections (step box, outcome compliant or violation) with the declarations they belong to.",
        )
    judged = dataset.boxes.take(labels.positions)
    features = dataset.features(judged)
    later = judged.declared_at >= np.quantile(judged.declared_at, 1 - LATER_SHARE)
    families: dict[Family, FamilyModel] = {}
    parameters: dict[str, dict[str, Any]] = {}
    counts: dict[str, dict[str, int]] = {}
    for index, family in enumerate(Family):
        truth = labels.values[:, index]
        seen = ~np.isnan(truth)
        rows = Rows(features[seen], truth[seen], np.ones(int(seen.sum())))
        families[family], trees = fit(rows, later[seen], monotone(family), seed, threads)
        parameters[family.value] = {**PARAMETERS, "trees": trees}
        counts[family.value] = {"boxes": len(rows), "violations": int(rows.truth.sum())}
    card = _card(families, features, parameters, counts, at, seed, evaluation or {})
    model = RiskModel(families, card, threads)
    recent = _recent(dataset, at)
    if len(recent):
        values = probability(model.log_odds(dataset.features(recent)))
        quantiles = np.quantile(risk(values, hazard(recent)), np.linspace(0, 1, QUANTILES))
        card = Card(**{**card.__dict__, "risk_quantiles": quantiles.tolist()})
    return Learned(RiskModel(families, card, threads), labels)


def _recent(dataset: Dataset, at: int) -> Boxes:
    """The latest versions of the boxes declared last before `at`."""
    known = dataset.boxes.take(dataset.boxes.declared_at < at)
    latest = known.take(latest_versions(known))
    return latest.take(np.argsort(latest.declared_at, kind="stable")[-RECENT_BOXES:])


def _card(
    families: dict[Family, FamilyModel],
    features: NDArray[np.float64],
    parameters: dict[str, dict[str, Any]],
    counts: dict[str, dict[str, int]],
    at: int,
    seed: int,
    evaluation: dict[str, Any],
) -> Card:
    medians = [float(np.median(known)) if len(known := column[~np.isnan(column)]) else None for column in features.T]
    texts = [m.booster.model_to_string().encode() if m.booster else b"" for m in families.values()]
    calibration = {f.value: {"slope": m.slope, "offset": m.offset} for f, m in families.items()}
    return Card(
        version=version_of([*texts, repr(calibration).encode(), fingerprint().encode()]),
        catalogue=fingerprint(),
        features=list(NAMES),
        seed=seed,
        trained_until=instant_text(at),
        labels=counts,
        parameters=parameters,
        calibration=calibration,
        medians=medians,
        risk_quantiles=np.linspace(0, 100, QUANTILES).tolist(),
        evaluation=evaluation,
    )
