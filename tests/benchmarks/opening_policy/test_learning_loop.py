"""Protects the learning loop: arms differ only in which boxes they open, and log the right probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.opening_policy.arms import ARMS, SHARE, Arms, uncertainty
from benchmarks.opening_policy.learning_loop import DAYS, LATE_START, LOOP
from benchmarks.opening_policy.loop_table import HALF_YEAR, differences, figures, table
from benchmarks.simulated_port.drift_loop import Decide, Period, Port, audited, port
from data.vocabulary import Lane, SelectedBy
from features.definitions.catalogue import NAMES
from models.policy.lanes import Decision


@pytest.fixture(scope="module")
def small() -> Port:
    return port(seed=7, boxes=3_000, days=240, late_fraud_start=0.75)


def _period(small: Port, seed: int, count: int = 900) -> Period:
    rng = np.random.default_rng(seed)
    features = np.zeros((count, len(NAMES)))
    for name in ("shipper_openings", "packer_openings"):
        features[:, NAMES.index(name)] = np.log1p(rng.poisson(2.0, count))
    return Period(30, small.boxes.take(np.arange(count)), features, rng.beta(1, 9, count).round(2))


def _opened(decision: Decision) -> set[int]:
    return {place for place, lane in enumerate(decision.lanes) if lane is Lane.RED}


def _decided(small: Port, seed: int) -> tuple[Period, dict[str, Decision]]:
    period, first = _period(small, seed), Arms("salt", {})
    sampled = first.decide("random_share")(period)
    arms = Arms("salt", {period.day: len(_opened(sampled))})
    return period, {arm: arms.decide(arm)(period) for arm in ARMS}


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_every_arm_opens_the_same_number_of_boxes(small: Port, seed: int) -> None:
    _, reported = _decided(small, seed)
    assert len({len(_opened(decision)) for decision in reported.values()}) == 1
    assert len({frozenset(_opened(decision)) for decision in reported.values()}) == len(ARMS)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_the_uncertainty_share_opens_the_most_uncertain_boxes_below_the_cut(small: Port, seed: int) -> None:
    period, reported = _decided(small, seed)
    decision, unknown = reported["uncertain_share"], uncertainty(period.scores, period.features)
    asked = [place for place, why in enumerate(decision.selected_by) if why is SelectedBy.RULE]
    closed = sorted(set(range(len(unknown))) - _opened(decision))
    assert len(asked) == round(SHARE * len(unknown))
    assert unknown[asked].min() >= unknown[closed].max()


def test_uncertainty_falls_with_openings_of_shipper_or_packer() -> None:
    features = np.zeros((4, len(NAMES)))
    features[1, NAMES.index("shipper_openings")] = np.log(4)
    features[2, NAMES.index("packer_openings")] = np.log(4)
    features[3, NAMES.index("shipper_openings")] = np.nan
    assert uncertainty(np.full(4, 0.5), features) == pytest.approx([0.25, 0.0625, 0.0625, 0.25])


def test_only_the_random_sample_may_open_any_box(small: Port) -> None:
    _, reported = _decided(small, 1)
    for arm, decision in reported.items():
        chances = decision.selection_probability
        drawn = [place for place, why in enumerate(decision.selected_by) if why is SelectedBy.RANDOM]
        certain = sorted(_opened(decision) - set(drawn))
        others = np.delete(chances, certain)
        assert (chances[certain] == 1).all()
        assert (others == (SHARE if arm == "random_share" else 0.0)).all()
        assert bool(drawn) == (arm == "random_share")


def test_the_loop_runs_with_every_arm_on_the_same_boxes(small: Port) -> None:
    def run(decide: Decide) -> dict[str, float]:
        return next(iter(audited(small, decide, 1, range(180, 210, 30), 1)))

    first = run(Arms("salt", {}).decide("random_share"))
    arms = Arms("salt", {180: int(first["opened"])})
    for reported in (run(arms.decide("greedy")), run(arms.decide("uncertain_share"))):
        assert all(reported[name] == first[name] for name in ("boxes", "opened", "oracle", "violations"))


def test_the_loop_lasts_two_years_and_contains_the_onset() -> None:
    assert len(LOOP) == 4 * HALF_YEAR
    assert LOOP[-1] + LOOP.step == DAYS
    assert LOOP.start < LATE_START * DAYS


def _run(found: float, late_oracle: int = 5) -> list[dict[str, float]]:
    row = {"boxes": 200, "opened": 10, "found": found, "oracle": 8.0, "violations": 20.0}
    return [{**row, "late": 10, "late_found": 2, "late_oracle": late_oracle} for _ in LOOP]


def test_figures_are_of_the_oracle_and_of_the_openings() -> None:
    reported = figures(_run(4.0))
    assert reported["share_of_oracle"] == reported["share_of_oracle_half_year_4"] == pytest.approx(0.5)
    assert reported["useless_rate"] == pytest.approx(0.6)
    assert reported["new_fraud_share_of_oracle"] == pytest.approx(0.4)
    assert figures(_run(4.0, late_oracle=0))["new_fraud_share_of_oracle"] is None


def test_arms_are_compared_seed_by_seed() -> None:
    sampled, greedy = [_run(4.0), _run(6.0)], [_run(3.0), _run(5.0)]
    reported = differences([figures(run) for run in sampled], [figures(run) for run in greedy])
    assert reported["share_of_oracle"]["by_seed"] == [0.125, 0.125]
    assert reported["share_of_oracle"]["interval"] == pytest.approx([0.125, 0.125])
    whole = table({"random_share": sampled, "greedy": greedy})
    assert whole["less_greedy"]["random_share"] == reported
    assert whole["arms"]["oracle"]["share_of_oracle"]["mean"] == 1.0
    assert whole["arms"]["by_chance"]["violations_found"]["mean"] == pytest.approx(len(LOOP) * 1.0)
