"""Build the body of an assessment: score, decision and reasons of a box, as stored and answered."""

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
# Entities whose openings an assessment states as its evidence.
_EVIDENCE_OF: Final = ("shipper", "packer", "port")
_EVIDENCE_OF_AT: Final = np.array([INDEX[entity] for entity in _EVIDENCE_OF])


def strongest_reason(reported: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The strongest reason that raises the risk, by language.

    Reasons of the kind `lack_of_evidence` are skipped, because they do not accuse anybody.
    """
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
    """One assessment body per box.

    `guarantee` is the current release guarantee, `places` the shift and place in a plan (None without one), `known` the
    last known event of each table, by box.
    """
    boxes, context = scores.context.boxes, scores.context
    contributions = model.contributions(scores.features)
    openings = context.decayed_sums_at(np.arange(len(boxes))[:, None], _EVIDENCE_OF_AT, np.array([SUM["opened"]]))
    shared = {
        "assessed_at": at.isoformat(),
        "guarantee": guarantee,
        "model_version": model.version,
        "catalogue": features_version(),
        "policy_version": policy.version,
        "degraded": model.degraded,
    }
    reported = reasons(context, scores.features, contributions, model.medians)
    # Lists, because indexing single numbers of an array is slow.
    declaration_ids, box_nos, amendment_nos = (
        boxes.box[name].tolist() for name in ("declaration_id", "box_no", "amendment_no")
    )
    declared_at, as_of = boxes.declared_at.tolist(), context.profiles.at.tolist()
    risks, probabilities = scores.risks.tolist(), scores.probabilities.tolist()
    selection, sample = decision.selection_probability.tolist(), decision.sample_probability.tolist()
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
                "selection_probability": selection[i],
                "lane_without_sample": decision.lanes_without_sample[i].value,
                "sample_probability": sample[i],
                "sample_drawn": drawn[i],
                "selected_by": selected_by.value if selected_by else None,
                "planned": places[i],
                "reasons": reported[i][0],
                "base": reported[i][1],
                "discrepancies": [one.as_dict() for one in boxes.checks.discrepancies(i)],
                "evidence": {
                    "openings": dict(zip(_EVIDENCE_OF, opened[i], strict=True)),
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
    """The number of recorded openings as a sentence, by language. Cached: copy it before handing it out."""
    return both("evidence.summary", shipper=shipper, packer=packer, port=port)
