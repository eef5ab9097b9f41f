"""The OpenAPI document of the whole service: BentoML's part for the scoring endpoints, ours for the rest."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from data import __version__
from data.vocabulary import Lane
from serving import media, problems
from serving.wire import Assessment, BatchAnswer, Box, Inspection, ProblemDetails, Recorded, Worklist
from serving.worklist import MAX_PAGE_SIZE, PAGE_SIZE

_REF: Final = "#/components/schemas/{model}"
_TABLES: Final = (*media.PARQUET, media.ARROW_STREAM, media.ARROW_FILE)
_OBJECT: Final = {media.JSON: {"schema": {"type": "object"}}}
_SCORING: Final = ("/v1/assessments", "/v1/assessments/batch")
_INFRASTRUCTURE: Final = {
    "/healthz": "The process answers.",
    "/livez": "The process answers.",
    "/readyz": "Ready to assess: in which version, by which model, and whether only the rules answer (degraded).",
    "/metrics": "Counters and durations for Prometheus.",
}


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1 of the whole service."""
    from serving import service

    hazlane: Any = service.Hazlane
    spec: dict[str, Any] = hazlane.openapi_spec.asdict()
    schemas = spec["components"]["schemas"]
    for unused in ("TaskStatusResponse", "InvalidArgument", "NotFound", "InternalServerError"):
        schemas.pop(unused, None)
    for model in (Inspection, ProblemDetails, Recorded, Worklist):
        schemas.update(_schemas(model))
    spec.update(openapi="3.1.0", info=_info(), servers=[{"url": "/"}])
    paths = spec["paths"]
    one, many = (paths[path]["post"] for path in _SCORING)
    one["responses"] = {"201": _answer("The assessment, already stored.", Assessment), **_errors(409, 413, 415, 422)}
    many["requestBody"]["content"] = _batch_content(Box)
    many["responses"] = {"200": {"description": "One answer a box.", "content": _batch_content(BatchAnswer)}} | _errors(
        413, 415, 422
    )
    for path, description in _INFRASTRUCTURE.items():
        paths[path]["get"]["description"] = description
    spec["paths"] = {**{path: paths[path] for path in _SCORING}, **_more_paths(), **paths}
    return spec


def _info() -> dict[str, str]:
    return {"title": "hazlane", "version": __version__, "description": "Which dangerous-goods boxes to open, and why."}


def _more_paths() -> dict[str, Any]:
    return {
        "/v1/assessments/{assessment_id}": {
            "get": _operation(
                "One assessment, as it was answered.",
                {"200": _answer("The assessment.", Assessment), **_errors(404)},
                [
                    _parameter(
                        "assessment_id", "path", {"type": "string"}, "identifier in the answer of the scoring call"
                    )
                ],
            )
        },
        "/v1/inspections": {
            "post": {
                **_operation(
                    "Record inspections. A later row with the same inspection_id corrects the earlier one.",
                    {"201": _answer("Recorded.", Recorded), **_errors(409, 413, 415, 422)},
                ),
                "requestBody": {"required": True, "content": {media.JSON: {"schema": _one_or_many(Inspection)}}},
            }
        },
        "/v1/messages": {
            "post": {
                **_operation(
                    "Store an EDIFACT interchange (IFTDGN, BAPLIE, IFTMBF, COPRAR, VERMAS) or a DCSA document, and "
                    "assess the boxes it declares. Told message by message what became of it; with Accept: "
                    "application/edifact as a CONTRL message. 200: all of it was known.",
                    {
                        "201": {"description": "Taken; what was refused waits in quarantine.", "content": _OBJECT},
                        "200": {"description": "Nothing new.", "content": _OBJECT},
                        **_errors(413, 415, 422),
                    },
                ),
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/edifact": {"schema": {"type": "string", "format": "binary"}},
                        media.JSON: {"schema": {"type": "object"}},
                    },
                },
            }
        },
        "/v1/records/{declaration_id}/{box_no}": {
            "get": _operation(
                "What all papers together say of a declared box: fields with their sources, disagreements, events.",
                {"200": {"description": "The record.", "content": _OBJECT}, **_errors(404)},
                [
                    _parameter("declaration_id", "path", {"type": "string"}, "identifier of the declaration"),
                    _parameter("box_no", "path", {"type": "string"}, "freight container number"),
                ],
            )
        },
        "/v1/worklist": {
            "get": _operation(
                "The latest assessment of each box, those to open first, as the plan has them, then by risk.",
                {"200": _answer("A part of the worklist.", Worklist), **_errors(422)},
                [
                    _parameter("lane", "query", {"type": "string", "enum": list(Lane)}, "only this lane"),
                    _parameter("terminal", "query", {"type": "string"}, "only this terminal"),
                    _parameter("team", "query", {"type": "string"}, "only what the plan kept last gives this team"),
                    _parameter("shift", "query", {"type": "string"}, "only what it gives this shift"),
                    _parameter("limit", "query", _count(1, MAX_PAGE_SIZE, PAGE_SIZE), "how many boxes"),
                    _parameter("offset", "query", _count(0, None, 0), "how many to pass over"),
                ],
            )
        },
    }


def _operation(description: str, responses: dict[str, Any], parameters: list[Any] | None = None) -> dict[str, Any]:
    return {
        "tags": ["Service APIs"],
        "description": description,
        "parameters": parameters or [],
        "responses": responses,
    }


def _parameter(name: str, place: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": description}


def _count(least: int, most: int | None, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "default": default} | ({"maximum": most} if most else {})


def _answer(description: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"description": description, "content": {media.JSON: {"schema": _reference(model)}}}


def _errors(*statuses: int) -> dict[str, Any]:
    content = {problems.MEDIA_TYPE: {"schema": _reference(ProblemDetails)}}
    descriptions = {
        404: "Nothing is known under that name.",
        409: "It contradicts what is recorded.",
        413: "The body is too large.",
        415: "The media type is not read here.",
        422: "The body cannot be accepted; `problems` says why.",
    }
    return {str(status): {"description": descriptions[status], "content": content} for status in statuses}


def _batch_content(model: Any) -> dict[str, Any]:
    lines = {kind: {"schema": _reference(model)} for kind in media.JSON_LINES[:2]}
    return lines | {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TABLES}


def _one_or_many(model: type[BaseModel]) -> dict[str, Any]:
    return {"oneOf": [_reference(model), {"type": "array", "items": _reference(model)}]}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF)
    return {**schema.pop("$defs", {}), model.__name__: schema}


if __name__ == "__main__":
    print(json.dumps(document(), ensure_ascii=False, indent=1))
