"""Protects the beliefs: what an opening teaches, of whom, and that order, time and reading change no bit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from data.vocabulary import Family
from features.beliefs import Beliefs, Openings
from features.boxes import boxes_of_rows
from features.catalogue import CATALOGUE, NAMES
from features.checks.stage import check
from features.columns import microseconds
from features.history import History, replay
from features.outcomes import Inspected
from features.traits import LEARNED, SPREADS, TRAITS, traits_of
from features.view import View
from tests.worlds import dataset

_START = datetime(2026, 1, 1, tzinfo=UTC)
_PACKING = LEARNED.index(Family.PACKING)
_TRAIT = {trait.name: place for place, trait in enumerate(TRAITS)}


def _box(name: str, day: float, **facts: Any) -> dict[str, Any]:
    return {"declaration_id": name, "box_no": name, "declared_at": _START + timedelta(days=day), **facts}


def _opened(name: str, day: float, findings: str = "") -> Inspected:
    at = microseconds(_START + timedelta(days=day))
    return Inspected(f"I-{name}", name, name, at, "box", "violation" if findings else "compliant", findings, at)


def _effect(history: History, trait: str, **facts: Any) -> float:
    box = check(boxes_of_rows([_box("probe", 300, **facts)]))
    return float(history.read(box).effects[0, _PACKING, _TRAIT[trait]])


def _taught(*told: tuple[dict[str, Any], str]) -> History:
    """A box with these facts every day, opened on the same day with these findings."""
    history = History()
    for day, (facts, findings) in enumerate(told):
        said = {name: value for name, value in facts.items() if name != "packed_days_ago"}
        if "packed_days_ago" in facts:
            said["packed_on"] = (_START + timedelta(days=day - facts["packed_days_ago"])).date()
        history.add(check(boxes_of_rows([_box(f"B{day}", day, **said)])), [_opened(f"B{day}", day + 0.5, findings)])
    return history


def test_a_finding_raises_and_a_clean_opening_lowers_the_belief_on_the_packer() -> None:
    found, clean = _taught(({"packer_id": "P"}, "securing")), _taught(({"packer_id": "P"}, ""))
    assert _effect(found, "packer", packer_id="P") > 0 > _effect(clean, "packer", packer_id="P")
    assert _effect(found, "packer", packer_id="Q") == 0.0


def test_what_was_to_be_expected_teaches_less_than_what_was_not() -> None:
    """Boxes packed on the day of filing are known to be bad: one more of them says less of a new packer."""
    bad, good = {"packed_days_ago": 0}, {"packed_days_ago": 9}
    past = [({"packer_id": f"P{i}", **bad}, "securing") for i in range(6)]
    past += [({"packer_id": f"R{i}", **good}, "") for i in range(6)]
    after_bad = _taught(*past, ({"packer_id": "NEW", **bad}, "securing"))
    after_good = _taught(*past, ({"packer_id": "NEW", **good}, "securing"))
    assert _effect(after_good, "packer", packer_id="NEW") > _effect(after_bad, "packer", packer_id="NEW") > 0


def test_papers_checks_and_pending_openings_teach_nothing() -> None:
    history = History()
    history.add(check(boxes_of_rows([_box("B", 0, packer_id="P")])))
    at = microseconds(_START + timedelta(days=1))
    history.add(None, [Inspected("I", "B", "B", at, "papers", "violation", "placarding", at)])
    history.add(None, [Inspected("J", "B", "B", at, "box", "pending", "", at)])
    assert len(history.log().openings) == 0


def test_a_correction_that_changes_nothing_found_teaches_nothing_new() -> None:
    history = _taught(({"packer_id": "P"}, "securing"))
    later = microseconds(_START + timedelta(days=9))
    history.add(None, [Inspected("I-B0", "B0", "B0", later, "box", "violation", "securing;documentation", later)])
    assert len(history.log().openings) == 1
    history.add(None, [Inspected("I-B0", "B0", "B0", later + 1, "box", "compliant", "", later)])
    assert len(history.log().openings) == 2


@pytest.mark.parametrize("outcome", ["compliant", "pending"])
def test_a_correction_takes_back_what_was_learned(outcome: str) -> None:
    """As if it had been concluded so from the start."""
    port = [({"packer_id": f"P{day % 40}"}, "securing" if day % 7 == 0 else "") for day in range(80)]
    clean = [({"packer_id": "P"}, "")]
    mistaken = _taught(*port, ({"packer_id": "P"}, "securing"))
    right = _taught(*port, *clean * (outcome == "compliant"))
    wrong, wanted = _effect(mistaken, "packer", packer_id="P"), _effect(right, "packer", packer_id="P")
    later = microseconds(_START + timedelta(days=100))
    mistaken.add(None, [Inspected("I-B80", "B80", "B80", later, "box", outcome, "", later)])
    assert abs(_effect(mistaken, "packer", packer_id="P") - wanted) < 0.01 * abs(wrong - wanted)


def test_moment_matching_is_that_of_the_exact_posterior() -> None:
    """One opening of a box with one trait: mean and variance of a normal prior times a probit, by quadrature."""
    column = _TRAIT["packer"]
    traits = np.zeros((1, len(TRAITS)), dtype=np.int64)
    traits[0, column] = 17
    for found in (0.0, 1.0):
        beliefs = Beliefs()
        outcome = np.full((1, len(LEARNED)), found)
        beliefs.learn(Openings(np.array([0]), np.array([1]), traits, outcome, np.zeros(1, int)))
        told = beliefs.read(np.array([0]), traits)
        spread = SPREADS[_PACKING, column]
        grid = np.linspace(-8, 8, 40_001) * np.sqrt(spread)
        weight = norm.pdf(grid, scale=np.sqrt(spread)) * norm.cdf(grid if found else -grid)
        mean = float((grid * weight).sum() / weight.sum())
        variance = float(((grid - mean) ** 2 * weight).sum() / weight.sum())
        assert told.effects[0, _PACKING, column] == pytest.approx(mean, abs=1e-6)
        assert told.doubt[0, _PACKING] == pytest.approx(variance, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=40), st.floats(0, 2000))
def test_beliefs_stay_within_what_was_believed_at_first(openings: list[tuple[int, bool]], days: float) -> None:
    """Doubt never exceeds that of knowing nothing, and with time a belief fades towards it."""
    told = [({"packer_id": f"P{packer}"}, "securing" if found else "") for packer, found in openings]
    history = _taught(*told)
    soon = check(boxes_of_rows([_box("probe", 60, packer_id="P0")]))
    late = check(boxes_of_rows([_box("probe", 60 + days, packer_id="P0")]))
    first, then = history.read(soon), history.read(late)
    nothing = History().read(soon)
    assert first.doubt[0, _PACKING] <= nothing.doubt[0, _PACKING] + 1e-9
    assert first.doubt[0, _PACKING] <= then.doubt[0, _PACKING] + 1e-9
    assert abs(then.effects[0, _PACKING]).sum() <= abs(first.effects[0, _PACKING]).sum() + 1e-9


def test_the_features_of_a_family_add_up_to_its_log_odds() -> None:
    boxes = dataset().boxes.take(np.arange(300))
    view = View(boxes, replay(boxes, dataset().log))
    margin = view.profiles.effects.sum(axis=2) / np.sqrt(1 + view.profiles.doubt)
    odds = norm.logcdf(margin) - norm.logcdf(-margin)
    for place, family in enumerate(LEARNED):
        own = [feature for feature in CATALOGUE if feature.told_by and feature.family is family]
        assert np.allclose(sum(feature.compute(view) for feature in own), odds[:, place], rtol=0, atol=1e-9)


def test_every_trait_varies_over_a_port_and_is_told_by_a_feature_of_its_family() -> None:
    keys = traits_of(dataset().boxes)
    same = [trait.name for trait, column in zip(TRAITS, keys.T, strict=True) if len(np.unique(column)) < 2]
    assert same == ["port"]
    for trait in TRAITS:
        for told in trait.told.values():
            assert told.by in NAMES
