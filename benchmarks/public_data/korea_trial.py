"""One trial on the Korean declarations: model, lookup table and logistic regression, measured on the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.public_data.known_as_of import Numbers
from benchmarks.public_data.korea_rows import Declarations, fields, matrix
from training.evaluation.metrics import at_capacity
from training.fitting.fit import Rows, fit

LATER_SHARE: Final = 0.2
# How many declarations at everyone's rate the lookup table starts a tuple from.
LOOKUP_PRIOR: Final = 1.0
# Written out, not the product's own: these belong to the validated choice, and those follow the simulated ports.
PARAMETERS: Final[dict[str, Any]] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 20,
    "min_sum_hessian_in_leaf": 1.0,
    "lambda_l2": 5.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 255,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
SHAPES: Final[dict[str, dict[str, Any]]] = {
    "plain": {},
    "small": {"num_leaves": 8, "lambda_l2": 20.0},
    "large": {"num_leaves": 127, "min_data_in_leaf": 5},
    "random cuts": {"extra_trees": True},
}


@dataclass(frozen=True)
class Choice:
    """What forward validation chooses: whose histories, how these fade, how the trees are grown."""

    entities: tuple[str, ...] = ()
    half_life_days: float = 365.0
    shape: str = "plain"


def model_scores(rows: Declarations, scored: NDArray[np.bool_], choice: Choice, seed: int, models: int) -> Numbers:
    """Log-odds of the `scored` rows, shape (scored,): the mean of `models` models of consecutive seeds.

    No finding from the first scored day on is learned from or is history.
    """
    first_day = int(rows.days[scored].min())
    values = matrix(rows, first_day, choice.half_life_days, choice.entities)
    learned = rows.days < first_day
    days = rows.days[learned]
    later = days >= np.quantile(days, 1 - LATER_SHARE)
    training = Rows(values[learned], rows.truth[learned])
    parameters = {**PARAMETERS, **SHAPES[choice.shape]}
    fitted = [fit(training, later, [0] * values.shape[1], seed + turn, 1, parameters).model for turn in range(models)]
    return np.asarray(np.mean([model.log_odds(values[scored], 1) for model in fitted], axis=0))


def lookup_scores(rows: Declarations, scored: NDArray[np.bool_]) -> Numbers:
    """The smoothed rate of frauds among earlier declarations of the same goods tuple: no learning at all."""
    learned = rows.days < rows.days[scored].min()
    truth = rows.truth[learned]
    tuples, position = np.unique(rows.tuples[learned], return_inverse=True)
    count, frauds = np.bincount(position), np.bincount(position, weights=truth)
    rate = (frauds + LOOKUP_PRIOR * truth.mean()) / (count + LOOKUP_PRIOR)
    queried = rows.tuples[scored]
    place = np.minimum(np.searchsorted(tuples, queried), len(tuples) - 1)
    return np.asarray(np.where(tuples[place] == queried, rate[place], truth.mean()))


def regression_scores(rows: Declarations, scored: NDArray[np.bool_]) -> Numbers:
    """Logistic regression over the label-encoded fields, as published."""
    from sklearn.linear_model import LogisticRegression

    values = fields(rows)
    learned = rows.days < rows.days[scored].min()
    centre, spread = values[learned].mean(axis=0), values[learned].std(axis=0) + 1e-9
    values = (values - centre) / spread
    model = LogisticRegression(max_iter=1000).fit(values[learned], rows.truth[learned])
    return np.asarray(model.decision_function(values[scored]))


def unseen(rows: Declarations, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the `scored` rows have a goods tuple that no row before the first of them has, shape (scored,)."""
    learned = rows.days < rows.days[scored].min()
    return ~np.isin(rows.tuples[scored], rows.tuples[learned])


def figures(ranking: Numbers, truth: Numbers, new: NDArray[np.bool_], seed: int) -> dict[str, float]:
    """The figures of the protocol, `auc_unseen` on the rows `new` alone; ties are broken by a seeded shuffle."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    order = np.random.default_rng(seed).permutation(len(ranking))
    ranking, truth, new = ranking[order], truth[order], new[order]
    return {
        "p_at_5": at_capacity(ranking, truth, 0.05)["precision"],
        "p_at_10": at_capacity(ranking, truth, 0.1)["precision"],
        "auc": float(roc_auc_score(truth, ranking)),
        "ap": float(average_precision_score(truth, ranking)),
        "auc_unseen": float(roc_auc_score(truth[new], ranking[new])),
    }
