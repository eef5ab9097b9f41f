"""The middleware: every error becomes problem details without internal details; request bodies are limited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.middleware import BodyLimitAndErrors
from serving.problems import MEDIA_TYPE, HttpError, response

LIMIT = 100


def error_response(request: Request, error: HttpError) -> Response:
    return response(error, request.url.path)


def ask(app: ASGIApp, **request: Any) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(BodyLimitAndErrors(app, error_response, max_body_bytes=LIMIT))
        async with httpx.AsyncClient(transport=transport, base_url="http://port") as client:
            return await client.request(**{"method": "POST", "url": "/v1/x", **request})

    return asyncio.run(call())


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    content = await Request(scope, receive).body()
    await PlainTextResponse(content)(scope, receive, send)


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("password is hunter2")


async def broken_midway(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("half")(scope, receive, send)
    raise RuntimeError("password is hunter2")


def test_a_success_passes_unchanged() -> None:
    answer = ask(echo, content=b"x" * LIMIT)
    assert (answer.status_code, answer.content) == (200, b"x" * LIMIT)


@pytest.mark.parametrize(
    "below",
    [
        JSONResponse([{"error": "a list"}], 400),
        JSONResponse({"error": "Not able to process the request in 1 seconds"}, 504),
        PlainTextResponse("Method Not Allowed", 405, {"Allow": "GET"}),
        PlainTextResponse("password is hunter2", 500),
    ],
)
def test_library_errors_become_problem_details(below: Response) -> None:
    answer = ask(below)
    assert answer.status_code == below.status_code
    assert answer.headers["content-type"] == MEDIA_TYPE
    body = answer.json()
    assert body["status"] == below.status_code
    assert body["instance"] == "/v1/x"
    assert {"type", "title", "detail", "remedy", "problems"} <= set(body)
    assert "hunter2" not in answer.text
    assert answer.headers.get("allow") == below.headers.get("allow")


def test_pages_and_problem_details_pass_unchanged() -> None:
    assert ask(HTMLResponse("<p>no</p>", 404)).text == "<p>no</p>"
    own = JSONResponse({"title": "mine"}, 409, media_type=MEDIA_TYPE)
    assert ask(own).json() == {"title": "mine"}


def test_an_exception_is_logged_and_not_disclosed(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = ask(broken)
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "hunter2" in caplog.text


def test_an_exception_after_the_response_began_sends_no_second_one() -> None:
    assert ask(broken_midway).text == "half"


def test_a_content_length_above_the_limit_is_refused() -> None:
    answer = ask(echo, content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert answer.json()["status"] == 413


def test_a_streamed_body_above_the_limit_is_refused() -> None:
    """The limit also applies without a Content-Length header."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LIMIT):
            yield b"xx"

    assert ask(echo, content=chunks()).status_code == 413


def test_a_failing_error_page_becomes_problem_details() -> None:
    def broken_page(request: Request, error: HttpError) -> Response:
        raise RuntimeError("no template")

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(BodyLimitAndErrors(PlainTextResponse("no", 404), broken_page))
        async with httpx.AsyncClient(transport=transport, base_url="http://port") as client:
            return await client.get("/x")

    assert asyncio.run(call()).json()["status"] == 404
