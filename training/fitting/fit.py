"""Fit one family: LightGBM with early stopping on later boxes, calibrated on the same later boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers
from models.scoring.risk_model import FamilyModel, combined_log_odds
from models.scoring.scorer import log_odds_of
from training.fitting.calibration import IDENTITY, Calibration, calibrated
from training.fitting.configuration import ALWAYS

MAX_TREES: Final = 400
MIN_TREES: Final = 10
# Smallest rows per leaf if the configuration has none: this share of all rows, within these bounds.
LEAF_SHARE: Final = 0.02
LEAF_ROWS: Final = (10, 100)
PATIENCE: Final = 40
# Number of trees if there are too few labels for early stopping.
_TREES_UNVALIDATED: Final = 60
# With fewer labels of either outcome the family gets its smoothed rate.
MIN_LABELS: Final = 10


@dataclass(frozen=True)
class Rows:
    """Training rows in time order: features (n, k), truth (n,) of 0 and 1, sample weights (n,) (None: 1 each)."""

    features: Numbers
    truth: Numbers
    sample_weight: Numbers | None = None

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def weight(self) -> Numbers:
        """Sample weight of each row, shape (n,); 1 each if there are none."""
        return np.ones(len(self)) if self.sample_weight is None else self.sample_weight

    def where(self, chosen: NDArray[np.bool_]) -> Rows:
        """The rows under the mask."""
        return Rows(self.features[chosen], self.truth[chosen], self.weight[chosen])

    def enough(self) -> bool:
        """Whether both outcomes occur often enough to learn from."""
        violations = float(self.truth.sum())
        return min(violations, len(self) - violations) >= MIN_LABELS


@dataclass(frozen=True)
class Fitted:
    """A family's model, its number of trees, and its calibration."""

    model: FamilyModel
    trees: int
    calibration: Calibration


def fit(
    rows: Rows,
    later: NDArray[np.bool_],
    monotone: list[int],
    seed: int,
    threads: int,
    parameters: Mapping[str, Any],
    weight_exponent: float = 0.0,
    effects: tuple[int, ...] = (),
) -> Fitted:
    """Fit a calibrated model of one family; `effects` are the columns of its Bayesian effects.

    `later` (n,) marks the rows that determine the number of trees and the calibration; the final booster is then
    trained on all rows with the number of trees of least loss. Trees weight each row by its sample weight to the power
    of `weight_exponent`; the calibration uses the full weights. Without enough labels the model is a constant.
    """
    if not rows.enough():
        constant = FamilyModel(None, 1.0, log_odds_of(smoothed_rate(rows.truth)))
        return Fitted(constant, 0, IDENTITY)
    leaf_rows = int(np.clip(LEAF_SHARE * len(rows), *LEAF_ROWS))
    settings = {
        "min_data_in_leaf": leaf_rows, **ALWAYS, **parameters,
        "monotone_constraints": monotone, "seed": seed, "num_threads": threads,
    }  # fmt: skip
    earlier, after = rows.where(~later), rows.where(later)
    if not earlier.enough() or not after.enough():
        trees, calibration = _TREES_UNVALIDATED, IDENTITY
    else:
        margins, trees = stopped(earlier, after, settings, weight_exponent)
        margins = combined_log_odds(margins, after.features, effects)
        calibration = calibrated(margins, after.truth, after.weight, seed)
    booster = _booster(rows, settings, trees, weight_exponent)
    return Fitted(FamilyModel(booster, calibration.slope, calibration.offset, None, effects), trees, calibration)


def smoothed_rate(truth: Numbers) -> float:
    """The share of violations in `truth` (n,), with half a violation in ten rows added."""
    return (float(truth.sum()) + 0.5) / (len(truth) + 10.0)


def losses(margins: Numbers, truth: Numbers) -> Numbers:
    """Log loss of each row, shape (n,)."""
    return np.asarray(np.logaddexp(0.0, np.where(truth == 1, -margins, margins)))


def _booster(rows: Rows, settings: Mapping[str, Any], trees: int, weight_exponent: float) -> Any:
    import lightgbm

    table = lightgbm.Dataset(rows.features, rows.truth, weight=_tree_weights(rows, weight_exponent), free_raw_data=True)
    return lightgbm.train(dict(settings), table, num_boost_round=trees)


def _tree_weights(rows: Rows, power: float) -> Numbers | None:
    """Row weights for the trees, with mean 1. A row of sample weight 0 (a tip) counts as one box."""
    if not power:
        return None
    weights = np.where(rows.weight > 0, rows.weight, 1.0) ** power
    return np.asarray(weights / weights.mean())


def stopped(
    earlier: Rows, later: Rows, settings: Mapping[str, Any], weight_exponent: float = 0.0
) -> tuple[Numbers, int]:
    """Margins of the later rows, shape (n,), at the number of trees with the least loss there, and that number."""
    import lightgbm

    table = lightgbm.Dataset(earlier.features, earlier.truth, weight=_tree_weights(earlier, weight_exponent))
    validation = lightgbm.Dataset(later.features, later.truth, reference=table)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    booster = lightgbm.train(dict(settings), table, MAX_TREES, valid_sets=[validation], callbacks=[stop])
    trees = max(booster.best_iteration, MIN_TREES)
    return np.asarray(booster.predict(later.features, raw_score=True, num_iteration=trees)), trees
