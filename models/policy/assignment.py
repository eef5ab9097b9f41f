"""Assign boxes to shifts one after the other: the latest shift that fits a box is filled first.

Early shifts thus stay free for boxes that cannot wait. `models.policy.capacity.latest_starts` defines which shifts fit.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.policy.candidates import Candidates, Flags
from models.policy.capacity import NEVER, Slots, latest_starts

NO_SHIFT: Final = -1
# Tolerance for comparing sums of costs.
TOLERANCE: Final = 1e-9


def fits_any_shift(candidates: Candidates, slots: Slots) -> Flags:
    """Which of n boxes fit any shift, shape (n,)."""
    return np.asarray(latest_starts(candidates.terminals, candidates.since, candidates.until, slots) != NEVER)


class ShiftAssignment:
    """The remaining capacity of each shift while boxes are assigned."""

    def __init__(self, candidates: Candidates, slots: Slots) -> None:
        self.remaining: list[float] = slots.openings.tolist()
        self.slot: NDArray[np.int64] = np.full(len(candidates), NO_SHIFT, dtype=np.int64)
        """The shift of each box, `NO_SHIFT` where it has none, shape (n,)."""
        self._cost: list[float] = candidates.cost.tolist()
        self._since, self._until = candidates.since.tolist(), candidates.until.tolist()
        self._terminals = candidates.terminals
        self._latest_first: dict[str, list[tuple[int, int, int]]] = {}
        shifts = zip(slots.terminal, slots.start.tolist(), slots.end.tolist(), strict=True)
        for number, (terminal, start, end) in reversed(list(enumerate(shifts))):
            self._latest_first.setdefault(terminal, []).append((number, start, end))

    def assign(self, box: int, overtime: bool = False) -> bool:
        """Assign a box to a shift; False if no shift that fits it has capacity left.

        With `overtime`, the latest shift that fits takes the box even beyond its capacity; False if none fits.
        """
        cost = self._cost[box]
        fitting = self._fitting_shifts(box)
        for number in fitting:
            if self.remaining[number] >= cost - TOLERANCE:
                self._take(box, number)
                return True
        if overtime and fitting:
            self._take(box, fitting[0])
            return True
        return False

    def unassign(self, box: int) -> None:
        """Free the shift of a box that has one."""
        self.remaining[self.slot[box]] += self._cost[box]
        self.slot[box] = NO_SHIFT

    def _fitting_shifts(self, box: int) -> list[int]:
        """The shifts that fit a box, the latest first."""
        since, until = self._since[box], self._until[box]
        shifts = self._latest_first.get(self._terminals[box], ())
        return [number for number, start, end in shifts if end <= until and start >= since]

    def _take(self, box: int, number: int) -> None:
        self.remaining[number] -= self._cost[box]
        self.slot[box] = number
