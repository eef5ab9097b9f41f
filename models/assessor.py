"""One box or many, in: validated declaration rows; out: assessments with risk, lane and reasons.

The batch command, the HTTP service and the demo all come through here. What is answered is stored first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from data.errors import Conflict, HazlaneError
from data.frames import frame_of_rows
from data.record import filled, standing
from data.records import DECLARATION_COLUMNS
from data.settings import Settings
from data.store import Added, Store
from data.vocabulary import Lane
from features.boxes import boxes_of_frame, boxes_of_rows
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.columns import microseconds
from features.history import History
from features.ledger import Profiles
from features.outcomes import Inspected, inspected_row, inspected_rows
from models.answers import answers
from models.assurance import GreenLane
from models.capacity import opening_costs, windows
from models.current_plan import CurrentPlan
from models.groups import new_shippers
from models.guarantee import Promise
from models.lanes import Decision, Policy, policy_of
from models.planning import Planning, Wanted
from models.registry import Registry
from models.rules import RulesBaseline
from models.scorer import Scorer
from models.scoring import Scores, score

# Tables that the ledger, what is known of its boxes, or the current cut is made from.
_FOLLOWED: Final = ("declarations", "statements", "inspections", "plans")


class Assessor:
    """A store, the ledger that follows it, a model and a policy, in one process."""

    def __init__(
        self, store: Store, model: Scorer, policy: Policy, cause: str = "", green_lane: GreenLane | None = None
    ) -> None:
        self.store = store
        self.green_lane = green_lane or GreenLane(store)
        self.model = model
        self.policy = policy
        self.cause = cause
        """Why the rules answer instead of a trained model, and what to do about it; empty when a model answers."""
        self._history = History()
        self._latest = np.iinfo(np.int64).min
        self._seen = dict.fromkeys(_FOLLOWED, 0)
        self._plan: CurrentPlan | None = None
        self.follow()

    @classmethod
    def open(cls, settings: Settings) -> Assessor:
        """Open the store, replay the ledger and load the champion.

        Without one that can be used the rules answer (`degraded`), and `cause` says why: a port must get its answer.
        """
        policy = policy_of(settings)
        promise = Promise(settings.promised_rate, settings.promise_confidence)
        model: Scorer | None = None
        cause = "No model has been trained yet. Run `hazlane train`."
        try:
            model = Registry(settings).champion()
        except HazlaneError as error:
            cause = str(error)
        store = Store.open(settings.store_url)
        green_lane = GreenLane(store, promise, timedelta(days=settings.recording_delay_days))
        return cls(store, model or RulesBaseline(), policy, "" if model else cause, green_lane)

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
        if last["plans"] > self._seen["plans"]:
            told = self.store.latest_plan()
            self._plan = CurrentPlan(told) if told else None
        if last["statements"] > self._seen["statements"] and self._overtaken():
            self._history = History()
            self._latest = np.iinfo(np.int64).min
            self._seen = dict.fromkeys(_FOLLOWED, 0)
        declarations = self._told(self.store.declarations(after_event_no=self._seen["declarations"]))
        inspections = self.store.inspections(after_event_no=self._seen["inspections"])
        boxes = check(boxes_of_frame(declarations)) if len(declarations) else None
        self._learn(boxes, inspected_rows(inspections))
        self._seen = last

    def _learn(self, boxes: CheckedBoxes | None, inspections: Sequence[Inspected] = ()) -> None:
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

        Lanes follow the cuts of the current plan, or of the recent boxes' risk. Raises Conflict, and stores nothing,
        when a box was declared before with other content under the same amendment_no.
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

    def _boxes_of(self, rows: Sequence[Mapping[str, Any]]) -> CheckedBoxes:
        """The boxes of validated rows, with what other papers said before."""
        if not self._seen["statements"]:
            return check(boxes_of_rows(rows))
        return check(boxes_of_frame(self._told(frame_of_rows(DECLARATION_COLUMNS, rows))))

    def recorded(self, pairs: Sequence[tuple[str, str]], by: datetime | None = None) -> CheckedBoxes:
        """The latest versions of recorded boxes (declaration_id, box_no), those cancelled since left out.

        As it stood at an instant, where `by` is given: what was declared or cancelled later does not count.
        """
        notices = self.store.notices_of({name for name, _ in pairs})
        if by is not None:
            notices = notices[notices["noticed_at"] <= by]
        return check(boxes_of_frame(self._told(standing(self.store.boxes(pairs, by), notices))))

    def known(self, boxes: CheckedBoxes) -> Profiles:
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

    def answer(self, boxes: CheckedBoxes, at: datetime) -> list[dict[str, Any]]:
        """What would be answered for each box now; stores nothing and leaves the ledger as it is."""
        scores = score(self.model, boxes, self._history.read(boxes))
        decision, plan = self.decide(scores, at), self._plan_at(at)
        places = [self._place(plan, pair, lane) for pair, lane in zip(_pairs(boxes), decision.lanes, strict=True)]
        return self.bodies(scores, decision, at, places)

    def bodies(
        self, scores: Scores, decision: Decision, at: datetime, places: Sequence[Mapping[str, Any] | None]
    ) -> list[dict[str, Any]]:
        """The answers for scored boxes that were decided on, with each one's place in a plan; stores nothing."""
        return answers(self.model, self.policy, scores, decision, self.green_lane.standing(at), at, places)

    def decide(self, scores: Scores, at: datetime) -> Decision:
        """Lanes of boxes that come one by one: by the plan that holds, else by the risk of recent boxes.

        What was declared too late to be opened is not in the lot: a chance that cannot be kept would be untrue.
        """
        boxes, worth, cuts = scores.view.boxes, scores.risks, None
        plan = self._plan_at(at)
        costed = plan.costed(self.model.version, self.policy.version) if plan else None
        if plan and costed is not None:
            worth = worth / opening_costs(boxes, plan.slots, microseconds(at)) if costed else worth
            cuts = plan.cuts(boxes.box["terminal"].tolist())
        return self.policy.decide(
            scores.risks, boxes.box["declaration_id"].tolist(), self.model.risk_quantiles, boxes.checks.severe > 0,
            new_shippers(scores.features), worth, cuts, plan.claims(_pairs(boxes)) if plan else None,
            gone=windows(boxes)[1] <= boxes.declared_at,
        )  # fmt: skip

    def _plan_at(self, at: datetime) -> CurrentPlan | None:
        return self._plan if self._plan and self._plan.holds(at) else None

    def _place(self, plan: CurrentPlan | None, pair: tuple[str, str], lane: Lane) -> Mapping[str, Any] | None:
        """The shift and place that the plan gave a box: one that is amended keeps them while it is to be opened."""
        last = self.store.last_answer(*pair) if plan and lane is Lane.RED else None
        return plan.place(last) if plan and last else None

    def plan(self, boxes: CheckedBoxes, at: datetime, wanted: Wanted | None = None) -> Planning:
        """Plan stored boxes together; its `bodies()` stores and yields the assessments. Raises InvalidInput."""
        self.follow()
        return Planning(self, boxes, at, wanted or Wanted())

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


def _pairs(boxes: CheckedBoxes) -> list[tuple[str, str]]:
    return list(zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True))


def _named(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The boxes and the bookings that rows name."""
    return frame["box_no"].dropna().unique().tolist(), frame["booking_no"].dropna().unique().tolist()
