"""Which recorded boxes are eligible for a plan: those that can be opened in its days and were not opened yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from data.definitions.opened import openings
from features.boxes import Boxes
from features.columns import UNKNOWN, microseconds
from features.history.following import Recorded
from models.assessor import Assessor
from models.policy.candidates import Flags
from models.policy.capacity import AFTER_DISCHARGE_HOURS, ALWAYS, windows


def eligible_boxes(assessor: Assessor, at: datetime, days: int) -> tuple[Recorded, int]:
    """The boxes to plan at an instant, and how many were left out because it is too late to open them.

    Eligible are boxes loaded or discharged within the days, and boxes discharged so recently that they can still be
    opened. Where the call is not known, boxes declared within the same number of days before are eligible. Only
    declarations and openings known by then count.
    """
    span = timedelta(days=days)
    yard = timedelta(hours=AFTER_DISCHARGE_HOURS[1])
    boxes = assessor.recorded_boxes(
        assessor.store.boxes_loading_between(at - yard, at + span, declared_since=at - span), at, by=at
    )
    if not len(boxes):
        return boxes, 0
    now, end = microseconds(at), microseconds(at + span)
    loading, (begins, ends) = boxes.box["loading_at"], windows(boxes)
    # An import stays in the yard after its call; any other box leaves with the vessel.
    gone = np.where(begins > ALWAYS[0], ends, loading) <= now
    called = (loading < end) & (begins < end) & ~gone
    called = np.where(loading == UNKNOWN, boxes.declared_at >= microseconds(at - span), called)
    waiting = called & ~_opened(assessor, boxes, at)
    passed = waiting & (ends <= now)
    return boxes.take(waiting & ~passed), int(passed.sum())


def ineligibility(assessor: Assessor, pairs: Sequence[tuple[str, str]], at: datetime) -> dict[tuple[str, str], str]:
    """Why boxes (declaration_id, box_no) are not eligible: `not_recorded`, `opened` or `not_eligible`."""
    reported = dict.fromkeys(pairs, "not_recorded")
    boxes = assessor.recorded_boxes(pairs, at, by=at)
    names = zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True)
    opened = _opened(assessor, boxes, at).tolist()
    return reported | {pair: "opened" if done else "not_eligible" for pair, done in zip(names, opened, strict=True)}


def _opened(assessor: Assessor, boxes: Boxes, at: datetime) -> Flags:
    names = boxes.box["declaration_id"].tolist()
    found = openings(assessor.store.inspections_of(set(names)))
    found = found[found["known_at"] <= at]
    opened = set(zip(found["declaration_id"], found["box_no"], strict=True))
    return np.array([pair in opened for pair in zip(names, boxes.box["box_no"].tolist(), strict=True)], dtype=bool)
