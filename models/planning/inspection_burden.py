"""Inspection burden: opening rates by group, limits that a plan must keep, and the cost of each limit.

Rates are expected rates before the draw: a box that is opened with certainty counts 1, any other its sample
probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from data.planning import Limit
from data.planning.limits import EVERY
from features.boxes import Numbers
from models.planning.groups import Labels, merged_small_groups
from models.policy.candidates import Candidates
from models.policy.capacity import Slots
from models.policy.lanes import Plan, Policy
from models.policy.selection import Cap

_DIGITS: Final = 4


def within_limits(
    policy: Policy, candidates: Candidates, slots: Slots | None, labels: Mapping[str, Labels], limits: Sequence[Limit]
) -> tuple[Plan, list[dict[str, Any]]]:
    """The plan that keeps all limits, and the cost of each: what the plan without that limit would yield more.

    `labels` (n,) by grouping. Mandatory openings and the random sample are exempt and counted first: a group that
    reaches its limit through them alone has no box opened by score. A limit on a group that is too small has no effect;
    `boxes` is the number of boxes that a limit affects.
    """
    free = policy.planned(candidates, slots)
    if not limits:
        return free, []
    rate = free.decision.selection_probability
    caps = [_cap(limit, labels, candidates, free.decision.sample_probability, float(rate.mean())) for limit in limits]
    plan = policy.planned(candidates, slots, caps)
    limit_costs = []
    for place, (limit, cap) in enumerate(zip(limits, caps, strict=True)):
        without = policy.planned(candidates, slots, caps[:place] + caps[place + 1 :]) if len(caps) > 1 else free
        more = without.decision.selection_probability - plan.decision.selection_probability
        limit_costs.append(
            {
                "grouping": limit.grouping, "group": limit.group, "most": limit.maximum,
                "boxes": int((cap.group_no >= 0).sum()),
                "openings_lost": round(float(more[cap.group_no >= 0].sum()), _DIGITS),
                "expected_harm_lost": round(float((more * candidates.expected_harm).sum()), _DIGITS),
                "expected_violations_lost": round(float((more * candidates.finding_probability).sum()), _DIGITS),
                "exempt_above_limit": int((cap.remaining < 0).sum()),
            }
        )  # fmt: skip
    return plan, limit_costs


def _cap(limit: Limit, labels: Mapping[str, Labels], candidates: Candidates, rate: Numbers, port_rate: float) -> Cap:
    """The limit as the number of openings by score that remain in each group."""
    reported = merged_small_groups(labels[limit.grouping])
    names = np.unique(reported) if limit.group == EVERY else np.array([limit.group])
    place = {name: number for number, name in enumerate(names.tolist())}
    group_no = np.array([place.get(name, -1) for name in reported.tolist()], dtype=np.int64)
    limited = group_no >= 0
    exempt = np.where(candidates.is_mandatory, 1.0, rate)[limited]
    boxes = np.bincount(group_no[limited], minlength=len(names))
    taken = np.bincount(group_no[limited], exempt, len(names)).astype(np.float64)
    return Cap(group_no, limit.maximum * port_rate * boxes - taken)


def opening_rates_by_group(
    candidates: Candidates, plan: Plan, labels: Mapping[str, Labels]
) -> dict[str, dict[str, dict[str, Any]]]:
    """By grouping and group: boxes, expected opening rate, expected hit rate."""
    probability = plan.decision.selection_probability
    reported: dict[str, dict[str, dict[str, Any]]] = {}
    for grouping, own in labels.items():
        named = merged_small_groups(own)
        reported[grouping] = {}
        for group in np.unique(named).tolist():
            here = named == group
            opened = float(probability[here].sum())
            reported[grouping][group] = {
                "boxes": int(here.sum()),
                "opening_rate": round(opened / int(here.sum()), _DIGITS),
                "hit_rate": round(float((probability * candidates.finding_probability)[here].sum()) / opened, _DIGITS)
                if opened
                else None,
            }
    return reported
