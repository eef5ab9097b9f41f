"""Error responses: problem details (RFC 9457), media type application/problem+json."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic_core import to_json
from starlette.responses import Response

from data.errors import HazlaneError
from data.sources.problems import shown
from data.texts import both, table

MEDIA_TYPE: Final = "application/problem+json"


class HttpError(HazlaneError):
    """An error of the HTTP layer: unknown path, wrong method or media type, body too large, internal error.

    Its one problem has the texts in both languages.
    """

    def __init__(self, status: int, **values: object) -> None:
        key = f"http.{status}"
        if key not in table():
            key = "http.500" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "http.400"
        message, remedy = both(key, **values), both(f"{key}.remedy", **values)
        problem = {"row": None, "column": None, "value": None, "message": message, "remedy": remedy}
        super().__init__(message["en"], remedy["en"], problems=[problem])
        self.status = status
        self.title = HTTPStatus(status).phrase


def unsupported(media_type: str, path: str, allowed: Iterable[str]) -> HttpError:
    """The error 415 for a body of `media_type` at a path, with the media types that are allowed there."""
    return HttpError(415, media_type=shown(media_type), path=path, allowed=", ".join(allowed))


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
