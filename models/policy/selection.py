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
from models.policy.allocation import Room
from models.policy.assignment import SLACK, Rooms, suited
from models.policy.candidates import Demand, Flags
from models.policy.capacity import Slots

USELESS_OFF: Final = 1.0


@dataclass(frozen=True)
class Cap:
    """A limit on groups of n boxes: the group of each box, shape (n,), -1 where none, and openings left by group."""

    group_no: NDArray[np.int64]
    left: Numbers


class Tie(NamedTuple):
    """Boxes of a terminal that are worth as much as the best one beyond its capacity: how many, and how many opened."""

    boxes: int
    opened: int


@dataclass(frozen=True)
class Choice:
    """n boxes: who is opened by score, the rooms with claims and score placed, and what decided.

    `suits` marks the boxes that any shift suits; `dropped` counts those that had room but would have made too many
    openings useless. `cuts` has, by terminal, the harm per cost of the best box beyond its capacity; none where all
    that suited a shift found room.
    """

    by_score: Flags
    suits: Flags
    rooms: Rooms
    dropped: int
    cuts: dict[str, float]
    ties: dict[str, Tie]


def chosen(
    demand: Demand,
    slots: Slots,
    room: Room,
    rate: Numbers,
    ties: Numbers,
    caps: Sequence[Cap] = (),
    most_useless: float = USELESS_OFF,
) -> Choice:
    """Give claims their shifts, then open by falling harm per cost what finds room.

    `room` is what the score may use, `rate` (n,) the lot's chance for each box and `ties` (n,) what decides between
    equals. Of the opened, only the longest beginning of the ranking stays whose expected share of
    useless openings is at most `most_useless`.
    """
    rooms = Rooms(demand, slots)
    order = np.lexsort((ties, -demand.worth))
    claimed, suits = demand.claimed, suited(demand, slots)
    for box in order[claimed[order]].tolist():
        rooms.place(box, overtime=True)
    # Whom the lot is sure to draw needs no place in the ranking.
    candidates = order[(suits & ~claimed & (rate < 1.0))[order]]
    opened = _greedy(candidates, demand, rooms, room, rate, caps)
    kept = _useful(opened, demand.useful, most_useless)
    for box in opened[kept:]:
        rooms.take_back(box)
    by_score = np.zeros(len(demand), dtype=bool)
    by_score[opened[:kept]] = True
    beyond = demand.worth[opened[kept]] if kept < len(opened) else -np.inf
    return Choice(by_score, suits, rooms, len(opened) - kept, *_cuts(demand, candidates, room, by_score, beyond))


def _greedy(
    candidates: NDArray[np.int64],
    demand: Demand,
    rooms: Rooms,
    room: Room,
    rate: Numbers,
    caps: Sequence[Cap],
) -> list[int]:
    """The candidates that found room, in their order."""
    counted = 1.0 - rate
    left, charged = dict(room.left), room.charged.tolist()
    limits = [(cap.group_no.tolist(), cap.left.tolist()) for cap in caps]
    opened = []
    for box in candidates.tolist():
        terminal = demand.terminals[box]
        if left[terminal] < charged[box] - SLACK:
            continue
        held = [(groups, numbers[box]) for numbers, groups in limits if numbers[box] >= 0]
        if any(groups[group] < counted[box] - SLACK for groups, group in held) or not rooms.place(box):
            continue
        left[terminal] -= charged[box]
        for groups, group in held:
            groups[group] -= counted[box]
        opened.append(box)
    return opened


def _useful(opened: list[int], useful: Numbers, most_useless: float) -> int:
    """How many of the opened boxes, from the first on, keep the expected share of useless ones within the limit."""
    shares = np.cumsum(1.0 - useful[opened]) / np.arange(1, len(opened) + 1)
    within = np.flatnonzero(shares <= most_useless + SLACK)
    return int(within[-1]) + 1 if len(within) else 0


def _cuts(
    demand: Demand,
    candidates: NDArray[np.int64],
    room: Room,
    by_score: Flags,
    beyond: float,
) -> tuple[dict[str, float], dict[str, Tie]]:
    """Cut and tie band of each terminal, as if its shifts were one; at least what would have been too often useless."""
    places = np.array(demand.terminals, dtype=object)[candidates]
    cuts, ties = {}, {}
    for terminal in sorted(room.left):
        here = candidates[places == terminal]
        worth = demand.worth[here]
        used = np.cumsum(room.charged[here])
        over = np.flatnonzero(used > room.left[terminal] + SLACK)
        cut = max(float(worth[over[0]]) if len(over) else -np.inf, beyond)
        if np.isfinite(cut):
            cuts[terminal] = cut
            equal = here[worth == cut]
            ties[terminal] = Tie(len(equal), int(by_score[equal].sum()))
    return cuts, ties
