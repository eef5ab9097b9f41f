"""What the score may use at each terminal once claims and lot have their part, and the arithmetic where they have not.

A port that lists no teams opens a share of its boxes. The claims come off the whole, the rest is shared out among the
terminals by their boxes, in whole openings (largest remainders), so that small terminals do not lose theirs.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np

from data.errors import InvalidInput
from features.boxes import Numbers
from models.policy.assignment import SLACK
from models.policy.candidates import Demand
from models.policy.capacity import OPEN, Slots


class Room(NamedTuple):
    """What the score may use at each terminal, and what each of n boxes is charged (n,), in standard openings."""

    left: dict[str, float]
    charged: Numbers


_FEWER_CLAIMS = "Take boxes off the list of tips and mandatory openings, or raise "


def shared(capacity: float, demand: Demand, rate: Numbers) -> tuple[Slots, Room]:
    """One open shift a terminal from a share of the boxes, and what of it the score may use.

    Each terminal has whole openings, of which a box takes one whoever its shipper is: what opened boxes free of the
    lot's reserve is shared out on average, or the last place would go to a box because the lot favours it.

    Raises InvalidInput when claims, or the expected lot, need more than the whole.
    """
    names, at = np.unique(np.array(demand.terminals, dtype=object), return_inverse=True)
    free = ~demand.claimed
    claims = np.bincount(at, demand.cost * ~free, len(names))
    lot = np.bincount(at, demand.cost * rate * free, len(names))
    total = capacity * float(demand.cost.sum())
    told = f"{total:.1f} standard openings ({capacity:g} of {demand.cost.sum():g})"
    if claims.sum() > ceil(total):
        raise InvalidInput(
            f"Mandatory openings and tips need {claims.sum():.1f} standard openings; the plan has {told}.",
            f"{_FEWER_CLAIMS}HAZLANE_CAPACITY_SHARE.",
        )
    if lot.sum() > total + SLACK:
        raise InvalidInput(
            f"The lot is expected to need {lot.sum():.1f} standard openings; the plan has {told}.",
            "Lower HAZLANE_RANDOM_SHARE and HAZLANE_RANDOM_SHARE_NEW, or raise HAZLANE_CAPACITY_SHARE.",
        )
    weight = np.bincount(at, demand.cost * free, len(names))
    whole, net = np.zeros(len(names)), 1.0
    if weight.sum():
        net = 1.0 - float(lot.sum() / weight.sum())
        left = max(total - float(claims.sum() + lot.sum()), 0.0)
        whole = apportioned((left / net if net else 0.0) * weight / weight.sum())
    n = len(names)
    slots = Slots(
        tuple(names.tolist()), ("",) * n, ("",) * n, np.full(n, OPEN[0]), np.full(n, OPEN[1]),
        claims + lot + whole * net,
    )  # fmt: skip
    return slots, Room(dict(zip(names.tolist(), whole.tolist(), strict=True)), demand.cost)


def by_teams(slots: Slots, demand: Demand, rate: Numbers) -> Room:
    """What the score may use of the teams' shifts at each terminal; a box is charged what the lot does not hold for it.

    Raises InvalidInput when claims, or the expected lot, need more than a terminal has.
    """
    places = np.array(demand.terminals, dtype=object)
    shifts = np.array(slots.terminal, dtype=object)
    room = {}
    # A claimed box that names no terminal is told among those without a shift.
    claimed_at = {place for place, claim in zip(demand.terminals, demand.claims, strict=True) if place and claim}
    for terminal in sorted({*slots.terminal, *claimed_at}):
        parts, here = slots.openings[shifts == terminal], places == terminal
        claims = float(demand.cost[here & demand.claimed].sum())
        lot = float((demand.cost * rate)[here & ~demand.claimed].sum())
        told = f"terminal {terminal} has {parts.sum():g} in {len(parts)} shift(s) of the plan"
        if claims > parts.sum() + SLACK:
            raise InvalidInput(
                f"Mandatory openings and tips need {claims:.1f} standard openings; {told}.",
                f"{_FEWER_CLAIMS}its openings in HAZLANE_TEAMS_FILE.",
            )
        if lot > parts.sum() + SLACK:
            raise InvalidInput(
                f"The lot is expected to need {lot:.1f} standard openings; {told}.",
                "Lower HAZLANE_RANDOM_SHARE and HAZLANE_RANDOM_SHARE_NEW, or raise openings in HAZLANE_TEAMS_FILE.",
            )
        room[terminal] = max(float(parts.sum()) - claims - lot, 0.0)
    return Room(room, demand.cost * (1.0 - rate))


def apportioned(exact: Numbers) -> Numbers:
    """Whole numbers of the same (rounded) sum by largest remainders, shape as given."""
    whole = np.floor(exact.round(9))
    missing = round(float(exact.sum())) - int(whole.sum())
    whole[np.argsort(-(exact - whole).round(9), kind="stable")[: max(missing, 0)]] += 1
    return whole
