"""Select training parameters: forward validation in time within a budget, then the smallest model near the best.

Each trial trains on the boxes before a date and is evaluated, early stopping included, on the labelled boxes of the
following months with their sample weights; three such dates per port. Labels are those known at the time of tuning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.errors import NotReady
from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.catalogue import NAMES
from training.dataset import Dataset
from training.fitting.configuration import ALWAYS, Choice, Configuration
from training.fitting.fit import Rows, losses, stopped
from training.fitting.labels import labels_known
from training.fitting.sample_weights import sample_weights
from training.fitting.train_at import monotone

if TYPE_CHECKING:
    from optuna import Trial

# Folds as shares of the labelled rows in time: trained before, evaluated until the next.
FOLDS: Final = (0.5, 2 / 3, 5 / 6, 1.0)
MIN_VALIDATED: Final = 5
# Largest excess over the least loss, in standard errors, at which a smaller model is preferred.
STANDARD_ERRORS: Final = 1.0
Progress = Callable[[Family, int, float], None]
"""Called after each trial with the family, the number of trials done and the least loss so far."""


@dataclass(frozen=True)
class TriedChoice:
    """One trial: its parameters, the loss of every evaluated row with its weight, and the number of leaves."""

    choice: Choice
    losses: Numbers
    weight: Numbers
    leaves: float

    @property
    def loss(self) -> float:
        """Weighted mean loss."""
        return float(np.average(self.losses, weights=self.weight))


def rows_at(dataset: Dataset, at: int, seed: int, threads: int) -> dict[Family, Rows]:
    """The training rows of each family in order of time, as known at an instant (microseconds)."""
    labels = labels_known(dataset, at)
    if not len(labels.positions):
        return dict.fromkeys(Family, Rows(np.zeros((0, len(NAMES))), np.zeros(0)))
    evaluated = dataset.boxes.take(labels.positions)
    features = dataset.features_at(labels.positions)
    weights = sample_weights(dataset, labels, features, at, seed, threads)
    order = np.argsort(evaluated.known_at, kind="stable")
    found = {}
    for index, family in enumerate(Family):
        seen = order[~np.isnan(labels.values[order, index])]
        found[family] = Rows(features[seen], labels.values[seen, index], weights[seen, index])
    return found


def tune(
    ports: Sequence[dict[Family, Rows]], trials: int, seconds: float, seed: int, threads: int, origin: str,
    progress: Progress = lambda family, done, least: None,
) -> Configuration:  # fmt: skip
    """Select the configuration by forward validation on the rows of one or several ports.

    `trials` and `seconds` limit each family's search, whichever comes first; the same seed and trials give the same
    result. Raises NotReady if no port has enough labels in every fold.
    """
    usable = {f: [port[f] for port in ports if all(map(_can_be_validated, _folds(port[f])))] for f in Family}
    # Checked before any search, which takes minutes; a result for some families only would be lost.
    for family, rows in usable.items():
        if not rows:
            raise NotReady(
                f"Too few labels to select parameters for {family.value}: "
                f"each of {len(FOLDS) - 1} periods needs {MIN_VALIDATED} findings, those after tips not counted.",
                "Ingest more inspections; until then `hazlane train` uses the default configuration.",
            )
    searched = {f: _search(rows, f, trials, seconds, seed, threads, progress) for f, rows in usable.items()}
    return Configuration({family: smallest(tried) for family, tried in searched.items()}, origin)


def _search(
    ports: Sequence[Rows], family: Family, trials: int, seconds: float, seed: int, threads: int, progress: Progress
) -> list[TriedChoice]:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    tried: list[TriedChoice] = []

    def objective(trial: Trial) -> float:
        tried.append(_try(ports, family, _suggested(trial), seed, threads))
        progress(family, len(tried), min(one.loss for one in tried))
        return tried[-1].loss

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial(_START)
    study.optimize(objective, n_trials=trials, timeout=seconds)
    return tried


_START: Final = {
    "learning_rate": 0.04, "num_leaves": 8, "min_data_in_leaf": 50, "lambda_l2": 20.0, "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
}  # fmt: skip


def _suggested(trial: Trial) -> Choice:
    parameters = {
        "learning_rate": trial.suggest_float("learning_rate", 0.04, 0.12, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 3, 16),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 20, 200, log=True),
        "lambda_l2": trial.suggest_float("lambda_l2", 1.0, 50.0, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.2, 0.9),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.5, 0.95),
    }
    return Choice(parameters, 0.0)


def _try(ports: Sequence[Rows], family: Family, choice: Choice, seed: int, threads: int) -> TriedChoice:
    settings: dict[str, Any] = {
        **ALWAYS, **choice.parameters,
        "monotone_constraints": monotone(family), "seed": seed, "num_threads": threads,
    }  # fmt: skip
    lost, weight, leaves = [], [], []
    for rows in ports:
        for earlier, later in _folds(rows):
            margins, trees = stopped(earlier, later, settings, choice.weight_exponent)
            lost.append(losses(margins, later.truth))
            weight.append(later.weight)
            leaves.append(trees * choice.parameters["num_leaves"])
    return TriedChoice(choice, np.concatenate(lost), np.concatenate(weight), float(np.mean(leaves)))


def _can_be_validated(fold: tuple[Rows, Rows]) -> bool:
    earlier, later = fold
    return earlier.enough() and float(later.truth[later.weight > 0].sum()) >= MIN_VALIDATED


def _folds(rows: Rows) -> Iterable[tuple[Rows, Rows]]:
    places = np.arange(len(rows)) / max(len(rows), 1)
    for start, end in pairwise(FOLDS):
        yield rows.where(places < start), rows.where((places >= start) & (places < end))


def smallest(tried: Sequence[TriedChoice]) -> Choice:
    """The choice with the fewest leaves among those whose loss is within one standard error of the least."""
    best = min(tried, key=lambda one: one.loss)

    def near(one: TriedChoice) -> bool:
        excess = one.losses - best.losses
        share = best.weight / best.weight.sum()
        mean = float((share * excess).sum())
        return mean <= STANDARD_ERRORS * float(np.sqrt((share**2 * (excess - mean) ** 2).sum()))

    return min((one for one in tried if near(one)), key=lambda one: one.leaves).choice
