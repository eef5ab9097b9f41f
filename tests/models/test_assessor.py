"""Protects the assessor: stored before answered, transactions whole, events of other processes followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.errors import Conflict
from data.settings import Settings
from data.sources.rows import validate_declaration, validate_inspection
from features.boxes import boxes_of_rows
from models.assessor import Assessor
from models.planning.plan import PlanRun

_NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _row(declaration_id: str = "D1", declared_at: str = "2026-05-01T08:00:00Z", **more: Any) -> dict[str, Any]:
    raw = {
        "declaration_id": declaration_id, "box_no": "MSKU1234565", "declared_at": declared_at, "un_no": "1263",
        "hazard_class": "3", "packing_group": "II", "shipping_name": "PAINT", "shipper_id": "S1", "packer_id": "P1",
        "gross_mass_kg": "1000", **more,
    }  # fmt: skip
    row, problems = validate_declaration(raw)
    assert row is not None, problems
    return row


def _finding(declaration_id: str = "D1", recorded_at: str = "2026-05-05T08:00:00Z") -> dict[str, Any]:
    row, problems = validate_inspection(
        {
            "inspection_id": f"I-{declaration_id}",
            "declaration_id": declaration_id,
            "box_no": "MSKU1234565",
            "inspected_at": recorded_at,
            "recorded_at": recorded_at,
            "step": "box",
            "outcome": "violation",
            "findings": "securing",
        }
    )
    assert row is not None, problems
    return row


@pytest.fixture
def assessor(tmp_path: Path) -> Iterator[Assessor]:
    opened = Assessor.open(Settings(var=tmp_path))
    yield opened
    opened.store.close()


def test_without_a_model_the_rules_answer_degraded(assessor: Assessor) -> None:
    (body,) = assessor.assess([_row()], _NOW)
    assert body["degraded"] is True
    assert body["model_version"] == "rules-3"
    assert 0 <= body["risk"] <= 100
    assert {"declaration", "packing", "papers"} == set(body["probability"])


def test_what_is_answered_is_stored(assessor: Assessor) -> None:
    (body,) = assessor.assess([_row()], _NOW)
    assert assessor.store.assessment(body["assessment_id"]) == body
    assert assessor.store.counts()["declarations"] == 1


def test_a_contradicting_box_is_refused_whole(assessor: Assessor) -> None:
    assessor.assess([_row(line_no="1")], _NOW)
    changed = [_row(line_no="1", gross_mass_kg="2000"), _row(line_no="2")]
    with pytest.raises(Conflict, match="amendment_no"):
        assessor.assess(changed, _NOW)
    assert assessor.store.counts()["declarations"] == 1
    assert assessor.assess([_row(line_no="1", gross_mass_kg="2000", amendment_no="1")], _NOW)


def test_a_conflict_has_the_numbers_of_the_given_rows(assessor: Assessor) -> None:
    """Rows of several boxes are processed in another order than they are given."""
    assessor.assess([_row(shipper_id="S2")], _NOW)
    rows = [_row("D2", "2026-05-02T08:00:00Z"), _row("D1", "2026-05-01T08:00:00Z")]
    with pytest.raises(Conflict) as raised:
        assessor.assess(rows, _NOW)
    assert raised.value.extra["problems"][0]["row"] == 2
    assert raised.value.extra["problems"][0]["column"] == "shipper_id"


def test_a_finding_is_seen_by_every_box_that_arrives_after_it(assessor: Assessor) -> None:
    """Whatever time its papers state: late, in the same minute, or in order."""
    assessor.assess([_row()], _NOW)
    before = assessor.assess([_row("D2", "2026-05-06T08:00:00Z")], _NOW)[0]
    assessor.record([_finding()], _NOW)
    assert before["evidence"]["openings"]["packer"] == 0.0
    for name, declared_at in (("D3", "2026-05-07T08:00:00Z"), ("D4", "2026-05-03T08:00:00Z")):
        after = assessor.assess([_row(name, declared_at)], _NOW)[0]
        assert after["evidence"]["openings"]["packer"] > 0.9
        assert after["declared_at"] == declared_at
        assert datetime.fromisoformat(after["as_of"]) > _NOW


def test_a_box_sent_again_is_assessed_with_what_is_known_by_now(assessor: Assessor) -> None:
    first = assessor.assess([_row()], _NOW)[0]
    assessor.assess([_row("D2", "2026-05-06T08:00:00Z")], _NOW)
    assessor.record([_finding("D2")], _NOW)
    counts = assessor.store.counts()
    again = assessor.assess([_row()], _NOW + timedelta(days=1))[0]
    assert first["evidence"]["openings"]["packer"] == 0.0
    assert again["evidence"]["openings"]["packer"] > 0.9
    assert again["as_of"] == "2026-06-02T00:00:00Z"
    assert assessor.store.counts() == {**counts, "assessments": counts["assessments"] + 1}


def test_a_batch_is_a_sequence_in_the_order_of_its_own_instants(assessor: Assessor) -> None:
    rows = [_row(f"D{n}", f"2026-05-{9 - n:02d}T08:00:00Z", shipper_id="S7") for n in range(4)]
    bodies = assessor.assess(rows, _NOW)
    assert [body["declaration_id"] for body in bodies] == ["D0", "D1", "D2", "D3"]
    assert sorted(bodies, key=lambda body: datetime.fromisoformat(body["as_of"])) == bodies[::-1]
    known = [body["known_events"]["declarations"] for body in bodies]
    assert known == [3, 2, 1, 0]


def test_older_events_rebuild_the_history(assessor: Assessor) -> None:
    assessor.assess([_row()], _NOW)
    assessor.record([_finding()], _NOW)
    assessor.store.add_declarations([_row("OLD", "2026-01-01T08:00:00Z")], "history.csv", _NOW)
    assessor.store.add_inspections([_finding("OLD", "2026-01-09T08:00:00Z")], "history.csv", _NOW)
    body = assessor.assess([_row("D2", "2026-05-06T08:00:00Z")], _NOW)[0]
    assert body["evidence"]["openings"]["packer"] > 1.5


def test_while_older_events_wait_answers_list_what_they_lack(assessor: Assessor) -> None:
    assessor.following.beside = True
    assessor.assess([_row()], _NOW)
    assessor.store.add_declarations([_row("OLD", "2026-01-01T08:00:00Z")], "history.csv", _NOW)
    body = assessor.assess([_row("D2", "2026-05-06T08:00:00Z")], _NOW)[0]
    assert assessor.following.is_behind
    assert body["known_events"] == {
        "declarations": 2, "inspections": 0, "statements": 0, "without": {"declarations": [[2, 2]]}
    }  # fmt: skip


def test_declaration_and_assessment_are_stored_together_or_not_at_all(
    assessor: Assessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure in between changes neither the store nor the history."""
    assessor.assess([_row()], _NOW)
    counts, before = assessor.store.counts(), assessor.answer(boxes_of_rows([_row("D9")]), _NOW)[0]

    def fails(*_: Any) -> None:
        raise RuntimeError("no space left on the device")

    with monkeypatch.context() as patched:
        patched.setattr("data.store.stored_assessments.StoredAssessments.add_assessments", fails)
        for rows in ([_row("D2")], [_row("D3"), _row("D4")]):
            with pytest.raises(RuntimeError):
                assessor.assess(rows, _NOW)
    assert assessor.store.counts() == counts
    after = assessor.answer(boxes_of_rows([_row("D9")]), _NOW)[0]
    assert {**after, "assessment_id": ""} == {**before, "assessment_id": ""}


