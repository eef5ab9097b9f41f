"""Capacity that the score may use at each terminal, after mandatory openings and the random sample.

A port without a list of teams opens a share of its boxes. Mandatory openings are subtracted from the total; the rest is
divided among the terminals in proportion to their boxes, in whole openings (largest remainders), so that small
terminals get a share.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np

from data.errors import InvalidInput
from features.boxes import Numbers
from models.policy.assignment import TOLERANCE
from models.policy.candidates import Candidates
from models.policy.capacity import OPEN, Slots


class Allocation(NamedTuple):
    """Capacity that the score may use at each terminal, and the cost charged to each of n boxes (n,), in standard
    openings.
    """

    remaining: dict[str, float]
    charge: Numbers


_FEWER_MANDATORY = "Take boxes off the list of tips and mandatory openings, or raise "


def allocate_by_share(capacity: float, candidates: Candidates, rate: Numbers) -> tuple[Slots, Allocation]:
    """One shift without times per terminal from a share of the boxes, and the part of it that the score may use.

    Each terminal has whole openings, and each box takes one. Boxes opened by score release the average part of the
    random sample's reserve, not their own, so that a higher sampling rate does not favour a box for the last place.

    Raises InvalidInput if mandatory openings, or the expected random sample, need more than the total.
    """
    names, at = np.unique(np.array(candidates.terminals, dtype=object), return_inverse=True)
    free = ~candidates.is_mandatory
    mandatory = np.bincount(at, candidates.cost * ~free, len(names))
    sample = np.bincount(at, candidates.cost * rate * free, len(names))
    total = capacity * float(candidates.cost.sum())
    reported = f"{total:.1f} standard openings ({capacity:g} of {candidates.cost.sum():g})"
    if mandatory.sum() > ceil(total):
        raise InvalidInput(
            f"Mandatory openings and tips need {mandatory.sum():.1f} standard openings; the plan has {reported}.",
            f"{_FEWER_MANDATORY}HAZLANE_CAPACITY_SHARE.",
        )
    if sample.sum() > total + TOLERANCE:
        raise InvalidInput(
            f"The random sample is expected to need {sample.sum():.1f} standard openings; the plan has {reported}.",
            "Lower HAZLANE_RANDOM_SHARE and HAZLANE_RANDOM_SHARE_NEW, or raise HAZLANE_CAPACITY_SHARE.",
        )
    weight = np.bincount(at, candidates.cost * free, len(names))
    whole, net = np.zeros(len(names)), 1.0
    if weight.sum():
        net = 1.0 - float(sample.sum() / weight.sum())
        left = max(total - float(mandatory.sum() + sample.sum()), 0.0)
        whole = largest_remainders((left / net if net else 0.0) * weight / weight.sum())
    n = len(names)
    slots = Slots(
        tuple(names.tolist()), ("",) * n, ("",) * n, np.full(n, OPEN[0]), np.full(n, OPEN[1]),
        mandatory + sample + whole * net,
    )  # fmt: skip
    return slots, Allocation(dict(zip(names.tolist(), whole.tolist(), strict=True)), candidates.cost)


def allocate_by_shift(slots: Slots, candidates: Candidates, rate: Numbers) -> Allocation:
    """The part of the teams' shifts that the score may use at each terminal.

    A box is charged its cost minus its own part of the random sample's reserve. Raises InvalidInput if mandatory
    openings, or the expected random sample, need more than a terminal has.
    """
    places = np.array(candidates.terminals, dtype=object)
    shifts = np.array(slots.terminal, dtype=object)
    allocation = {}
    # Mandatory openings without a terminal are reported among those without a shift.
    mandatory_at = {
        place
        for place, mandatory_by in zip(candidates.terminals, candidates.mandatory, strict=True)
        if place and mandatory_by
    }
    for terminal in sorted({*slots.terminal, *mandatory_at}):
        parts, here = slots.openings[shifts == terminal], places == terminal
        mandatory = float(candidates.cost[here & candidates.is_mandatory].sum())
        sample = float((candidates.cost * rate)[here & ~candidates.is_mandatory].sum())
        reported = f"terminal {terminal} has {parts.sum():g} in {len(parts)} shift(s) of the plan"
        if mandatory > parts.sum() + TOLERANCE:
            raise InvalidInput(
                f"Mandatory openings and tips need {mandatory:.1f} standard openings; {reported}.",
                f"{_FEWER_MANDATORY}its openings in HAZLANE_TEAMS_FILE.",
            )
        if sample > parts.sum() + TOLERANCE:
            raise InvalidInput(
                f"The random sample is expected to need {sample:.1f} standard openings; {reported}.",
                "Lower HAZLANE_RANDOM_SHARE and HAZLANE_RANDOM_SHARE_NEW, or raise openings in HAZLANE_TEAMS_FILE.",
            )
        allocation[terminal] = max(float(parts.sum()) - mandatory - sample, 0.0)
    return Allocation(allocation, candidates.cost * (1.0 - rate))


def largest_remainders(exact: Numbers) -> Numbers:
    """Whole numbers of the same (rounded) sum by largest remainders, shape as given."""
    whole = np.floor(exact.round(9))
    missing = round(float(exact.sum())) - int(whole.sum())
    whole[np.argsort(-(exact - whole).round(9), kind="stable")[: max(missing, 0)]] += 1
    return whole
