"""Protects the policy: capacity is kept, draws can be repeated, logged probabilities are those of the draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidInput
from data.vocabulary import Lane, SelectedBy
from models.policy.candidates import uniform_candidates
from models.policy.lanes import PREDICTABLE, Policy

POLICY = Policy(capacity=0.05, random=0.01, papers=0.1, salt="test")
NAMES = [f"D{number}" for number in range(20_000)]
BOXES = ["MSKU1234565"] * len(NAMES)


def test_capacity_and_random_share_are_kept() -> None:
    risks = np.random.default_rng(1).random(len(NAMES)) * 100
    decision = POLICY.plan(risks, NAMES, BOXES, ["A", "B"] * (len(NAMES) // 2))
    red = sum(lane is Lane.RED for lane in decision.lanes)
    by_sample = sum(chosen is SelectedBy.RANDOM for chosen in decision.selected_by)
    assert abs(red - 0.05 * len(NAMES)) < 4 * np.sqrt(0.01 * len(NAMES))
    assert abs(by_sample - 0.01 * len(NAMES)) < 4 * np.sqrt(0.01 * len(NAMES))


def test_the_riskiest_boxes_are_opened_with_certainty_and_others_at_random() -> None:
    risks = np.arange(len(NAMES), dtype=float)
    decision = POLICY.plan(risks, NAMES, BOXES, [None] * len(NAMES))
    certain = decision.selection_probability == 1.0
    assert certain.sum() == round(POLICY.by_score * len(NAMES))
    assert risks[certain].min() > risks[~certain].max()
    assert set(decision.selection_probability[~certain]) == {POLICY.random}


def test_each_terminal_gets_its_own_share() -> None:
    risks = np.concatenate([np.full(1_000, 90.0), np.full(1_000, 1.0)])
    decision = Policy(0.05, 0.0, 0.1, "s").plan(risks, NAMES[:2_000], BOXES[:2_000], ["A"] * 1_000 + ["B"] * 1_000)
    red = np.array([lane is Lane.RED for lane in decision.lanes])
    assert red[:1_000].sum() == red[1_000:].sum() == 50


def test_a_draw_can_be_repeated_with_the_hash_alone() -> None:
    """Golden values: if these numbers change, logged draws can no longer be repeated.

    An auditor can compute them without this code: Python's `int(hashlib.blake2b(f"{purpose}:{salt}:{name}".encode(),
    digest_size=8).hexdigest(), 16) / 2**64`, or `printf '%s' 'lot:dalian-2026:DLC2026-000001' | b2sum -l 64`.
    """
    policy = Policy(0.05, 0.01, 0.1, salt="dalian-2026")
    names = ["DLC2026-000001", "DLC2026-000002", "申报单-3"]
    assert policy.draws(names).tolist() == [0.7591532408735089, 0.48359946077576893, 0.5499234374435306]
    assert policy.draws(names, "tie").tolist() == [0.5925761646287887, 0.4822505566334265, 0.384104382948696]


def test_a_public_salt_is_named_in_the_version_and_a_secret_one_is_not() -> None:
    for salt in ("", "hazlane"):
        public = Policy(0.05, 0.01, 0.1, salt)
        assert public.predictable
        assert public.version.startswith(PREDICTABLE)
    assert not POLICY.predictable
    assert not POLICY.version.startswith(PREDICTABLE)


def test_draws_are_uniform_and_depend_on_the_salt_and_the_purpose() -> None:
    drawn = np.sort(POLICY.draws(NAMES))
    assert np.abs(drawn - (np.arange(len(drawn)) + 0.5) / len(drawn)).max() < 1.63 / np.sqrt(len(drawn))
    assert abs(np.corrcoef(POLICY.draws(NAMES), POLICY.draws(NAMES, "tie"))[0, 1]) < 0.03
    other = Policy(0.05, 0.01, 0.1, "other")
    assert abs(np.corrcoef(POLICY.draws(NAMES), other.draws(NAMES))[0, 1]) < 0.03
    assert POLICY.version != other.version


def test_ties_are_broken_by_the_draw_not_by_the_order_of_arrival() -> None:
    risks = np.full(2_000, 5.0)
    forward = POLICY.plan(risks, NAMES[:2_000], BOXES[:2_000], [None] * 2_000)
    backward = POLICY.plan(risks, NAMES[:2_000][::-1], BOXES[:2_000], [None] * 2_000)
    assert forward.lanes == backward.lanes[::-1]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=300))
def test_a_higher_risk_never_gets_a_lower_lane_except_at_random(risks: list[float]) -> None:
    quantiles = np.linspace(0, 100, 1001)
    decision = POLICY.decide(np.array(risks), NAMES[: len(risks)], quantiles)
    ranks = [
        (risk, lane.rank)
        for risk, lane, chosen in zip(risks, decision.lanes, decision.selected_by, strict=True)
        if chosen is not SelectedBy.RANDOM
    ]
    for (lower, low_rank), (_, high_rank) in zip(sorted(ranks), sorted(ranks)[1:], strict=False):
        assert low_rank <= high_rank, lower


def test_contradictory_shares_are_refused_with_the_arithmetic() -> None:
    with pytest.raises(InvalidInput, match=r"0\.2.*0\.1"):
        Policy(capacity=0.1, random=0.2, papers=0.1, salt="")
    with pytest.raises(InvalidInput, match="more than 1"):
        Policy(capacity=0.6, random=0.1, papers=0.5, salt="")


def test_the_random_sample_keeps_its_rate_when_all_risks_are_equal() -> None:
    decision = POLICY.plan(np.full(len(NAMES), 5.0), NAMES, BOXES, [None] * len(NAMES))
    below = decision.selection_probability < 1
    drawn = sum(chosen is SelectedBy.RANDOM for chosen in decision.selected_by)
    expected = POLICY.random * below.sum()
    assert abs(drawn - expected) < 4 * np.sqrt(expected)
    assert abs(sum(lane is Lane.RED for lane in decision.lanes) - 0.05 * len(NAMES)) < 4 * np.sqrt(expected)


def test_a_random_share_of_1_selects_every_box_at_random() -> None:
    decision = Policy(1.0, 1.0, 0.0, "s").plan(np.arange(50.0), NAMES[:50], BOXES[:50], [None] * 50)
    assert set(decision.selected_by) == {SelectedBy.RANDOM}


def test_the_amber_lane_holds_the_next_papers_share() -> None:
    risks = np.arange(10_000, dtype=float)
    decision = Policy(0.05, 0.0, 0.1, "s").plan(risks, NAMES[:10_000], BOXES[:10_000], [None] * 10_000)
    amber = [risk for risk, lane in zip(risks, decision.lanes, strict=True) if lane is Lane.AMBER]
    assert (len(amber), min(amber), max(amber)) == (1_000, 8_500, 9_499)


def test_single_calls_follow_the_shares_of_the_recent_boxes() -> None:
    risks = np.random.default_rng(2).random(10_000) * 100
    decision = Policy(0.05, 0.0, 0.1, "s").decide(risks, NAMES[:10_000], np.linspace(0, 100, 1001))
    counts = [sum(lane is wanted for lane in decision.lanes) for wanted in (Lane.RED, Lane.AMBER)]
    assert abs(counts[0] - 500) < 90
    assert abs(counts[1] - 1_000) < 120


def test_small_terminals_together_get_the_whole_capacity() -> None:
    """45 boxes at four terminals: two are opened by score, not none."""
    terminals = ["A"] * 15 + ["B"] * 11 + ["C"] * 11 + ["D"] * 8
    decision = Policy(0.05, 0.01, 0.1, "s").plan(np.arange(45.0), NAMES[:45], BOXES[:45], terminals)
    assert (decision.selection_probability == 1.0).sum() == 2


def test_a_higher_random_share_for_new_shippers_does_not_favour_them_by_score() -> None:
    """Otherwise a new shipper's box of risk 19 would be opened, and a known shipper's of risk 96 would not."""
    risks = np.arange(1.0, 101.0)
    candidates = replace(uniform_candidates(risks, NAMES[:100], BOXES[:100], ["A"] * 100), new=risks <= 20)
    plan = Policy(0.05, 0.01, 0.1, "s", random_new=0.02).planned(candidates)
    by_score = risks[plan.choice.by_score]
    assert by_score.tolist() == risks[-len(by_score) :].tolist()
    assert plan.choice.cuts["A"] == 100 - len(by_score)


def test_boxes_of_one_declaration_share_the_draw_but_not_the_tie_break() -> None:
    """Which of the tied boxes of a declaration is opened by score must not depend on the order of rows."""
    boxes = [f"MSKU{number:07d}" for number in range(400)]
    risks, terminals = np.full(400, 5.0), [None] * 400
    forward = POLICY.plan(risks, ["D1"] * 400, boxes, terminals)
    backward = POLICY.plan(risks, ["D1"] * 400, boxes[::-1], terminals)
    assert forward.lanes == backward.lanes[::-1]
    certain = np.flatnonzero(forward.selection_probability == 1.0)
    assert len(certain) == round(POLICY.by_score * 400)
    assert certain.max() > 200
    by_sample = Policy(capacity=0.5, random=0.4, papers=0.1, salt="test")
    names = [f"D{number // 2}" for number in range(400)]
    decision = by_sample.decide(np.zeros(400), names, np.linspace(1, 100, 1001))
    drawn = np.array([chosen is SelectedBy.RANDOM for chosen in decision.selected_by])
    assert (drawn[::2] == drawn[1::2]).all()
    assert 0 < drawn.sum() < 400
