"""The application service: the assessor of this process behind a lock, as the HTTP layer calls it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from data.errors import HazlaneError
from data.ingest import SourceSummary
from data.settings import Settings
from serving.upkeep import Upkeep
from serving.worklist import WorklistReader

if TYPE_CHECKING:
    from models.assessor import Assessor
    from models.explanation.counterfactual import Counterfactual

Rows = Sequence[Mapping[str, Any]]
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

_BOXES_PER_BATCH: Final = 128
# Name of the source under which messages received over HTTP are recorded.
MESSAGE: Final = "message"


class ApplicationService:
    """Assesses and records in one thread beside the event loop, in order of arrival: the history has one writer."""

    def __init__(self, settings: Settings, assessor: Assessor) -> None:
        self.settings = settings
        self.assessor = assessor
        self.worklist_reader = WorklistReader(assessor.store)
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="assessor")
        self._upkeep = Upkeep(assessor, self._lock)
        self._upkeep.start()

    def close(self) -> None:
        """Stop the assessor thread and the upkeep thread, which saves a snapshot."""
        self._thread.shutdown()
        self._upkeep.stop()

    async def assess(self, rows: Rows, at: datetime) -> dict[str, Any]:
        """Assess one box. Raises HazlaneError, such as Conflict."""
        return (await self._do(self.assessor.assess, rows, at))[0]

    async def assess_batch(self, boxes: Sequence[Rows], at: datetime) -> list[dict[str, Any] | HazlaneError]:
        """Assess boxes in the order of their `declared_at`, in chunks small enough for single calls to run in between.

        Returns one result per box, in the order of `boxes`: an assessment, or the error that refused the box.
        """
        order = sorted(range(len(boxes)), key=lambda place: boxes[place][0]["declared_at"])
        answers: list[dict[str, Any] | HazlaneError] = []
        for batch in _batches([boxes[place] for place in order]):
            answers.extend(await self._do(self._assess_batch, batch, at))
        by_place = dict(zip(order, answers, strict=True))
        return [by_place[place] for place in range(len(boxes))]

    async def record(self, inspections: Rows, at: datetime) -> int:
        """Record validated inspections; return how many are new. Raises HazlaneError."""
        return await self._do(self.assessor.record, inspections, at)

    async def take_message(self, content: bytes, at: datetime) -> tuple[SourceSummary, list[dict[str, Any]]]:
        """Store the content of a message, and assess the boxes that it declares."""
        return await self._do(self.assessor.take_message, content, MESSAGE, at)

    async def follow(self) -> None:
        """Bring the history up to date with what other processes have stored."""
        await self._do(self.assessor.follow)

    async def _do(
        self, work: Callable[_Arguments, _Result], *args: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Result:
        """Run `work` in the assessor's thread, holding the lock, in order of the calls."""

        def locked() -> _Result:
            with self._lock:
                return work(*args, **named)

        return await asyncio.get_running_loop().run_in_executor(self._thread, locked)

    def guarantee(self, at: datetime) -> dict[str, Any]:
        """The release guarantee of the green lane and its state at an instant."""
        return self.assessor.release_monitor.current_guarantee(at)

    def counterfactual(self, declaration_id: str, box_no: str, at: datetime) -> Counterfactual | None:
        """How lawful corrections would change a box's risk; shown on officers' pages only, never in an API response."""
        from models.explanation.counterfactual import counterfactual_of

        with self._lock:
            return counterfactual_of(self.assessor, declaration_id, box_no, at)

    def _assess_batch(self, boxes: Sequence[Rows], at: datetime) -> list[dict[str, Any] | HazlaneError]:
        try:
            return list(self.assessor.assess([row for rows in boxes for row in rows], at))
        except HazlaneError as error:
            if len(boxes) == 1:
                return [error]
        # One refused box fails the whole chunk: assess each alone, so that the others get an assessment.
        return [answer for rows in boxes for answer in self._assess_batch([rows], at)]


def _batches(boxes: Sequence[Rows]) -> Iterator[list[Rows]]:
    """Chunks of at most _BOXES_PER_BATCH boxes, in order; a chunk has no box twice, so each gets one assessment."""
    batch: dict[tuple[Any, Any], Rows] = {}
    for rows in boxes:
        key = (rows[0]["declaration_id"], rows[0]["box_no"])
        if key in batch or len(batch) == _BOXES_PER_BATCH:
            yield list(batch.values())
            batch = {}
        batch[key] = rows
    if batch:
        yield list(batch.values())
