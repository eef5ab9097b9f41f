"""The JSON endpoints other than scoring, as a table: path, method, handler, OpenAPI operation."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from data.errors import Conflict
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
    """A Starlette path, an HTTP method, its handler, and its OpenAPI operation object."""

    path: str
    method: str
    handler: Handler
    operation: Mapping[str, Any]


def operations(endpoints: Sequence[Endpoint]) -> dict[str, dict[str, Any]]:
    """The operation objects of endpoints by path and method, both in OpenAPI notation."""
    found: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        found.setdefault(_CONVERTER.sub("}", one.path), {})[one.method.lower()] = one.operation
    return found


def assessment(request: Request, application: ApplicationService) -> Response:
    """One stored assessment, unchanged since it was returned. Raises NotFound."""
    return as_json(application.assessor.store.assessment(request.path_params["assessment_id"]))


async def inspections(request: Request, application: ApplicationService) -> Response:
    """Record one inspection, or a list of them: all or none."""
    body = await schemas.received(request)
    at = datetime.now(UTC)
    rows = parsing.inspections(content_types.parsed_document(body.content, body.media_type, body.path), at)
    try:
        return as_json({"recorded": await application.record(rows, at)}, 201)
    except Conflict as error:
        raise parsing.none_stored(error, len(rows)) from None


async def message(request: Request, application: ApplicationService) -> Response:
    """Store a raw message; the response acknowledges it and contains the assessments of the boxes it declares."""
    body = await schemas.received(request)
    return await messages.receive(body, request.headers.get("accept", ""), application, datetime.now(UTC))


def record(request: Request, application: ApplicationService) -> Response:
    """The record of a declared box: the values of all its papers with their sources. Raises NotFound."""
    names = request.path_params["declaration_id"], request.path_params["box_no"]
    return as_json(stored_record(application.assessor.store, *names, datetime.now(UTC)).as_dict())


def worklist(request: Request, application: ApplicationService) -> Response:
    """A page of the worklist as JSON, with the release guarantee. Raises InvalidInput for a wrong query."""
    query = Query.of(request.query_params)
    found = application.worklist_reader.worklist(query, language_of(request, application.settings.language)).as_dict()
    return as_json({**found, "guarantee": application.guarantee(datetime.now(UTC))})


def as_json(body: Any, status: int = 200) -> Response:
    """A JSON response; NaN and infinite numbers become null."""
    return Response(to_json(body, inf_nan_mode="null"), status, media_type=content_types.JSON)


_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_TEXT: Final = {"type": "string"}

ENDPOINTS: Final = (
    Endpoint(
        "/v1/assessments/{assessment_id}",
        "GET",
        assessment,
        operation(
            "One stored assessment, as the scoring call returned it.",
            {"200": answer("The assessment.", Assessment), **errors(404)},
            [parameter("assessment_id", "path", _TEXT, "identifier in the response of the scoring call")],
        ),
    ),
    Endpoint(
        "/v1/inspections",
        "POST",
        inspections,
        operation(
            "Record one inspection or a list of them; a list is stored whole or not at all. A later row with the "
            "same inspection_id corrects the earlier one.",
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
            "assess the boxes it declares. The response lists what was accepted and refused; with Accept: "
            "application/edifact it is a CONTRL message.",
            {
                "201": {"description": "Something new was stored; refused parts are in quarantine.", "content": OBJECT},
                "200": {"description": "Nothing new: everything was already stored.", "content": OBJECT},
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
            "What all papers state about a declared box: fields with their sources, disagreements, events.",
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
            "The latest assessment of each waiting box: first those to open, in the order of the plan, then by risk.",
            {"200": answer("One page of the worklist.", Worklist), **errors(422)},
            [
                parameter("lane", "query", {"type": "string", "enum": list(Lane)}, "only boxes of this lane"),
                parameter("terminal", "query", _TEXT, "only boxes at this terminal"),
                parameter("team", "query", _TEXT, "only boxes that the latest plan assigns to this team"),
                parameter("shift", "query", _TEXT, "only boxes that the latest plan assigns to this shift"),
                parameter("limit", "query", count(1, MAX_PAGE_SIZE, PAGE_SIZE), "number of boxes on a page"),
                parameter("offset", "query", count(0, None, 0), "number of boxes to skip"),
            ],
        ),
    ),
)
