"""Assess boxes: in go validated declaration rows, out come assessments with risk, lane and reasons.

The batch command, the HTTP service and the demo use this class. It holds a store, the history that follows it, a model
and a policy. Boxes pass through the stages of `models.pipeline`. A declaration and its assessment are stored together,
before the caller gets the assessment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from data.errors import Conflict, HazlaneError
from data.ingest import SourceSummary, ingest_bytes
from data.record import active_declarations, filled_rows
from data.settings import Settings
from data.store import Added, Store, conflict_problems
from data.vocabulary import Lane
from features.boxes import Boxes, boxes_of_rows
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.columns import EVENT_NO, microseconds
from features.history.counters import Profiles
from features.history.following import Following, Recorded, Snapshot, Watermark, last_snapshot
from features.history.outcomes import Pair, inspected_row, pairs_of
from models.guarantee.release_guarantee import ReleaseTarget
from models.guarantee.release_monitor import ReleaseMonitor
from models.pipeline import Body, Deciding, Place, decide, explain, featurize, score
from models.planning.current_plan import CurrentPlan
from models.policy.lanes import Policy, policy_of
from models.scoring.registry import Registry
from models.scoring.rules import RulesBaseline
from models.scoring.scorer import Scorer

_NO_PLAN: Final = -1
# Later than everything recorded: no event that is known by now is left out.
_NOW: Final = datetime.max.replace(tzinfo=UTC)


class Assessor:
    """A store, the history that follows it, a model and a policy, in one process."""

    def __init__(
        self,
        store: Store,
        model: Scorer,
        policy: Policy,
        cause: str = "",
        release_monitor: ReleaseMonitor | None = None,
        progress: Callable[[str], None] = lambda step: None,
        snapshot: Snapshot | None = None,
    ) -> None:
        """`snapshot` is the last one of the store, if it was read already."""
        self.store = store
        self.release_monitor = release_monitor or ReleaseMonitor(store, predictable=policy.predictable)
        self.model = model
        self.policy = policy
        self.cause = cause
        """Why the rules answer instead of a trained model, and what to do; empty if a trained model answers."""
        self.following = Following(store, progress, snapshot)
        self._plan: CurrentPlan | None = None
        self._plan_no = _NO_PLAN
        self.follow()

    @classmethod
    def open(cls, settings: Settings, progress: Callable[[str], None] = lambda step: None) -> Assessor:
        """Open the store and load its history and the champion.

        Without a usable model the rules answer (`degraded`), and `cause` states why.
        """
        policy = policy_of(settings)
        release_target = ReleaseTarget(settings.target_rate, settings.guarantee_confidence)
        model: Scorer | None = None
        cause = "No model has been trained yet. Run `hazlane train`."
        store = Store.open(settings.store_url)
        with ThreadPoolExecutor(1) as beside:
            snapshot = beside.submit(last_snapshot, store)
            try:
                model = Registry(settings).champion()
            except HazlaneError as error:
                cause = str(error)
        release_monitor = ReleaseMonitor(
            store, release_target, timedelta(days=settings.recording_delay_days), policy.predictable
        )
        return cls(
            store,
            model or RulesBaseline(),
            policy,
            "" if model else cause,
            release_monitor,
            progress,
            snapshot.result(),
        )

    @property
    def degraded(self) -> bool:
        """Whether the rules answer because there is no usable trained model."""
        return self.model.degraded

    @property
    def model_version(self) -> str:
        """Version of the model that answers."""
        return self.model.version

    def follow(self, store: Store | None = None) -> None:
        """Bring history and plan up to what any process has stored; within a transaction, `store` is its store."""
        store = store or self.store
        last = store.last_event_nos()
        if last["plans"] != self._plan_no:
            kept = store.latest_plan()
            self._plan, self._plan_no = CurrentPlan(kept) if kept else None, last["plans"]
        self.following.follow(store, last)

    def assess(self, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[Body]:
        """Store and assess the boxes of validated declaration rows: one assessment per box, in order of appearance.

        Each box is assessed with what is known by now. Several boxes are processed in the order of their own instants,
        and each sees those before it. Lanes follow the cuts of the current plan, otherwise the risk quantiles of recent
        boxes. Raises Conflict, and stores nothing, if a box was declared before with other content under the same
        amendment_no; its `problems` number the rows from 1.
        """
        given = rows
        rows, back = _in_sequence(rows)
        with self._turn() as turn:
            known = self.following.watermark
            added = turn.add_declarations(rows, "assess", at, whole=True, arriving=True)
            if added.conflicting:
                raise Conflict(
                    f"{len(added.conflicting)} row(s) contradict earlier declarations: {added.conflicting[0]}",
                    "Send the change as an amendment, with a higher amendment_no.",
                    problems=_numbered_as(given, rows, conflict_problems(added.conflicting)),
                )
            bodies = self._assessed(turn, rows, added, known, at)
            turn.add_assessments(bodies)
        return [bodies[place] for place in back]

    def _turn(self) -> _Turn:
        return _Turn(self)

    def _assessed(
        self, turn: Store, rows: Sequence[Mapping[str, Any]], added: Added, known: Watermark, at: datetime
    ) -> list[Body]:
        """The assessments of stored rows, one per box, in order; new boxes become part of the history."""
        if not added.new:
            pairs = list(dict.fromkeys((row["declaration_id"], row["box_no"], row["amendment_no"]) for row in rows))
            return self._again(turn, turn.versions_of(pairs), at)
        if added.new < len(rows):
            # Some boxes were declared before: assess the new ones first, because they are next in the log.
            fresh = set(added.fresh)
            new = [row for place, row in enumerate(rows) if place in fresh]
            old = [row for place, row in enumerate(rows) if place not in fresh]
            bodies = self._assessed(turn, new, replace(added, fresh=list(range(len(new)))), known, at)
            bodies += self._assessed(turn, old, Added(), known, at)
            places = {(b["declaration_id"], b["box_no"], b["amendment_no"]): b for b in bodies}
            order = dict.fromkeys((row["declaration_id"], row["box_no"], int(row["amendment_no"] or 0)) for row in rows)
            return [places[key] for key in order]
        known_at = np.array([microseconds(instant) for instant in added.known_at], dtype=np.int64)
        unchecked = self.boxes_of(rows, turn)
        boxes = check(unchecked.known_from(known_at[unchecked.start]))
        profiles = self.following.added(turn, boxes, [], {"declarations": added.new})
        firsts = added.first_event_no + boxes.start
        events = [known.before("declarations", int(first)).as_dict() for first in firsts]
        return self._bodies(boxes, profiles, at, events)

    def boxes_of(self, rows: Sequence[Mapping[str, Any]], store: Store | None = None) -> Boxes:
        """Boxes of validated rows, filled from other known papers; within a transaction, `store` is its store."""
        if self.following.has_statements:
            rows = [row for box in _by_box(rows) for row in self._filled(store or self.store, box)]
        return boxes_of_rows(rows)

    @staticmethod
    def _filled(turn: Store, box: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """The rows of one box, the last one known, filled from other papers."""
        papers = turn.papers_of(box[0]["box_no"], box[0].get("booking_no"))
        return filled_rows(box, papers.statements, papers.declarations, _NOW)

    def _again(self, store: Store, lines: Any, at: datetime) -> list[Body]:
        """Assessments of recorded boxes with what is known by now; nothing is added to the history."""
        boxes = self.following.recorded(store, lines, at)
        if not len(boxes):
            return []
        events = [self.following.watermark.as_dict()] * len(boxes)
        return self._bodies(boxes, self.following.read_again(boxes, at), at, events)

    def _bodies(
        self, boxes: CheckedBoxes, profiles: Profiles, at: datetime, events: Sequence[Mapping[str, Any]]
    ) -> list[Body]:
        by = self.deciding(at)
        scores = score(self.model, featurize(boxes, profiles))
        decision = decide(by, scores, at)
        places = [self._place(by.plan, pair, lane) for pair, lane in zip(pairs_of(boxes), decision.lanes, strict=True)]
        return explain(by, scores, decision, at, self.release_monitor.current_guarantee(at), places, events)

    def deciding(self, at: datetime) -> Deciding:
        """Model, policy and current plan (if any) for decisions at an instant."""
        is_current = self._plan is not None and self._plan.is_current(at)
        return Deciding(self.model, self.policy, self._plan if is_current else None)

    def _place(self, plan: CurrentPlan | None, pair: Pair, lane: Lane) -> Place:
        """Shift and place that the plan gave a box. An amended box keeps them as long as its lane is red."""
        last = self.store.last_assessment(*pair) if plan and lane is Lane.RED else None
        return plan.place(last) if plan and last else None

    def answer(self, boxes: Boxes, at: datetime) -> list[Body]:
        """Assessments of boxes that are not recorded, as of now. Stores nothing and leaves the history unchanged."""
        checked = check(boxes)
        profiles = self.following.read(checked, at)
        return self._bodies(checked, profiles, at, [self.following.watermark.as_dict()] * len(boxes))

    def recorded_boxes(self, pairs: Sequence[Pair], at: datetime | None, by: datetime | None = None) -> Recorded:
        """The latest versions of recorded boxes, filled from other papers; cancelled boxes are left out.

        `at` is the instant up to which other papers count; None: when the port knew of each box. With `by`,
        declarations and cancellations that became known later do not count.
        """
        notices = self.store.notices_of({name for name, _ in pairs})
        if by is not None:
            notices = notices[notices["known_at"] <= by]
        return self.following.recorded(self.store, active_declarations(self.store.boxes(pairs, by), notices), at)

    def take_message(self, content: bytes, name: str, at: datetime) -> tuple[SourceSummary, list[Body]]:
        """Store a message and assess the boxes that it declares, in one transaction."""
        with self._turn() as turn:
            summary = ingest_bytes(content, name, turn, at, arriving=True)
            followed = self.following.follow(turn)
            pairs = list(summary.declared)
            lines = active_declarations(turn.boxes(pairs), turn.notices_of({one for one, _ in pairs}))
            bodies: list[Body] = []
            if followed:
                # New boxes are assessed at their place in the log, as in a single call.
                boxes, profiles = followed
                latest = set(lines[EVENT_NO].tolist())
                new = np.flatnonzero([event in latest for event in boxes.box[EVENT_NO].tolist()])
                events = [
                    self.following.watermark.before("declarations", event).as_dict()
                    for event in boxes.box[EVENT_NO][new].tolist()
                ]
                bodies = self._bodies(boxes.take(new), profiles.take(new), at, events) if len(new) else []
            done = {(body["declaration_id"], body["box_no"]) for body in bodies}
            names = zip(lines["declaration_id"], lines["box_no"], strict=True)
            again = np.array([pair not in done for pair in names], dtype=bool)
            bodies += self._again(turn, lines[again].reset_index(drop=True), at)
            turn.add_assessments(bodies)
        place = {pair: number for number, pair in enumerate(pairs)}
        return summary, sorted(bodies, key=lambda body: place[body["declaration_id"], body["box_no"]])

    def record(self, inspections: Sequence[Mapping[str, Any]], at: datetime) -> int:
        """Store validated inspection rows, known from now on. Returns how many are new."""
        with self._turn() as turn:
            added = turn.add_inspections(inspections, "record", at, whole=True, arriving=True)
            if added.conflicting:
                raise Conflict(
                    f"{len(added.conflicting)} row(s) contradict earlier inspection rows: {added.conflicting[0]}",
                    "Send a correction as a row with the same inspection_id and a later recorded_at.",
                    problems=conflict_problems(added.conflicting),
                )
            rows = [
                inspected_row(inspections[place], microseconds(known_at))
                for place, known_at in zip(added.fresh, added.known_at, strict=True)
            ]
            self.following.added(turn, None, rows, {"inspections": added.new})
        return added.new


class _Turn:
    """A write transaction: brings the history up to date first, and has it loaded again if the transaction fails."""

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor
        self._turn = assessor.store.transaction()

    def __enter__(self) -> Store:
        turn = self._turn.__enter__()
        try:
            self._assessor.follow(turn)
        except BaseException as error:
            self._turn.__exit__(type(error), error, error.__traceback__)
            raise
        self._followed = self._assessor.following.watermark
        return turn

    def __exit__(self, *failure: Any) -> None:
        stored = False
        try:
            self._turn.__exit__(*failure)
            stored = failure[0] is None
        finally:
            # A commit can fail, too.
            if not stored:
                self._assessor.following.roll_back(self._followed)


def _by_box(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The rows of each box version, in order of appearance."""
    boxes: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        boxes.setdefault((row["declaration_id"], row["box_no"], row.get("amendment_no")), []).append(row)
    return list(boxes.values())


def _in_sequence(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[int]]:
    """Rows box by box in the order of the boxes' own instants, and the position of each original box among them."""
    came = _by_box(rows)
    if len(came) == 1:
        return list(rows), [0]
    order = sorted(range(len(came)), key=lambda place: came[place][0]["declared_at"])
    back = [0] * len(order)
    for spot, place in enumerate(order):
        back[place] = spot
    return [row for place in order for row in came[place]], back


def _numbered_as(
    given: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], problems: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Problems of `rows`, with the numbers that the same rows have in `given`."""
    numbers = {id(row): number for number, row in enumerate(given, start=1)}
    return [{**problem, "row": numbers[id(rows[problem["row"] - 1])]} for problem in problems]
