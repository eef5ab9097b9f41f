"""Protects the HTTP benchmark: bodies that the service accepts, the mix of instants, callers that count what fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from benchmarks.http import Measured, batch_body, document, figures, single_bodies
from benchmarks.speed.http_callers import AT as INSTANT
from benchmarks.speed.http_callers import ID, Called, Job, called, declared_at
from benchmarks.speed.kept_ports import Rows, boxes_of
from serving.content_types import JSON_LINES, parsed_rows
from serving.parsing import box as box_rows
from serving.parsing import boxes as batch_boxes
from tests.worlds import world

NOW = datetime(2026, 3, 1, 8, 30, 20, 500, tzinfo=UTC)


def _boxes(count: int) -> list[Rows]:
    declarations = world().declarations
    return boxes_of(declarations[declarations["amendment_no"] == 0].head(3 * count))[:count]


def test_document_of_a_box_gives_its_rows_again() -> None:
    for box in _boxes(30):
        assert box_rows(document(box), NOW) == box


def test_batch_is_in_order_and_every_box_is_accepted() -> None:
    boxes = _boxes(20)
    found = batch_boxes(parsed_rows(batch_body(boxes, NOW), JSON_LINES[0], ""), NOW)
    assert [submission.refused() for submission in found] == [None] * len(boxes)
    instants = [submission.rows[0]["declared_at"] for submission in found]
    assert instants == sorted(set(instants))
    assert NOW - timedelta(days=1) <= instants[0] <= instants[-1] < NOW


def test_single_body_has_one_place_for_number_and_instant() -> None:
    for line in single_bodies(_boxes(5), NOW).splitlines():
        assert (line.count(ID), line.count(INSTANT)) == (1, 1)


def test_instants_are_spread_as_configured() -> None:
    late = [NOW - declared_at(number, NOW, 10, 20) for number in range(1000)]
    kinds = Counter("now" if not by else "minute" if by < timedelta(minutes=1) else "late" for by in late)
    assert kinds == {"now": 700, "minute": 100, "late": 200}
    assert max(late) <= timedelta(days=7)
    assert any(by > timedelta(days=1) for by in late)


class _Answering(BaseHTTPRequestHandler):
    """Answers in chunks, or refuses every declaration with an even number; records the requests."""

    protocol_version = "HTTP/1.1"
    refuses = False
    came: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).came.append(body)
        number = int(body["declaration_id"].rpartition("-")[2])
        if self.refuses and number % 2 == 0:
            self.send_response(422)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"no")
            return
        self.send_response(201)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\nyes\r\n0\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def answering() -> Iterator[tuple[type[_Answering], int]]:
    class Handler(_Answering):
        came: list[dict[str, Any]] = []  # noqa: RUF012

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Handler, server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_callers_send_new_boxes_and_count_refusals(answering: tuple[type[_Answering], int], tmp_path: Path) -> None:
    handler, port = answering
    (tmp_path / "bodies").write_text(f'{{"declaration_id": "{ID}", "declared_at": "{INSTANT}"}}\n')
    job = Job(port, "/v1/assessments", str(tmp_path / "bodies"), callers=3, seconds=0.1, name="A")
    found = called(job)
    names = [body["declaration_id"] for body in handler.came]
    assert len(found.milliseconds) == len(names) == len(set(names)) >= 3
    assert found.refused == 0
    assert all(datetime.fromisoformat(body["declared_at"]).tzinfo for body in handler.came)
    handler.refuses = True
    refusing = called(replace(job, name="B"))
    assert 0 < refusing.refused < len(refusing.milliseconds)
    assert refusing.first_refusal == "422 no"


def test_figures_are_ratios_to_the_echo() -> None:
    product, echo = Measured(), Measured()
    product.add(Called([6.0] * 100, 0, "", 1.0, 0.1), 0.5, 1.2, 1.0)
    echo.add(Called([2.0] * 400, 0, "", 1.0, 0.2), 0.4, 0.9, 1.0)
    found = figures({4: product}, {4: echo})
    assert (found["p50_to_echo"], found["rate_to_echo"]) == ({"4": 3.0}, {"4": 0.25})
    assert found["cpu_to_echo"] == {"4": pytest.approx(5.0)}
    assert found["cores"]["4 callers"] == {"service": 0.5, "callers": 0.1, "others": 0.6}
