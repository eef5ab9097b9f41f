"""The OpenAPI document of the whole service: BentoML's document of the scoring endpoints, completed with the others."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from pydantic import BaseModel

from data import __version__
from serving import content_types, problems
from serving.schemas import Assessment, BatchAnswer, Box, Inspection, ProblemDetails, Recorded, Worklist

_REF: Final = "#/components/schemas/{model}"
_TABLES: Final = (*content_types.PARQUET, content_types.ARROW_STREAM, content_types.ARROW_FILE)
OBJECT: Final = {content_types.JSON: {"schema": {"type": "object"}}}
"""The content of a body that is any JSON object."""
_SCORING: Final = ("/v1/assessments", "/v1/assessments/batch")
_INFRASTRUCTURE: Final = {
    "/healthz": "The process is running.",
    "/livez": "The process is running.",
    "/readyz": "Readiness: version, model, whether only fixed rules assess (degraded) and why, settings warnings.",
    "/metrics": "Counters and durations for Prometheus.",
}


def document(scoring: Mapping[str, Any], operations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole service.

    `scoring` is BentoML's document of the scoring endpoints; `operations` has the operation objects of all others, by
    path and method.
    """
    spec: dict[str, Any] = deepcopy(dict(scoring))
    schemas = spec["components"]["schemas"]
    for unused in ("TaskStatusResponse", "InvalidArgument", "NotFound", "InternalServerError"):
        schemas.pop(unused, None)
    for model in (Inspection, ProblemDetails, Recorded, Worklist):
        schemas.update(_schemas(model))
    spec.update(openapi="3.1.0", info=_info(), servers=[{"url": "/"}])
    paths = spec["paths"]
    one, many = (paths[path]["post"] for path in _SCORING)
    one["responses"] = {
        "201": answer("The assessment, already stored.", Assessment),
        **errors(409, 413, 415, 422),
    }
    many["requestBody"]["content"] = _batch_content(Box)
    many["responses"] = {"200": {"description": "One result a box.", "content": _batch_content(BatchAnswer)}} | errors(
        413, 415, 422
    )
    for path, description in _INFRASTRUCTURE.items():
        paths[path]["get"]["description"] = description
    spec["paths"] = {**{path: paths[path] for path in _SCORING}, **operations, **paths}
    return spec


def _info() -> dict[str, str]:
    return {"title": "hazlane", "version": __version__, "description": "Which dangerous-goods boxes to open, and why."}


def operation(
    description: str,
    responses: dict[str, Any],
    parameters: list[Any] | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """An operation object; `body` is the content of a required request body, by media type."""
    return {
        "tags": ["Service APIs"],
        "description": description,
        "parameters": parameters or [],
        "responses": responses,
        **({"requestBody": {"required": True, "content": body}} if body else {}),
    }


def parameter(name: str, place: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """A parameter object; `place` is "path" or "query"."""
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": description}


def count(least: int, most: int | None, default: int) -> dict[str, Any]:
    """The schema of an integer between `least` and `most`."""
    return {"type": "integer", "minimum": least, "default": default} | ({"maximum": most} if most else {})


def answer(description: str, model: type[BaseModel]) -> dict[str, Any]:
    """A response object with a JSON body."""
    return {"description": description, "content": {content_types.JSON: {"schema": _reference(model)}}}


def errors(*statuses: int) -> dict[str, Any]:
    """Response objects of error statuses, by status."""
    content = {problems.MEDIA_TYPE: {"schema": _reference(ProblemDetails)}}
    descriptions = {
        404: "There is no such record.",
        409: "The content contradicts what is recorded; `problems` lists the values that differ.",
        413: "The body is too large.",
        415: "The media type is not accepted by this endpoint; the error names the allowed ones.",
        422: "The body or a query parameter is invalid; `problems` lists invalid values.",
    }
    return {str(status): {"description": descriptions[status], "content": content} for status in statuses}


def _batch_content(model: Any) -> dict[str, Any]:
    lines = {kind: {"schema": _reference(model)} for kind in content_types.JSON_LINES[:2]}
    return lines | {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TABLES}


def one_or_many(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a body that is one object or a list of them."""
    return {"oneOf": [_reference(model), {"type": "array", "items": _reference(model)}]}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF)
    return {**schema.pop("$defs", {}), model.__name__: schema}
