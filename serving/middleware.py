"""The outermost layer: bounds every body, and gives every error the one form.

Libraries below answer errors in forms of their own (plain text from routing, JSON lists and objects from
BentoML). Whatever leaves with an error status and is not yet problem details or a page is replaced here, so
that a caller never needs a second parser, and nothing internal leaks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import MEDIA_TYPE, HttpError, response

log = logging.getLogger("hazlane.serving")

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
_KEPT_HEADERS: Final = ("allow", "retry-after")

Refused = Callable[[Request, HttpError], Response]


class BodyLimitAndErrors:
    """ASGI middleware around the whole service. `refused` writes an error for whoever asked."""

    def __init__(self, app: ASGIApp, refused: Refused, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self.refused = refused
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: refuse what is too large, pass on the rest, and see to the form of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Response(self, scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > self.max_body_bytes:
            await answer.fail(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        try:
            await self.app(scope, answer.receive, answer.send)
        except Exception:
            if not answer.too_large:
                log.exception("%s %s failed", scope["method"], scope["path"])
            await answer.fail(HTTPStatus.INTERNAL_SERVER_ERROR)


class _Response:
    """The state of one answer: how much was read, and whether an error is being replaced."""

    def __init__(self, middleware: BodyLimitAndErrors, scope: Scope, receive: Receive, send: Send) -> None:
        self._middleware, self._scope, self._receive, self._send = middleware, scope, receive, send
        self._read_bytes = 0
        self._started = False
        self._replaced: Message | None = None

    @property
    def too_large(self) -> bool:
        """Whether more was sent than the guard allows."""
        return self._read_bytes > self._middleware.max_body_bytes

    async def receive(self) -> Message:
        message = await self._receive()
        self._read_bytes += len(message.get("body", b""))
        # The app below sees a caller who hung up, and stops reading; its answer is replaced by 413.
        return {"type": "http.disconnect"} if self.too_large else message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._started and self._must_replace(message):
            self._replaced = message
        elif self._replaced is None:
            self._started = True
            await self._send(message)
        elif not message.get("more_body", False):
            headers = Headers(raw=self._replaced["headers"])
            await self.fail(
                self._replaced["status"], {name: headers[name] for name in _KEPT_HEADERS if name in headers}
            )

    def _must_replace(self, start: Message) -> bool:
        media_type = Headers(raw=start["headers"]).get("content-type", "")
        return self.too_large or (
            start["status"] >= HTTPStatus.BAD_REQUEST and not media_type.startswith((MEDIA_TYPE, "text/html"))
        )

    async def fail(self, status: int, headers: dict[str, str] | None = None) -> None:
        """Answer `status` as problem details, or as a page to a reader; nothing when an answer has begun."""
        if self._started:
            return
        self._started = True
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if self.too_large else status
        request = Request(self._scope, self._receive)
        error = HttpError(
            status,
            method=request.method,
            path=request.url.path,
            allow=(headers or {}).get("allow", ""),
            limit_mb=self._middleware.max_body_bytes // 2**20,
        )
        try:
            answer = self._middleware.refused(request, error)
        except Exception:
            log.exception("the page for error %d failed", status)
            answer = response(error, request.url.path)
        answer.headers.update(headers or {})
        await answer(self._scope, self._receive, self._send)
