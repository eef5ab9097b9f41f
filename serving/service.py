"""The BentoML service: scoring endpoints as typed APIs, everything else as one mounted ASGI application.

    bentoml serve serving.service:Hazlane

`serving.run.serve` starts it in one process without BentoML's supervisor.
"""

from __future__ import annotations

import logging
import os

# Set before bentoml is imported, which reads it once.
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ClassVar, Final

import bentoml
from pydantic_core import to_json
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from data.errors import Conflict, HazlaneError
from data.settings import Settings, settings
from serving import content_types, parsing, problems
from serving.application import ApplicationService
from serving.middleware import BodyLimitAndErrors
from serving.routes import Site
from serving.schemas import Assessment, BatchAnswer, Body, Box, Boxes

log = logging.getLogger("hazlane.serving")
Method = Callable[[Any, Body], Awaitable[Response]]


def with_problem_details(method: Method) -> Method:
    """Decorate an API method: a HazlaneError becomes a problem details response."""

    @wraps(method)
    async def wrapped(self: Any, body: Body) -> Response:
        try:
            return await method(self, body)
        except HazlaneError as error:
            return problems.response(error, body.path)

    return wrapped


def scoring_document() -> dict[str, Any]:
    """BentoML's OpenAPI document of the scoring endpoints."""
    hazlane: Any = Hazlane
    found: dict[str, Any] = hazlane.openapi_spec.asdict()
    return found


SITE: Final = Site(scoring_document)
"""The routes beside the scoring endpoints; BentoML needs them when the service is defined, before it starts."""


class MiddlewareService(bentoml.Service[Any]):  # type: ignore[misc]
    """A BentoML service inside the middleware, with a readiness endpoint of its own."""

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        """The ASGI application of BentoML with middleware and readiness endpoint."""
        app = super().to_asgi(is_main)
        # The middleware is applied twice. Inside, because BentoML's timeout middleware waits until its timeout when the
        # application raises before it responds. Outside, because that middleware does not send problem details.
        app.user_middleware.append(Middleware(BodyLimitAndErrors, error_response=SITE.error_response))
        app.router.routes.insert(0, Route("/readyz", SITE.ready))
        return _Closing(BodyLimitAndErrors(app, SITE.error_response))


class _Closing:
    """The application; it closes the application service after the server has shut down."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        finally:
            application = getattr(SITE, "application", None)
            if scope["type"] == "lifespan" and application is not None:
                application.close()


@bentoml.service(
    name="hazlane",
    service_class=MiddlewareService,
    workers=1,
    traffic={"timeout": 600},
    logging={"access": {"enabled": False}},
)
@bentoml.asgi_app(SITE.app)
class Hazlane:
    """Scores the risk of dangerous-goods boxes and keeps the inspectors' worklist."""

    settings: ClassVar[Settings | None] = None
    """Settings given by `serving.run`; None: those of the environment."""

    def __init__(self) -> None:
        from models.assessor import Assessor

        chosen = self.settings or settings()
        for warning in chosen.warnings:
            log.warning(warning)
        self.application = SITE.application = ApplicationService(chosen, Assessor.open(chosen))
        # Evaluate the release guarantee once before the first request.
        self.application.guarantee(datetime.now(UTC))

    @bentoml.api(route="/v1/assessments", input_spec=Box, output_spec=Assessment)  # type: ignore[untyped-decorator]
    @with_problem_details
    async def assess(self, body: Body) -> Response:
        """Assess one box: lane, risk and reasons. The assessment is stored before it is returned."""
        at = datetime.now(UTC)
        assessment = await self.application.assess(
            parsing.box(content_types.parsed_document(body.content, body.media_type, body.path), at), at
        )
        location = {"Location": f"/v1/assessments/{assessment['assessment_id']}"}
        return Response(to_json(assessment), 201, location, content_types.JSON)

    @bentoml.api(route="/v1/assessments/batch", input_spec=Boxes, output_spec=BatchAnswer)  # type: ignore[untyped-decorator]
    @with_problem_details
    async def assess_batch(self, body: Body) -> Response:
        """Assess many boxes (JSON Lines, Parquet or Arrow); the response has one result a box, in the same type."""
        at = datetime.now(UTC)
        submissions = parsing.boxes(content_types.parsed_rows(body.content, body.media_type, body.path), at)
        valid = [submission for submission in submissions if submission.refused() is None]
        assessed = iter(await self.application.assess_batch([submission.rows for submission in valid], at))
        answers = []
        for submission in submissions:
            found = submission.refused() or next(assessed)
            if isinstance(found, Conflict):
                found = submission.located(found)
            named = {"row": submission.row, "declaration_id": submission.declaration_id, "box_no": submission.box_no}
            if isinstance(found, HazlaneError):
                answers.append({**named, "problem": problems.document(found, body.path)})
            else:
                answers.append({**named, "assessment": found})
        return Response(content_types.serialised(answers, body.media_type), 200, media_type=body.media_type)
