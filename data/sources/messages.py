"""Validate the rows of one message; a box with an invalid or contradictory row is refused as a whole.

A message may name a box several times. Its lines are then numbered across the mentions, a repeated line keeps its
number, and the values of the box must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from data.sources.problems import Problem, shown
from data.sources.reading import Accepted, Entry, Raw, Rejected, rejected, validated

Values = dict[str, Any]


def entries_of_message(source: str, document: bytes, raws: Sequence[Raw], at: datetime | None) -> Iterator[Entry]:
    """Validate the rows of one message; a box with a refused row is rejected as a whole, with the message as raw bytes.

    Rows must have their table and message; those of one box, and the notices about it, have the same declaration_id or
    document_no, and box_no. A value that could not be read is a Problem in its column.
    """
    boxes: dict[tuple[str, ...], list[Entry]] = {}
    for raw in raws:
        values = raw.values or {}
        names = (str(values.get(name) or "") for name in ("declaration_id", "document_no"))
        key = (*names, box_key(str(values.get("box_no") or "")))
        boxes.setdefault(key, []).append(_read(source, raw, at))
    for entries in boxes.values():
        refused = [entry for entry in entries if isinstance(entry, Rejected)]
        if not refused:
            yield from (entry._replace(document=document) for entry in entries if isinstance(entry, Accepted))
        else:
            problems = {str(problem): problem for entry in refused for problem in entry.problems}
            yield replace(refused[0], raw=document, fields=None, problems=tuple(problems.values()))


def _read(source: str, raw: Raw, at: datetime | None) -> Entry:
    faults = [value for value in (raw.values or {}).values() if isinstance(value, Problem)]
    if raw.problem is not None:
        faults.append(raw.problem)
    return rejected(source, raw, *faults) if faults else validated(source, raw, raw.table, at)


def box_key(box_no: str) -> str:
    """A box number as a key within a message, without spaces and dashes, in capitals."""
    return box_no.upper().replace(" ", "").replace("-", "")


def merge(values: Values, more: Mapping[str, Any]) -> None:
    """Add the values of a further mention of a box, in place; a contradiction becomes a Problem in its column."""
    for name, value in more.items():
        first = values.get(name)
        if value in (None, "") or isinstance(first, Problem):
            continue
        agrees = first in (None, "") or first == value or isinstance(value, Problem)
        values[name] = value if agrees else stated_twice(name, first, value)


def stated_twice(column: str, first: object, value: object) -> Problem:
    """The problem of a column that is stated with two values."""
    return Problem("stated_twice", column, shown(str(value)), {"first": shown(str(first))})


class LineNumbers:
    """Numbers the lines of one box across the message."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[int]] = {}
        self._last = 0

    def of_mention(self, lines: Iterable[Mapping[str, Any]]) -> list[int]:
        """The numbers of the lines of one mention; a line that an earlier mention has too keeps its number."""
        reported: dict[str, int] = {}
        numbers = []
        for line in lines:
            content = repr(sorted(line.items()))
            place = reported.get(content, 0)
            reported[content] = place + 1
            known = self._numbers.setdefault(content, [])
            if place == len(known):
                self._last += 1
                known.append(self._last)
            numbers.append(known[place])
        return numbers
