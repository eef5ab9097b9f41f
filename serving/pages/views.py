"""The HTML pages: worklist, box, API description, error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from data.errors import HazlaneError
from data.record.stored import stored_record
from data.records import LAST_COUNTED
from data.vocabulary import Lane, Notice
from features.checks.request_letter import request as request_letter
from serving.application import ApplicationService
from serving.pages.chart import chart
from serving.pages.facts import declared
from serving.pages.formatting import language_of, page
from serving.pages.inspections import Inspected, inspected
from serving.pages.papers import papers
from serving.worklist import Query


def language(request: Request, application: ApplicationService) -> str:
    """The language of this request."""
    return language_of(request, application.settings.language)


def worklist_page(request: Request, application: ApplicationService) -> Response:
    """The worklist page. Raises InvalidInput for a wrong query."""
    query = Query.of(request.query_params)
    reader = language(request, application)
    found = application.worklist_reader.worklist(query, reader)
    last = query.offset + len(found.boxes)
    return page(
        request,
        "worklist.html",
        reader,
        entries=found.boxes,
        first=query.offset + 1,
        last=last,
        total=found.total,
        first_url=_url(query, offset=0),
        is_new=not found.boxes and not application.assessor.store.counts()["assessments"],
        guarantee=application.guarantee(datetime.now(UTC)),
        part=query.part,
        choices={name: values for name, values in found.choices.items() if values},
        tabs=_tabs(query, found.counts),
        previous_url=_url(query, offset=max(query.offset - query.limit, 0)) if query.offset else "",
        next_url=_url(query, offset=last) if last < found.total else "",
        **_model(application),
    )


def box_page(request: Request, application: ApplicationService) -> Response:
    """The page of one box: declared values, inspections, lane and reasons. Raises NotFound."""
    reader = language(request, application)
    key = (request.path_params["declaration_id"], request.path_params["box_no"])
    latest, *earlier = application.assessor.store.assessments_of(*key)
    facts = declared(application.assessor.store.declaration(*key), reader)
    now = datetime.now(UTC)
    record = stored_record(application.assessor.store, *key, now)
    done = inspected(application.assessor.store.inspections_of([key[0]]), key[1])
    return page(
        request,
        "box.html",
        reader,
        a=latest,
        inspected=done,
        advice=_advice(latest, done),
        chart=chart(latest, reader),
        letter=request_letter(*key, latest["discrepancies"], reader),
        declared=facts,
        papers=papers(record, reader),
        cancelled=record.state == Notice.CANCELLED,
        counterfactual=application.counterfactual(*key, now) if "corrections" in request.query_params else None,
        corrections_requested="corrections" in request.query_params,
        last_counted=LAST_COUNTED,
        earlier=earlier,
        degraded=latest["degraded"],
        model_version=latest["model_version"],
    )


def _advice(latest: Mapping[str, Any], done: Inspected) -> str:
    """Key of the advice: the proposed lane, or "opened" or "checked" when that was done."""
    if done.is_opened:
        return "opened"
    checked = latest["lane"] == Lane.AMBER and done.is_checked_since(datetime.fromisoformat(latest["assessed_at"]))
    return "checked" if checked else str(latest["lane"])


def docs(request: Request, application: ApplicationService, spec: Mapping[str, Any]) -> Response:
    """The page that describes the API, made from its OpenAPI document."""
    return page(request, "docs.html", language(request, application), spec=spec, **_model(application))


def error(request: Request, application: ApplicationService, known: HazlaneError) -> Response:
    """The page of an error; the detail of a wrong query (422) is shown in English, as in the API."""
    kind = str(known.status) if known.status in (404, 422) else "other"
    return page(request, "error.html", language(request, application), status=known.status, kind=kind, error=known)


def _tabs(query: Query, counts: dict[str, int]) -> list[dict[str, Any]]:
    lanes = (None, *sorted(Lane, key=lambda lane: -lane.rank))
    return [
        {
            "lane": lane,
            "count": counts[lane] if lane else sum(counts.values()),
            "url": _url(query, lane=lane, offset=0),
            "chosen": lane == query.part.lane,
        }
        for lane in lanes
    ]


def _url(query: Query, **changes: Any) -> str:
    parameters = {**asdict(query.part), "offset": query.offset, **changes}
    written = urlencode({name: value for name, value in parameters.items() if value})
    return f"/worklist?{written}" if written else "/worklist"


def _model(application: ApplicationService) -> dict[str, Any]:
    return {"degraded": application.assessor.degraded, "model_version": application.assessor.model_version}
