"""Protects plans of recorded boxes: eligible boxes, the same plan to the byte, and the cut until the next plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.planning import Team
from data.settings import Settings
from data.sources.rows import validate_inspection
from data.vocabulary import SelectedBy
from features.boxes import boxes_of_rows
from features.checks.stage import check
from features.columns import microseconds
from models.assessor import Assessor
from models.planning.eligibility import eligible_boxes
from models.planning.plan import PlanRequest, PlanRun
from models.policy.capacity import slots_of
from models.scoring.rules import RulesBaseline
from tests.models.test_assessor import _NOW, _row

_DALIAN = ZoneInfo("Asia/Shanghai")
_CALL = "2026-06-02T12:00:00Z"
_TEAMS = [Team("DCT", "day", "1", 480, 1200, 6.0), Team("DCT", "night", "1", 1200, 1920, 3.0)]
_CODES = ("2210", "1950", "1263", "1017", "3480", "1203")


@pytest.fixture
def assessor(tmp_path: Path) -> Iterator[Assessor]:
    """Eighty boxes of known and new shippers at one terminal, each with a different risk."""
    opened = Assessor.open(Settings(var=tmp_path, selection_salt="QwzxSalt"))
    rows = [
        _row(f"D{n}", box_no=f"MSKU{n:07d}", terminal="DCT", flow="import" if n % 4 == 0 else "export",
             loading_at=_CALL, un_no=_CODES[n % 6], shipper_id=f"S{n % 7}", gross_mass_kg=str(400 + 37 * n))
        for n in range(80)
    ]  # fmt: skip
    opened.store.add_declarations(rows, "test", _NOW)
    opened.follow()
    yield opened
    opened.store.close()


def _requested(at: datetime = _NOW, **more: Any) -> PlanRequest:
    return PlanRequest(slots_of(_TEAMS, microseconds(at), 2, _DALIAN), until=at + timedelta(days=2), **more)


class _NothingRanks(RulesBaseline):
    """The rules, with risk quantiles so high that no box is opened by them."""

    risk_quantiles = np.full(1001, 100.0)


def _plan(assessor: Assessor, request: PlanRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    boxes, _ = eligible_boxes(assessor, _NOW, 2)
    made = PlanRun(assessor, boxes, _NOW, request)
    return made.reported, [body for part in made.bodies() for body in part]


def test_eligible_boxes_are_waiting_and_can_still_be_opened(assessor: Assessor) -> None:
    assert len(eligible_boxes(assessor, _NOW, 2)[0]) == 80
    assert len(eligible_boxes(assessor, _NOW - timedelta(days=20), 2)[0]) == 0
    # After the call imports are in the yard and exports have left; shortly before, exports are too late to open.
    after, _ = eligible_boxes(assessor, _NOW + timedelta(days=2), 2)
    assert set(after.box["flow"].tolist()) == {"import"}
    _, too_late = eligible_boxes(assessor, _NOW + timedelta(days=1, hours=10), 2)
    assert too_late == 60
    opening = {"inspection_id": "I1", "declaration_id": "D1", "box_no": "MSKU0000001", "step": "box",
               "recorded_at": "2026-05-30T00:00:00Z", "outcome": "compliant"}  # fmt: skip
    for changes in ({}, {"inspection_id": "I2", "declaration_id": "D2", "box_no": "MSKU0000002", "step": "papers"}):
        row, problems = validate_inspection({**opening, **changes})
        assert row is not None, problems
        assessor.record([row], _NOW)
    left = eligible_boxes(assessor, _NOW, 2)[0].box["declaration_id"].tolist()
    assert ("D1" in left, "D2" in left) == (False, True)


def test_the_same_inputs_give_the_same_plan_to_the_byte(assessor: Assessor) -> None:
    (reported, bodies), (again, others) = _plan(assessor, _requested()), _plan(assessor, _requested())
    assert json.dumps(reported) == json.dumps(again)
    assert [{**body, "assessment_id": ""} for body in bodies] == [{**body, "assessment_id": ""} for body in others]
    assert assessor.store.counts()["plans"] == 1
    assert (
        _plan(assessor, _requested(mandatory={("D9", "MSKU0000009"): SelectedBy.TIP}))[0]["plan_id"]
        != reported["plan_id"]
    )


def test_the_assessments_of_a_plan_have_shift_team_and_place(assessor: Assessor) -> None:
    reported, bodies = _plan(assessor, _requested())
    placed = [body["planned"] for body in bodies if body["planned"]]
    assert {place["plan_id"] for place in placed} == {reported["plan_id"]}
    assert all(body["lane"] == "red" for body in bodies if body["planned"])
    for shift in reported["shifts"]:
        given = sorted(p["place"] for p in placed if (p["shift"], p["from_at"]) == (shift["shift"], shift["from_at"]))
        assert given == list(range(1, shift["boxes"] + 1))
    assert reported["used"] <= reported["capacity"] + reported["overtime"] + 1e-6
    assert assessor.store.latest_plan() == json.loads(json.dumps(reported))
    assert "QwzxSalt" not in json.dumps([reported, bodies])


def test_a_box_that_arrives_after_the_plan_follows_its_cut(assessor: Assessor) -> None:
    """After the end of the plan, the risk quantiles of recent boxes decide."""
    reported, _ = _plan(assessor, _requested())
    cut = reported["cuts"]["DCT"]
    bad = {"booking_description": "toys", "manifest_un_no": "1993"}
    rows = [
        _row(f"E{n}", box_no="MSKU1234565", terminal="DCT", flow="export", loading_at="2026-06-09T12:00:00Z",
             box_type="22G1", un_no=_CODES[n % 6], shipper_id=f"S{n % 7}", **(bad if n % 2 else {}))
        for n in range(40)
    ]  # fmt: skip
    bodies = [assessor.assess([row], _NOW + timedelta(hours=1))[0] for row in rows]
    red = [body["lane"] == "red" and body["selected_by"] == "score" for body in bodies]
    assert red == [body["risk"] > cut for body in bodies]
    assert 0 < sum(red) < 40
    later = _NOW + timedelta(days=3)
    quantile = np.interp(1 - assessor.policy.by_score, np.linspace(0, 1, 1001), assessor.model.risk_quantiles)
    again = assessor.assess(rows, later)
    red = [body["lane"] == "red" and body["selected_by"] == "score" for body in again]
    assert red == [body["risk"] > quantile for body in again]


def test_another_process_uses_the_cut_and_another_policy_does_not(assessor: Assessor, tmp_path: Path) -> None:
    reported, _ = _plan(assessor, _requested())
    row = _row("E1", box_no="MSKU1234565", terminal="DCT", flow="export", un_no="2210", manifest_un_no="1993")
    reds = []
    for salt in ("QwzxSalt", "other"):
        one = Assessor.open(Settings(var=tmp_path, selection_salt=salt))
        one.model = _NothingRanks()
        (body,) = one.answer(check(boxes_of_rows([row])), _NOW + timedelta(hours=1))
        reds.append((body["lane"] == "red" and body["selected_by"] == "score", body["risk"] > reported["cuts"]["DCT"]))
        one.store.close()
    assert reds == [(True, True), (False, True)]


def test_mandatory_openings_not_in_the_plan_are_reported(assessor: Assessor) -> None:
    mandatory = {("D9", "MSKU0000009"): SelectedBy.TIP, ("D0", "none"): SelectedBy.RULE}
    reported, bodies = _plan(assessor, _requested(mandatory=mandatory))
    assert reported["mandatory_not_in_plan"] == [{"declaration_id": "D0", "box_no": "none", "cause": "not_recorded"}]
    assert reported["opened_by"]["tip"] == 1
    (tipped,) = [body for body in bodies if body["selected_by"] == "tip"]
    assert (tipped["lane"], tipped["planned"]["place"], tipped["selection_probability"]) == ("red", 1, 1.0)


def test_mandatory_openings_not_in_the_plan_have_a_cause(assessor: Assessor) -> None:
    opening = {"inspection_id": "I1", "declaration_id": "D1", "box_no": "MSKU0000001", "step": "box",
               "recorded_at": "2026-05-30T00:00:00Z", "outcome": "compliant"}  # fmt: skip
    row, _ = validate_inspection(opening)
    assert row is not None
    assessor.store.add_inspections([row], "test", _NOW)
    early = _row("D100", box_no="MSKU0000100", terminal="DCT", flow="export", loading_at="2026-07-02T12:00:00Z")
    assessor.store.add_declarations([early], "test", _NOW)
    pairs = [("D1", "MSKU0000001"), ("D100", "MSKU0000100"), ("D9", "none")]
    reported, _ = _plan(assessor, _requested(mandatory=dict.fromkeys(pairs, SelectedBy.TIP)))
    assert [one["cause"] for one in reported["mandatory_not_in_plan"]] == ["opened", "not_eligible", "not_recorded"]


def test_a_tip_remains_valid_after_an_amendment(assessor: Assessor) -> None:
    """A tip about a box that is declared later applies too, without a new plan."""
    mandatory = {("D7", "MSKU0000007"): SelectedBy.TIP, ("D900", "MSKU0000900"): SelectedBy.RULE}
    reported, bodies = _plan(assessor, _requested(mandatory=mandatory))
    assert [one["declaration_id"] for one in reported["mandatory_not_in_plan"]] == ["D900"]
    (place,) = [body["planned"] for body in bodies if body["declaration_id"] == "D7"]
    later = _NOW + timedelta(minutes=30)
    facts = {"terminal": "DCT", "loading_at": _CALL, "declared_at": later.isoformat()}
    for number, amendment_no, why in ((7, 1, SelectedBy.TIP), (900, 0, SelectedBy.RULE)):
        row = _row(f"D{number}", box_no=f"MSKU{number:07d}", amendment_no=amendment_no, **facts)
        (body,) = assessor.assess([row], later)
        assert (body["lane"], body["selected_by"], body["selection_probability"]) == ("red", why, 1.0)
        assert body["planned"] == (place if number == 7 else None)
    after = _NOW + timedelta(days=3)
    (body,) = assessor.assess([_row("D7", box_no="MSKU0000007", amendment_no=2, **facts)], after)
    assert body["planned"] is None
    assert body["selected_by"] != "tip"


def test_a_later_amendment_does_not_remove_the_box_from_an_earlier_plan(assessor: Assessor) -> None:
    tomorrow = _NOW + timedelta(hours=8)
    facts = {"terminal": "DCT", "loading_at": _CALL, "declared_at": tomorrow.isoformat()}
    assessor.store.add_declarations([_row("D5", box_no="MSKU0000005", amendment_no=1, **facts)], "test", tomorrow)
    boxes, _ = eligible_boxes(assessor, _NOW, 2)
    assert len(boxes) == 80
    assert boxes.box["amendment_no"].max() == 0


def test_a_box_declared_too_late_is_not_in_the_random_sample(assessor: Assessor) -> None:
    gone = {"loading_at": (_NOW - timedelta(days=1)).isoformat(), "declared_at": _NOW.isoformat()}
    (body,) = assessor.assess([_row("D901", box_no="MSKU0000901", terminal="DCT", **gone)], _NOW)
    assert (body["sample_probability"], body["selection_probability"], body["sample_drawn"]) == (0.0, 0.0, False)
    assert body["lane"] != "red"


def test_a_mandatory_opening_that_fits_no_shift_comes_first_with_its_deadline(assessor: Assessor) -> None:
    """The box is loaded during the night shift, so no shift lies entirely within its window."""
    row = _row("D902", box_no="MSKU0000902", terminal="DCT", loading_at=(_NOW + timedelta(hours=6)).isoformat())
    assessor.store.add_declarations([row], "test", _NOW)
    late = [Team("DCT", "late", "1", 1200, 1920, 3.0)]
    slots = slots_of(late, microseconds(_NOW), 2, _DALIAN)
    reported, bodies = _plan(
        assessor, PlanRequest(slots, {("D902", "MSKU0000902"): SelectedBy.RULE}, until=_NOW + timedelta(2))
    )
    (body,) = [body for body in bodies if body["declaration_id"] == "D902"]
    assert (body["lane"], body["selected_by"], body["planned"]["place"]) == ("red", "rule", None)
    assert datetime.fromisoformat(body["planned"]["open_until"]) == _NOW + timedelta(hours=2)
    assert (reported["opened_without_shift"], reported["openings_without_shift"]) == (1, body["planned"]["cost"])
    assert assessor.store.latest_assessments(limit=1)[0]["declaration_id"] == "D902"


def test_the_cost_of_a_box_does_not_depend_on_the_time_of_the_plan(assessor: Assessor) -> None:
    """Urgency counts from the latest shift that fits a box, not from the time of the plan."""
    teams = [Team("DCT", "morning", "1", 480, 840, 6.0), Team("DCT", "night", "1", 1200, 1920, 3.0)]
    costs = []
    for hours in (0, 4):
        at = _NOW + timedelta(hours=hours)
        slots = slots_of(teams, microseconds(at), 2, _DALIAN)
        made = PlanRun(
            assessor, eligible_boxes(assessor, at, 2)[0], at, PlanRequest(slots, until=at + timedelta(days=2))
        )
        placed = [body for part in made.bodies() for body in part if body["planned"]]
        costs.append({body["box_no"]: body["planned"]["cost"] for body in placed})
    both = costs[0].keys() & costs[1].keys()
    assert len(both) > 3
    assert {box_no: costs[0][box_no] for box_no in both} == {box_no: costs[1][box_no] for box_no in both}
    assert max(costs[0].values()) > 1.0
