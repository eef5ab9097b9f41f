"""Protects the release guarantee: states, moving window, additional openings, and the numbers in both languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidInput
from data.vocabulary import GuaranteeState
from models.guarantee.confidence_sequence import Evidence
from models.guarantee.release_guarantee import (
    MIN_WINDOW,
    STEP,
    ReleaseGuarantee,
    ReleaseTarget,
    Window,
    release_guarantee,
    window_at,
)

RELEASE_TARGET = ReleaseTarget(0.05)
WINDOW = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 7, 29, tzinfo=UTC))


def guarantee(found: int, drawn: int = 500, probability: float = 0.02, unconcluded: int = 0) -> ReleaseGuarantee:
    """The guarantee for a target of 5 %, with one sample probability for all."""
    evidence = Evidence(
        round(drawn / probability),
        drawn,
        float(drawn),
        probability,
        probability,
        np.full(found, probability),
        np.full(unconcluded, probability),
    )
    return release_guarantee(evidence, RELEASE_TARGET, WINDOW)


def test_states_by_number_found() -> None:
    states = [guarantee(found).state for found in range(100)]
    assert states[0] is GuaranteeState.MET
    assert states[25] is GuaranteeState.NOT_ENOUGH_EVIDENCE
    assert states[-1] is GuaranteeState.VIOLATED
    order = [list(GuaranteeState).index(state) for state in states]
    assert order == sorted(order)


def test_openings_without_an_outcome_never_violate_the_guarantee() -> None:
    kept = max(found for found in range(30) if guarantee(found).state is GuaranteeState.MET)
    assert guarantee(0, unconcluded=kept).state is GuaranteeState.MET
    assert guarantee(0, unconcluded=kept + 1).state is GuaranteeState.NOT_ENOUGH_EVIDENCE
    assert guarantee(0, unconcluded=400).state is GuaranteeState.NOT_ENOUGH_EVIDENCE


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 24), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_additional_openings_meet_the_target_when_finds_stay_in_proportion(found: int, probability: float) -> None:
    first = guarantee(found, 500, probability)
    if first.state is GuaranteeState.MET:
        assert first.additional == 0
        return
    if first.additional is None:
        return
    times = (500 + first.additional) / 500
    size = first.evidence.declarations
    # Finds in proportion are seldom whole numbers: check the numbers just below and above.
    below, above = int(found * times), int(found * times) + 1
    settled = [
        release_guarantee(
            Evidence(size, round(500 * times), 500 * times, probability * times, probability * times,
                     np.full(count, probability * times), np.zeros(0)), RELEASE_TARGET, WINDOW
        ).state
        for count in (below, above + 1)
    ]  # fmt: skip
    assert settled[0] is GuaranteeState.MET
    assert settled[1] is GuaranteeState.NOT_ENOUGH_EVIDENCE


def test_no_additional_openings_where_none_would_meet_the_target() -> None:
    assert guarantee(25).additional is None
    assert guarantee(40).additional is None
    near, far = guarantee(24).additional, guarantee(15).additional
    assert near is not None
    assert far is not None
    assert near > far > 0


def test_an_empty_lane_or_no_sample_is_not_enough_evidence() -> None:
    nothing = Evidence(0, 0, 0.0, 1.0, 0.0, np.zeros(0), np.zeros(0))
    no_sampling_period = Evidence(1_000, 0, 0.0, 0.0, 0.0, np.zeros(0), np.zeros(0))
    for evidence in (nothing, no_sampling_period):
        answer = release_guarantee(evidence, RELEASE_TARGET, WINDOW)
        assert answer.state is GuaranteeState.NOT_ENOUGH_EVIDENCE
        assert answer.additional is None
        assert answer.as_dict()["upper_rate"] == 1.0


def test_a_year_reports_four_windows_of_26_to_39_weeks() -> None:
    begin = datetime(2024, 2, 26, tzinfo=UTC)
    instants = [begin + timedelta(days=day) for day in range(364)]
    windows = [window_at(at, timedelta(days=28)) for at in instants]
    assert len({window.begins_at for window in windows}) == 4
    for at, window in zip(instants, windows, strict=True):
        assert window.ends_at == at - timedelta(days=28)
        assert MIN_WINDOW <= window.ends_at - window.begins_at < MIN_WINDOW + STEP
        assert window.begins_at.weekday() == 0
    assert ReleaseTarget(0.05, 0.95).error * 4 == pytest.approx(0.05)


@pytest.mark.parametrize("case", ["met", "not_enough_evidence", "not_attainable", "violated"])
def test_both_languages_contain_every_number(case: str) -> None:
    found = {"met": 3, "not_enough_evidence": 15, "not_attainable": 26, "violated": 60}[case]
    answer = guarantee(found, unconcluded=2).as_dict()
    assert json.loads(json.dumps(answer)) == answer
    assert answer["state"] == ("not_enough_evidence" if case == "not_attainable" else case)
    limit = "lower_rate" if case == "violated" else "upper_rate"
    percent = f"{100 * answer[limit]:.0f}"[:1]
    for language in ("en", "zh"):
        assert percent in answer["text"][language]
        sentence = answer["manager"][language]
        numbers = ["25000", "500", str(found), "2", "5 %", "95 %", "2024-01-01", "2024-07-29"]
        numbers.append(str(answer["missed_at_most"]))
        if case == "not_enough_evidence":
            numbers.append(str(answer["additional_openings"]))
        assert all(number in sentence for number in numbers), sentence


def test_limits_are_rounded_to_the_safe_side() -> None:
    for found in range(0, 60, 7):
        answer = guarantee(found)
        reported_upper = float(answer.as_dict()["manager"]["en"].split(" % of the lane")[0].split()[-1])
        assert answer.upper / answer.evidence.declarations <= reported_upper / 100 + 1e-12


def test_a_target_outside_0_to_1_is_refused() -> None:
    for rate, confidence in ((0.0, 0.95), (1.0, 0.95), (0.05, 0.0), (0.05, 1.0), (float("nan"), 0.95)):
        with pytest.raises(InvalidInput, match="must be above 0 and below 1"):
            ReleaseTarget(rate, confidence)
