"""The body of an assessment: score, decision and reasons of a box, as it is stored and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isnan
from typing import Any
from uuid import uuid4

from data.texts import both
from data.vocabulary import Family, ReasonKind
from features.columns import instant_text
from features.versions import features_version
from models.lanes import Decision, Policy
from models.reasons import reasons
from models.scorer import Scorer
from models.scoring import Scores


def strongest(told: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The strongest of the reasons that raise the risk, by language. Lack of evidence is none: it accuses nobody."""
    raising = (one for one in told if one["contribution"] > 0 and one["code"] != "other")
    return next((one["text"] for one in raising if one.get("kind", "risk") == ReasonKind.RISK), both("reasons.none"))


def answers(
    model: Scorer,
    policy: Policy,
    scores: Scores,
    decision: Decision,
    promise: Mapping[str, Any],
    at: datetime,
    places: Sequence[Mapping[str, Any] | None],
    known: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """One body a box.

    `promise` is what is told of the green lane, `places` the shift and place in a plan, None for a box without one,
    `known` the last event of each table that was known, by box.
    """
    boxes, view = scores.view.boxes, scores.view
    contributions = model.contributions(scores.features)
    told = reasons(view, scores.features, contributions, model.medians)
    openings = {name: view.held(name, "opened").tolist() for name in ("shipper", "packer", "port")}
    names = [family.value for family in Family]
    shared = {
        "assessed_at": at.isoformat(),
        "guarantee": promise,
        "model_version": model.version,
        "catalogue": features_version(),
        "policy_version": policy.version,
        "degraded": model.degraded,
    }
    bodies = []
    for i in range(len(boxes)):
        counts = {name: 0.0 if isnan(values[i]) else values[i] for name, values in openings.items()}
        chosen = decision.selected_by[i]
        rounded = {name: f"{count:.0f}" for name, count in counts.items()}
        bodies.append(
            {
                "assessment_id": str(uuid4()),
                "declaration_id": boxes.box["declaration_id"][i],
                "box_no": boxes.box["box_no"][i],
                "amendment_no": int(boxes.box["amendment_no"][i]),
                "declared_at": instant_text(int(boxes.declared_at[i])),
                "as_of": instant_text(int(view.profiles.at[i])),
                "known_events": known[i],
                "risk": float(scores.risks[i]),
                "probability": dict(zip(names, scores.probabilities[i].tolist(), strict=True)),
                "lane": decision.lanes[i].value,
                "selection_probability": float(decision.selection_probability[i]),
                "lane_without_lot": decision.without_lot[i].value,
                "lot_chance": float(decision.lot_chance[i]),
                "lot_drawn": bool(decision.drawn[i]),
                "selected_by": chosen.value if chosen else None,
                "planned": places[i],
                "reasons": told[i][0],
                "base": told[i][1],
                "discrepancies": [one.as_dict() for one in boxes.checks.discrepancies(i)],
                "evidence": {"openings": counts, "text": both("evidence.summary", **rounded)},
                **shared,
            }
        )
    return bodies
