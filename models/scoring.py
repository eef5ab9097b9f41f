"""Boxes scored: features, log-odds, probabilities, risk. Replays, plans and single answers all come through here."""

from __future__ import annotations

from dataclasses import dataclass

from features.boxes import Numbers
from features.catalogue import matrix
from features.checks.results import CheckedBoxes
from features.ledger import Profiles
from features.view import View
from models.harm import hazard, risk
from models.scorer import Scorer, probability


@dataclass(frozen=True)
class Scores:
    """n boxes scored: features (n, k), log-odds and probabilities (n, families), risks (n,) from 0 to 100."""

    view: View
    features: Numbers
    log_odds: Numbers
    probabilities: Numbers
    risks: Numbers


def score(model: Scorer, boxes: CheckedBoxes, profiles: Profiles) -> Scores:
    """Score boxes with what the ledger knew of them. Pure; a replay of the past and serving both call it."""
    view = View(boxes, profiles)
    features = matrix(view)
    log_odds = model.log_odds(features)
    probabilities = probability(log_odds)
    return Scores(view, features, log_odds, probabilities, risk(probabilities, hazard(boxes)))
