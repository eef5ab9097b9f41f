"""One trial on the Chicago inspections: learn from what was known before a day, rank later rows, measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.public_data.chicago_rows import City, histories, matrix
from benchmarks.public_data.known_as_of import Numbers, Whole
from training.evaluation.metrics import at_capacity, ranked
from training.fitting.fit import Rows, fit

# The last part of the training rows decides when to stop and how to calibrate.
LATER_SHARE: Final = 0.3
# Written out, not the product's own: these belong to the validated choice, and those follow the simulated ports.
PARAMETERS: Final[dict[str, Any]] = {
    "objective": "binary",
    "learning_rate": 0.04,
    "num_leaves": 12,
    "min_data_in_leaf": 40,
    "min_sum_hessian_in_leaf": 1.0,
    "lambda_l2": 5.0,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "monotone_constraints_method": "basic",
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
SHAPES: Final[dict[str, dict[str, Any]]] = {
    "plain": {},
    "small": {"learning_rate": 0.02, "num_leaves": 6, "min_data_in_leaf": 80, "lambda_l2": 20.0},
    "random cuts": {"learning_rate": 0.03, "extra_trees": True},
}


@dataclass(frozen=True)
class Choice:
    """What forward validation chooses: columns, histories, how these fade, how the trees are grown."""

    groups: tuple[str, ...]
    entities: tuple[str, ...]
    half_life_days: float = 365.0
    delay_days: int = 0
    shape: str = "plain"
    monotone: bool = False


def scores(city: City, choice: Choice, known_before: int, scored: NDArray[np.bool_], seed: int, models: int) -> Numbers:
    """Log-odds of the `scored` rows, shape (scored,): the mean of `models` models of consecutive seeds.

    Rows and outcomes from the day `known_before` (since 1970) on are neither learned from nor history.
    """
    learned = (city.rows.days < known_before) & ~scored
    rows = city.rows.where(learned | scored)
    inside = learned[learned | scored]
    profiles = histories(rows, city.raw, known_before, choice.delay_days, choice.half_life_days)
    features = matrix(rows, profiles, choice.groups, choice.entities)
    earlier = rows.where(inside)
    training = Rows(features.values[inside], earlier.truth)
    later = earlier.days >= np.quantile(earlier.days, 1 - LATER_SHARE)
    monotone = [int(choice.monotone and rising) for rising in features.rising]
    parameters = {**PARAMETERS, **SHAPES[choice.shape]}
    fitted = [fit(training, later, monotone, seed + turn, 1, parameters) for turn in range(models)]
    return np.asarray(np.mean([one.model.log_odds(features.values[~inside], 1) for one in fitted], axis=0))


def days_earlier(ranking: Numbers, truth: Numbers, days: Whole) -> float:
    """Mean days by which violations are found earlier when the actual days are handed out by score, highest first."""
    handed = np.empty(len(days))
    handed[ranked(ranking)] = np.sort(days)
    return float((days - handed)[truth == 1].mean())


def figures(ranking: Numbers, truth: Numbers, days: Whole, seed: int) -> dict[str, float]:
    """The figures of the data set's protocol; ties are broken by a seeded shuffle."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    order = np.random.default_rng(seed).permutation(len(ranking))
    ranking, truth, days = ranking[order], truth[order], days[order]
    return {
        "days": days_earlier(ranking, truth, days),
        "first_half": at_capacity(ranking, truth, 0.5)["recall"],
        "p_at_1": at_capacity(ranking, truth, 0.01)["precision"],
        "p_at_5": at_capacity(ranking, truth, 0.05)["precision"],
        "p_at_10": at_capacity(ranking, truth, 0.1)["precision"],
        "auc": float(roc_auc_score(truth, ranking)),
        "ap": float(average_precision_score(truth, ranking)),
    }
