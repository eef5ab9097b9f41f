"""POST /v1/inspections: stored once, corrected by later versions, refused as a whole."""

from __future__ import annotations

from typing import Any

from tests.serving.conftest import Service


def inspection(**changes: Any) -> dict[str, Any]:
    return {
        "inspection_id": "INS-1",
        "declaration_id": "DLC2026-000001",
        "box_no": "MSKU0000001",
        "inspected_at": "2026-03-02T02:00:00Z",
        "recorded_at": "2026-03-05T09:00:00Z",
        "step": "box",
        "selected_by": "random",
        "selection_probability": 0.02,
        "outcome": "violation",
        "findings": "misdeclared;placarding",
        **changes,
    }


def test_one_inspection_is_recorded_once(service: Service) -> None:
    one = inspection(inspection_id="INS-ONE")
    first = service.client.post("/v1/inspections", json=one)
    assert (first.status_code, first.json()) == (201, {"recorded": 1}), first.text
    assert service.client.post("/v1/inspections", json=one).json() == {"recorded": 0}
    stored = service.store.inspections()
    assert list(stored[stored["inspection_id"] == "INS-ONE"]["findings"]) == ["misdeclared;placarding"]


def test_a_list_is_recorded_or_refused_as_a_whole(service: Service) -> None:
    good = [inspection(inspection_id=f"INS-LIST-{i}") for i in range(3)]
    before = service.store.counts()["inspections"]
    refused = service.client.post("/v1/inspections", json=[*good, inspection(outcome="compliant"), 7])
    assert refused.status_code == 422
    problems = refused.json()["problems"]
    assert [problem["row"] for problem in problems] == [4, 5, None]
    assert problems[-1]["message"]["en"] == "2 of 5 inspections cannot be accepted, so none was stored."
    assert "全部未入库" in problems[-1]["message"]["zh"]
    assert "none was stored" in refused.json()["detail"]
    assert service.store.counts()["inspections"] == before
    assert service.client.post("/v1/inspections", json=good).json() == {"recorded": 3}


def test_an_empty_list_is_refused(service: Service) -> None:
    answer = service.client.post("/v1/inspections", json=[])
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["message"]["en"].startswith("The list is empty")
    assert "列表为空" in problem["message"]["zh"]


def test_the_error_of_one_inspection_speaks_of_no_list(service: Service) -> None:
    (problem,) = service.client.post("/v1/inspections", json=inspection(outcome="compliant")).json()["problems"]
    assert (problem["row"], problem["column"]) == (1, "findings")


def test_a_later_version_corrects_and_the_same_version_conflicts(service: Service) -> None:
    one = inspection(inspection_id="INS-CORRECTED")
    service.client.post("/v1/inspections", json=one)
    cleared = {"outcome": "compliant", "findings": None}
    conflict = service.client.post("/v1/inspections", json=[inspection(), {**one, **cleared}])
    assert conflict.status_code == 409
    problem, summary = conflict.json()["problems"]
    assert summary["message"]["en"].startswith("1 of 2 inspections cannot be accepted")
    assert (problem["row"], problem["column"]) == (2, "outcome")
    assert "violation" in problem["message"]["zh"]
    assert "recorded_at" in problem["remedy"]["zh"]
    later = {**one, **cleared, "recorded_at": "2026-03-06T09:00:00Z"}
    assert service.client.post("/v1/inspections", json=later).status_code == 201


def test_an_unknown_field_is_refused(service: Service) -> None:
    refused = service.client.post("/v1/inspections", json=[inspection(), inspection(officer="F0117")])
    assert refused.status_code == 422
    problem = refused.json()["problems"][0]
    assert (problem["row"], problem["column"]) == (2, "officer")
    assert "officer_id" in problem["message"]["zh"]
