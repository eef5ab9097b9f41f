"""Which boxes a port opens by score, and in which shift: claims first, then expected harm per cost, greedily.

What the lot is expected to need is kept back from the score at each terminal, so neither who is opened by score nor
the cut depends on what is drawn, and the logged probabilities are true. A box that is opened anyway frees its own
part of that reserve (`models.policy.allocation` says what it is charged). The lot itself is placed last, into what is
left; beyond that it is overtime, never cut.
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
    """A limit on groups of n boxes: the group of each box, shape (n,), -1 where none, and openings left by group."""

    group_no: NDArray[np.int64]
    remaining: Numbers


class Tie(NamedTuple):
    """Boxes of a terminal that are worth as much as the best one beyond its capacity: how many, and how many opened."""

    boxes: int
    opened: int


@dataclass(frozen=True)
class Selection:
    """n boxes: who is opened by score, the rooms with claims and score placed, and what decided.

    `fits_any_shift` marks the boxes that any shift suits; `dropped_as_useless` counts those that had room but would
    have made too many openings useless. `cuts` has, by terminal, the harm per cost of the best box beyond its capacity;
    none where all that suited a shift found room.
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
    """Give claims their shifts, then open by falling harm per cost what finds room.

    `allocation` is what the score may use, `rate` (n,) the lot's chance for each box and `ties` (n,) what decides
    between equals. Of the opened, only the longest beginning of the ranking stays whose expected share of
    useless openings is at most `max_useless_share`.
    """
    assignment = ShiftAssignment(candidates, slots)
    order = np.lexsort((ties, -candidates.priority))
    claimed, suits = candidates.is_mandatory, fits_any_shift(candidates, slots)
    for box in order[claimed[order]].tolist():
        assignment.assign(box, overtime=True)
    # Whom the lot is sure to draw needs no place in the ranking.
    ranked = order[(suits & ~claimed & (rate < 1.0))[order]]
    opened = _greedy(ranked, candidates, assignment, allocation, rate, caps)
    kept = _useful(opened, candidates.finding_probability, max_useless_share)
    for box in opened[kept:]:
        assignment.unassign(box)
    by_score = np.zeros(len(candidates), dtype=bool)
    by_score[opened[:kept]] = True
    beyond = candidates.priority[opened[kept]] if kept < len(opened) else -np.inf
    return Selection(
        by_score, suits, assignment, len(opened) - kept, *_cuts(candidates, ranked, allocation, by_score, beyond)
    )


def _greedy(
    ranked: NDArray[np.int64],
    candidates: Candidates,
    assignment: ShiftAssignment,
    allocation: Allocation,
    rate: Numbers,
    caps: Sequence[Cap],
) -> list[int]:
    """The candidates that found room, in their order."""
    counted = 1.0 - rate
    left, charged = dict(allocation.remaining), allocation.charge.tolist()
    limits = [(cap.group_no.tolist(), cap.remaining.tolist()) for cap in caps]
    opened = []
    for box in ranked.tolist():
        terminal = candidates.terminals[box]
        if left[terminal] < charged[box] - TOLERANCE:
            continue
        held = [(groups, numbers[box]) for numbers, groups in limits if numbers[box] >= 0]
        if any(groups[group] < counted[box] - TOLERANCE for groups, group in held) or not assignment.assign(box):
            continue
        left[terminal] -= charged[box]
        for groups, group in held:
            groups[group] -= counted[box]
        opened.append(box)
    return opened


def _useful(opened: list[int], useful: Numbers, max_useless_share: float) -> int:
    """How many of the opened boxes, from the first on, keep the expected share of useless ones within the limit."""
    shares = np.cumsum(1.0 - useful[opened]) / np.arange(1, len(opened) + 1)
    within = np.flatnonzero(shares <= max_useless_share + TOLERANCE)
    return int(within[-1]) + 1 if len(within) else 0


def _cuts(
    candidates: Candidates,
    ranked: NDArray[np.int64],
    allocation: Allocation,
    by_score: Flags,
    beyond: float,
) -> tuple[dict[str, float], dict[str, Tie]]:
    """Cut and tie band of each terminal, as if its shifts were one; at least what would have been too often useless."""
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
