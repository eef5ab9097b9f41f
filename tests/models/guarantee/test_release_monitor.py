"""Protects the release monitor: which declarations count, what openings showed, one evaluation per week."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.errors import NotReady
from data.store import Store
from data.vocabulary import Lane
from models.guarantee.release_guarantee import ReleaseTarget
from models.guarantee.release_monitor import ReleaseMonitor
from models.policy.lanes import Policy

_AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
_DECLARED = datetime(2026, 7, 1, tzinfo=UTC)


def _answer(number: int, drawn: bool, **changed: Any) -> dict[str, Any]:
    body = {
        "assessment_id": f"A{number}", "declaration_id": f"D{number}", "box_no": f"B{number}", "amendment_no": 0,
        "assessed_at": _DECLARED.isoformat(), "as_of": _DECLARED.isoformat(), "risk": float(number % 10),
        "lane": (Lane.RED if drawn else Lane.GREEN).value, "lane_without_sample": Lane.GREEN.value,
        "sample_probability": 0.2, "sample_drawn": drawn, "selected_by": "random" if drawn else None,
        "selection_probability": 0.2, "model_version": "m", "policy_version": "p", "terminal": None,
        "degraded": False, "catalogue": "c", "reasons": [],
    }  # fmt: skip
    return {**body, **changed}


def _opened(number: int, outcome: str = "compliant", findings: str | None = None) -> dict[str, Any]:
    at = _DECLARED + timedelta(days=5)
    return {
        "inspection_id": f"I{number}", "declaration_id": f"D{number}", "box_no": f"B{number}", "inspected_at": at,
        "recorded_at": at, "step": "box", "selected_by": "random", "selection_probability": 0.2, "outcome": outcome,
        "findings": findings, "officer_id": None,
    }  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """500 declarations of the release lane, every fifth drawn at random."""
    opened = Store.open(f"sqlite:///{tmp_path / 'hazlane.db'}")
    opened.add_assessments([_answer(number, number % 5 == 0) for number in range(500)])
    yield opened
    opened.close()


def _guarantee(store: Store, at: datetime = _AT, rate: float = 0.1) -> dict[str, Any]:
    return ReleaseMonitor(store, ReleaseTarget(rate)).guarantee(at)


def _record(store: Store, rows: list[dict[str, Any]]) -> None:
    store.add_inspections(rows, source="test", ingested_at=_AT, whole=True)


def test_compliant_random_openings_meet_the_target(store: Store) -> None:
    _record(store, [_opened(number) for number in range(0, 500, 5)])
    reported = _guarantee(store)
    assert (reported["state"], reported["declarations"], reported["drawn"], reported["found"]) == ("met", 500, 100, 0)
    assert reported["text"]["en"] != reported["text"]["zh"]


def test_violations_in_the_random_sample_violate_the_guarantee(store: Store) -> None:
    _record(store, [_opened(number, "violation", "misdeclared") for number in range(0, 500, 5)])
    assert _guarantee(store)["state"] == "violated"


def test_findings_on_the_papers_are_no_violation_of_the_lane(store: Store) -> None:
    _record(store, [_opened(number, "violation", "placarding") for number in range(0, 500, 5)])
    assert _guarantee(store)["state"] == "met"


def test_drawn_boxes_without_an_outcome_count_as_violations(store: Store) -> None:
    _record(store, [_opened(number, "pending") for number in range(0, 500, 5)])
    reported = _guarantee(store)
    assert (reported["state"], reported["unconcluded"]) == ("not_enough_evidence", 100)


def test_boxes_outside_the_lane_or_with_probability_0_are_left_out(store: Store) -> None:
    store.add_assessments([
        _answer(1_000, False, sample_probability=0.0), _answer(1_001, False, lane_without_sample=Lane.AMBER.value),
    ])  # fmt: skip
    assert _guarantee(store)["declarations"] == 500


def test_a_second_decision_on_a_box_does_not_count(store: Store) -> None:
    store.add_assessments([_answer(1, False, assessment_id="again", lane_without_sample=Lane.RED.value)])
    assert _guarantee(store)["declarations"] == 500


def test_late_decisions_are_left_out(store: Store) -> None:
    for number, decided_at in ((3_000, _DECLARED + timedelta(days=31)), (3_001, _AT + timedelta(hours=1))):
        declared_at = min(decided_at - timedelta(days=31), _DECLARED) if number == 3_000 else _DECLARED
        late = {"as_of": declared_at.isoformat(), "assessed_at": decided_at.isoformat()}
        store.add_assessments([_answer(number, False, **late)])
    assert _guarantee(store)["declarations"] == 500


def test_the_guarantee_is_the_same_until_the_next_evaluation(store: Store) -> None:
    monitor = ReleaseMonitor(store, ReleaseTarget(0.1))
    before = monitor.guarantee(_AT)
    _record(store, [_opened(number) for number in range(0, 500, 5)])
    assert monitor.guarantee(_AT + timedelta(days=1)) == before
    assert monitor.guarantee(_AT + timedelta(days=7))["state"] == "met"


def test_answers_do_not_wait_for_an_evaluation(store: Store) -> None:
    monitor = ReleaseMonitor(store, ReleaseTarget(0.1))
    before = monitor.current_guarantee(_AT)
    _record(store, [_opened(number) for number in range(0, 500, 5)])
    later = _AT + timedelta(days=7)
    assert monitor.current_guarantee(later) == before
    for thread in threading.enumerate():
        if thread.daemon and thread.name.endswith("(_recompute)"):
            thread.join()
    assert monitor.current_guarantee(later) == ReleaseMonitor(store, ReleaseTarget(0.1)).guarantee(later) != before


def test_the_threshold_needs_decisions_from_before_the_window(store: Store) -> None:
    with pytest.raises(NotReady, match="--release-threshold"):
        ReleaseMonitor(store, ReleaseTarget(0.1)).release_threshold(_AT)
    early = _DECLARED - timedelta(days=200)
    answers = [_answer(2_000 + n, False, as_of=early.isoformat(), assessed_at=early.isoformat()) for n in range(50)]
    store.add_assessments(answers)
    _record(store, [_opened(number) for number in range(0, 500, 5)])
    reported = ReleaseMonitor(store, ReleaseTarget(0.1)).release_threshold(_AT)
    assert reported["share"] == pytest.approx(1.0)


def test_predictable_draws_give_no_guarantee(store: Store) -> None:
    _record(store, [_opened(number) for number in range(0, 500, 5)])
    monitor = ReleaseMonitor(store, ReleaseTarget(0.1), predictable=True)
    reported = monitor.guarantee(_AT)
    assert (reported["state"], reported["upper_rate"], reported["additional_openings"]) == (
        "not_enough_evidence",
        1.0,
        None,
    )
    assert reported["text"]["en"].startswith("No release guarantee")
    assert all("HAZLANE_SELECTION_SALT" in reported["manager"][language] for language in ("en", "zh"))
    with pytest.raises(NotReady, match="predict") as refused:
        monitor.release_threshold(_AT)
    assert "HAZLANE_SELECTION_SALT" in refused.value.remedy


def test_draws_with_a_public_salt_do_not_count_later(store: Store) -> None:
    """With a public salt, declarants could avoid the draw; a later secret salt does not change this."""
    public = Policy(0.2, 0.1, 0.1, salt="").version
    store.add_assessments([_answer(number, False, policy_version=public) for number in range(2_000, 2_300)])
    assert _guarantee(store)["declarations"] == 500


def test_without_decisions_there_is_no_statement(store: Store) -> None:
    reported = _guarantee(store, _AT - timedelta(days=400))
    assert (reported["state"], reported["declarations"]) == ("not_enough_evidence", 0)
    assert "no declaration" in reported["manager"]["en"]
    assert "No statement" in reported["text"]["en"]
