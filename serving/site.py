"""The ASGI application beside the scoring endpoints: JSON by id, inspections, the worklist, the pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from data import __version__
from data.errors import HazlaneError
from data.record.stored import stored_record
from serving import intake, media, messages, problems, wire
from serving.desk import Desk
from serving.openapi import document
from serving.pages import views
from serving.worklist import Query

_STATIC: Final = Path(__file__).parent / "pages" / "static"


async def ready(request: Request) -> Response:
    """Whether the service answers, in which version, by which model; whether only the rules answer, and why."""
    assessor = _desk().assessor
    told = {
        "version": __version__,
        "degraded": assessor.degraded,
        "model_version": assessor.model_version,
        "cause": assessor.cause or None,
    }
    return _json({"status": "ready", **told})


def assessment(request: Request) -> Response:
    """One assessment, as it was answered."""
    return _json(_desk().assessor.store.assessment(request.path_params["assessment_id"]))


async def inspections(request: Request) -> Response:
    """Record one inspection, or a list of them."""
    body = await wire.received(request)
    at = datetime.now(UTC)
    rows = intake.inspections(media.one(body.content, body.media_type), at)
    return _json({"recorded": await _desk().record(rows, at)}, 201)


def record(request: Request) -> Response:
    """What all papers together say of a declared box."""
    names = request.path_params["declaration_id"], request.path_params["box_no"]
    return _json(stored_record(_desk().assessor.store, *names, datetime.now(UTC)).as_dict())


async def message(request: Request) -> Response:
    """Store a raw message; the answer acknowledges it and holds the assessments of the boxes it declares."""
    body = await wire.received(request)
    return await messages.take(body, request.headers.get("accept", ""), _desk(), datetime.now(UTC))


def worklist_json(request: Request) -> Response:
    """The worklist as JSON."""
    query = Query.of(request.query_params)
    desk = _desk()
    told = desk.board.worklist(query, views.language(request, desk)).as_dict()
    return _json({**told, "guarantee": desk.guarantee(datetime.now(UTC))})


def openapi(request: Request) -> Response:
    """The OpenAPI document of the whole service."""
    return JSONResponse(document())


def home(request: Request) -> Response:
    """The worklist is the first page."""
    return RedirectResponse("/worklist")


def refused(request: Request, error: Exception) -> Response:
    """An error as a page to readers of HTML, as problem details to all others."""
    known = cast(HazlaneError, error)
    if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
        return problems.response(known, request.url.path)
    return views.error(request, _desk(), known)


def _desk() -> Desk:
    return cast(Desk, app.state.desk)


def _json(body: Any, status: int = 200) -> Response:
    return Response(to_json(body, inf_nan_mode="null"), status, media_type=media.JSON)


app: Final = Starlette(
    routes=[
        Route("/", home),
        Route("/worklist", lambda request: views.worklist_page(request, _desk())),
        Route("/boxes/{declaration_id:path}/{box_no}", lambda request: views.box_page(request, _desk())),
        Route("/docs", lambda request: views.docs(request, _desk())),
        Route("/openapi.json", openapi),
        Route("/docs.json", openapi),
        Route("/v1/assessments/{assessment_id}", assessment),
        Route("/v1/inspections", inspections, methods=["POST"]),
        Route("/v1/messages", message, methods=["POST"]),
        Route("/v1/records/{declaration_id:path}/{box_no}", record),
        Route("/v1/worklist", worklist_json),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ],
    exception_handlers={HazlaneError: refused},
)
