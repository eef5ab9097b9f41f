"""The stages of a box: enrich, check, featurize, score, decide, explain, store.

Single calls, batches, messages, plans, backtests and benchmarks all use these stages:

    enrich     declared lines, other papers          -> Boxes            recorded: recorded_boxes.enriched (frames)
                                                                         of a call: Assessor.boxes_of (rows)
    check      Boxes                                 -> CheckedBoxes     features.checks.stage.check
    featurize  CheckedBoxes, Profiles                -> Featurized       featurize
    score      Featurized                            -> Scores           score
    decide     Scores, model, policy, current plan   -> Decision         decide; of a plan: models.planning.plan
    explain    Scores, Decision                      -> assessments      explain
    store      assessments, with the declarations    -> the store        Store.transaction

What was known of a box (`Profiles`) comes from the history that a process keeps (`features.history.following`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from features.boxes import Numbers
from features.checks.results import CheckedBoxes
from features.columns import microseconds
from features.definitions.catalogue import matrix
from features.definitions.context import FeatureContext
from features.history.counters import Profiles
from features.history.outcomes import pairs_of
from models.explanation.assessment import assessment_bodies
from models.planning.current_plan import CurrentPlan
from models.planning.groups import new_shippers
from models.policy.capacity import opening_costs, windows
from models.policy.lanes import Decision, Policy
from models.scoring.expected_harm import hazard, risk
from models.scoring.score import Scores
from models.scoring.scorer import Scorer, probability

Body = dict[str, Any]
Place = Mapping[str, Any] | None


@dataclass(frozen=True)
class Featurized:
    """n boxes with what was known of them (`context`), and their features (n, k)."""

    context: FeatureContext
    features: Numbers


@dataclass(frozen=True)
class Deciding:
    """What decisions are based on: the model, the policy, and the current plan, if any."""

    model: Scorer
    policy: Policy
    plan: CurrentPlan | None = None


def featurize(boxes: CheckedBoxes, profiles: Profiles) -> Featurized:
    """Features of checked boxes with what was known of each."""
    context = FeatureContext(boxes, profiles)
    return Featurized(context, matrix(context))


def score(model: Scorer, boxes: Featurized) -> Scores:
    """Log-odds and probabilities by family, and the risk, of each box."""
    log_odds = model.log_odds(boxes.features)
    probabilities = probability(log_odds)
    risks = risk(probabilities, hazard(boxes.context.boxes))
    return Scores(boxes.context, boxes.features, log_odds, probabilities, risks)


def decide(by: Deciding, scores: Scores, at: datetime) -> Decision:
    """Lanes of boxes that arrive one by one, by the current plan, otherwise by the risk of recent boxes.

    A box declared too late to be opened is not in the random sample: its probability could not be kept.
    """
    boxes, priority, cuts, plan = scores.context.boxes, scores.risks, None, by.plan
    cuts_per_cost = plan.cuts_per_cost(by.model.version, by.policy.version) if plan else None
    if plan and cuts_per_cost is not None:
        priority = priority / opening_costs(boxes, plan.slots, microseconds(at)) if cuts_per_cost else priority
        cuts = plan.cuts(boxes.box["terminal"].tolist())
    return by.policy.decide(
        scores.risks, boxes.box["declaration_id"].tolist(), by.model.risk_quantiles, boxes.checks.severe > 0,
        new_shippers(scores.features), priority, cuts, plan.mandatory(pairs_of(boxes)) if plan else None,
        not_openable=windows(boxes)[1] <= boxes.declared_at,
    )  # fmt: skip


def explain(
    by: Deciding,
    scores: Scores,
    decision: Decision,
    at: datetime,
    guarantee: Mapping[str, Any],
    places: Sequence[Place],
    known: Sequence[Mapping[str, Any]],
) -> list[Body]:
    """The assessments of boxes: score, decision, reasons, place in a plan, and the events that were `known`."""
    return assessment_bodies(by.model, by.policy, scores, decision, guarantee, at, places, known)
