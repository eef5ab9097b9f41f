"""The body of an assessment: score, decision and reasons of a box, as it is stored and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import uuid4

import numpy as np

from data.texts import both
from data.vocabulary import Family, ReasonKind
from features.columns import instant_text
from features.history.counters import SUM
from features.history.entities import INDEX
from features.versions import features_version
from models.explanation.reasons import reasons
from models.policy.lanes import Decision, Policy
from models.scoring.score import Scores
from models.scoring.scorer import Scorer

_FAMILIES: Final = tuple(family.value for family in Family)
# Whose openings an assessment states as its evidence.
_KNOWN_BY: Final = ("shipper", "packer", "port")
_KNOWN_BY_AT: Final = np.array([INDEX[entity] for entity in _KNOWN_BY])


def strongest_reason(reported: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The strongest of the reasons that raise the risk, by language. Lack of evidence is none: it accuses nobody."""
    raising = (one for one in reported if one["contribution"] > 0 and one["code"] != "other")
    return next((one["text"] for one in raising if one.get("kind", "risk") == ReasonKind.RISK), both("reasons.none"))


def assessment_bodies(
    model: Scorer,
    policy: Policy,
    scores: Scores,
    decision: Decision,
    guarantee: Mapping[str, Any],
    at: datetime,
    places: Sequence[Mapping[str, Any] | None],
    known: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """One body a box.

    `guarantee` is what is told of the green lane, `places` the shift and place in a plan, None for a box without one,
    `known` the last event of each table that was known, by box.
    """
    boxes, context = scores.context.boxes, scores.context
    contributions = model.contributions(scores.features)
    openings = context.held_at(np.arange(len(boxes))[:, None], _KNOWN_BY_AT, np.array([SUM["opened"]]))
    shared = {
        "assessed_at": at.isoformat(),
        "guarantee": guarantee,
        "model_version": model.version,
        "catalogue": features_version(),
        "policy_version": policy.version,
        "degraded": model.degraded,
    }
    reported = reasons(context, scores.features, contributions, model.medians)
    # Lists, because taking one number at a time out of an array is slow.
    declaration_ids, box_nos, amendment_nos = (
        boxes.box[name].tolist() for name in ("declaration_id", "box_no", "amendment_no")
    )
    declared_at, as_of = boxes.declared_at.tolist(), context.profiles.at.tolist()
    risks, probabilities = scores.risks.tolist(), scores.probabilities.tolist()
    chances, lot_chances = decision.selection_probability.tolist(), decision.sample_probability.tolist()
    drawn, opened = decision.sample_drawn.tolist(), np.where(np.isnan(openings), 0.0, openings).tolist()
    bodies = []
    for i in range(len(boxes)):
        selected_by = decision.selected_by[i]
        bodies.append(
            {
                "assessment_id": str(uuid4()),
                "declaration_id": declaration_ids[i],
                "box_no": box_nos[i],
                "amendment_no": int(amendment_nos[i]),
                "declared_at": instant_text(declared_at[i]),
                "as_of": instant_text(as_of[i]),
                "known_events": known[i],
                "risk": risks[i],
                "probability": dict(zip(_FAMILIES, probabilities[i], strict=True)),
                "lane": decision.lanes[i].value,
                "selection_probability": chances[i],
                "lane_without_sample": decision.lanes_without_sample[i].value,
                "sample_probability": lot_chances[i],
                "sample_drawn": drawn[i],
                "selected_by": selected_by.value if selected_by else None,
                "planned": places[i],
                "reasons": reported[i][0],
                "base": reported[i][1],
                "discrepancies": [one.as_dict() for one in boxes.checks.discrepancies(i)],
                "evidence": {
                    "openings": dict(zip(_KNOWN_BY, opened[i], strict=True)),
                    "text": _openings_text(opened[i]),
                },
                **shared,
            }
        )
    return bodies


def _openings_text(counts: Sequence[float]) -> dict[str, str]:
    return _openings_in_words(*(f"{count:.0f}" for count in counts)).copy()


@lru_cache(maxsize=4_096)
def _openings_in_words(shipper: str, packer: str, port: str) -> dict[str, str]:
    """How many openings are on record, by language; whoever hands it out copies it."""
    return both("evidence.summary", shipper=shipper, packer=packer, port=port)
