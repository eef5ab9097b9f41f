"""Protects how worklist and pages show a plan: team, shift and order of each box."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.planning import Team
from data.settings import Settings
from data.vocabulary import SelectedBy
from features.columns import microseconds
from models.assessor import Assessor
from models.planning.plan import PlanRequest, PlanRun
from models.policy.capacity import slots_of
from models.policy.lanes import policy_of
from models.scoring.rules import RulesBaseline
from tests.serving.conftest import Service

NewBox = Callable[..., dict[str, Any]]


def test_the_worklist_shows_team_shift_and_place(service: Service, new_box: NewBox) -> None:
    boxes = [new_box(terminal="T-PLANNED", loading_at="2026-03-04T16:00:00Z") for _ in range(6)]
    boxes.append(new_box(terminal="T-PLANNED", loading_at="2026-03-02T16:00:00Z"))
    for box in boxes:
        service.client.post("/v1/assessments", json=box).raise_for_status()
    pairs = [(box["declaration_id"], box["box_no"]) for box in boxes]
    at = datetime(2026, 3, 2, tzinfo=UTC)
    slots = slots_of([Team("T-PLANNED", "夜班", "2", 1200, 1920, 3.0)], microseconds(at), 1, ZoneInfo("Asia/Shanghai"))
    wanted = PlanRequest(slots, {pairs[4]: SelectedBy.TIP, pairs[6]: SelectedBy.RULE}, until=at + timedelta(days=1))
    assessor = Assessor(service.store, RulesBaseline(), policy_of(Settings()))
    made = PlanRun(assessor, assessor.recorded_boxes(pairs, at), at, wanted)
    assert sum(len(part) for part in made.bodies()) == 7
    rows = service.client.get("/v1/worklist", params={"terminal": "T-PLANNED", "limit": 500}).json()["boxes"]
    (tipped,) = [row for row in rows if row["selected_by"] == "tip"]
    assert tipped["box_no"] == pairs[4][1]
    assert {**tipped["planned"], "plan_id": ""} == {
        "plan_id": "", "terminal": "T-PLANNED", "shift": "夜班", "team": "2", "from_at": "2026-03-02T12:00:00Z",
        "to_at": "2026-03-03T00:00:00Z", "place": 1, "cost": 1.0, "open_until": "2026-03-04T12:00:00Z",
    }  # fmt: skip
    assert tipped["planned"]["plan_id"] == made.reported["plan_id"]
    assert [row["planned"] for row in rows if row["lane"] != "red"].count(None) == 7 - made.reported["lanes"]["red"]
    team = service.client.get("/v1/worklist", params={"team": "2", "shift": "夜班"}).json()
    assert team["boxes"] == [row for row in rows if (row["planned"] or {}).get("place")]
    assert [row["planned"]["place"] for row in team["boxes"]] == list(range(1, len(team["boxes"]) + 1))
    page = service.client.get("/worklist?terminal=T-PLANNED&lang=zh", headers={"Accept": "text/html"}).text
    assert "夜班，2，第 1 箱" in page
    assert "举报线索" in page
    assert rows[0]["box_no"] == pairs[6][1]
    assert "无合适班次，须在 2026-03-02 12:00 前开箱" in page
    assert "依法必查" in page
    assert "<option selected>2</option>" in service.client.get("/worklist?team=2").text
    service.store.add_plan({**made.reported, "plan_id": "another", "shifts": []})
    later = service.client.get("/v1/worklist", params={"terminal": "T-PLANNED"}).json()["boxes"]
    assert {row["planned"] for row in later} == {None}
    answered = service.client.get(f"/v1/assessments/{tipped['assessment_id']}").json()
    assert answered["planned"] == tipped["planned"]
