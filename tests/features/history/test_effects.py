"""Protects the probit effects: their update by openings and corrections, their decay, and the exact posterior."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from data.vocabulary import Family
from features.definitions.catalogue import CATALOGUE, NAMES
from features.definitions.context import FeatureContext
from features.definitions.factors import FACTORS, LEARNED_FAMILIES, PRIOR_VARIANCES, factors_of
from features.history.effects import OpeningEvents, ProbitEffects
from features.history.outcomes import Inspected
from features.history.state import replay
from tests.features.arriving import START, Arrived, concluded, declared
from tests.worlds import dataset

_PACKING = LEARNED_FAMILIES.index(Family.PACKING)
_FACTOR = {factor.name: place for place, factor in enumerate(FACTORS)}


def _opened(name: str, day: float, findings: str = "", **more: Any) -> Inspected:
    outcome = "violation" if findings else "compliant"
    return concluded(name, day, outcome, findings, inspected=day, inspection_id=f"I-{name}", **more)


def _effect(arrived: Arrived, factor: str, day: float = 300, **facts: Any) -> float:
    return float(arrived.read(day, **facts).effects[0, _PACKING, _FACTOR[factor]])


def _opening_events(*earlier: tuple[dict[str, Any], str]) -> Arrived:
    """A box with these facts every day, opened on the same day with these findings."""
    arrived = Arrived()
    for day, (facts, findings) in enumerate(earlier):
        columns = {name: value for name, value in facts.items() if name != "packed_days_ago"}
        if "packed_days_ago" in facts:
            columns["packed_on"] = (START + timedelta(days=day - facts["packed_days_ago"])).date()
        arrived.arrive(declared(f"B{day}", day, **columns))
        arrived.arrive(_opened(f"B{day}", day + 0.5, findings))
    return arrived


def _conclusions(arrived: Arrived) -> int:
    return len(arrived.history.arrays()["effects.added_at"])


def test_a_finding_raises_and_a_clean_opening_lowers_the_effect_of_the_packer() -> None:
    found, clean = _opening_events(({"packer_id": "P"}, "securing")), _opening_events(({"packer_id": "P"}, ""))
    assert _effect(found, "packer", packer_id="P") > 0 > _effect(clean, "packer", packer_id="P")
    assert _effect(found, "packer", packer_id="Q") == 0.0


def test_an_expected_finding_changes_the_effect_less_than_an_unexpected_one() -> None:
    """Boxes packed on the day of filing often have findings, so one more raises the effect of a new packer less."""
    bad, good = {"packed_days_ago": 0}, {"packed_days_ago": 9}
    earlier = [({"packer_id": f"P{i}", **bad}, "securing") for i in range(6)]
    earlier += [({"packer_id": f"R{i}", **good}, "") for i in range(6)]
    after_bad = _opening_events(*earlier, ({"packer_id": "NEW", **bad}, "securing"))
    after_good = _opening_events(*earlier, ({"packer_id": "NEW", **good}, "securing"))
    assert _effect(after_good, "packer", packer_id="NEW") > _effect(after_bad, "packer", packer_id="NEW") > 0


def test_paper_checks_and_pending_openings_do_not_change_the_effects() -> None:
    arrived = Arrived(declared("B", 0, packer_id="P"))
    arrived.arrive(concluded("B", 1, findings="placarding", inspection_id="I", step="papers"))
    arrived.arrive(concluded("B", 1, "pending", "", inspection_id="J"))
    assert _conclusions(arrived) == 0


def test_a_correction_with_the_same_families_found_adds_no_conclusion() -> None:
    arrived = _opening_events(({"packer_id": "P"}, "securing"))
    arrived.arrive(_opened("B0", 9, "securing;documentation"))
    assert _conclusions(arrived) == 1
    arrived.arrive(_opened("B0", 9.5))
    assert _conclusions(arrived) == 2


@pytest.mark.parametrize("outcome", ["compliant", "pending"])
def test_a_correction_takes_back_what_was_learned(outcome: str) -> None:
    """As if it had been concluded so from the start."""
    port = [({"packer_id": f"P{day % 40}"}, "securing" if day % 7 == 0 else "") for day in range(80)]
    clean = [({"packer_id": "P"}, "")]
    mistaken = _opening_events(*port, ({"packer_id": "P"}, "securing"))
    right = _opening_events(*port, *clean * (outcome == "compliant"))
    wrong, wanted = _effect(mistaken, "packer", packer_id="P"), _effect(right, "packer", packer_id="P")
    mistaken.arrive(concluded("B80", 100, outcome, "", inspected=100, inspection_id="I-B80"))
    assert abs(_effect(mistaken, "packer", packer_id="P") - wanted) < 0.01 * abs(wrong - wanted)


def test_moment_matching_is_that_of_the_exact_posterior() -> None:
    """One opening of a box with one factor: mean and variance of a normal prior times a probit, by quadrature."""
    column = _FACTOR["packer"]
    factors = np.zeros((1, len(FACTORS)), dtype=np.int64)
    factors[0, column] = 17
    for found in (0.0, 1.0):
        effects = ProbitEffects()
        outcome = np.full((1, len(LEARNED_FAMILIES)), found)
        effects.learn(OpeningEvents(np.array([0]), factors, outcome, np.full(1, -1)))
        reported = effects.read(np.array([0]), factors)
        prior_variance = PRIOR_VARIANCES[_PACKING, column]
        grid = np.linspace(-8, 8, 40_001) * np.sqrt(prior_variance)
        weight = norm.pdf(grid, scale=np.sqrt(prior_variance)) * norm.cdf(grid if found else -grid)
        mean = float((grid * weight).sum() / weight.sum())
        variance = float(((grid - mean) ** 2 * weight).sum() / weight.sum())
        assert reported.effects[0, _PACKING, column] == pytest.approx(mean, abs=1e-6)
        assert reported.posterior_variance[0, _PACKING] == pytest.approx(variance, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=40), st.floats(0, 2000))
def test_effects_stay_within_the_prior(openings: list[tuple[int, bool]], days: float) -> None:
    """The posterior variance never exceeds that without openings; with time an effect decays towards the prior."""
    reported = [({"packer_id": f"P{packer}"}, "securing" if found else "") for packer, found in openings]
    history = _opening_events(*reported)
    first, then = history.read(60, packer_id="P0"), history.read(60 + days, packer_id="P0")
    nothing = Arrived().read(60, packer_id="P0")
    assert first.posterior_variance[0, _PACKING] <= nothing.posterior_variance[0, _PACKING] + 1e-9
    assert first.posterior_variance[0, _PACKING] <= then.posterior_variance[0, _PACKING] + 1e-9
    assert abs(then.effects[0, _PACKING]).sum() <= abs(first.effects[0, _PACKING]).sum() + 1e-9


def test_the_features_of_a_family_add_up_to_its_log_odds() -> None:
    boxes = dataset().boxes.take(np.arange(300))
    context = FeatureContext(boxes, replay(boxes, dataset().log))
    margin = context.profiles.effects.sum(axis=2) / np.sqrt(1 + context.profiles.posterior_variance)
    odds = norm.logcdf(margin) - norm.logcdf(-margin)
    for place, family in enumerate(LEARNED_FAMILIES):
        own = [feature for feature in CATALOGUE if feature.explained_by and feature.family is family]
        assert np.allclose(sum(feature.compute(context) for feature in own), odds[:, place], rtol=0, atol=1e-9)


def test_every_factor_varies_over_a_port_and_is_explained_by_a_feature() -> None:
    keys = factors_of(dataset().boxes)
    same = [factor.name for factor, column in zip(FACTORS, keys.T, strict=True) if len(np.unique(column)) < 2]
    assert same == ["port"]
    for factor in FACTORS:
        for reported in factor.effects_by_family.values():
            assert reported.explained_by in NAMES
