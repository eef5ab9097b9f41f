"""The scores of boxes by a model."""

from __future__ import annotations

from dataclasses import dataclass

from features.boxes import Numbers
from features.definitions.context import FeatureContext


@dataclass(frozen=True)
class Scores:
    """n boxes scored: features (n, k), log-odds and probabilities (n, families), risks (n,) from 0 to 100."""

    context: FeatureContext
    features: Numbers
    log_odds: Numbers
    probabilities: Numbers
    risks: Numbers
