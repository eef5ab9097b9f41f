"""Protects the selection: capacity and windows are kept, the cut is independent of the draw, greedy is near the
optimum.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.opening_policy.optimum import optimum
from data.errors import InvalidInput
from data.vocabulary import Lane, SelectedBy
from models.planning.report import report
from models.policy.assignment import NO_SHIFT
from models.policy.candidates import Candidates, uniform_candidates
from models.policy.capacity import HOUR_US, Slots
from models.policy.lanes import Policy

POLICY = Policy(0.05, 0.02, 0.1, "test", random_new=0.1)


def _candidates(n: int, seed: int = 1, days: int = 3) -> Candidates:
    """Boxes of two terminals, some imports, loaded or discharged within days."""
    rng = np.random.default_rng(seed)
    call, imported = rng.integers(0, 24 * days, n) * HOUR_US, rng.random(n) < 0.3
    return Candidates(
        [f"D{number // 2}" for number in range(n)], [f"B{number}" for number in range(n)],
        rng.choice(["DCT", "NPT"], n).tolist(), rng.gamma(1.0, 10.0, n), rng.beta(1, 9, n),
        rng.choice([1.0, 1.6, 2.4], n), rng.random(n) < 0.2, rng.random(n) < 0.03, [None] * n,
        np.where(imported, call + 4 * HOUR_US, -(10**15)), np.where(imported, call + 60 * HOUR_US, call - 4 * HOUR_US),
    )  # fmt: skip


def _slots(openings: float, days: int = 3) -> Slots:
    rows = [(name, "day", "1", day * 24 + 8, day * 24 + 16) for day in range(days) for name in ("DCT", "NPT")]
    names, shifts, teams, starts, ends = zip(*rows, strict=True)
    hours = np.array([starts, ends]) * HOUR_US
    return Slots(names, shifts, teams, hours[0], hours[1], np.full(len(rows), openings))


def _used(candidates: Candidates, slot: np.ndarray, count: int) -> np.ndarray:
    placed = slot != NO_SHIFT
    return np.bincount(slot[placed], candidates.cost[placed], count)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 300), st.floats(6, 40))
def test_no_shift_is_overfilled_and_no_box_is_opened_outside_its_window(seed: int, n: int, openings: float) -> None:
    candidates, slots = _candidates(n, seed), _slots(openings)
    plan = POLICY.planned(candidates, slots)
    by_score = np.where(plan.choice.by_score, plan.slot, NO_SHIFT)
    assert (_used(candidates, by_score, len(slots)) <= slots.openings + 1e-6).all()
    placed = np.flatnonzero(plan.slot != NO_SHIFT)
    at = plan.slot[placed]
    assert (candidates.since[placed] <= slots.start[at]).all()
    assert (slots.end[at] <= candidates.until[placed]).all()
    assert [slots.terminal[number] for number in at.tolist()] == [candidates.terminals[box] for box in placed.tolist()]
    assert all(plan.decision.lanes[box] is Lane.RED for box in placed)
    assert (plan.slot[plan.choice.by_score] != NO_SHIFT).all()


def test_selection_by_score_and_cut_do_not_depend_on_the_draw() -> None:
    """Otherwise the logged probabilities would be wrong. The salt changes the draw; there are no ties here."""
    candidates, slots = _candidates(2_000), _slots(30)
    one, other = (replace(POLICY, salt=salt).planned(candidates, slots) for salt in ("a", "b"))
    assert not np.array_equal(one.decision.sample_drawn, other.decision.sample_drawn)
    assert np.array_equal(one.choice.by_score, other.choice.by_score)
    assert one.choice.cuts == other.choice.cuts


def test_the_random_sample_is_expected_to_fill_its_reserve() -> None:
    candidates, slots = _candidates(20_000), _slots(200)
    plan = POLICY.planned(candidates, slots)
    expected = (candidates.cost * np.where(plan.choice.by_score, 1.0, plan.decision.sample_probability)).sum()
    assert expected <= slots.openings.sum() + 1e-6
    assert expected > 0.95 * slots.openings.sum()


def test_each_declaration_has_one_probability_and_is_drawn_with_it() -> None:
    candidates = _candidates(40_000)
    rate = POLICY.sample_probabilities(candidates.declaration_ids, candidates.new)
    assert (rate[::2] == rate[1::2]).all()
    assert (rate[candidates.new] == 0.1).all()
    drawn = POLICY.draws(candidates.declaration_ids[::2]) < rate[::2]
    for stratum in (0.02, 0.1):
        here = rate[::2] == stratum
        assert abs(drawn[here].mean() - stratum) < 4 * np.sqrt(stratum * (1 - stratum) / here.sum())


def test_mandatory_openings_come_first_with_their_reason() -> None:
    candidates = _candidates(400)
    feasible = np.flatnonzero(POLICY.planned(candidates, _slots(10_000)).slot != NO_SHIFT)
    least, next_to_least = feasible[np.argsort(candidates.expected_harm[feasible])][:2].tolist()
    mandatory: list[SelectedBy | None] = [None] * 400
    mandatory[least], mandatory[next_to_least] = SelectedBy.TIP, SelectedBy.RULE
    plan = POLICY.planned(replace(candidates, mandatory=mandatory), _slots(12))
    assert [plan.decision.selected_by[box] for box in (least, next_to_least)] == ["tip", "rule"]
    assert plan.decision.selection_probability[[least, next_to_least]].tolist() == [1.0, 1.0]
    assert (plan.slot[[least, next_to_least]] != NO_SHIFT).all()


def test_a_box_that_fits_no_shift_has_probability_0() -> None:
    candidates = _candidates(400)
    late = replace(candidates, until=np.full(400, -HOUR_US))
    plan = replace(POLICY, random=0.05, random_new=1.0).planned(late, _slots(12))
    assert (plan.decision.selection_probability == 0).all()
    assert Lane.RED not in plan.decision.lanes


def test_drawn_boxes_beyond_the_capacity_are_overtime() -> None:
    """Dropping drawn boxes would make the logged probabilities wrong."""
    candidates = uniform_candidates(np.zeros(400), [f"D{n}" for n in range(400)], ["B"] * 400, ["DCT"] * 400)
    policies = (Policy(0.05, 0.05, 0.0, str(salt)) for salt in range(100))
    unlucky = next(policy for policy in policies if (policy.draws(candidates.declaration_ids) < 0.05).sum() >= 24)
    plan = unlucky.planned(candidates)
    drawn = np.flatnonzero(plan.decision.sample_drawn)
    assert all(plan.decision.lanes[box] is Lane.RED for box in drawn)
    reported = report(candidates, plan, {}, [])
    assert (reported["capacity"], reported["used"], reported["overtime"]) == (20, len(drawn), len(drawn) - 20)


def test_the_limit_on_useless_openings_opens_fewer_boxes() -> None:
    candidates, slots = _candidates(2_000), _slots(30)
    candidates = replace(candidates, finding_probability=candidates.expected_harm / 100)
    plan = replace(POLICY, max_useless_share=0.5).planned(candidates, slots)
    opened = plan.choice.by_score
    assert opened.any()
    assert 1 - candidates.finding_probability[opened].mean() <= 0.5
    assert plan.choice.dropped_as_useless > 0
    assert opened.sum() + plan.choice.dropped_as_useless == POLICY.planned(candidates, slots).choice.by_score.sum()
    assert candidates.priority[opened].min() > min(plan.choice.cuts.values())
    assert np.array_equal(plan.decision.sample_drawn, POLICY.planned(candidates, slots).decision.sample_drawn)


def test_ties_at_the_cut_are_counted() -> None:
    risks = np.concatenate([np.full(3, 9.0), np.full(20, 5.0), np.full(77, 1.0)])
    candidates = uniform_candidates(risks, [f"D{n}" for n in range(100)], ["B"] * 100, ["DCT"] * 100)
    plan = Policy(0.1, 0.0, 0.1, "s").planned(candidates)
    assert plan.choice.cuts == {"DCT": 5.0}
    assert (plan.choice.ties["DCT"].boxes, plan.choice.ties["DCT"].opened) == (20, 7)


def test_greedy_is_never_above_the_exact_optimum_and_near_it() -> None:
    ratios = []
    for seed in range(60):
        candidates, slots = _candidates(40, seed), _slots(4)
        plan = Policy(0.05, 0.0, 0.1, "s").planned(candidates, slots)
        ratios.append(float(candidates.expected_harm[plan.choice.by_score].sum()) / optimum(candidates, slots))
    assert max(ratios) <= 1 + 1e-9
    assert np.mean(ratios) >= 0.95


def test_the_order_of_the_boxes_does_not_change_the_plan() -> None:
    candidates, slots = _candidates(600), _slots(15)
    back = slice(None, None, -1)
    turned = Candidates(*(getattr(candidates, name)[back] for name in Candidates.__dataclass_fields__))
    one, other = POLICY.planned(candidates, slots), POLICY.planned(turned, slots)
    assert one.decision.lanes == other.decision.lanes[::-1]
    assert np.array_equal(one.slot, other.slot[::-1])


def test_too_little_capacity_is_refused_with_the_numbers() -> None:
    candidates = replace(_candidates(400), mandatory=[SelectedBy.TIP] * 400)
    with pytest.raises(InvalidInput, match=r"need \d+\.\d standard openings; terminal DCT has 36 in 3 shift"):
        POLICY.planned(candidates, _slots(12))
    with pytest.raises(InvalidInput, match=r"need .*; the plan has .* \(0\.05 of"):
        POLICY.planned(candidates)
    with pytest.raises(InvalidInput, match="The random sample is expected to need"):
        POLICY.planned(_candidates(4_000), _slots(1))
    with pytest.raises(InvalidInput, match=r"1\.5"):
        Policy(1.5, 0.0, 0.0, "")
    with pytest.raises(InvalidInput, match="random_new is 2"):
        Policy(0.5, 0.0, 0.0, "", random_new=2.0)
