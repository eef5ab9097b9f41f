"""Every error response is problem details, whichever layer raised it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.serving.conftest import Service

JSON = {"Content-Type": "application/json"}

ERRORS: list[tuple[int, str, str, dict[str, Any]]] = [
    (404, "GET", "/nowhere", {}),
    (404, "GET", "/v1/assessments/unknown", {}),
    (404, "GET", "/static/unknown.css", {}),
    (404, "GET", "/boxes/unknown/MSKU1234565", {}),
    (405, "GET", "/v1/assessments", {}),
    (405, "DELETE", "/v1/worklist", {}),
    (413, "POST", "/v1/assessments", {"content": b" " * (64 * 2**20 + 1), "headers": JSON}),
    (415, "POST", "/v1/assessments", {"data": {"box_no": "1"}}),
    (415, "POST", "/v1/assessments", {"content": b"x", "headers": {"Content-Type": "application/vnd.bentoml+pickle"}}),
    (415, "POST", "/v1/assessments/batch", {"json": {}}),
    (415, "POST", "/v1/inspections", {"content": b"{}", "headers": {"Content-Type": "text/csv"}}),
    (422, "POST", "/v1/assessments", {"content": b'{"box_no": ', "headers": JSON}),
    (422, "POST", "/v1/assessments", {"content": b'{"vgm_kg": NaN}', "headers": JSON}),
    (422, "POST", "/v1/assessments", {"content": b"\xff\xfe", "headers": JSON}),
    (422, "POST", "/v1/assessments", {"content": b"", "headers": JSON}),
    (422, "POST", "/v1/assessments", {"content": b"[" * 100_000, "headers": JSON}),
    (422, "POST", "/v1/assessments", {"json": [1, 2]}),
    (422, "POST", "/v1/assessments", {"json": {"box_no": "MSKU1234565"}}),
    (422, "POST", "/v1/assessments", {"json": {"line_items": [{"un_no": {"deep": 1}}]}}),
    (422, "POST", "/v1/inspections", {"json": "x"}),
    (422, "POST", "/v1/inspections", {"json": {"outcome": "violation"}}),
    (422, "GET", "/v1/worklist?lane=blue", {}),
    (422, "GET", "/v1/worklist?limit=0", {}),
    (422, "GET", "/v1/worklist?offset=-1", {}),
    (422, "GET", f"/v1/worklist?limit={'9' * 5000}", {}),
    (422, "GET", "/v1/worklist?lanes=red", {}),
    (422, "GET", "/v1/worklist?lane=red&lane=green", {}),
    (422, "GET", "/v1/worklist?terminal=XXX", {}),
    (422, "GET", "/v1/worklist?team=nobody", {}),
    (422, "GET", "/v1/worklist?shift=never", {}),
]


@pytest.mark.parametrize(("status", "method", "path", "request_"), ERRORS)
def test_every_error_is_problem_details(
    service: Service, status: int, method: str, path: str, request_: dict[str, Any]
) -> None:
    answer = service.client.request(method, path, **request_)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "instance", "problems"} <= set(body)
    assert (body["status"], body["instance"]) == (status, path.split("?")[0])
    assert body["detail"]
    assert body["remedy"] or body["problems"]


def test_a_wrong_method_names_the_allowed_one(service: Service) -> None:
    answer = service.client.put("/v1/assessments")
    assert answer.headers["allow"] == "POST"
    assert "POST" in answer.json()["detail"]


def test_malformed_json_is_located(service: Service) -> None:
    answer = service.client.post("/v1/assessments", content=b'{"a": 1,\n "b" 2}', headers=JSON)
    assert "line 2 column 6" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "media_type", "allowed"),
    [
        ("/v1/assessments", "text/csv", "application/json"),
        ("/v1/assessments", "application/vnd.bentoml+pickle", "application/json"),
        ("/v1/assessments/batch", "application/json", "application/jsonl"),
        ("/v1/assessments/batch", "application/vnd.bentoml+pickle", "application/vnd.apache.parquet"),
        ("/v1/inspections", "text/csv", "application/json"),
        ("/v1/messages", "image/png", "application/edifact"),
    ],
)
def test_a_wrong_media_type_names_the_allowed_ones(service: Service, path: str, media_type: str, allowed: str) -> None:
    answer = service.client.post(path, content=b"x", headers={"Content-Type": media_type})
    assert answer.status_code == 415
    body = answer.json()
    assert allowed in body["detail"]
    (problem,) = body["problems"]
    for language in ("en", "zh"):
        assert media_type in problem["message"][language]
        assert allowed in problem["remedy"][language]


def test_an_error_of_the_request_has_both_languages(service: Service) -> None:
    (problem,) = service.client.delete("/v1/worklist").json()["problems"]
    assert "GET" in problem["message"]["en"]
    assert "不允许" in problem["message"]["zh"]
