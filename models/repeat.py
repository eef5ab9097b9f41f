"""Repeat a stored assessment from the events that it knew, for audits and appeals.

`as_of` and `known_events` fix what an assessment was based on; the same model then gives the same risk and reasons,
bit for bit. The lane is not repeated, because it also depends on the plan of that time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import Conflict
from features.checks.results import CheckedBoxes
from features.columns import EVENT_NO, microseconds
from features.history import recorded_boxes
from features.history.outcomes import inspected_rows
from features.history.state import History
from models.assessor import Assessor
from models.pipeline import Body, decide, explain, featurize, score

REPEATED: Final = ("declared_at", "as_of", "risk", "probability", "reasons", "base", "discrepancies", "evidence")
"""Fields that must be the same when an assessment is repeated."""


@dataclass(frozen=True)
class Repeated:
    """A stored assessment (`kept`) and the same assessment computed again (`again`)."""

    kept: Body
    again: Body

    @property
    def differing(self) -> list[str]:
        """Names of the REPEATED fields in which the two differ."""
        return [name for name in REPEATED if self.kept.get(name) != self.again.get(name)]


def repeated(assessor: Assessor, assessment_id: str) -> Repeated:
    """Compute a stored assessment again. Raises NotFound, and Conflict if it cannot be repeated here."""
    store = assessor.store
    kept = store.assessment(assessment_id)
    if "known_events" not in kept:
        raise Conflict(
            f"Assessment {assessment_id} does not state which events it knew.",
            "It was made before known events were stored. Assess the box again to compare.",
        )
    if kept["model_version"] != assessor.model_version:
        raise Conflict(
            f"Assessment {assessment_id} was made by model {kept['model_version']}, not by {assessor.model_version}.",
            "Make that model the champion in another var folder, and repeat the assessment there.",
        )
    at, known = datetime.fromisoformat(kept["as_of"]), kept["known_events"]
    history = _history(assessor, known, microseconds(at))
    lines = store.versions_of([(kept["declaration_id"], kept["box_no"], kept["amendment_no"])])
    own = assessor.following.recorded(store, lines, None)
    if int(own.box[EVENT_NO][0]) > known["declarations"]:
        boxes: CheckedBoxes = own
        profiles = history.read(own, microseconds(at))
    else:
        sent_again = assessor.following.recorded(store, lines, at)
        boxes, profiles = sent_again, history.read_again(sent_again, sent_again.own, microseconds(at))
    scores = score(assessor.model, featurize(boxes, profiles))
    by = assessor.deciding(at)
    (body,) = explain(by, scores, decide(by, scores, at), at, kept["guarantee"], [None], [known])
    return Repeated(kept, body)


def _history(assessor: Assessor, known: Mapping[str, Any], instant: int) -> History:
    """The history that an assessment was based on."""
    store, last = assessor.store, store_numbers(assessor)
    parts = (part.take(_known(part.box[EVENT_NO], known, "declarations")) for part in recorded_boxes.parts(store, last))
    found = store.inspections(0, known["inspections"])
    rows = inspected_rows(found[_known(found[EVENT_NO].to_numpy(), known, "inspections")])
    return History.made(
        (part.take(part.known_at < instant) for part in parts), [row for row in rows if row.known_at < instant]
    )


def store_numbers(assessor: Assessor) -> dict[str, int]:
    """The last event number that the assessor has followed, by table."""
    assessor.follow()
    return dict(assessor.following.watermark.last)


def _known(event_nos: NDArray[np.int64], known: Mapping[str, Any], table: str) -> NDArray[np.bool_]:
    """Mask of the events of a table that were known."""
    mask = event_nos <= known[table]
    for first, last in known.get("without", {}).get(table, ()):
        mask &= (event_nos < first) | (event_nos > last)
    return np.asarray(mask, dtype=bool)
