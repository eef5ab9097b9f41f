"""The JSON endpoints beside the scoring ones, as a table: path, what answers, and the operation in OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from data.record.stored import stored_record
from data.vocabulary import Lane
from serving import content_types, messages, parsing, schemas
from serving.application import ApplicationService
from serving.openapi import OBJECT, answer, count, errors, one_or_many, operation, parameter
from serving.pages.formatting import language_of
from serving.schemas import Assessment, Inspection, Recorded, Worklist
from serving.worklist import MAX_PAGE_SIZE, PAGE_SIZE, Query

Handler = Callable[[Request, ApplicationService], Response | Awaitable[Response]]
_CONVERTER: Final = re.compile(r":\w+}")


@dataclass(frozen=True)
class Endpoint:
    """A path of Starlette, an HTTP method, what answers, and how OpenAPI describes it."""

    path: str
    method: str
    handler: Handler
    operation: Mapping[str, Any]


def operations(endpoints: Sequence[Endpoint]) -> dict[str, dict[str, Any]]:
    """The operation objects of endpoints by path and method, as OpenAPI writes both."""
    found: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        found.setdefault(_CONVERTER.sub("}", one.path), {})[one.method.lower()] = one.operation
    return found


def assessment(request: Request, application: ApplicationService) -> Response:
    """One assessment, as it was answered."""
    return as_json(application.assessor.store.assessment(request.path_params["assessment_id"]))


async def inspections(request: Request, application: ApplicationService) -> Response:
    """Record one inspection, or a list of them."""
    body = await schemas.received(request)
    at = datetime.now(UTC)
    rows = parsing.inspections(content_types.parsed_document(body.content, body.media_type), at)
    return as_json({"recorded": await application.record(rows, at)}, 201)


async def message(request: Request, application: ApplicationService) -> Response:
    """Store a raw message; the answer acknowledges it and holds the assessments of the boxes it declares."""
    body = await schemas.received(request)
    return await messages.receive(body, request.headers.get("accept", ""), application, datetime.now(UTC))


def record(request: Request, application: ApplicationService) -> Response:
    """What all papers together say of a declared box."""
    names = request.path_params["declaration_id"], request.path_params["box_no"]
    return as_json(stored_record(application.assessor.store, *names, datetime.now(UTC)).as_dict())


def worklist(request: Request, application: ApplicationService) -> Response:
    """The worklist as JSON."""
    query = Query.of(request.query_params)
    found = application.board.worklist(query, language_of(request, application.settings.language)).as_dict()
    return as_json({**found, "guarantee": application.guarantee(datetime.now(UTC))})


def as_json(body: Any, status: int = 200) -> Response:
    """A JSON response; what is not a number becomes null."""
    return Response(to_json(body, inf_nan_mode="null"), status, media_type=content_types.JSON)


_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_TEXT: Final = {"type": "string"}

ENDPOINTS: Final = (
    Endpoint(
        "/v1/assessments/{assessment_id}",
        "GET",
        assessment,
        operation(
            "One assessment, as it was answered.",
            {"200": answer("The assessment.", Assessment), **errors(404)},
            [parameter("assessment_id", "path", _TEXT, "identifier in the answer of the scoring call")],
        ),
    ),
    Endpoint(
        "/v1/inspections",
        "POST",
        inspections,
        operation(
            "Record inspections. A later row with the same inspection_id corrects the earlier one.",
            {"201": answer("Recorded.", Recorded), **errors(409, 413, 415, 422)},
            body={content_types.JSON: {"schema": one_or_many(Inspection)}},
        ),
    ),
    Endpoint(
        "/v1/messages",
        "POST",
        message,
        operation(
            "Store an EDIFACT interchange (IFTDGN, BAPLIE, IFTMBF, COPRAR, VERMAS) or a DCSA document, and "
            "assess the boxes it declares. Told message by message what became of it; with Accept: "
            "application/edifact as a CONTRL message. 200: all of it was known.",
            {
                "201": {"description": "Taken; what was refused waits in quarantine.", "content": OBJECT},
                "200": {"description": "Nothing new.", "content": OBJECT},
                **errors(413, 415, 422),
            },
            body={"application/edifact": _BINARY, **OBJECT},
        ),
    ),
    Endpoint(
        "/v1/records/{declaration_id:path}/{box_no}",
        "GET",
        record,
        operation(
            "What all papers together say of a declared box: fields with their sources, disagreements, events.",
            {"200": {"description": "The record.", "content": OBJECT}, **errors(404)},
            [
                parameter("declaration_id", "path", _TEXT, "identifier of the declaration"),
                parameter("box_no", "path", _TEXT, "freight container number"),
            ],
        ),
    ),
    Endpoint(
        "/v1/worklist",
        "GET",
        worklist,
        operation(
            "The latest assessment of each box, those to open first, as the plan has them, then by risk.",
            {"200": answer("A part of the worklist.", Worklist), **errors(422)},
            [
                parameter("lane", "query", {"type": "string", "enum": list(Lane)}, "only this lane"),
                parameter("terminal", "query", _TEXT, "only this terminal"),
                parameter("team", "query", _TEXT, "only what the plan kept last gives this team"),
                parameter("shift", "query", _TEXT, "only what it gives this shift"),
                parameter("limit", "query", count(1, MAX_PAGE_SIZE, PAGE_SIZE), "how many boxes"),
                parameter("offset", "query", count(0, None, 0), "how many to pass over"),
            ],
        ),
    ),
)
