"""One box or many, in: validated declaration rows; out: assessments with risk, lane and reasons.

The batch command, the HTTP service and the demo all come through here. What is answered is stored first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import Any, Final
from uuid import uuid4

import numpy as np
import pandas as pd

from data.errors import Conflict, HazlaneError
from data.frames import frame_of_rows
from data.record import filled, standing
from data.records import DECLARATION_COLUMNS
from data.settings import Settings
from data.store import Added, Store
from data.texts import both
from data.vocabulary import Family
from features.boxes import Boxes, Numbers, boxes_of_frame, boxes_of_rows
from features.catalogue import fingerprint, matrix
from features.checks.counting import FOUND
from features.columns import instant_text, microseconds
from features.history import History
from features.ledger import Profiles
from features.outcomes import Inspected, inspected_row, inspected_rows
from features.view import View
from models.harm import hazard, risk
from models.lanes import Decision, Policy, policy_of
from models.reasons import reasons
from models.registry import Registry
from models.rules import RulesBaseline
from models.scorer import Scorer, probability

# Tables that the ledger, or what is known of its boxes, is made from.
_FOLLOWED: Final = ("declarations", "statements", "inspections")
# Boxes whose contributions are held in memory at once.
CHUNK: Final = 5_000
# Boxes of a plan whose profiles and features are kept from the ranking to the answers, some 4 kB each; what is
# beyond is read twice.
KEPT: Final = 50_000


@dataclass(frozen=True)
class Scores:
    """n boxes scored: features (n, k), log-odds and probabilities (n, families), risks (n,) from 0 to 100."""

    view: View
    features: Numbers
    log_odds: Numbers
    probabilities: Numbers
    risks: Numbers


def score(model: Scorer, boxes: Boxes, profiles: Profiles) -> Scores:
    """Score boxes with what the ledger knew of them. Pure; training and serving both call it."""
    view = View(boxes, profiles)
    features = matrix(view)
    log_odds = model.log_odds(features)
    probabilities = probability(log_odds)
    return Scores(view, features, log_odds, probabilities, risk(probabilities, hazard(boxes)))


class Assessor:
    """A store, the ledger that follows it, a model and a policy, in one process."""

    def __init__(self, store: Store, model: Scorer, policy: Policy, cause: str = "") -> None:
        self.store = store
        self.model = model
        self.policy = policy
        self.cause = cause
        """Why the rules answer instead of a trained model, and what to do about it; empty when a model answers."""
        self._history = History()
        self._latest = np.iinfo(np.int64).min
        self._seen = dict.fromkeys(_FOLLOWED, 0)
        self.follow()

    @classmethod
    def open(cls, settings: Settings) -> Assessor:
        """Open the store, replay the ledger and load the champion.

        Without one that can be used the rules answer (`degraded`), and `cause` says why: a port must get its answer.
        """
        policy = policy_of(settings)
        model: Scorer | None = None
        cause = "No model has been trained yet. Run `hazlane train`."
        try:
            model = Registry(settings).champion()
        except HazlaneError as error:
            cause = str(error)
        store = Store.open(settings.store_url)
        return cls(store, model or RulesBaseline(), policy, "" if model else cause)

    @property
    def degraded(self) -> bool:
        """Whether the rules answer because no trained model is there."""
        return self.model.degraded

    @property
    def model_version(self) -> str:
        """Version of the model that answers."""
        return self.model.version

    def follow(self) -> None:
        """Bring the ledger up to what any process has stored."""
        last = {name: number for name, number in self.store.last_event_nos().items() if name in _FOLLOWED}
        if last == self._seen:
            return
        if last["statements"] > self._seen["statements"] and self._overtaken():
            self._history = History()
            self._latest = np.iinfo(np.int64).min
            self._seen = dict.fromkeys(_FOLLOWED, 0)
        declarations = self._told(self.store.declarations(after_event_no=self._seen["declarations"]))
        inspections = self.store.inspections(after_event_no=self._seen["inspections"])
        boxes = boxes_of_frame(declarations) if len(declarations) else None
        self._learn(boxes, inspected_rows(inspections))
        self._seen = last

    def _learn(self, boxes: Boxes | None, inspections: Sequence[Inspected] = ()) -> None:
        self._history.add(boxes, inspections)
        instants = [row.recorded_at for row in inspections]
        if boxes is not None and len(boxes):
            instants.append(int(boxes.declared_at.max()))
        self._latest = max([self._latest, *instants])

    def is_quick(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the ledger can read and add these validated rows at its end, which takes a millisecond or two.

        An amendment, a box declared before the last event, or one that other papers may speak of can make
        histories anew, which takes as long as the log is.
        """
        return not self._seen["statements"] and all(
            not row.get("amendment_no") and microseconds(row["declared_at"]) > self._latest for row in rows
        )

    def _told(self, declarations: pd.DataFrame) -> pd.DataFrame:
        """Declared rows with what other papers said before."""
        if declarations.empty:
            return declarations
        papers = self.store.statements_of(*_named(declarations))
        if papers.empty:
            return declarations
        return filled(declarations, papers, self.store.declarations_of(_named(declarations)[0]))

    def _overtaken(self) -> bool:
        """Whether papers that came since should have been known when a box of the ledger was declared."""
        fresh = self.store.statements(after_event_no=self._seen["statements"])
        known = self.store.declarations_of(*_named(fresh))
        known = known[known["event_no"] <= self._seen["declarations"]]
        papers = self.store.statements_of(*_named(known)) if len(known) else fresh
        before = papers[papers["event_no"] <= self._seen["statements"]]
        everyone = self.store.declarations_of(_named(known)[0])
        return len(known) > 0 and not filled(known, before, everyone).equals(filled(known, papers, everyone))

    def _saw(self, kind: str, added: Added) -> None:
        """Our own events need not be read back, unless another process wrote between the last seen and ours."""
        if added.first_event_no == self._seen[kind] + 1:
            self._seen[kind] += added.new

    def assess(self, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[dict[str, Any]]:
        """Store and assess the boxes of validated declaration rows, one assessment a box, in order of appearance.

        Lanes follow the cuts of the recent boxes' risk. Raises Conflict, and stores nothing, when a box was
        declared before with other content under the same amendment_no.
        """
        self.follow()
        added = self.store.add_declarations(rows, source="assess", ingested_at=at, whole=True)
        if added.conflicting:
            raise Conflict(
                f"{len(added.conflicting)} row(s) contradict what is already declared: {added.conflicting[0]}",
                "Send the change as an amendment, with a higher amendment_no.",
            )
        boxes = self._boxes_of(rows)
        if len(boxes) > 1:
            self._learn(boxes)
        bodies = self.answer(boxes, at)
        self._learn(boxes)
        self._saw("declarations", added)
        self.store.add_assessments(bodies)
        return bodies

    def _boxes_of(self, rows: Sequence[Mapping[str, Any]]) -> Boxes:
        """The boxes of validated rows, with what other papers said before."""
        if not self._seen["statements"]:
            return boxes_of_rows(rows)
        return boxes_of_frame(self._told(frame_of_rows(DECLARATION_COLUMNS, rows)))

    def recorded(self, pairs: Sequence[tuple[str, str]]) -> Boxes:
        """The latest versions of recorded boxes (declaration_id, box_no), those cancelled since left out."""
        return boxes_of_frame(
            self._told(standing(self.store.boxes(pairs), self.store.notices_of({name for name, _ in pairs})))
        )

    def known(self, boxes: Boxes) -> Profiles:
        """What the ledger knew of each box's entities strictly before it was declared."""
        return self._history.read(boxes)

    def assess_recorded(self, pairs: Sequence[tuple[str, str]], at: datetime) -> list[dict[str, Any]]:
        """Assess recorded boxes as `assess` does; one that is cancelled or not recorded is left out."""
        self.follow()
        boxes = self.recorded(pairs)
        if not len(boxes):
            return []
        bodies = self.answer(boxes, at)
        self.store.add_assessments(bodies)
        return bodies

    def answer(self, boxes: Boxes, at: datetime) -> list[dict[str, Any]]:
        """What would be answered for each box now; stores nothing and leaves the ledger as it is."""
        scores = score(self.model, boxes, self._history.read(boxes))
        names = boxes.box["declaration_id"].tolist()
        severe = boxes.box["severe"] > 0
        return self._bodies(scores, self.policy.decide(scores.risks, names, self.model.risk_quantiles, severe), at)

    def plan(self, boxes: Boxes, at: datetime) -> Iterator[list[dict[str, Any]]]:
        """Assess stored boxes that are planned together, capacity shared by rank; yields chunks of assessments."""
        self.follow()
        chunks = [boxes.take(np.arange(i, min(i + CHUNK, len(boxes)))) for i in range(0, len(boxes), CHUNK)]
        kept: dict[int, Scores] = {}
        risks = [np.zeros(0)]
        for number, chunk in enumerate(chunks):
            scores = score(self.model, chunk, self._history.read(chunk))
            risks.append(scores.risks)
            if (number + 1) * CHUNK <= KEPT:
                kept[number] = scores
        names, numbers, terminals = (boxes.box[c].tolist() for c in ("declaration_id", "box_no", "terminal"))
        decision = self.policy.plan(np.concatenate(risks), names, numbers, terminals, boxes.box["severe"] > 0)
        for number, chunk in enumerate(chunks):
            part = slice(number * CHUNK, number * CHUNK + len(chunk))
            scores = kept.pop(number) if number in kept else score(self.model, chunk, self._history.read(chunk))
            own = Decision(decision.lanes[part], decision.selected_by[part], decision.selection_probability[part])
            bodies = self._bodies(scores, own, at)
            self.store.add_assessments(bodies)
            yield bodies

    def record(self, inspections: Sequence[Mapping[str, Any]], at: datetime) -> int:
        """Store validated inspection rows; the ledger counts them from `recorded_at` on. Returns how many are new."""
        self.follow()
        added = self.store.add_inspections(inspections, source="record", ingested_at=at, whole=True)
        if added.conflicting:
            raise Conflict(
                f"{len(added.conflicting)} row(s) contradict what is already recorded: {added.conflicting[0]}",
                "Send a correction as a row with the same inspection_id and a later recorded_at.",
            )
        self._learn(None, [inspected_row(row) for row in inspections])
        self._saw("inspections", added)
        return added.new

    def _bodies(self, scores: Scores, decision: Decision, at: datetime) -> list[dict[str, Any]]:
        boxes, view = scores.view.boxes, scores.view
        contributions = self.model.contributions(scores.features)
        told = reasons(view, scores.features, contributions, self.model.medians)
        openings = {name: view.held(name, "opened").tolist() for name in ("shipper", "packer", "port")}
        names = [family.value for family in Family]
        shared = {
            "assessed_at": at.isoformat(),
            "guarantee": {"state": "not_guaranteed", "text": both("guarantee.not_guaranteed")},
            "model_version": self.model.version,
            "catalogue": fingerprint(),
            "policy_version": self.policy.version,
            "degraded": self.model.degraded,
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
                    "as_of": instant_text(int(boxes.declared_at[i])),
                    "risk": float(scores.risks[i]),
                    "probability": dict(zip(names, scores.probabilities[i].tolist(), strict=True)),
                    "lane": decision.lanes[i].value,
                    "selection_probability": float(decision.selection_probability[i]),
                    "selected_by": chosen.value if chosen else None,
                    "reasons": told[i][0],
                    "base": told[i][1],
                    "discrepancies": [one.as_dict() for one in boxes.box[FOUND][i]],
                    "evidence": {"openings": counts, "text": both("evidence.summary", **rounded)},
                    **shared,
                }
            )
        return bodies


def _named(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The boxes and the bookings that rows name."""
    return frame["box_no"].dropna().unique().tolist(), frame["booking_no"].dropna().unique().tolist()
