"""The rules baseline: scores boxes if no trained model is available, and serves as comparison in evaluations.

Each rule adds points (log-odds) to a family if a feature reaches a threshold. A port can read and change the table.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from data.definitions.masses import WEIGHINGS
from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.catalogue import CATALOGUE, NAMES
from models.scoring.card import QUANTILES
from models.scoring.scorer import log_odds_of


class Rule(NamedTuple):
    """Add `points` to the log-odds of `family` if `feature` is at least `threshold`."""

    family: Family
    feature: str
    threshold: float
    points: float


# Expected rates at a port without history; sources in docs/simulator.md.
BASE_RATES: Final = {Family.DECLARATION: 0.02, Family.PACKING: 0.05, Family.PAPERS: 0.05}

RULES: Final = (
    Rule(Family.DECLARATION, "cargo_of_concern", 1, 0.7),
    Rule(Family.DECLARATION, "suspected_goods", 1, 1.2),
    Rule(Family.DECLARATION, "identity_discrepancies", 1, 1.0),
    Rule(Family.DECLARATION, "undeclared_discrepancies", 1, 1.0),
    Rule(Family.DECLARATION, "concern_discrepancies", 1, 0.7),
    Rule(Family.DECLARATION, "booking_manifest_differ", 1, 0.5),
    Rule(Family.DECLARATION, "booking_declaration_differ", 1, 0.7),
    Rule(Family.DECLARATION, "manifest_un_differs", 1, 1.0),
    Rule(Family.DECLARATION, "weighed_disagreement", WEIGHINGS.share, 0.8),
    Rule(Family.DECLARATION, "vgm_disagreement", WEIGHINGS.share, 0.5),
    Rule(Family.DECLARATION, "amendments", 2, 0.3),
    Rule(Family.PACKING, "weighed_disagreement", WEIGHINGS.share, 0.5),
    Rule(Family.PACKING, "line_count", 3, 0.4),
    Rule(Family.PACKING, "class_range", 1, 0.4),
    Rule(Family.PACKING, "certificate_missing", 1, 0.7),
    Rule(Family.PAPERS, "certificate_missing", 1, 1.5),
    Rule(Family.PAPERS, "phone_missing", 1, 1.5),
    Rule(Family.PAPERS, "identity_discrepancies", 1, 1.0),
    Rule(Family.PACKING, "box_discrepancies", 1, 1.0),
    Rule(Family.PAPERS, "fields_missing", 4, 0.5),
)
_RULES_OF: Final = {
    family: [(NAMES.index(rule.feature), rule) for rule in RULES if rule.family is family] for family in Family
}


class RulesBaseline:
    """The table of rules with the interface of a trained model; always `degraded`."""

    version = "rules-3"
    degraded = True
    medians: Numbers = np.full(len(CATALOGUE), np.nan)
    # Assumed risks for the cuts of single calls: three quarters of the boxes at the base risk, the rest up to 25.
    risk_quantiles: Numbers = np.interp(np.linspace(0, 1, QUANTILES), [0, 0.75, 0.95, 1.0], [0.0, 5.0, 10.0, 25.0])

    def contributions(self, features: Numbers) -> Numbers:
        """Points by feature, shape (n, families, features + 1), the base value last."""
        return np.stack([rule_points(features, family) for family in Family], axis=1)

    def log_odds(self, features: Numbers) -> Numbers:
        """Sum of the points, shape (n, families)."""
        return np.asarray(self.contributions(features).sum(axis=2))


def rule_points(features: Numbers, family: Family) -> Numbers:
    """Points of one family by feature, shape (n, features + 1), the base value last."""
    parts = np.zeros((len(features), len(NAMES) + 1))
    parts[:, -1] = log_odds_of(BASE_RATES[family])
    for column, rule in _RULES_OF[family]:
        parts[:, column] += np.where(features[:, column] >= rule.threshold, rule.points, 0.0)
    return parts
