"""The OpenAPI document lists every endpoint and describes every column."""

from __future__ import annotations

import json
from typing import Any

import pytest

from data.records import BOX_COLUMNS, INSPECTION_COLUMNS, LINE_COLUMNS
from tests.serving.conftest import Service


@pytest.fixture(scope="module")
def spec(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.client.get("/openapi.json").json()
    return found


def test_every_endpoint_is_listed(spec: dict[str, Any]) -> None:
    assert set(spec["paths"]) == {
        "/v1/assessments",
        "/v1/assessments/batch",
        "/v1/assessments/{assessment_id}",
        "/v1/inspections",
        "/v1/messages",
        "/v1/records/{declaration_id}/{box_no}",
        "/v1/worklist",
        "/healthz",
        "/livez",
        "/readyz",
        "/metrics",
    }


def test_every_column_is_described(spec: dict[str, Any]) -> None:
    schemas = spec["components"]["schemas"]
    for model, columns in (("Box", BOX_COLUMNS), ("LineItem", LINE_COLUMNS), ("Inspection", INSPECTION_COLUMNS)):
        for column in columns:
            assert schemas[model]["properties"][column.name]["description"] == column.note
        assert set(schemas[model].get("required", [])) >= {column.name for column in columns if column.required}


def test_every_reference_resolves(spec: dict[str, Any]) -> None:
    names = {part.split('"')[0] for part in json.dumps(spec).split("#/components/schemas/")[1:]}
    assert names <= set(spec["components"]["schemas"])


def test_responses_match_the_description(service: Service, spec: dict[str, Any], new_box: Any) -> None:
    body = service.client.post("/v1/assessments", json=new_box()).json()
    described = spec["components"]["schemas"]["Assessment"]
    assert set(described["required"]) <= set(body) <= set(described["properties"])
    operation = spec["paths"]["/v1/assessments"]["post"]
    assert set(operation["responses"]) == {"201", "409", "413", "415", "422"}
    assert "application/json" in operation["requestBody"]["content"]


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/metrics", "/docs", "/docs.json"])
def test_infrastructure_endpoints_respond(service: Service, path: str) -> None:
    assert service.client.get(path).status_code == 200


def test_metrics_count_scoring_calls(service: Service, new_box: Any) -> None:
    service.client.post("/v1/assessments", json=new_box())
    assert 'endpoint="/v1/assessments"' in service.client.get("/metrics").text
