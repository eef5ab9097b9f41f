"""The last stored plan as it applies to boxes assessed before the next one: mandatory openings, places, cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from data.vocabulary import SelectedBy
from features.columns import microseconds
from models.policy.capacity import OPEN, Instants, Slots
from models.policy.lanes import Cuts


class CurrentPlan:
    """A plan read from its report (`models.planning.plan.PlanRun.reported`)."""

    def __init__(self, reported: Mapping[str, Any]) -> None:
        self._reported = reported
        self._mandatory = {(name, box_no): SelectedBy(why) for name, box_no, why in reported.get("mandatory", ())}
        shifts = reported["shifts"]
        columns = [tuple(shift[name] or "" for shift in shifts) for name in ("terminal", "shift", "team")]
        begins, ends = (_instants(shifts, name, at) for name, at in zip(("from_at", "to_at"), OPEN, strict=True))
        openings = np.array([shift["openings"] for shift in shifts], dtype=np.float64)
        self.slots = Slots(columns[0], columns[1], columns[2], begins, ends, openings)
        """The shifts of the plan."""
        self._begins, self._ends = (datetime.fromisoformat(reported[name]) for name in ("planned_at", "until_at"))

    def is_current(self, at: datetime) -> bool:
        """Whether an instant lies within the days of the plan."""
        return self._begins <= at <= self._ends

    def mandatory(self, pairs: Sequence[tuple[str, str]]) -> list[SelectedBy | None]:
        """Why boxes (declaration_id, box_no) must be opened, None where they need not be.

        The amendment number is not part of the key, so a tip remains valid after an amendment.
        """
        return [self._mandatory.get(pair) for pair in pairs]

    def place(self, stored_assessments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Shift and place that this plan gave a box, from the last stored assessment of the box."""
        planned: Mapping[str, Any] | None = stored_assessments.get("planned")
        return planned if planned and planned["plan_id"] == self._reported["plan_id"] else None

    def cuts_per_cost(self, model_version: str, policy_version: str) -> bool | None:
        """Whether the cuts are priorities per standard opening; None if they are of another model or policy."""
        versions = (self._reported["model_version"], self._reported["policy_version"])
        return bool(self._reported["cuts_per_cost"]) if versions == (model_version, policy_version) else None

    def cuts(self, terminals: Sequence[str | None]) -> Cuts:
        """The cuts at the boxes' terminals, NaN where there is none."""
        red, amber = (
            np.array([self._reported[cuts].get(terminal or "", np.nan) for terminal in terminals])
            for cuts in ("cuts", "papers_cuts")
        )
        return Cuts(red, amber)


def _instants(shifts: Sequence[Mapping[str, Any]], name: str, open_shift: int) -> Instants:
    reported = [shift[name] for shift in shifts]
    return np.array([microseconds(datetime.fromisoformat(at)) if at else open_shift for at in reported], dtype=np.int64)
