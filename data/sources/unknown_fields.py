"""Find fields of a document that no column has, and the known name that each was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS
from data.sources.problems import Problem, shown

BOX_FIELDS: Final = frozenset({"line_items", *(column.name for column in DECLARATION_COLUMNS)})
"""Known names in a box document, of the box and of its line items."""
INSPECTION_FIELDS: Final = frozenset(column.name for column in INSPECTION_COLUMNS)
"""Known names in an inspection."""

_MOST_REPORTED: Final = 20


def unknown_fields(
    objects: Iterable[tuple[int, Mapping[str, Any]]], known: frozenset[str]
) -> list[tuple[int, Problem]]:
    """The problem of each unknown field, with the number of the first object that has it; at most 20 of them."""
    found: dict[str, tuple[int, Any]] = {}
    for number, fields in objects:
        for name in fields.keys() - known - found.keys():
            found[name] = (number, fields[name])
    return [
        (number, _problem(name, value, nearest(name, known)))
        for name, (number, value) in sorted(found.items(), key=lambda item: (item[1][0], item[0]))[:_MOST_REPORTED]
    ]


@lru_cache(maxsize=1_000)
def nearest(name: str, known: frozenset[str]) -> str | None:
    """The known name that is most similar to `name`, None where none is similar."""
    written = name.strip().casefold().replace("-", "_").replace(" ", "_")
    return next(iter(get_close_matches(written[:100], sorted(known), 1)), None)


def _problem(name: str, value: Any, meant: str | None) -> Problem:
    if meant is None:
        return Problem("unknown_field", shown(name), shown(value))
    return Problem("misspelt_field", shown(name), shown(value), {"nearest": meant})
