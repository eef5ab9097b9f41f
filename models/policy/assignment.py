"""Boxes into shifts, one after the other: the latest shift that still suits a box is filled first.

So early shifts stay free for boxes that cannot wait. Which shifts suit a box: `models.policy.capacity.latest_starts`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.policy.candidates import Demand, Flags
from models.policy.capacity import NEVER, Slots, latest_starts

NONE: Final = -1
# Sums of costs are compared up to this.
SLACK: Final = 1e-9


def suited(demand: Demand, slots: Slots) -> Flags:
    """Which of n boxes suit any shift, shape (n,)."""
    return np.asarray(latest_starts(demand.terminals, demand.since, demand.until, slots) != NEVER)


class Rooms:
    """What is left of each shift while boxes are placed."""

    def __init__(self, demand: Demand, slots: Slots) -> None:
        self.left: list[float] = slots.openings.tolist()
        self.slot: NDArray[np.int64] = np.full(len(demand), NONE, dtype=np.int64)
        """The shift of each box, `NONE` where it has none, shape (n,)."""
        self._cost: list[float] = demand.cost.tolist()
        self._since, self._until = demand.since.tolist(), demand.until.tolist()
        self._terminals = demand.terminals
        self._latest_first: dict[str, list[tuple[int, int, int]]] = {}
        shifts = zip(slots.terminal, slots.start.tolist(), slots.end.tolist(), strict=True)
        for number, (terminal, start, end) in reversed(list(enumerate(shifts))):
            self._latest_first.setdefault(terminal, []).append((number, start, end))

    def place(self, box: int, overtime: bool = False) -> bool:
        """Give a box its shift; False where none that suits it has room.

        With `overtime`, the last that suits it takes it all the same; False where none suits.
        """
        cost = self._cost[box]
        suiting = self._suiting(box)
        for number in suiting:
            if self.left[number] >= cost - SLACK:
                self._take(box, number)
                return True
        if overtime and suiting:
            self._take(box, suiting[0])
            return True
        return False

    def take_back(self, box: int) -> None:
        """Free the shift of a box that has one."""
        self.left[self.slot[box]] += self._cost[box]
        self.slot[box] = NONE

    def _suiting(self, box: int) -> list[int]:
        """The shifts that suit a box, the latest first."""
        since, until = self._since[box], self._until[box]
        shifts = self._latest_first.get(self._terminals[box], ())
        return [number for number, start, end in shifts if end <= until and start >= since]

    def _take(self, box: int, number: int) -> None:
        self.left[number] -= self._cost[box]
        self.slot[box] = number
