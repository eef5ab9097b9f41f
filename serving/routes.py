"""The ASGI application beside the scoring endpoints: JSON endpoints, pages, and readiness, over one desk."""

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
    """The routes of a service, and the desk that answers them.

    The routes are there before the service starts; `application` is set when it does, before the first request.
    """

    application: ApplicationService

    def __init__(self, scoring: Callable[[], Mapping[str, Any]]) -> None:
        """`scoring` gives BentoML's OpenAPI document of the scoring endpoints."""
        self._scoring = scoring
        self.app = Starlette(
            routes=[
                Route("/", home),
                Route("/worklist", self._answered_by(views.worklist_page)),
                Route("/boxes/{declaration_id:path}/{box_no}", self._answered_by(views.box_page)),
                Route("/docs", self.docs),
                Route("/openapi.json", self.openapi),
                Route("/docs.json", self.openapi),
                *(Route(one.path, self._answered_by(one.handler), methods=[one.method]) for one in ENDPOINTS),
                Mount("/static", StaticFiles(directory=_STATIC)),
            ],
            exception_handlers={HazlaneError: self.refused},
        )

    def _answered_by(self, handler: Handler) -> Callable[[Request], Any]:
        """A handler as Starlette calls it: an async one on the event loop, a plain one in a thread."""
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
        """Whether the service answers, in which version, by which model; whether only the rules answer, and why; what
        a port should change before it relies on the answers."""
        assessor = self.application.assessor
        model = {"degraded": assessor.degraded, "model_version": assessor.model_version}
        told = {"cause": assessor.cause or None, "warnings": self.application.settings.warnings}
        return as_json({"status": "ready", "version": __version__, **model, **told})

    def openapi(self, request: Request) -> Response:
        """The OpenAPI document."""
        return JSONResponse(self.document)

    def docs(self, request: Request) -> Response:
        """The OpenAPI document as a page."""
        return views.docs(request, self.application, self.document)

    def refused(self, request: Request, error: Exception) -> Response:
        """An error as a page to readers of HTML, as problem details to all others."""
        known = cast(HazlaneError, error)
        if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
            return problems.response(known, request.url.path)
        return views.error(request, self.application, known)


def home(request: Request) -> Response:
    """The worklist is the first page."""
    return RedirectResponse("/worklist")
