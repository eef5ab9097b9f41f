"""POST /v1/assessments: the assessment is stored before it is returned; invalid boxes are refused with problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from data import __version__
from data.records import BOX_COLUMNS, LINE_COLUMNS
from tests.serving.conftest import Service

NewBox = Callable[..., dict[str, Any]]


def test_assessment_is_stored_before_it_is_returned(service: Service, new_box: NewBox) -> None:
    box = new_box()
    answer = service.client.post("/v1/assessments", json=box)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["declaration_id"], body["box_no"]) == (box["declaration_id"], box["box_no"])
    assert 0 <= body["risk"] <= 100
    assert body["lane"] in ("green", "amber", "red")
    assert set(body["probability"]) == {"declaration", "packing", "papers"}
    assert body["reasons"]
    assert all(reason["text"]["en"] and reason["text"]["zh"] for reason in body["reasons"])
    assert service.store.assessment(body["assessment_id"]) == body
    assert len(service.store.declaration(box["declaration_id"], box["box_no"])) == 2


def test_a_stored_assessment_is_returned_unchanged(service: Service, new_box: NewBox) -> None:
    answer = service.client.post("/v1/assessments", json=new_box())
    again = service.client.get(answer.headers["location"])
    assert again.status_code == 200
    assert again.json() == answer.json()


def test_without_a_model_the_service_is_degraded(service: Service, new_box: NewBox) -> None:
    body = service.client.post("/v1/assessments", json=new_box()).json()
    ready = service.client.get("/readyz").json()
    assert body["degraded"] is True
    assert "hazlane train" in ready.pop("cause")
    expected = {"status": "ready", "version": __version__, "degraded": True, "model_version": body["model_version"]}
    assert ready.pop("warnings") == []
    assert ready == expected


def test_values_are_read_as_in_a_table(service: Service, new_box: NewBox) -> None:
    """HTTP uses the validation of tables: harmless variants of values are normalised."""
    box = new_box(declared_at="2026-03-01T16:30:00+08:00", line_items=[{"un_no": "UN 1203", "marine_pollutant": "是"}])
    assert service.client.post("/v1/assessments", json=box).status_code == 201
    row = service.store.declaration(box["declaration_id"], box["box_no"]).iloc[0]
    assert (row["un_no"], bool(row["marine_pollutant"])) == ("1203", True)
    assert row["declared_at"].isoformat() == "2026-03-01T08:30:00+00:00"


@pytest.mark.parametrize(
    ("change", "row", "column"),
    [
        ({"line_items": [{"un_no": "1203"}, {"un_no": "99999"}]}, 2, "un_no"),
        ({"line_items": [{"net_mass_kg": "a lot"}]}, 1, "net_mass_kg"),
        ({"declared_at": "2026-02-30T00:00:00Z"}, 1, "declared_at"),
        ({"flow": "sideways"}, 1, "flow"),
        ({"declaration_id": None}, 1, "declaration_id"),
    ],
)
def test_problems_have_row_column_and_remedy(
    service: Service, new_box: NewBox, change: dict[str, Any], row: int, column: str
) -> None:
    box = new_box(**change)
    answer = service.client.post("/v1/assessments", json=box)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problems = answer.json()["problems"]
    assert [(problem["row"], problem["column"]) for problem in problems] == [(row, column)]
    assert all(problems[0][part][language] for part in ("message", "remedy") for language in ("en", "zh"))


@pytest.mark.parametrize(
    ("change", "row", "nearest"),
    [
        ({"weigthed_kg": 22900}, 1, "weighed_kg"),
        ({"line_items": [{"un_no": "1203"}, {"unNo": "1263"}, {"unNo": "1263"}]}, 2, "un_no"),
        ({"Vgm-Kg": None}, 1, "vgm_kg"),
        ({"colour of the hat": "red"}, 1, None),
    ],
)
def test_unknown_fields_are_refused(
    service: Service, new_box: NewBox, change: dict[str, Any], row: int, nearest: str | None
) -> None:
    """A misspelt field must not be dropped: the box would be assessed without its value."""
    answer = service.client.post("/v1/assessments", json=new_box(**change))
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["row"] == row
    for language in ("en", "zh"):
        assert problem["column"] in problem["message"][language]
        assert nearest is None or nearest in problem["message"][language]
        assert nearest is None or nearest in problem["remedy"][language]


def test_a_field_of_the_box_and_of_its_line_item_must_agree(service: Service, new_box: NewBox) -> None:
    box = new_box() | {"un_no": "1203"}
    answer = service.client.post("/v1/assessments", json=box)
    (problem,) = answer.json()["problems"]
    assert (answer.status_code, problem["column"]) == (422, "un_no")
    assert "1203" in problem["message"]["zh"]
    box["un_no"] = box["line_items"][0]["un_no"]
    assert service.client.post("/v1/assessments", json=box).status_code == 201


def test_misspelt_line_items_are_named(service: Service, new_box: NewBox) -> None:
    box = new_box()
    box["lineItems"] = box.pop("line_items")
    answer = service.client.post("/v1/assessments", json=box)
    missing, misspelt = answer.json()["problems"]
    assert (answer.status_code, missing["column"], misspelt["column"]) == (422, "line_items", "lineItems")
    assert "line_items" in misspelt["message"]["zh"]


def test_known_fields_are_those_of_the_dictionary(service: Service, new_box: NewBox) -> None:
    """The example of every column is accepted."""
    box = {column.name: column.example for column in BOX_COLUMNS}
    item = {column.name: column.example for column in LINE_COLUMNS}
    answer = service.client.post("/v1/assessments", json={**box, "declaration_id": "ALL-FIELDS", "line_items": [item]})
    assert answer.status_code == 201, answer.text


def test_a_wrong_box_value_is_reported_once(service: Service, new_box: NewBox) -> None:
    answer = service.client.post("/v1/assessments", json=new_box(vgm_kg="heavy"))
    assert [problem["column"] for problem in answer.json()["problems"]] == ["vgm_kg"]


def test_a_refused_box_stores_nothing(service: Service, new_box: NewBox) -> None:
    before = service.store.counts()
    service.client.post("/v1/assessments", json=new_box(line_items=[{"un_no": "1203"}, {"un_no": "99999"}]))
    assert service.store.counts() == before


def test_other_content_of_the_same_version_is_a_conflict(service: Service, new_box: NewBox) -> None:
    box = new_box()
    assert service.client.post("/v1/assessments", json=box).status_code == 201
    changed = service.client.post("/v1/assessments", json={**box, "shipper_name": "Someone else"})
    assert changed.status_code == 409
    assert "amendment_no" in changed.json()["remedy"]
    (problem,) = changed.json()["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (1, "shipper_name", "Someone else")
    for language in ("en", "zh"):
        assert box["shipper_name"] in problem["message"][language]
        assert "amendment_no" in problem["remedy"][language]
    amended = service.client.post("/v1/assessments", json={**box, "shipper_name": "Someone else", "amendment_no": 1})
    assert amended.status_code == 201
    assert amended.json()["amendment_no"] == 1


def test_a_conflict_names_its_line_items(service: Service, new_box: NewBox) -> None:
    box = new_box()
    assert service.client.post("/v1/assessments", json=box).status_code == 201
    first, second = box["line_items"]
    items = [first, {**second, "net_mass_kg": 501}, {"description": "Pots"}]
    changed = service.client.post("/v1/assessments", json={**box, "line_items": items})
    assert changed.status_code == 409
    found = [(problem["row"], problem["column"]) for problem in changed.json()["problems"]]
    assert found == [(2, "net_mass_kg"), (3, "line_no")]


def test_a_box_sent_again_adds_no_declaration(service: Service, new_box: NewBox) -> None:
    box = new_box()
    first = service.client.post("/v1/assessments", json=box).json()
    before = service.store.counts()["declarations"]
    again = service.client.post("/v1/assessments", json=box)
    assert again.status_code == 201
    assert service.store.counts()["declarations"] == before
    assert again.json()["assessment_id"] != first["assessment_id"]
