"""Baselines on the card transactions: a lookup table of cards and terminals, a logistic regression."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.public_data.card_fraud_rows import DELAY_DAYS, PRIOR, Cards
from benchmarks.public_data.card_fraud_trial import Choice, Known, scored_rows, training_rows
from benchmarks.public_data.known_as_of import DAY_US, Events, Numbers, sums_before

LOOKUP_DAYS: Final = 30.0


def lookup_scores(cards: Cards, first_day: int) -> Numbers:
    """The higher smoothed rate of known frauds of the card and of its terminal, shape (test rows,); nothing learned."""
    rows = cards.where(scored_rows(cards, first_day))
    known = Events(cards.times + DELAY_DAYS * DAY_US, cards.keys)
    found = np.stack([np.ones(len(cards)), cards.truth], axis=1)
    sums = sums_before(rows.events, known, found, np.array([LOOKUP_DAYS, LOOKUP_DAYS])).sums
    return np.asarray((sums[:, :2, 1] / (sums[:, :2, 0] + PRIOR)).max(axis=1))


def regression_scores(cards: Cards, columns: Known, choice: Choice, first_day: int) -> Numbers:
    """Logistic regression over our features, standardised, the unknown at the mean; learned from the same rows."""
    from sklearn.linear_model import LogisticRegression

    learned = training_rows(cards, first_day, choice.training_days, choice.without_caught)
    values, test = columns.of(learned), columns.of(scored_rows(cards, first_day))
    centre, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0) + 1e-9
    values, test = (np.nan_to_num((table - centre) / spread) for table in (values, test))
    model = LogisticRegression(C=0.01, max_iter=500).fit(values, cards.truth[learned])
    return np.asarray(model.decision_function(test))
