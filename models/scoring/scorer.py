"""The interface of every risk model: log-odds by family, and their exact breakdown by feature."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from features.boxes import Numbers


class Scorer(Protocol):
    """A model of the three families over the feature matrix (n, features) of the catalogue."""

    @property
    def version(self) -> str:
        """Version of the model."""

    @property
    def degraded(self) -> bool:
        """Whether this replaces a trained model that is not available."""

    @property
    def medians(self) -> Numbers:
        """Median of each feature over the training boxes, shape (features,), NaN where unknown."""

    @property
    def risk_quantiles(self) -> Numbers:
        """Risk of recent boxes at evenly spaced quantiles from 0 to 1, for the cut of a single call."""

    def log_odds(self, features: Numbers) -> Numbers:
        """Calibrated log-odds, shape (n, families)."""

    def contributions(self, features: Numbers) -> Numbers:
        """Parts that sum to the log-odds, shape (n, families, features + 1); the last is the base value."""


def probability(log_odds: Numbers) -> Numbers:
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def log_odds_of(probability: float) -> float:
    """The logit of a probability strictly between 0 and 1."""
    return float(np.log(probability / (1.0 - probability)))
