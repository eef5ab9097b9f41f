"""Protects the inspection limits: the score keeps them, mandatory openings and random sample are exempt, costs are
reported.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.planning import Limit
from data.vocabulary import SelectedBy
from models.planning.groups import MIN_GROUP_BOXES
from models.planning.inspection_burden import opening_rates_by_group, within_limits
from models.policy.candidates import Candidates, uniform_candidates
from models.policy.lanes import Policy

POLICY = Policy(0.1, 0.02, 0.1, "test")
COUNT = 2_000


def _candidates() -> tuple[Candidates, dict[str, np.ndarray]]:
    """The transhipped tenth of the boxes has the highest risk; a plan without limits opens few others."""
    rng = np.random.default_rng(5)
    flow = np.where(np.arange(COUNT) % 10 == 0, "transhipment", "export")
    risks = rng.random(COUNT) * 50 + 50 * (flow == "transhipment")
    names = [f"D{number}" for number in range(COUNT)]
    return replace(uniform_candidates(risks, names, names, ["DCT"] * COUNT), finding_probability=risks / 100), {
        "flow": flow
    }


def test_a_limited_group_is_opened_up_to_its_limit_and_no_more() -> None:
    candidates, labels = _candidates()
    free, nothing = within_limits(POLICY, candidates, None, labels, [])
    plan, (cost,) = within_limits(POLICY, candidates, None, labels, [Limit("flow", "transhipment", 2.0)])
    assert nothing == []
    rates = [
        opening_rates_by_group(candidates, one, labels)["flow"]["transhipment"]["opening_rate"] for one in (free, plan)
    ]
    port = float(free.decision.selection_probability.mean())
    assert rates[0] > 3 * port
    assert 1.9 * port < rates[1] <= 2 * port + 1e-9
    assert plan.choice.by_score.sum() == free.choice.by_score.sum()
    more = free.decision.selection_probability - plan.decision.selection_probability
    assert cost["expected_harm_lost"] == pytest.approx((more * candidates.expected_harm).sum(), abs=1e-3)
    assert cost["expected_violations_lost"] > 0
    assert cost["openings_lost"] == pytest.approx((rates[0] - rates[1]) * COUNT / 10, abs=0.05)


def test_a_limit_on_every_group_applies_to_each() -> None:
    candidates, labels = _candidates()
    plan, _ = within_limits(POLICY, candidates, None, labels, [Limit("flow", "*", 1.0)])
    reported = opening_rates_by_group(candidates, plan, labels)["flow"]
    assert {row["boxes"] for row in reported.values()} == {COUNT // 10, COUNT * 9 // 10}
    assert max(row["opening_rate"] for row in reported.values()) <= 0.1 + 1e-3


def test_mandatory_openings_and_sample_are_exempt_and_counted_first() -> None:
    candidates, labels = _candidates()
    mandatory: list[SelectedBy | None] = [None] * COUNT
    mandatory[:400:10] = [SelectedBy.TIP] * 40
    with_mandatory = replace(candidates, mandatory=mandatory)
    plan, (cost,) = within_limits(POLICY, with_mandatory, None, labels, [Limit("flow", "transhipment", 0.5)])
    here = labels["flow"] == "transhipment"
    assert plan.choice.by_score[here].sum() == 0
    assert (plan.decision.selection_probability[with_mandatory.is_mandatory] == 1).all()
    assert cost["exempt_above_limit"] == 1
    free, _ = within_limits(POLICY, with_mandatory, None, labels, [])
    assert np.array_equal(plan.decision.sample_drawn, free.decision.sample_drawn)


def test_each_cost_is_relative_to_the_plan_without_that_limit() -> None:
    candidates, labels = _candidates()
    tight, loose = Limit("flow", "transhipment", 2.0), Limit("flow", "export", 50.0)
    _, limit_costs = within_limits(POLICY, candidates, None, labels, [tight, loose])
    assert limit_costs[0]["expected_harm_lost"] > 0
    assert [cost["boxes"] for cost in limit_costs] == [COUNT // 10, COUNT * 9 // 10]
    assert limit_costs[1]["expected_harm_lost"] == limit_costs[1]["openings_lost"] == 0


def test_a_limit_on_a_small_group_has_no_effect() -> None:
    candidates, labels = _candidates()
    labels["flow"][: MIN_GROUP_BOXES - 1] = "transit"
    free, _ = within_limits(POLICY, candidates, None, labels, [])
    plan, (cost,) = within_limits(POLICY, candidates, None, labels, [Limit("flow", "transit", 0.1)])
    assert cost["boxes"] == 0
    assert plan.decision.lanes == free.decision.lanes
