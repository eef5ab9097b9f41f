"""Fitting one family: LightGBM, stopped early on later boxes, calibrated on those same later boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers
from models.risk import FamilyModel
from models.scorer import log_odds_of, probability

# Small trees and strong shrinkage: a few thousand labels, and exact reasons that are quick to compute.
# Chosen on simulated ports with seeds 11, 12 and 13, which no benchmark uses.
PARAMETERS: Final[Mapping[str, Any]] = {
    "objective": "binary",
    "learning_rate": 0.04,
    "num_leaves": 8,
    "min_sum_hessian_in_leaf": 1.0,
    "lambda_l2": 20.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "monotone_constraints_method": "basic",
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
MOST_TREES: Final = 400
# Rows that a leaf must hold: this share of all rows, within these bounds.
LEAF_SHARE: Final = 0.02
LEAF_ROWS: Final = (10, 100)
PATIENCE: Final = 40
# With fewer of either outcome there is nothing to learn from: the family gets its smoothed rate.
FEWEST_LABELS: Final = 10
# Within these the calibration may stretch a booster's margins.
SLOPES: Final = (0.5, 1.5)
# Enough to halve any offset down to the last bits of a float.
_HALVINGS: Final = 80


@dataclass(frozen=True)
class Rows:
    """Training rows in time order: features (n, k), truth (n,) of 0 and 1."""

    features: Numbers
    truth: Numbers

    def __len__(self) -> int:
        return len(self.truth)

    def where(self, chosen: NDArray[np.bool_]) -> Rows:
        """The rows under the mask."""
        return Rows(self.features[chosen], self.truth[chosen])

    def enough(self) -> bool:
        """Whether both outcomes occur often enough to learn from."""
        violations = float(self.truth.sum())
        return min(violations, len(self) - violations) >= FEWEST_LABELS


def fit(
    rows: Rows,
    later: NDArray[np.bool_],
    monotone: list[int],
    seed: int,
    threads: int,
    parameters: Mapping[str, Any] = PARAMETERS,
) -> tuple[FamilyModel, int]:
    """A calibrated model and its number of trees.

    `later` (n,) marks the rows that decide when to stop and how to calibrate; the final booster is then
    trained on all rows with that number of trees. Without enough labels the model is a constant.
    """
    if not rows.enough():
        return FamilyModel(None, 1.0, log_odds_of(smoothed_rate(rows.truth))), 0
    leaf_rows = int(np.clip(LEAF_SHARE * len(rows), *LEAF_ROWS))
    settings = {
        "min_data_in_leaf": leaf_rows, **parameters,
        "monotone_constraints": monotone, "seed": seed, "num_threads": threads,
    }  # fmt: skip
    earlier = rows.where(~later)
    if not earlier.enough() or not rows.where(later).enough():
        trees = 60
        return FamilyModel(_booster(rows, settings, trees), 1.0, 0.0), trees
    margins, trees = _stopped(earlier, rows.where(later), settings)
    slope, offset = _calibrated(margins, rows.where(later))
    return FamilyModel(_booster(rows, settings, trees), slope, offset), trees


def smoothed_rate(truth: Numbers) -> float:
    """The share of violations in `truth` (n,), as if half a violation in ten more rows had been seen."""
    return (float(truth.sum()) + 0.5) / (len(truth) + 10.0)


def _booster(rows: Rows, settings: Mapping[str, Any], trees: int) -> Any:
    import lightgbm

    table = lightgbm.Dataset(rows.features, rows.truth, free_raw_data=True)
    return lightgbm.train(dict(settings), table, num_boost_round=trees)


def _stopped(earlier: Rows, later: Rows, settings: Mapping[str, Any]) -> tuple[Numbers, int]:
    """Margins of the later rows, shape (n,), at the number of trees that predicts them best, and that number."""
    import lightgbm

    table = lightgbm.Dataset(earlier.features, earlier.truth)
    judge = lightgbm.Dataset(later.features, later.truth, reference=table)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    booster = lightgbm.train(dict(settings), table, MOST_TREES, valid_sets=[judge], callbacks=[stop])
    trees = max(booster.best_iteration, 10)
    margins = booster.predict(later.features, raw_score=True, num_iteration=trees)
    return np.asarray(margins), trees


def _calibrated(margins: Numbers, rows: Rows) -> tuple[float, float]:
    """Slope and offset of the log-odds (Platt 1999), the slope kept positive so that the order stays."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0).fit(margins[:, None] - margins.mean(), rows.truth)
    slope = float(np.clip(model.coef_[0, 0], *SLOPES))
    if slope != model.coef_[0, 0]:
        return slope, offset_for(slope * margins, float(rows.truth.mean()))
    return slope, float(model.intercept_[0] - slope * margins.mean())


def offset_for(log_odds: Numbers, rate: float) -> float:
    """What must be added to log-odds (n,) for their mean probability to be `rate`, above 0 and below 1.

    That is also the likeliest offset (the score equation of a logistic intercept); found by halving.
    """
    aim = log_odds_of(rate)
    low, high = aim - float(log_odds.max()), aim - float(log_odds.min())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if probability(log_odds + middle).mean() < rate else (low, middle)
    return (low + high) / 2
