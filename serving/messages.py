"""POST /v1/messages: store a raw EDIFACT interchange or DCSA document; report what was accepted and refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic_core import to_json
from starlette.responses import Response

from data.errors import InvalidInput
from data.ingest import COUNTED, SourceSummary
from data.sources.edifact import acknowledge, contrl_of, is_edifact
from serving import content_types
from serving.application import MESSAGE, ApplicationService
from serving.problems import unsupported
from serving.schemas import Body

EDIFACT: Final = "application/edifact"
ACCEPTED: Final = (EDIFACT, "application/edi-x12", content_types.JSON, "text/plain", "application/octet-stream")


async def receive(body: Body, accept: str, application: ApplicationService, at: datetime) -> Response:
    """Store a message and assess the boxes that it declares; what is refused is kept in quarantine.

    Status 201 when something new was stored, 200 when everything was already stored. With EDIFACT in `accept`, a
    readable interchange is answered by a CONTRL message, also when it was refused. Raises InvalidInput when everything
    was refused, HttpError 415 for another media type.
    """
    if body.media_type not in ACCEPTED and not body.media_type.endswith("+json"):
        raise unsupported(body.media_type, body.path, ACCEPTED)
    summary, assessments = await application.take_message(body.content, at)
    fields: dict[str, Any] = {"contains": summary.contains, **{name: getattr(summary, name) for name in COUNTED}}
    if is_edifact(body.content) and summary.error is None:
        acknowledgement = acknowledge(body.content, MESSAGE, summary.refused, at)
        if EDIFACT in accept:
            return Response(contrl_of(acknowledgement), _status(summary), media_type=EDIFACT)
        fields["acknowledgement"] = acknowledgement.as_dict()
    problems = [
        {"row": entry.row_no, "message_reference": entry.message, **problem.as_dict()}
        for entry in summary.refused
        for problem in entry.problems
    ]
    if summary.problem is not None:
        problems.append({"row": None, "message_reference": None, **summary.problem.as_dict()})
    if summary.error or (summary.refused and not summary.accepted and not summary.duplicate):
        raise InvalidInput(
            summary.error or "No part of the message could be accepted; it is kept in quarantine.",
            "Correct what `problems` lists, and send the message again.",
            problems=problems,
        )
    return Response(
        to_json({**fields, "problems": problems, "assessments": assessments}),
        _status(summary),
        None,
        content_types.JSON,
    )


def _status(summary: SourceSummary) -> int:
    return 201 if summary.accepted else 200
