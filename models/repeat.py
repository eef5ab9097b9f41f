"""Repeat a stored assessment from the events that it knew, for audits and appeals.

`as_of` and `known_events` fix what an assessment was based on; the same model then gives the same risk and reasons,
bit for bit. The lane is not repeated, because it also depends on the plan of that time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from data.errors import Conflict
from features.checks.results import CheckedBoxes
from features.columns import EVENT_NO, microseconds
from features.history.counters import Profiles
from features.history.following import Watermark
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
    kept = assessor.store.assessment(assessment_id)
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
    assessor.follow()
    boxes, profiles = _as_then(assessor, kept)
    scores, at = score(assessor.model, featurize(boxes, profiles)), datetime.fromisoformat(kept["assessed_at"])
    by = assessor.deciding(at)
    (body,) = explain(by, scores, decide(by, scores, at), at, kept["guarantee"], [None], [kept["known_events"]])
    return Repeated(kept, body)


def _as_then(assessor: Assessor, kept: Body) -> tuple[CheckedBoxes, Profiles]:
    """The box with its papers and its profile as they were for a stored assessment."""
    store, following, known = assessor.store, assessor.following, Watermark.of(kept["known_events"])
    lines = store.versions_of([(kept["declaration_id"], kept["box_no"], kept["amendment_no"])])
    as_of = microseconds(datetime.fromisoformat(kept["as_of"]))
    own = following.recorded(store, lines, None)
    arrived = int(own.box[EVENT_NO][0]) > known.last["declarations"]
    _refuse_if_papers_changed(assessor, kept, known, int(lines[EVENT_NO].max()) if arrived else 0)
    if arrived:
        # It was assessed when it arrived.
        return own, following.past(known, as_of).read(own, as_of)
    if as_of == int(own.known_at[0]):
        # It was assessed with what was known when the port knew it.
        return own, following.when_known(own, known)
    then = following.recorded(store, lines, datetime.fromisoformat(kept["assessed_at"]))
    return then, following.past(known, as_of).read_again(then, then.counted(known, as_of), as_of)


def _refuse_if_papers_changed(assessor: Assessor, kept: Body, known: Watermark, own: int) -> None:
    """Raise Conflict if boxes that the assessment knew, up to the events `known` and its `own` last line, were
    completed by lines or papers that were imported later."""
    store, declared = assessor.store, max(known.last["declarations"], own)
    skipped = [store.adds_to_known(first - 1, last) for first, last in known.without.get("declarations", ())]
    if (
        any(skipped)
        or known.without.get("statements")
        or store.adds_to_known(declared)
        or store.stated_of_known(known.last["statements"], declared)
    ):
        raise Conflict(
            f"Assessment {kept['assessment_id']} cannot be repeated: papers or line items of boxes that it knew were "
            "imported later.",
            "Restore a backup of the database from the time of the assessment, and repeat it there.",
        )
