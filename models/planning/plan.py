"""Plan recorded boxes: score them, select the boxes to open, assign shifts, and store an assessment of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from data.planning import Limit, MandatoryOpenings
from features.boxes import Numbers
from features.columns import microseconds
from features.history.counters import Profiles
from features.history.following import Recorded
from models.assessor import Assessor
from models.pipeline import explain, featurize, score
from models.planning.eligibility import ineligibility
from models.planning.groups import Labels, groupings, new_shippers
from models.planning.inspection_burden import within_limits
from models.planning.report import places, report
from models.policy.candidates import Candidates
from models.policy.capacity import Slots, opening_costs, windows
from models.scoring.expected_harm import finding_probability
from models.scoring.score import Scores

# Boxes whose contributions are in memory at once.
CHUNK: Final = 5_000
# Boxes whose profiles and features are kept from ranking to assessment, some 4 kB each; the others are read twice.
BODIES_IN_MEMORY: Final = 50_000


@dataclass(frozen=True)
class PlanRequest:
    """Conditions of a plan: shifts of the teams (None: a share of the boxes), mandatory openings, inspection limits.

    `until` is the end of its days. A plan with an end is stored, and its cuts apply until then or until the next plan.
    """

    slots: Slots | None = None
    mandatory: MandatoryOpenings = field(default_factory=dict)
    limits: Sequence[Limit] = ()
    until: datetime | None = None


class PlanRun:
    """A plan of recorded boxes at an instant, by an assessor's model, history and policy. `reported` is its report.

    Each box is scored with what is known at the instant, or with `profiles` (n, …) if they are given.
    `reported["plan_id"]` is a digest of the decisions: the same boxes, knowledge and request give the same id. Raises
    InvalidInput.
    """

    def __init__(
        self,
        assessor: Assessor,
        boxes: Recorded,
        at: datetime,
        request: PlanRequest | None = None,
        profiles: Profiles | None = None,
    ) -> None:
        request = request or PlanRequest()
        self._assessor = assessor
        self._at = at
        self._profiles = profiles
        self._history = assessor.following.before(at) if profiles is None else None
        self._chunks = [boxes.take(np.arange(i, min(i + CHUNK, len(boxes)))) for i in range(0, len(boxes), CHUNK)]
        self._kept: dict[int, Scores] = {}
        self._known = assessor.following.watermark
        candidates, labels = self._candidates(boxes, request)
        plan, limit_costs = within_limits(assessor.policy, candidates, request.slots, labels, request.limits)
        self._decision = plan.decision
        self._places = places(candidates, plan)
        unknown = sorted(
            request.mandatory.keys() - set(zip(candidates.declaration_ids, candidates.box_nos, strict=True))
        )
        self.reported = {
            "planned_at": at.isoformat(),
            "until_at": request.until.isoformat() if request.until else None,
            "model_version": assessor.model_version,
            "policy_version": assessor.policy.version,
            "cuts_per_cost": request.slots is not None,
            "mandatory": sorted([*pair, str(why)] for pair, why in request.mandatory.items()),
            "mandatory_not_in_plan": [
                {"declaration_id": mandatory_by[0], "box_no": mandatory_by[1], "cause": cause}
                for mandatory_by, cause in ineligibility(assessor, unknown, at).items()
            ],
            **report(candidates, plan, labels, limit_costs),
        }
        self.reported["plan_id"] = self._name(boxes)
        if request.until:
            assessor.store.add_plan(self.reported)

    def bodies(self) -> Iterator[list[dict[str, Any]]]:
        """The assessments, stored chunk by chunk, in the order of the boxes."""
        for number, chunk in enumerate(self._chunks):
            part = slice(number * CHUNK, number * CHUNK + len(chunk))
            scores = self._kept.pop(number) if number in self._kept else self._scored(number, chunk)
            own = self._decision.part(part)
            named = [{"plan_id": self.reported["plan_id"], **place} if place else None for place in self._places[part]]
            known = [self._known.as_dict()] * len(chunk)
            by, guarantee = (
                self._assessor.deciding(self._at),
                self._assessor.release_monitor.current_guarantee(self._at),
            )
            bodies = explain(by, scores, own, self._at, guarantee, named, known)
            self._assessor.store.add_assessments(bodies)
            yield bodies

    def _scored(self, number: int, chunk: Recorded) -> Scores:
        if self._profiles is not None:
            profiles = self._profiles.take(slice(number * CHUNK, number * CHUNK + len(chunk)))
        else:
            assert self._history is not None
            now = self._history.after_all(microseconds(self._at))
            profiles = self._history.read_again(chunk, chunk.counted(self._known, now), now)
        return score(self._assessor.model, featurize(chunk, profiles))

    def _candidates(self, boxes: Recorded, request: PlanRequest) -> tuple[Candidates, Mapping[str, Labels]]:
        """The boxes as candidates, and their groups. Without shifts each box costs one opening."""
        parts: list[tuple[Numbers, Numbers, Any, dict[str, Labels]]] = []
        for number, chunk in enumerate(self._chunks):
            scores = self._scored(number, chunk)
            reported = groupings(chunk, scores.features)
            parts.append(
                (scores.risks, finding_probability(scores.probabilities), new_shippers(scores.features), reported)
            )
            if (number + 1) * CHUNK <= BODIES_IN_MEMORY:
                self._kept[number] = scores
        risks, finding_probabilities, new = (np.concatenate([part[column] for part in parts]) for column in range(3))
        labels = {name: np.concatenate([part[3][name] for part in parts]) for name in parts[0][3]}
        names, box_nos = boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist()
        mandatory = [request.mandatory.get(pair) for pair in zip(names, box_nos, strict=True)]
        candidates = Candidates(
            names, box_nos, [terminal or "" for terminal in boxes.box["terminal"].tolist()],
            risks, finding_probabilities,
            opening_costs(boxes, request.slots, microseconds(self._at)) if request.slots else np.ones(len(boxes)), new,
            boxes.checks.severe > 0, mandatory, *windows(boxes),
        )  # fmt: skip
        return candidates, labels

    def _name(self, boxes: Recorded) -> str:
        """The plan id: a digest of the report and of the decision on each version of each box."""
        names = (boxes.box[name].tolist() for name in ("declaration_id", "box_no", "amendment_no"))
        decision = self._decision
        chances = decision.selection_probability.tolist()
        rows = zip(*names, decision.lanes, decision.selected_by, chances, self._places, strict=True)
        facts = json.dumps([self.reported, *rows], ensure_ascii=False)
        return f"plan-{blake2b(facts.encode(), digest_size=8).hexdigest()}"
