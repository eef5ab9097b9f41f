"""Comparison models: other learners on the same rows and features as the model.

What each gets: the boxes labelled by the instant, the features of the catalogue as of each box's own declaration, each
row counted once as the model's trees do, one learner a family that an opening shows, and the same later 30 % of
the rows to decide when to stop (XGBoost, CatBoost, HistGradientBoosting: at most 600 trees, patience 40) or how
strongly to shrink (logistic regression: C from 7 values); then all rows are learned from, as the model does. The two
families are combined as the model's are. Settings were chosen on simulated ports with seeds 11 to 13, which no
benchmark uses. XGBoost and CatBoost are of the `bench` extra; where they are not installed they are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Boxes, Numbers
from models.scoring.expected_harm import finding_probability
from training.dataset import Dataset
from training.fitting.labels import labels_known
from training.fitting.train_at import LATER_SHARE

MAX_TREES: Final = 600
PATIENCE: Final = 40
STRENGTHS: Final = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
HISTOGRAM: Final = {
    "learning_rate": 0.04, "max_leaf_nodes": 4, "min_samples_leaf": 20, "l2_regularization": 20.0, "max_features": 0.6,
}  # fmt: skip
XGBOOST: Final = {
    "objective": "binary:logistic", "eval_metric": "logloss", "tree_method": "hist", "learning_rate": 0.04,
    "max_depth": 2, "min_child_weight": 3.0, "reg_lambda": 20.0, "subsample": 0.8, "colsample_bytree": 0.6,
}  # fmt: skip
CATBOOST: Final = {
    "loss_function": "Logloss", "learning_rate": 0.04, "depth": 3, "l2_leaf_reg": 10.0, "rsm": 0.6,
    "bootstrap_type": "Bernoulli", "subsample": 0.8, "allow_writing_files": False, "verbose": False,
}  # fmt: skip


@dataclass(frozen=True)
class TrainingSet:
    """n labelled boxes: `features` (n, k), `values` (n, families) of 1, 0 or NaN, `weight` (n,), `later` (n,)."""

    features: Numbers
    values: Numbers
    weight: Numbers
    later: NDArray[np.bool_]
    boxes: Boxes


@dataclass(frozen=True)
class Task:
    """One family's rows: features (n, k), truth (n,), weight (n,), and which are the later ones (n,)."""

    features: Numbers
    truth: Numbers
    weight: Numbers
    later: NDArray[np.bool_]
    seed: int
    threads: int

    def part(self, chosen: NDArray[np.bool_]) -> tuple[Numbers, Numbers, Numbers]:
        """Features, truth and weight of the rows under the mask."""
        return self.features[chosen], self.truth[chosen], self.weight[chosen]


Learner = Callable[[Task, Numbers], Numbers]


def training_set_at(dataset: Dataset, at: int) -> TrainingSet:
    """What `training.fitting.train_at.train_at` learns from at an instant: the labels known before it, features as of
    then."""
    labels = labels_known(dataset, at)
    boxes = dataset.boxes.take(labels.positions)
    later = boxes.declared_at >= np.quantile(boxes.declared_at, 1 - LATER_SHARE)
    return TrainingSet(dataset.features(boxes), labels.values, np.ones(len(boxes)), later, boxes)


