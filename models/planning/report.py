"""The report of a plan: capacity used, random sample, overtime, ties, cuts, inspection burden, quiet days.

It does not contain the salt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from data.vocabulary import Lane
from features.boxes import Numbers
from features.columns import instant_text
from models.planning.groups import Labels
from models.planning.inspection_burden import opening_rates_by_group
from models.policy.assignment import NO_SHIFT
from models.policy.candidates import Candidates
from models.policy.capacity import ALWAYS, Slots
from models.policy.lanes import Plan

SHIFT: Final = ("terminal", "shift", "team", "from_at", "to_at")
_DIGITS: Final = 4


def report(
    candidates: Candidates, plan: Plan, labels: Mapping[str, Labels], limit_costs: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The report of a plan of n boxes; costs are in standard openings, `labels` (n,) by grouping."""
    red = np.array([lane is Lane.RED for lane in plan.decision.lanes], dtype=bool)
    placed = plan.slot != NO_SHIFT
    used = np.bincount(plan.slot[placed], candidates.cost[placed], len(plan.slots)).astype(np.float64)
    below_cut = plan.decision.selection_probability < 1
    opened = Counter(str(why) for why, chosen in zip(plan.decision.selected_by, red.tolist(), strict=True) if chosen)
    return {
        "boxes": len(candidates),
        "lanes": {lane.value: plan.decision.lanes.count(lane) for lane in Lane},
        "opened_by": dict(sorted(opened.items())),
        "expected_violations": _rounded((plan.decision.selection_probability * candidates.finding_probability).sum()),
        "capacity": _rounded(plan.slots.openings.sum()),
        "used": _rounded(used.sum()),
        "overtime": _rounded(_overtime(used, plan.slots)),
        "opened_without_shift": int((red & ~placed).sum()),
        "openings_without_shift": _rounded(candidates.cost[red & ~placed].sum()),
        "fits_no_shift": int((~plan.choice.fits_any_shift).sum()),
        "not_opened_as_useless": plan.choice.dropped_as_useless,
        "random_sample": {
            "reserve": _rounded((candidates.cost * plan.decision.sample_probability)[below_cut].sum()),
            "drawn": _rounded(candidates.cost[plan.decision.sample_drawn & below_cut].sum()),
            "rates": _rates(plan),
        },
        "cuts": plan.choice.cuts,
        "papers_cuts": plan.papers_cuts,
        "ties": {terminal: tie._asdict() for terminal, tie in plan.choice.ties.items()},
        "shifts": _shifts(plan, used),
        "inspection_burden": opening_rates_by_group(candidates, plan, labels),
        "limits": list(limit_costs),
    }


def places(candidates: Candidates, plan: Plan) -> list[dict[str, Any] | None]:
    """Shift, team and place of each of n boxes, None for a box without a shift.

    Mandatory openings come first, then falling priority. Each place has its cost in standard openings and the time
    until which the box can be opened. A mandatory opening that fits no shift has an entry whose place is None.
    """
    shifts = [_shift(plan.slots, number) for number in range(len(plan.slots))]
    reported: list[dict[str, Any] | None] = [None] * len(candidates)
    taken: Counter[int] = Counter()
    order = np.lexsort((plan.ties, -candidates.priority, ~candidates.is_mandatory))
    for box, number in zip(order.tolist(), plan.slot[order].tolist(), strict=True):
        if number != NO_SHIFT:
            taken[number] += 1
            reported[box] = {**shifts[number], "place": taken[number]}
        elif candidates.mandatory[box]:
            reported[box] = {**dict.fromkeys(SHIFT), "terminal": candidates.terminals[box] or None, "place": None}
    until, cost = candidates.until.tolist(), candidates.cost.tolist()
    for box, place in enumerate(reported):
        if place:
            place["cost"] = _rounded(cost[box])
            place["open_until"] = instant_text(until[box]) if until[box] != ALWAYS[1] else None
    return reported


def _overtime(used: Numbers, slots: Slots) -> float:
    """Standard openings beyond what the shifts can do; shifts without times are counted together."""
    beyond = used - slots.openings
    return max(float(beyond.sum()), 0.0) if (slots.end < slots.start).any() else float(beyond.clip(min=0).sum())


def _shifts(plan: Plan, used: Numbers) -> list[dict[str, Any]]:
    """Each shift with its capacity, the openings assigned to it, and the number of boxes."""
    boxes = np.bincount(plan.slot[plan.slot != NO_SHIFT], minlength=len(plan.slots))
    return [
        {
            **_shift(plan.slots, number),
            "openings": _rounded(plan.slots.openings[number]),
            "used": _rounded(used[number]),
            "boxes": int(boxes[number]),
        }
        for number in range(len(plan.slots))
    ]


def _shift(slots: Slots, number: int) -> dict[str, Any]:
    """Terminal, shift, team and times; a shift without times has none of the last four."""
    start, end = int(slots.start[number]), int(slots.end[number])
    timed = start <= end
    times = [instant_text(at) if timed else None for at in (start, end)]
    named = [column[number] or None for column in (slots.terminal, slots.shift, slots.team)]
    return dict(zip(SHIFT, [*named, *times], strict=True))


def _rates(plan: Plan) -> list[dict[str, Any]]:
    """Each sample probability: how many boxes have it, and how many were drawn."""
    rates, counts = np.unique(plan.decision.sample_probability, return_counts=True)
    return [
        {
            "rate": rate,
            "boxes": count,
            "drawn": int(plan.decision.sample_drawn[plan.decision.sample_probability == rate].sum()),
        }
        for rate, count in zip(rates.tolist(), counts.tolist(), strict=True)
    ]


def _rounded(number: Any) -> float:
    return round(float(number), _DIGITS)
