"""The outermost ASGI layer: limits the size of request bodies, and turns every error into problem details.

Starlette and BentoML have error formats of their own (plain text, JSON lists, JSON objects). Each response with an
error status that is neither problem details nor an HTML page is replaced here: callers need one error parser only, and
no internal detail is disclosed.
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

from data.sources.problems import shown
from serving.content_types import allowed_at
from serving.problems import MEDIA_TYPE, HttpError, response

log = logging.getLogger("hazlane.serving")

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
_KEPT_HEADERS: Final = ("allow", "retry-after")

ErrorResponse = Callable[[Request, HttpError], Response]


class BodyLimitAndErrors:
    """ASGI middleware around the whole service. `error_response` makes the response to a request that failed."""

    def __init__(self, app: ASGIApp, error_response: ErrorResponse, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self.error_response = error_response
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request: refuse a body that is too large, and replace error responses of the application."""
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
    """State of one response: bytes read from the request, and the error response that is being replaced."""

    def __init__(self, middleware: BodyLimitAndErrors, scope: Scope, receive: Receive, send: Send) -> None:
        self._middleware, self._scope, self._receive, self._send = middleware, scope, receive, send
        self._read_bytes = 0
        self._started = False
        self._replaced: Message | None = None

    @property
    def too_large(self) -> bool:
        """Whether more bytes were received than the limit allows."""
        return self._read_bytes > self._middleware.max_body_bytes

    async def receive(self) -> Message:
        message = await self._receive()
        self._read_bytes += len(message.get("body", b""))
        # The application is told that the client disconnected, so it stops reading; its response is replaced by 413.
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
        """Send an error of `status` as problem details or as an HTML page; nothing when a response has begun."""
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
            media_type=shown(request.headers.get("content-type", "")),
            allowed=", ".join(allowed_at(request.url.path)),
            limit_mb=self._middleware.max_body_bytes // 2**20,
        )
        try:
            answer = self._middleware.error_response(request, error)
        except Exception:
            log.exception("the page for error %d failed", status)
            answer = response(error, request.url.path)
        answer.headers.update(headers or {})
        await answer(self._scope, self._receive, self._send)
