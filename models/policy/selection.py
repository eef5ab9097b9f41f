"""Select the boxes to open by score, and their shifts: mandatory openings first, then falling priority, greedily.

The expected need of the random sample is reserved at each terminal. Neither the boxes opened by score nor the cut
therefore depend on the draw, and the logged probabilities are correct. A box that is opened anyway releases a part of
that reserve (`models.policy.allocation` defines the charge). The drawn boxes are assigned last, to the remaining
capacity; what exceeds it is overtime and is never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers
from models.policy.allocation import Allocation
from models.policy.assignment import TOLERANCE, ShiftAssignment, fits_any_shift
from models.policy.candidates import Candidates, Flags
from models.policy.capacity import Slots

NO_USELESS_LIMIT: Final = 1.0


@dataclass(frozen=True)
class Cap:
    """A limit on groups of n boxes: the group of each box, shape (n,), -1 for none, and remaining openings by group."""

    group_no: NDArray[np.int64]
    remaining: Numbers


class Tie(NamedTuple):
    """Boxes of a terminal with the same priority as the best one beyond its capacity: how many, and how many opened."""

    boxes: int
    opened: int


@dataclass(frozen=True)
class Selection:
    """The selection among n boxes.

    `by_score` (n,) marks the boxes opened by score, `assignment` has the shifts of these and of the mandatory openings.
    `fits_any_shift` (n,) marks the boxes that any shift fits. `dropped_as_useless` counts boxes that had a place but
    exceeded the limit on useless openings. `cuts` has, by terminal, the priority of the best box beyond its capacity;
    none where all boxes that fit a shift found a place. `ties` counts the boxes at each cut.
    """

    by_score: Flags
    fits_any_shift: Flags
    assignment: ShiftAssignment
    dropped_as_useless: int
    cuts: dict[str, float]
    ties: dict[str, Tie]


def select(
    candidates: Candidates,
    slots: Slots,
    allocation: Allocation,
    rate: Numbers,
    ties: Numbers,
    caps: Sequence[Cap] = (),
    max_useless_share: float = NO_USELESS_LIMIT,
) -> Selection:
    """Assign mandatory openings to shifts, then boxes by falling priority while there is capacity.

    `allocation` is what the score may use, `rate` (n,) the sample probability of each box, `ties` (n,) ranks boxes of
    equal priority. Of the selected boxes, the longest leading part is kept whose expected share of useless openings is
    at most `max_useless_share`.
    """
    assignment = ShiftAssignment(candidates, slots)
    order = np.lexsort((ties, -candidates.priority))
    mandatory, fits = candidates.is_mandatory, fits_any_shift(candidates, slots)
    for box in order[mandatory[order]].tolist():
        assignment.assign(box, overtime=True)
    # Boxes that are drawn with certainty need no place in the ranking.
    ranked = order[(fits & ~mandatory & (rate < 1.0))[order]]
    opened = _greedy(ranked, candidates, assignment, allocation, rate, caps)
    kept = _useful(opened, candidates.finding_probability, max_useless_share)
    for box in opened[kept:]:
        assignment.unassign(box)
    by_score = np.zeros(len(candidates), dtype=bool)
    by_score[opened[:kept]] = True
    beyond = candidates.priority[opened[kept]] if kept < len(opened) else -np.inf
    return Selection(
        by_score, fits, assignment, len(opened) - kept, *_cuts(candidates, ranked, allocation, by_score, beyond)
    )


def _greedy(
    ranked: NDArray[np.int64],
    candidates: Candidates,
    assignment: ShiftAssignment,
    allocation: Allocation,
    rate: Numbers,
    caps: Sequence[Cap],
) -> list[int]:
    """The ranked boxes that found a place, in order."""
    counted = 1.0 - rate
    remaining, charged = dict(allocation.remaining), allocation.charge.tolist()
    limits = [(cap.group_no.tolist(), cap.remaining.tolist()) for cap in caps]
    opened = []
    for box in ranked.tolist():
        terminal = candidates.terminals[box]
        if remaining[terminal] < charged[box] - TOLERANCE:
            continue
        own = [(groups, numbers[box]) for numbers, groups in limits if numbers[box] >= 0]
        if any(groups[group] < counted[box] - TOLERANCE for groups, group in own) or not assignment.assign(box):
            continue
        remaining[terminal] -= charged[box]
        for groups, group in own:
            groups[group] -= counted[box]
        opened.append(box)
    return opened


def _useful(opened: list[int], finding_probability: Numbers, max_useless_share: float) -> int:
    """How many of the opened boxes, from the first on, keep the expected share of useless openings within the limit."""
    shares = np.cumsum(1.0 - finding_probability[opened]) / np.arange(1, len(opened) + 1)
    within = np.flatnonzero(shares <= max_useless_share + TOLERANCE)
    return int(within[-1]) + 1 if len(within) else 0


def _cuts(
    candidates: Candidates,
    ranked: NDArray[np.int64],
    allocation: Allocation,
    by_score: Flags,
    beyond: float,
) -> tuple[dict[str, float], dict[str, Tie]]:
    """Cut and tie count of each terminal, as if its shifts were one.

    A cut is at least `beyond`, the priority of the first box dropped by the limit on useless openings.
    """
    places = np.array(candidates.terminals, dtype=object)[ranked]
    cuts, ties = {}, {}
    for terminal in sorted(allocation.remaining):
        here = ranked[places == terminal]
        priority = candidates.priority[here]
        used = np.cumsum(allocation.charge[here])
        over = np.flatnonzero(used > allocation.remaining[terminal] + TOLERANCE)
        cut = max(float(priority[over[0]]) if len(over) else -np.inf, beyond)
        if np.isfinite(cut):
            cuts[terminal] = cut
            equal = here[priority == cut]
            ties[terminal] = Tie(len(equal), int(by_score[equal].sum()))
    return cuts, ties
