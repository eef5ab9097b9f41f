"""Compute how lawful corrections would change the assessment of a box.

For officers only, and not part of any answer or letter: a declarant could use it to lower a score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from data.vocabulary import Correction, Family, Lane
from features.checks.results import CheckedBoxes
from features.columns import microseconds
from features.history.following import Recorded
from models.assessor import Assessor
from models.explanation.corrections import changes, with_corrections
from models.pipeline import decide, featurize, score

MAX_CORRECTIONS: Final = 3
MIN_FALL: Final = 0.5
"""Smallest decrease of the risk (0 to 100) for which a correction, or one more correction, is reported."""


class RiskState(NamedTuple):
    """Probabilities by family, the risk, and the lane that a box would get if it arrived by itself."""

    probability: dict[Family, float]
    risk: float
    lane: Lane


@dataclass(frozen=True)
class Corrected:
    """A choice of corrections, and the state of the box with them."""

    corrections: tuple[Correction, ...]
    after: RiskState


@dataclass(frozen=True)
class Counterfactual:
    """The state of a box as declared, the possible corrections, and the reported choices, fewest corrections first."""

    before: RiskState
    correctable: tuple[Correction, ...]
    reported: tuple[Corrected, ...]


def counterfactual(box: CheckedBoxes, assess: Callable[[CheckedBoxes], Sequence[RiskState]]) -> Counterfactual:
    """Assess every choice of up to three corrections of a single box by `assess`.

    For each number of corrections, the choice with the lowest risk is reported if its risk is at least MIN_FALL below
    that of fewer corrections.
    """
    open_to = tuple(changes(box))
    choices = [
        choice for count in range(min(MAX_CORRECTIONS, len(open_to)) + 1) for choice in combinations(open_to, count)
    ]
    before, *after = assess(with_corrections(box, choices))
    reported: list[Corrected] = []
    lowest = before.risk
    for count in range(1, MAX_CORRECTIONS + 1):
        of_count = [Corrected(*one) for one in zip(choices[1:], after, strict=True) if len(one[0]) == count]
        best = min(of_count, key=lambda one: one.after.risk, default=None)
        if best and best.after.risk <= lowest - MIN_FALL:
            reported.append(best)
            lowest = best.after.risk
    return Counterfactual(before, open_to, tuple(reported))


def counterfactual_of(assessor: Assessor, declaration_id: str, box_no: str, at: datetime) -> Counterfactual | None:
    """The counterfactual of a recorded box by the model, history and cuts at an instant.

    None if the box is cancelled or not recorded. Stores nothing and leaves the history unchanged.
    """
    assessor.follow()
    box = assessor.recorded_boxes([(declaration_id, box_no)], at)
    return counterfactual(box, partial(_risk_states, assessor, box, at)) if len(box) else None


def _risk_states(assessor: Assessor, recorded: Recorded, at: datetime, boxes: CheckedBoxes) -> list[RiskState]:
    history = assessor.following.history
    instant = history.after_all(microseconds(at))
    own = recorded.counted(assessor.following.watermark, instant).where(np.zeros(len(boxes), dtype=np.int64))
    profiles = history.read_again(boxes, own, instant)
    scores = score(assessor.model, featurize(boxes, profiles))
    decision = decide(assessor.deciding(at), scores, at)
    chances = [dict(zip(Family, row, strict=True)) for row in scores.probabilities.tolist()]
    return list(map(RiskState, chances, scores.risks.tolist(), decision.lanes))
