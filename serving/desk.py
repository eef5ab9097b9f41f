"""The one assessor of this process, its lock, and what the HTTP layer asks of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread

from data.errors import HazlaneError
from data.ingest import SourceSummary, ingest_bytes
from data.settings import Settings
from serving.worklist import Board

if TYPE_CHECKING:
    from models.assessor import Assessor
    from models.counterfactual import Counterfactual

Rows = Sequence[Mapping[str, Any]]

_BOXES_A_TURN: Final = 32
# What a message that came by HTTP is called among the sources.
MESSAGE: Final = "message"


class Desk:
    """Assesses and records in one order: the ledger has one writer at a time."""

    def __init__(self, settings: Settings, assessor: Assessor) -> None:
        self.settings = settings
        self.assessor = assessor
        self.board = Board(assessor.store)
        self._lock = threading.Lock()

    async def assess(self, rows: Rows, at: datetime) -> dict[str, Any]:
        """Assess one box. Raises HazlaneError, such as Conflict.

        A free assessor is called on the spot: the change to a thread would cost as much as the work. When
        someone else holds it, or the box is one that takes long (declared late, amended), that happens in a
        thread, so that the loop goes on answering.
        """
        if self.assessor.is_quick(rows) and self._lock.acquire(blocking=False):
            try:
                return self.assessor.assess(rows, at)[0]
            finally:
                self._lock.release()
        return await anyio.to_thread.run_sync(lambda: self._assess([rows], at)[0])

    async def assess_many(self, boxes: Sequence[Rows], at: datetime) -> list[dict[str, Any] | HazlaneError]:
        """Assess boxes, in turns short enough that single calls are let in between.

        Answers in the order of `boxes`: an assessment, or the error that refused this box.
        """
        answers: list[dict[str, Any] | HazlaneError] = []
        for turn in _turns(boxes):
            answers.extend(await anyio.to_thread.run_sync(self._assess_turn, turn, at))
        return answers

    async def record(self, inspections: Rows, at: datetime) -> int:
        """Record validated inspections; returns how many. Raises HazlaneError."""

        def call() -> int:
            with self._lock:
                return self.assessor.record(inspections, at)

        return await anyio.to_thread.run_sync(call)

    async def take_message(self, content: bytes, at: datetime) -> tuple[SourceSummary, list[dict[str, Any]]]:
        """Store what a message says, and assess the boxes that it declares."""

        def call() -> tuple[SourceSummary, list[dict[str, Any]]]:
            with self._lock:
                summary = ingest_bytes(content, MESSAGE, self.assessor.store, at)
                return summary, self.assessor.assess_recorded(list(summary.declared), at)

        return await anyio.to_thread.run_sync(call)

    def guarantee(self, at: datetime) -> dict[str, Any]:
        """What is promised of the green lane, and where that stands."""
        return self.assessor.green_lane.standing(at)

    def counterfactual(self, declaration_id: str, box_no: str, at: datetime) -> Counterfactual | None:
        """What lawful corrections would change in a box; for officers' pages, never for an answer."""
        from models.counterfactual import counterfactual_of

        with self._lock:
            return counterfactual_of(self.assessor, declaration_id, box_no, at)

    def _assess(self, boxes: Sequence[Rows], at: datetime) -> list[dict[str, Any]]:
        with self._lock:
            return self.assessor.assess([row for rows in boxes for row in rows], at)

    def _assess_turn(self, boxes: Sequence[Rows], at: datetime) -> list[dict[str, Any] | HazlaneError]:
        try:
            return list(self._assess(boxes, at))
        except HazlaneError as error:
            if len(boxes) == 1:
                return [error]
        # One box refuses the whole turn: each by itself, so that the others are answered.
        return [answer for rows in boxes for answer in self._assess_turn([rows], at)]


def _turns(boxes: Sequence[Rows]) -> Iterator[list[Rows]]:
    """Up to _BOXES_A_TURN boxes at a time, none twice, so that there is one answer for each."""
    turn: dict[tuple[Any, Any], Rows] = {}
    for rows in boxes:
        key = (rows[0]["declaration_id"], rows[0]["box_no"])
        if key in turn or len(turn) == _BOXES_A_TURN:
            yield list(turn.values())
            turn = {}
        turn[key] = rows
    if turn:
        yield list(turn.values())
