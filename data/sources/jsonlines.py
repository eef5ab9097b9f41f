"""Read JSON: a row or a box with `line_items` on each line, or one document with an object or a list of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from io import TextIOWrapper
from itertools import chain
from typing import Any, BinaryIO, Final

from data.errors import InvalidInput
from data.sources.encoding import Encoding
from data.sources.problems import Problem, shown
from data.sources.reading import Raw
from data.sources.rows import InvalidBox, rows_of_box

# Largest number of characters of a line, and of a document.
_LONGEST_LINE: Final = 64 * 2**20
_HEAD: Final = 65_536


def json_rows(opened: Callable[[], BinaryIO], encoding: Encoding) -> Iterator[Raw]:
    """The rows of JSON Lines, line by line. A line that is not a JSON object becomes a row with a problem."""
    with opened() as stream:
        text = TextIOWrapper(stream, encoding.name, "surrogateescape", newline="\n")
        number = 0
        while line := text.readline(_LONGEST_LINE):
            number += 1
            if not line.strip():
                continue
            line = line.rstrip("\r\n")
            try:
                document = loads(line)
            except (ValueError, RecursionError) as error:
                yield Raw(number, None, line, _problem(error), encoding=encoding.of_rows)
            else:
                yield from rows_of(number, document, line)


def document_rows(document: object) -> Iterator[Raw]:
    """The rows of one document: an object, or a list of them, numbered in order."""
    for number, one in enumerate(document if isinstance(document, list) else [document], start=1):
        yield from rows_of(number, one, None)


def names_of(raws: Iterable[Raw], source: str) -> list[str]:
    """The names in all rows, in order of first use. Raises InvalidInput when no row is an object."""
    raws = list(raws)
    names = list(dict.fromkeys(chain.from_iterable(raw.values for raw in raws if raw.values is not None)))
    if not names:
        reason = f" {raws[0].problem}" if raws and raws[0].problem else ""
        raise InvalidInput(f"{source} contains no JSON object.{reason}", "Write one JSON object on each line.")
    return names


def whole_document(opened: Callable[[], BinaryIO], encoding: Encoding) -> Any:
    """The text as one JSON document; None where it is not one, or its first line is a document and others follow."""
    with opened() as stream:
        text = TextIOWrapper(stream, encoding.name, "surrogateescape")
        first = next((line for line in text if line.strip()), "")
        with suppress(ValueError, RecursionError):
            document = loads(first)
            return None if text.read(_HEAD).strip() else document
        try:
            return loads(first + text.read(_LONGEST_LINE))
        except (ValueError, RecursionError):
            return None


def rows_of(number: int, document: object, line: str | None) -> Iterator[Raw]:
    """The rows of one object: itself, or one for each of its line items."""
    written = line if line is not None else json.dumps(document, ensure_ascii=False)
    if not isinstance(document, Mapping):
        yield Raw(
            number, None, written, Problem("not_object", None, shown(written), {"example": '{"declaration_id": …}'})
        )
    elif "line_items" not in document:
        yield Raw(number, document, line)
    else:
        try:
            rows = rows_of_box(document)
        except InvalidBox as error:
            yield Raw(number, None, written, error.problem)
        else:
            yield from (Raw(number, row) for row in rows)


def _problem(error: ValueError | RecursionError) -> Problem:
    """The problem of a line that cannot be parsed."""
    if isinstance(error, json.JSONDecodeError):
        return Problem("json", values={"character": error.pos + 1})
    return Problem("json_depth" if isinstance(error, RecursionError) else "json_value")


def loads(text: str) -> Any:
    """Parse strict JSON. Raises ValueError, also for NaN, and RecursionError."""
    return json.loads(text, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
