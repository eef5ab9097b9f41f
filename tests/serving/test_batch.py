"""POST /v1/assessments/batch: valid boxes are assessed, invalid ones are returned with their problems."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving.conftest import Service

NewBox = Callable[..., dict[str, Any]]
STREAM = "application/vnd.apache.arrow.stream"
FILE = "application/vnd.apache.arrow.file"
PARQUET = "application/vnd.apache.parquet"


def post(service: Service, content: bytes, media_type: str) -> Any:
    return service.client.post("/v1/assessments/batch", content=content, headers={"Content-Type": media_type})


def lines(*documents: Any) -> bytes:
    return b"".join((d if isinstance(d, bytes) else json.dumps(d).encode()) + b"\n" for d in documents)


def rows_of(box: dict[str, Any]) -> list[dict[str, Any]]:
    head = {name: value for name, value in box.items() if name != "line_items"}
    return [{**head, **item} for item in box["line_items"]]


def written(table: pa.Table, media_type: str) -> bytes:
    sink = io.BytesIO()
    if media_type == PARQUET:
        pq.write_table(table, sink)
    else:
        with (pa.ipc.new_file if media_type == FILE else pa.ipc.new_stream)(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


def read(content: bytes, media_type: str) -> list[dict[str, Any]]:
    source = io.BytesIO(content)
    if media_type == PARQUET:
        table: list[dict[str, Any]] = pq.read_table(source).to_pylist()
        return table
    rows: list[dict[str, Any]] = (
        (pa.ipc.open_file if media_type == FILE else pa.ipc.open_stream)(source).read_all().to_pylist()
    )
    return rows


def test_valid_lines_are_assessed_beside_invalid_ones(service: Service, new_box: NewBox) -> None:
    good, bad, last = new_box(), new_box(line_items=[{"un_no": "99999"}]), new_box()
    answer = post(service, lines(good, b"{broken", bad, b"", 7, last), "application/jsonl")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")
    answers = [json.loads(line) for line in answer.text.splitlines()]
    assert [a["row"] for a in answers] == [1, 2, 3, 5, 6]
    assert answers[0]["assessment"]["box_no"] == good["box_no"]
    assert answers[4]["assessment"]["box_no"] == last["box_no"]
    assert [a["problem"]["status"] for a in answers[1:4]] == [422, 422, 422]
    assert answers[2]["problem"]["problems"][0]["column"] == "un_no"
    assert answers[2]["problem"]["problems"][0]["row"] == 3
    assert service.store.assessment(answers[0]["assessment"]["assessment_id"]) == answers[0]["assessment"]


def test_a_conflict_refuses_only_its_own_box(service: Service, new_box: NewBox) -> None:
    reported, other = new_box(), new_box()
    service.client.post("/v1/assessments", json=reported)
    answer = post(service, lines(other, {**reported, "vgm_kg": 1}), "application/x-ndjson")
    first, second = (json.loads(line) for line in answer.text.splitlines())
    assert first["assessment"]["box_no"] == other["box_no"]
    assert second["problem"]["status"] == 409
    (problem,) = second["problem"]["problems"]
    assert (problem["row"], problem["column"]) == (2, "vgm_kg")
    assert "amendment_no" in problem["remedy"]["zh"]


def test_a_conflict_of_table_rows_names_its_row(service: Service, new_box: NewBox) -> None:
    reported, other = new_box(), new_box()
    service.client.post("/v1/assessments", json=reported)
    first, second = rows_of(reported)
    answer = post(service, lines(*rows_of(other), first, {**second, "net_mass_kg": 1}), "application/jsonl")
    (problem,) = json.loads(answer.text.splitlines()[1])["problem"]["problems"]
    assert (problem["row"], problem["column"]) == (4, "net_mass_kg")


def test_a_box_sent_twice_gets_two_assessments(service: Service, new_box: NewBox) -> None:
    box = new_box()
    answers = [json.loads(line) for line in post(service, lines(box, box), "application/jsonl").text.splitlines()]
    assert len({a["assessment"]["assessment_id"] for a in answers}) == 2


def test_more_boxes_than_one_chunk_are_returned_in_order(service: Service, new_box: NewBox) -> None:
    boxes = [new_box() for _ in range(140)]
    answers = [json.loads(line) for line in post(service, lines(*boxes), "application/jsonl").text.splitlines()]
    assert [a["assessment"]["box_no"] for a in answers] == [box["box_no"] for box in boxes]


def test_table_rows_of_a_box_form_one_box(service: Service, new_box: NewBox) -> None:
    box = new_box()
    answer = post(service, lines(*rows_of(box)), "application/jsonl")
    (only,) = (json.loads(line) for line in answer.text.splitlines())
    assert only["assessment"]["box_no"] == box["box_no"]
    assert list(service.store.declaration(box["declaration_id"], box["box_no"])["line_no"]) == [1, 2]


def test_a_box_with_disagreeing_rows_is_refused(service: Service, new_box: NewBox) -> None:
    first, second = rows_of(new_box())
    answer = post(service, lines(first, {**second, "terminal": "Elsewhere"}), "application/jsonl")
    (problem,) = answer.json()["problem"]["problems"]
    assert (problem["row"], problem["column"]) == (2, "terminal")


def test_an_unknown_field_refuses_only_its_own_box(service: Service, new_box: NewBox) -> None:
    first, second = rows_of(new_box())
    other = new_box()
    documents = ({**new_box(), "terminl": "DCT"}, first, {**second, "net_mass": 1}, other)
    answer = post(service, lines(*documents), "application/jsonl")
    document, table, good = (json.loads(line) for line in answer.text.splitlines())
    assert [(p["row"], p["column"]) for p in document["problem"]["problems"]] == [(1, "terminl")]
    assert [(p["row"], p["column"]) for p in table["problem"]["problems"]] == [(3, "net_mass")]
    assert "net_mass_kg" in table["problem"]["problems"][0]["remedy"]["zh"]
    assert good["assessment"]["box_no"] == other["box_no"]


@pytest.mark.parametrize("media_type", [PARQUET, STREAM, FILE])
def test_a_table_is_answered_by_a_table(service: Service, new_box: NewBox, media_type: str) -> None:
    good, bad = new_box(), new_box(flow="sideways")
    table = pa.Table.from_pylist([*rows_of(good), *rows_of(bad)])
    answer = post(service, written(table, media_type), media_type)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type), answer.text
    first, second = read(answer.content, media_type)
    assert (first["row"], first["box_no"], first["status"], first["problems"]) == (1, good["box_no"], 201, None)
    body = service.store.assessment(first["assessment_id"])
    assert (first["risk"], first["lane"]) == (body["risk"], body["lane"])
    assert first["probability_packing"] == body["probability"]["packing"]
    assert json.loads(first["reasons"]) == body["reasons"]
    assert (second["row"], second["status"], second["risk"]) == (3, 422, None)
    assert json.loads(second["problems"])[0]["column"] == "flow"


@pytest.mark.parametrize("media_type", [PARQUET, STREAM, FILE])
def test_a_truncated_table_is_refused(service: Service, new_box: NewBox, media_type: str) -> None:
    content = written(pa.Table.from_pylist(rows_of(new_box())), media_type)
    answer = post(service, content[: len(content) // 2], media_type)
    assert answer.status_code == 422
    assert media_type in answer.json()["detail"]


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_batch_is_refused(service: Service, content: bytes) -> None:
    answer = post(service, content, "application/jsonl")
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["message"]["en"].startswith("The list is empty")
    assert "列表为空" in problem["message"]["zh"]


def test_an_empty_table_is_refused(service: Service, new_box: NewBox) -> None:
    table = pa.Table.from_pylist(rows_of(new_box()))[:0]
    answer = post(service, written(table, PARQUET), PARQUET)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["detail"].startswith("The list is empty")


def test_a_broken_line_has_both_languages(service: Service, new_box: NewBox) -> None:
    answer = post(service, lines(new_box(), b'{"box_no" 1}'), "application/jsonl")
    (problem,) = json.loads(answer.text.splitlines()[1])["problem"]["problems"]
    assert problem["row"] == 2
    assert "第 11 列" in problem["message"]["zh"]
