"""JSON Lines: one row a line, or one box a line with its `line_items`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from data.errors import InvalidInput
from data.sources.problems import Problem, shown
from data.sources.reading import Raw, Scan, scan_of
from data.sources.rows import rows_of_box


def scan_json(text: str, source: str, at: datetime | None = None) -> Scan:
    """The rows of JSON Lines, or of one JSON document (an object, or a list of them). Raises InvalidInput."""
    raws = list(_rows(text))
    names = list(dict.fromkeys(chain.from_iterable(raw.values for raw in raws if raw.values is not None)))
    if not names:
        reason = f" {raws[0].problem}" if raws and raws[0].problem else ""
        raise InvalidInput(f"{source} holds no JSON object.{reason}", "Write one JSON object on each line.")
    return scan_of(source, names, raws, at)


def _rows(text: str) -> Iterator[Raw]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if (whole := _document(text)) is not None:
        documents = whole if isinstance(whole, list) else [whole]
        for number, document in enumerate(documents, start=1):
            yield from _rows_of(number, document, None)
        return
    for number, line in lines:
        try:
            document = _loads(line)
        except (ValueError, RecursionError) as error:
            yield Raw(number, None, line, Problem("json", values={"reason": shown(str(error))}))
        else:
            yield from _rows_of(number, document, line)


def _document(text: str) -> Any:
    """The text as one JSON document over several lines; None when it is not one."""
    if text.count("\n") == 0 or text.lstrip()[:1] not in ("[", "{"):
        return None
    first = text.lstrip().split("\n", 1)[0]
    try:
        _loads(first)
    except (ValueError, RecursionError):
        pass
    else:
        return None
    try:
        return _loads(text)
    except (ValueError, RecursionError):
        return None


def _rows_of(number: int, document: object, line: str | None) -> Iterator[Raw]:
    written = line if line is not None else json.dumps(document, ensure_ascii=False)
    if not isinstance(document, Mapping):
        yield Raw(number, None, written, Problem("json", values={"reason": shown(written)}))
    elif "line_items" not in document:
        yield Raw(number, document, line)
    else:
        try:
            rows = rows_of_box(document)
        except InvalidInput as error:
            yield Raw(number, None, written, Problem("json", "line_items", values={"reason": error.detail}))
        else:
            yield from (Raw(number, row) for row in rows)


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
