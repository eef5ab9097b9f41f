"""Media types of request and response bodies: JSON for one box; JSON Lines, Parquet or Arrow for a batch.

A batch is answered in the media type of its request. JSON Lines has one JSON object per line; Parquet and Arrow have
the declarations table, one row per line item.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json, to_json

from data.errors import InvalidInput
from data.sources.problems import Problem
from serving.problems import unsupported

if TYPE_CHECKING:
    import pyarrow as pa

Row = tuple[int, Any]
"""Number of a line or row, from 1, and its content: a value, or the InvalidInput of a line that is not JSON."""

JSON: Final = "application/json"
JSON_LINES: Final = ("application/jsonl", "application/x-ndjson", "application/x-jsonlines", "application/jsonlines")
PARQUET: Final = ("application/vnd.apache.parquet", "application/x-parquet")
ARROW_STREAM: Final = "application/vnd.apache.arrow.stream"
ARROW_FILE: Final = "application/vnd.apache.arrow.file"

_PLACE: Final = re.compile(r"line (\d+) column (\d+)")
BATCH: Final = (*JSON_LINES[:2], PARQUET[0], ARROW_STREAM, ARROW_FILE)
"""The documented media types of a batch; the others are further names of these."""


def allowed_at(path: str) -> tuple[str, ...]:
    """The media types that a scoring endpoint accepts."""
    return BATCH if path.endswith("/batch") else (JSON,)


def parsed_document(content: bytes, media_type: str, path: str) -> Any:
    """The JSON value of a body. Raises InvalidInput with line and column, or HttpError 415."""
    if media_type != JSON and not media_type.endswith("+json"):
        raise unsupported(media_type, path, (JSON,))
    return _parsed(content, "The body")


def parsed_rows(content: bytes, media_type: str, path: str) -> list[Row]:
    """The rows of a batch with their numbers. A line that is not JSON is returned as its error.

    Raises HttpError 415 for another media type, InvalidInput for a table that cannot be read at all.
    """
    if media_type in JSON_LINES:
        return list(_lines(content))
    if media_type in PARQUET or media_type in (ARROW_STREAM, ARROW_FILE):
        return list(enumerate(_table(content, media_type).to_pylist(), start=1))
    raise unsupported(media_type, path, BATCH)


def serialised(answers: Sequence[dict[str, Any]], media_type: str) -> bytes:
    """Batch answers in the media type of the request."""
    if media_type in JSON_LINES:
        return b"".join(to_json(answer, inf_nan_mode="null") + b"\n" for answer in answers)
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist([_flat(answer) for answer in answers], schema=_schema())
    sink = io.BytesIO()
    if media_type in PARQUET:
        pq.write_table(table, sink)
    else:
        new_writer = pa.ipc.new_file if media_type == ARROW_FILE else pa.ipc.new_stream
        with new_writer(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


def _parsed(content: bytes, what: str, number: int | None = None) -> Any:
    try:
        return from_json(content, allow_inf_nan=False)
    except ValueError as error:
        place = _PLACE.search(str(error))
        line, character = place.groups() if place else ("1", "1")
        problem = Problem("not_json", values={"line": line, "character": character}).as_dict()
        raise InvalidInput(
            f"{what} is not JSON: {error}.", "Send one JSON object, UTF-8.", problems=[{"row": number, **problem}]
        ) from None


def _lines(content: bytes) -> Iterable[Row]:
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, _parsed(line, f"Line {number}", number)
            except InvalidInput as error:
                yield number, error


def _table(content: bytes, media_type: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    read: Callable[[io.BytesIO], pa.Table] = {
        ARROW_STREAM: lambda source: pa.ipc.open_stream(source).read_all(),
        ARROW_FILE: lambda source: pa.ipc.open_file(source).read_all(),
    }.get(media_type, pq.read_table)
    try:
        return read(io.BytesIO(content))
    except (pa.ArrowInvalid, OSError) as error:
        detail = str(error).splitlines()[0]
        raise InvalidInput(f"The body is not {media_type}: {detail}", "Send a whole file of that type.") from None


def _schema() -> pa.Schema:
    import pyarrow as pa

    texts = ("declaration_id", "box_no", "assessment_id", "lane", "selected_by", "model_version", "reasons", "problems")
    numbers = ("risk", "probability_declaration", "probability_packing", "probability_papers", "selection_probability")
    return pa.schema(
        [("row", pa.int64()), ("status", pa.int64()), ("degraded", pa.bool_())]
        + [(name, pa.string()) for name in texts]
        + [(name, pa.float64()) for name in numbers]
    )


def _flat(answer: dict[str, Any]) -> dict[str, Any]:
    assessment = answer.get("assessment") or {}
    problem = answer.get("problem") or {}
    probabilities = assessment.get("probability", {})
    return {
        **answer,
        **{name: assessment.get(name) for name in ("assessment_id", "lane", "selected_by", "model_version", "risk")},
        **{name: assessment.get(name) for name in ("selection_probability", "degraded")},
        **{f"probability_{family}": probability for family, probability in probabilities.items()},
        "status": problem.get("status", 201),
        "reasons": to_json(assessment["reasons"]).decode() if assessment else None,
        "problems": to_json(problem["problems"] or [problem["detail"]]).decode() if problem else None,
    }
