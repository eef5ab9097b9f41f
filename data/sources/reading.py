"""What a file gave: rows, and beside them what was rejected and why. All formats meet here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

from data.errors import InvalidInput
from data.records import BOX_COLUMNS, BOX_KEY, DECLARATION_COLUMNS, INSPECTION_COLUMNS, Column
from data.sources.problems import Problem, encodable, shown
from data.sources.rows import Row, Validated, validate_declaration, validate_inspection

TableName = Literal["declarations", "inspections"]

COLUMNS: Final[Mapping[TableName, tuple[Column, ...]]] = {
    "declarations": DECLARATION_COLUMNS,
    "inspections": INSPECTION_COLUMNS,
}


@dataclass(frozen=True)
class Raw:
    """One row as the source holds it: `values` by column, or the `problem` that kept it from being divided."""

    row_no: int
    values: Mapping[str, Any] | None
    text: str | None = None
    problem: Problem | None = None

    def written(self) -> str:
        """The row as text, to be kept with its problems."""
        text = self.text if self.text is not None else json.dumps(self.values, ensure_ascii=False, default=str)
        return encodable(text).replace("\x00", "\\x00")


@dataclass(frozen=True)
class Rejected:
    """A row that was not accepted, as written, with every problem found. `row_no` is its line in the file.

    `box` is the declaration_id and box_no it names, None where the row could not be divided into columns.
    """

    source: str
    row_no: int
    raw: str
    problems: tuple[Problem, ...]
    box: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, in the form in which the store keeps it."""
        problems = [problem.as_dict() for problem in self.problems]
        return {"source": self.source, "row_no": self.row_no, "raw": self.raw, "problems": problems}

    def __str__(self) -> str:
        return f"{self.source}, row {self.row_no}: " + " ".join(map(str, self.problems))


class Accepted(NamedTuple):
    """A row that was accepted, and what it was made from."""

    raw: Raw
    row: Row


Entry = Accepted | Rejected


@dataclass(frozen=True)
class Scan:
    """A source being read: which table it holds, columns that are not of the contract, then its rows in order."""

    table: TableName
    unknown_columns: tuple[str, ...]
    entries: Iterator[Entry]


@dataclass(frozen=True)
class Reading:
    """A source that was read to its end."""

    table: TableName
    rows: list[Row]
    rejected: list[Rejected]
    unknown_columns: tuple[str, ...]


def table_of(names: Sequence[str], source: str) -> TableName:
    """Which table has this header. Raises InvalidInput when a required column is missing, or a column stands twice."""
    table: TableName = "inspections" if "inspection_id" in names else "declarations"
    required = [column.name for column in COLUMNS[table] if column.required]
    if missing := [name for name in required if name not in names]:
        found = ", ".join(shown(name) for name in names[:8])
        raise InvalidInput(
            f"{source} has neither table's header: for {table} it lacks {', '.join(missing)} (found: {found}).",
            "Name the columns in the first row as docs/data-dictionary.md does.",
        )
    known = {column.name for column in COLUMNS[table]}
    if twice := sorted({name for name in names if name in known and names.count(name) > 1}):
        raise InvalidInput(f"{source} has the column {', '.join(twice)} twice.", "Keep one of them.")
    return table


def scan_of(source: str, names: Sequence[str], raws: Iterable[Raw], at: datetime | None) -> Scan:
    """The validated rows of a source with these column names, as they come; `at` as in validate_declaration."""
    table = table_of(names, source)
    known = {column.name for column in COLUMNS[table]}
    unknown = tuple(dict.fromkeys(shown(name) for name in names if name and name not in known))
    if table == "declarations":
        return Scan(table, unknown, _Boxes(source, at).entries(raws))
    return Scan(table, unknown, (_checked(source, raw, partial(validate_inspection, at=at)) for raw in raws))


def rejected(source: str, raw: Raw, *problems: Problem) -> Rejected:
    """The rejection of a row."""
    named = raw.values or {}
    box = (str(named.get("declaration_id") or "").strip(), str(named.get("box_no") or "").strip())
    return Rejected(source, raw.row_no, raw.written(), problems, box if all(box) else None)


def _checked(source: str, raw: Raw, validate: Callable[[Mapping[str, Any]], Validated]) -> Entry:
    if raw.values is None:
        return rejected(source, raw, *((raw.problem,) if raw.problem else ()))
    row, problems = validate(raw.values)
    return Accepted(raw, row) if row is not None else rejected(source, raw, *problems)


class _Boxes:
    """Line items of one source come together to boxes: their box columns must agree, their lines are numbered."""

    _box_of = itemgetter(*BOX_KEY)
    _facts_of = itemgetter(*(column.name for column in BOX_COLUMNS))

    def __init__(self, source: str, at: datetime | None) -> None:
        self._source = source
        self._validate = partial(validate_declaration, at=at)
        self._first: dict[tuple[Any, ...], tuple[int, Row]] = {}
        self._lines: dict[tuple[str, ...], int] = {}

    def entries(self, raws: Iterable[Raw]) -> Iterator[Entry]:
        """The rows, each validated and fitted into its box."""
        for raw in raws:
            entry = _checked(self._source, raw, self._validate)
            if isinstance(entry, Rejected):
                if raw.values is not None:
                    self._number(tuple(str(raw.values.get(name) or "0").strip() for name in BOX_KEY), None)
                yield entry
                continue
            row = entry.row
            box = self._box_of(row)
            row["line_no"] = self._number(tuple(map(str, box)), row["line_no"])
            row_no, first = self._first.setdefault(box, (raw.row_no, row))
            if first is not row and self._facts_of(first) != self._facts_of(row):
                yield rejected(self._source, raw, _disagreement(first, row, row_no))
            else:
                yield entry

    def _number(self, box: tuple[str, ...], line_no: int | None) -> int:
        """The line's own number, or the next; a rejected line keeps its place, so that it can be sent again."""
        self._lines[box] = line_no or self._lines.get(box, 0) + 1
        return self._lines[box]


def _disagreement(first: Row, row: Row, row_no: int) -> Problem:
    name = next(column.name for column in BOX_COLUMNS if first[column.name] != row[column.name])
    values = {"first": shown(str(first[name])), "row": row_no}
    return Problem("box_disagrees", name, shown(str(row[name])), values)
