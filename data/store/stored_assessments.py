"""Stored assessments and plans. Each method is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from data.errors import NotFound
from data.store import assessments, plans
from data.store.assessments import EVERY, Part
from data.store.connected import Connected


class StoredAssessments(Connected):
    """The part of the store with assessments and plans."""

    def add_assessments(self, bodies: Iterable[Mapping[str, Any]]) -> None:
        """Store assessments as they were returned."""
        with self._writing() as connection:
            assessments.add(connection, bodies)

    def add_plan(self, body: Mapping[str, Any]) -> bool:
        """Store a plan as it was returned; False when one with the same plan_id is stored already."""
        with self._writing() as connection:
            return plans.add(connection, body)

    def latest_plan(self) -> dict[str, Any] | None:
        """The plan stored last, None where there is none."""
        with self._reading() as connection:
            return plans.latest(connection)

    def assessment(self, assessment_id: str) -> dict[str, Any]:
        """The assessment with that id. Raises NotFound."""
        with self._reading() as connection:
            body = assessments.by_id(connection, assessment_id)
        if body is None:
            raise NotFound(f"Unknown assessment: {assessment_id}.", "Check the id.")
        return body

    def assessments_of(self, declaration_id: str, box_no: str) -> list[dict[str, Any]]:
        """All assessments of a box: those of the highest amendment first, the newest of each first. Raises NotFound
        when there is none."""
        with self._reading() as connection:
            bodies = assessments.of_box(connection, declaration_id, box_no)
        if not bodies:
            raise NotFound(f"Box {box_no} of declaration {declaration_id} has not been assessed.", "Assess it first.")
        return bodies

    def last_assessment(self, declaration_id: str, box_no: str) -> dict[str, Any] | None:
        """The latest assessment of a box, that of its highest amendment; None where there is none."""
        with self._reading() as connection:
            return assessments.last(connection, declaration_id, box_no)

    def decisions(self) -> list[dict[str, Any]]:
        """The decision of every assessment (lane, selected_by, selection_probability), in order of the assessments."""
        with self._reading() as connection:
            return assessments.decisions(connection)

    def latest_assessments(self, part: Part = EVERY, limit: int = 50, offset: int = 0) -> list[dict[str, Any]]:
        """The latest assessment of each box that was not opened (of an amber one: whose papers were not checked since):
        boxes to open first, in the order of the plan stored last, then by risk. Of the versions of a box, that of the
        highest amendment counts."""
        with self._reading() as connection:
            return assessments.latest(connection, part, limit, offset)

    def lane_counts(self, part: Part = EVERY) -> dict[str, int]:
        """Number of open boxes by lane, by their latest assessments; the lane of `part` is ignored."""
        with self._reading() as connection:
            return assessments.lane_counts(connection, part)

    def first_decisions(self, since: datetime) -> list[dict[str, Any]]:
        """The first decision on each box, in order, of boxes first decided from `since` on, if it has a sample
        probability: declaration_id, box_no, assessed_at, declared_at, risk, lane, policy_version, lane_without_sample,
        sample_probability and sample_drawn."""
        with self._reading() as connection:
            return assessments.first_decisions(connection, since)
