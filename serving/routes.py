"""The ASGI application that is mounted beside the scoring endpoints: JSON endpoints, pages, readiness."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from data import __version__
from data.errors import HazlaneError
from serving import problems
from serving.application import ApplicationService
from serving.endpoints import ENDPOINTS, Handler, as_json, operations
from serving.openapi import document
from serving.pages import views

_STATIC: Final = Path(__file__).parent / "pages" / "static"


class Site:
    """The routes of a service, and the application service that they call.

    The routes exist before the service starts; `application` is set at the start, before the first request.
    """

    application: ApplicationService

    def __init__(self, scoring: Callable[[], Mapping[str, Any]]) -> None:
        """`scoring` returns BentoML's OpenAPI document of the scoring endpoints."""
        self._scoring = scoring
        self.app = Starlette(
            routes=[
                Route("/", home),
                Route("/worklist", self._endpoint(views.worklist_page)),
                Route("/boxes/{declaration_id:path}/{box_no}", self._endpoint(views.box_page)),
                Route("/docs", self.docs),
                Route("/openapi.json", self.openapi),
                Route("/docs.json", self.openapi),
                *(Route(one.path, self._endpoint(one.handler), methods=[one.method]) for one in ENDPOINTS),
                Mount("/static", StaticFiles(directory=_STATIC)),
            ],
            exception_handlers={HazlaneError: self.error_response},
        )

    def _endpoint(self, handler: Handler) -> Callable[[Request], Any]:
        """Adapt a handler to Starlette, which runs async functions on the event loop and others in a thread."""
        if not inspect.iscoroutinefunction(handler):
            return lambda request: handler(request, self.application)

        async def answered(request: Request) -> Response:
            return await cast(Awaitable[Response], handler(request, self.application))

        return answered

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document of the whole service."""
        return document(self._scoring(), operations(ENDPOINTS))

    async def ready(self, request: Request) -> Response:
        """Readiness: version, model, whether only the rules assess (`degraded`) with its cause, settings warnings."""
        assessor = self.application.assessor
        model = {"degraded": assessor.degraded, "model_version": assessor.model_version}
        notes = {"cause": assessor.cause or None, "warnings": self.application.settings.warnings}
        return as_json({"status": "ready", "version": __version__, **model, **notes})

    def openapi(self, request: Request) -> Response:
        """The OpenAPI document."""
        return JSONResponse(self.document)

    def docs(self, request: Request) -> Response:
        """The OpenAPI document as a page."""
        return views.docs(request, self.application, self.document)

    def error_response(self, request: Request, error: Exception) -> Response:
        """An error as an HTML page when the request accepts HTML and is not for the API, else as problem details."""
        known = cast(HazlaneError, error)
        if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
            return problems.response(known, request.url.path)
        return views.error(request, self.application, known)


def home(request: Request) -> Response:
    """Redirect to the worklist."""
    return RedirectResponse("/worklist")
