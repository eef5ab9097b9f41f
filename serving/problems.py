"""Error responses: problem details (RFC 9457), media type application/problem+json."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic_core import to_json
from starlette.responses import Response

from data.errors import HazlaneError
from data.texts import table, text

MEDIA_TYPE: Final = "application/problem+json"


class HttpError(HazlaneError):
    """An error of the HTTP layer: unknown path, wrong method or media type, body too large, internal error."""

    def __init__(self, status: int, **values: object) -> None:
        key = f"http.{status}"
        if key not in table():
            key = "http.500" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "http.400"
        super().__init__(text(key, "en", **values), text(f"{key}.remedy", "en", **values))
        self.status = status
        self.title = HTTPStatus(status).phrase


def document(error: HazlaneError, instance: str) -> dict[str, Any]:
    """The problem details of `error` at the path `instance`; `problems` lists the faults row by row."""
    body: dict[str, Any] = {
        "type": "urn:hazlane:problem:" + re.sub(r"[^a-z]+", "-", error.title.lower()),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
    }
    if error.remedy:
        body["remedy"] = error.remedy
    body["problems"] = error.extra.get("problems", [])
    return body


def response(error: HazlaneError, instance: str, headers: Mapping[str, str] | None = None) -> Response:
    """A response with the problem details of `error`."""
    return Response(to_json(document(error, instance)), error.status, headers, MEDIA_TYPE)
