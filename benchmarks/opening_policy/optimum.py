"""The optimal plan of a small port, by integer programming (SciPy's HiGHS)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from models.policy.candidates import Candidates
from models.policy.capacity import Slots


def optimum(candidates: Candidates, slots: Slots) -> float:
    """The most expected harm of n boxes, without mandatory openings or random sample, each opened once at most.

    One variable for each box and each shift that suits it. Raises RuntimeError where the solver does not finish.
    """
    places = np.array(candidates.terminals, dtype=object)[:, None]
    suits = (
        (places == np.array(slots.terminal, dtype=object))
        & (candidates.since[:, None] <= slots.start)
        & (slots.end <= candidates.until[:, None])
    )
    box, shift = np.nonzero(suits)
    if not len(box):
        return 0.0
    pairs, ones = np.arange(len(box)), np.ones(len(box))
    once = csr_array((ones, (box, pairs)), shape=(len(candidates), len(box)))
    room = csr_array((candidates.cost[box], (shift, pairs)), shape=(len(slots), len(box)))
    limits = [LinearConstraint(once, ub=1.0), LinearConstraint(room, ub=slots.openings)]
    found = milp(-candidates.expected_harm[box], constraints=limits, integrality=ones, bounds=Bounds(0, 1))
    if not found.success:
        raise RuntimeError(f"HiGHS did not find the optimum: {found.message}")
    return float(-found.fun)