def test_two_processes_on_one_store_follow_each_other(assessor: Assessor, tmp_path: Path) -> None:
    other = Assessor.open(Settings(var=tmp_path))
    assessor.assess([_row()], _NOW)
    other.record([_finding()], _NOW)
    for one in (assessor, other):
        box = boxes_of_rows([_row("D9", "2026-05-20T08:00:00Z")])
        one.follow()
        assert one.answer(box, _NOW)[0]["evidence"]["openings"]["shipper"] > 0.9
    other.store.close()


def test_a_restart_answers_the_same(assessor: Assessor, tmp_path: Path) -> None:
    rows = [_row(f"D{i}", f"2026-05-{i + 1:02d}T08:00:00Z", shipper_id=f"S{i % 3}") for i in range(20)]
    for row in np.random.default_rng(1).permutation(np.array(rows, dtype=object)):
        assessor.assess([row], _NOW)
    assessor.record([_finding("D3")], _NOW)
    again = Assessor.open(Settings(var=tmp_path))
    box = boxes_of_rows([_row("D99", "2026-05-25T08:00:00Z", shipper_id="S0")])
    mine, theirs = assessor.answer(box, _NOW)[0], again.answer(box, _NOW)[0]
    again.store.close()
    assert {**mine, "assessment_id": ""} == {**theirs, "assessment_id": ""}


def test_a_plan_keeps_the_capacity_and_logs_each_probability(assessor: Assessor) -> None:
    rows = [_row(f"D{i}", gross_mass_kg=str(500 + i)) for i in range(400)]
    assessor.store.add_declarations(rows, "test", _NOW)
    assessor.follow()
    boxes = assessor.recorded_boxes([(row["declaration_id"], row["box_no"]) for row in rows], _NOW)
    bodies = [body for part in PlanRun(assessor, boxes, _NOW).bodies() for body in part]
    assert len(bodies) == 400
    by_score = [body for body in bodies if body["lane"] == "red" and body["selected_by"] == "score"]
    # All boxes are of a new shipper, so the random sample takes 2 of the 5 %.
    assert assessor.policy.random_new is not None
    assert len(by_score) == round(400 * (0.05 - 0.02) / (1 - 0.02))
    assert {body["selection_probability"] for body in bodies} == {1.0, assessor.policy.random_new}
