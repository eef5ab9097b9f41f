"""The handbook's own features and models on the same rows, to reproduce its figures.

Windows of 1, 7 and 30 days (Fraud Detection Handbook, chapter 3): of a customer the number and mean amount of
transactions up to and with this one; of a terminal the number and the share of frauds in the window that ended
`DELAY_DAYS` ago. Learned from the training week alone.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from benchmarks.public_data.card_fraud_rows import DELAY_DAYS, Cards
from benchmarks.public_data.card_fraud_trial import CAUGHT_DAYS, figures, scored_rows, training_rows
from benchmarks.public_data.known_as_of import DAY_US, Numbers, Whole

WINDOWS_DAYS: Final = (1, 7, 30)
MODELS: Final = ("handbook_logistic_regression", "handbook_random_forest")
_NIGHT_ENDS: Final = 6
_SATURDAY: Final = 5
# Longer than any window reaches, so that no window of one entity reaches into another's.
_APART_US: Final = 1_000 * DAY_US


class _Timeline:
    """Sums over windows of time for each entity, by differences of cumulative sums."""

    def __init__(self, entities: Whole, times: Whole, values: Numbers) -> None:
        self._start = int(times.min())
        places = self._places(entities, times)
        order = np.argsort(places, kind="stable")
        self._sorted = places[order]
        self._cumulative = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values[order], axis=0)])

    def _places(self, entities: Whole, times: Whole) -> Whole:
        return entities * _APART_US + (times - self._start) + _APART_US // 2

    def until(self, entities: Whole, times: Whole) -> Numbers:
        """Sums (n, values) of everything of the entity up to and with each instant, plus that of smaller entities."""
        return self._cumulative[np.searchsorted(self._sorted, self._places(entities, times), side="right")]


def handbook_features(cards: Cards, queried: Whole) -> Numbers:
    """The handbook's fifteen features of the transactions at the positions `queried`, shape (asked, 15)."""
    rows = cards.where(queried)
    one = np.ones((len(cards), 1))
    spent = _Timeline(cards.customers, cards.times, np.concatenate([one, cards.amounts[:, None]], axis=1))
    found = _Timeline(cards.terminals, cards.times, np.concatenate([one, cards.truth[:, None]], axis=1))
    weekend = (rows.days + 3) % 7 >= _SATURDAY
    night = rows.times % DAY_US // (DAY_US // 24) <= _NIGHT_ENDS
    columns = [rows.amounts, weekend.astype(np.float64), night.astype(np.float64)]
    now, delayed = rows.times, rows.times - DELAY_DAYS * DAY_US
    for days in WINDOWS_DAYS:
        count, total = (spent.until(rows.customers, now) - spent.until(rows.customers, now - days * DAY_US)).T
        columns += [count, total / count]
    for days in WINDOWS_DAYS:
        sums = found.until(rows.terminals, delayed) - found.until(rows.terminals, delayed - days * DAY_US)
        columns += [sums[:, 0], sums[:, 1] / np.maximum(sums[:, 0], 1.0)]
    return np.stack(columns, axis=1)


def handbook_figures(
    cards: Cards, first_day: int, seed: int, models: tuple[str, ...] = MODELS
) -> dict[str, dict[str, float]]:
    """Figures of `models` over the handbook's features on the test rows from `first_day` on."""
    learned = training_rows(cards, first_day, CAUGHT_DAYS, False)
    scored = scored_rows(cards, first_day)
    known, test = handbook_features(cards, learned), handbook_features(cards, scored)
    centre, spread = known.mean(axis=0), known.std(axis=0)
    found = {}
    for name in models:
        model = _model(name, seed)
        model.fit((known - centre) / spread, cards.truth[learned])
        ranking = model.predict_proba((test - centre) / spread)[:, 1]
        found[name] = figures(ranking, cards.where(scored), seed)
    return found


def _model(name: str, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    if name == "handbook_random_forest":
        return RandomForestClassifier(n_estimators=100, random_state=seed, n_jobs=1)
    return LogisticRegression()