def logistic(task: Task, evaluated: Numbers) -> Numbers:
    """Ridge logistic regression on standardised features; unknown values are the median, and said to be unknown."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def fitted(strength: float, chosen: NDArray[np.bool_]) -> Any:
        features, truth, weight = task.part(chosen)
        pipeline = make_pipeline(
            SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
            StandardScaler(),
            LogisticRegression(C=strength, max_iter=2000),
        )
        return pipeline.fit(features, truth, logisticregression__sample_weight=weight)

    features, truth, weight = task.part(task.later)
    losses = [
        log_loss(
            truth, fitted(strength, ~task.later).predict_proba(features)[:, 1], sample_weight=weight, labels=[0, 1]
        )
        for strength in STRENGTHS
    ]
    best = fitted(STRENGTHS[int(np.argmin(losses))], np.ones(len(task.truth), dtype=bool))
    return np.asarray(best.predict_proba(evaluated)[:, 1])


def histogram(task: Task, evaluated: Numbers) -> Numbers:
    """scikit-learn's HistGradientBoostingClassifier."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    features, truth, weight = task.part(~task.later)
    later, later_truth, later_weight = task.part(task.later)
    # It cannot bin a column of which nothing is known.
    known = ~np.isnan(features).all(axis=0)
    features, later = features[:, known], later[:, known]
    stopped = HistGradientBoostingClassifier(
        **HISTOGRAM, max_iter=MAX_TREES, early_stopping=True, n_iter_no_change=PATIENCE, tol=0.0,
        random_state=task.seed,
    ).fit(features, truth, weight, X_val=later, y_val=later_truth, sample_weight_val=later_weight)  # fmt: skip
    trees = max(int(np.argmax(stopped.validation_score_)), 10)
    model = HistGradientBoostingClassifier(
        **HISTOGRAM, max_iter=trees, early_stopping=False, random_state=task.seed
    ).fit(task.features[:, known], task.truth, task.weight)
    return np.asarray(model.predict_proba(evaluated[:, known])[:, 1])


def xgboost(task: Task, evaluated: Numbers) -> Numbers:
    """XGBoost."""
    import xgboost as library

    settings = {**XGBOOST, "seed": task.seed, "nthread": task.threads}
    features, truth, weight = task.part(~task.later)
    later, later_truth, later_weight = task.part(task.later)
    table = library.DMatrix(features, truth, weight=weight)
    with_evaluation = library.DMatrix(later, later_truth, weight=later_weight)
    stopped = library.train(
        settings,
        table,
        MAX_TREES,
        evals=[(with_evaluation, "later")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    trees = max(stopped.best_iteration + 1, 10)
    model = library.train(settings, library.DMatrix(task.features, task.truth, weight=task.weight), trees)
    return np.asarray(model.predict(library.DMatrix(evaluated)), dtype=np.float64)


def catboost(task: Task, evaluated: Numbers) -> Numbers:
    """CatBoost."""
    from catboost import CatBoostClassifier, Pool

    settings = {**CATBOOST, "random_seed": task.seed, "thread_count": task.threads}
    features, truth, weight = task.part(~task.later)
    later, later_truth, later_weight = task.part(task.later)
    stopped = CatBoostClassifier(**settings, iterations=MAX_TREES, early_stopping_rounds=PATIENCE).fit(
        Pool(features, truth, weight=weight), eval_set=Pool(later, later_truth, weight=later_weight)
    )
    trees = max(int(stopped.get_best_iteration()) + 1, 10)
    model = CatBoostClassifier(**settings, iterations=trees).fit(Pool(task.features, task.truth, weight=task.weight))
    return np.asarray(model.predict_proba(evaluated)[:, 1])


LEARNERS: Final[dict[str, Learner]] = {
    "logistic": logistic,
    "hist_gradient_boosting": histogram,
    "xgboost": xgboost,
    "catboost": catboost,
}


def installed() -> list[str]:
    """The learners whose library is there."""
    return [name for name in LEARNERS if name not in ("xgboost", "catboost") or find_spec(name)]


def comparison_models(training_set: TrainingSet, evaluated: Numbers, seed: int, threads: int) -> dict[str, Numbers]:
    """By learner, the probability that an opening finds something, shape (m,), of boxes with features (m, k)."""
    return {
        name: finding_probability(_predicted(LEARNERS[name], training_set, evaluated, seed, threads))
        for name in installed()
    }


def _predicted(learner: Learner, training_set: TrainingSet, evaluated: Numbers, seed: int, threads: int) -> Numbers:
    reported = np.zeros((len(evaluated), len(Family)))
    for index, family in enumerate(Family):
        if family.needs_opening:
            seen = ~np.isnan(training_set.values[:, index])
            rows = (
                training_set.features[seen],
                training_set.values[seen, index],
                training_set.weight[seen],
                training_set.later[seen],
            )
            reported[:, index] = learner(Task(*rows, seed, threads), evaluated)
    return reported
