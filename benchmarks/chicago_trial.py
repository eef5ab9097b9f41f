"""One trial on the Chicago inspections: learn from the rows before a day, rank later rows, measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.chicago_rows import Numbers, Tables, days_of, histories, matrix
from training.fit import PARAMETERS, Rows, fit
from training.metrics import at_capacity, ranked

# The last part of the training rows decides when to stop and how to calibrate.
LATER_SHARE: Final = 0.3


@dataclass(frozen=True)
class Choice:
    """What the forward validation chooses: columns, histories, how they fade, how the booster is grown."""

    groups: tuple[str, ...] = ("past", "licences", "heat", "weather", "kind")
    entities: tuple[str, ...] = ()
    half_life_days: float = 365.0
    delay_days: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    monotone: bool = False
    recency_days: float | None = None
    models: int = 1


def scores(tables: Tables, choice: Choice, known_before: int, scored: NDArray[np.bool_], seed: int) -> Numbers:
    """Mean calibrated log-odds of the `scored` rows, shape (scored,), learned from what was known before a day.

    `known_before` counts days since 1970: no later row is learned from and no later outcome is in the ledger.
    """
    rows, days = tables.rows, days_of(tables.rows)
    learned = days < known_before
    kept = rows[learned | scored]
    profiles = histories(kept, tables.raw, known_before, choice.delay_days, choice.half_life_days)
    features = matrix(kept, profiles, choice.groups, choice.entities)
    inside, days = learned[learned | scored], days[learned]
    weight = np.ones(len(days)) if choice.recency_days is None else 0.5 ** ((days.max() - days) / choice.recency_days)
    training = Rows(features.values[inside], rows.loc[learned, "criticalFound"].to_numpy(dtype=np.float64), weight)
    later = days >= np.quantile(days, 1 - LATER_SHARE)
    monotone = [int(choice.monotone and rising) for rising in features.rising]
    parameters = {**PARAMETERS, **choice.parameters}
    models = [fit(training, later, monotone, seed + turn, 1, parameters)[0] for turn in range(choice.models)]
    return np.mean([model.log_odds(features.values[~inside], 1) for model in models], axis=0)


def days_earlier(ranking: Numbers, truth: Numbers, days: NDArray[np.int64]) -> float:
    """Mean days by which violations are found earlier when the actual days are handed out by score, highest first."""
    handed = np.empty(len(days))
    handed[ranked(ranking)] = np.sort(days)
    return float((days - handed)[truth == 1].mean())


def figures(ranking: Numbers, truth: Numbers, days: NDArray[np.int64], seed: int) -> dict[str, float]:
    """The figures of the data set's protocol; ties are broken by a seeded shuffle."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    order = np.random.default_rng(seed).permutation(len(ranking))
    ranking, truth, days = ranking[order], truth[order], days[order]
    return {
        "days": days_earlier(ranking, truth, days),
        "first_half": at_capacity(ranking, truth, 0.5)["recall"],
        "p_at_1": at_capacity(ranking, truth, 0.01)["precision"],
        "p_at_5": at_capacity(ranking, truth, 0.05)["precision"],
        "p_at_10": at_capacity(ranking, truth, 0.10)["precision"],
        "auc": float(roc_auc_score(truth, ranking)),
        "ap": float(average_precision_score(truth, ranking)),
    }
