"""Rows of a source, accepted or rejected with problems; the common form of all formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

from data.records import (
    BOX_COLUMNS,
    BOX_KEY,
    DECLARATION_COLUMNS,
    INSPECTION_COLUMNS,
    LINE_COLUMNS,
    NOTICE_COLUMNS,
    STATEMENT_BOX_COLUMNS,
    STATEMENT_BOX_KEY,
    STATEMENT_COLUMNS,
    Column,
)
from data.sources.problems import Problem, encodable, shown
from data.sources.rows import (
    Row,
    Validated,
    validate_declaration,
    validate_inspection,
    validate_notice,
    validate_statement,
)

TableName = Literal["declarations", "statements", "notices", "inspections"]

COLUMNS: Final[Mapping[TableName, tuple[Column, ...]]] = {
    "declarations": DECLARATION_COLUMNS,
    "statements": STATEMENT_COLUMNS,
    "notices": NOTICE_COLUMNS,
    "inspections": INSPECTION_COLUMNS,
}
_VALIDATE: Final[Mapping[TableName, Callable[[Mapping[str, Any], datetime | None], Validated]]] = {
    "declarations": validate_declaration,
    "statements": validate_statement,
    "notices": validate_notice,
    "inspections": validate_inspection,
}

# Boxes that are kept in memory while a table is read. Rows of a box are close together in every export we know; where
# they are further apart without line numbers, the store refuses rows with a number that is taken.
_BOXES_REMEMBERED: Final = 20_000


@dataclass(frozen=True)
class Raw:
    """One row of a source: `values` by column, or the `problem` for which it could not be divided into columns.

    `row_no` is the line of a text, the row of a sheet, the position of a segment. `message` is the reference of the
    message that contains it, empty for a table; `table` is its table; `encoding` is that of the source.
    """

    row_no: int
    values: Mapping[str, Any] | None
    text: str | None = None
    problem: Problem | None = None
    table: TableName = "declarations"
    message: str = ""
    encoding: str = "utf-8"

    def written(self) -> bytes:
        """The row as bytes in the encoding of the source, for the quarantine."""
        if self.text is not None:
            try:
                return self.text.encode(self.encoding, "surrogateescape")
            except UnicodeEncodeError:
                return encodable(self.text).encode()
        return encodable(json.dumps(self.values, ensure_ascii=False, default=str)).encode()


@dataclass(frozen=True)
class Rejected:
    """A rejected row, box of a message, or whole message, with all problems found.

    `raw` are the bytes of the row or of the message. `fields` are its values by column of `table`, from which it can be
    read again; None where it could not be divided into columns. `box` is its declaration_id and box_no, if stated.
    """

    source: str
    row_no: int
    raw: bytes
    problems: tuple[Problem, ...]
    table: TableName | None = None
    fields: Mapping[str, Any] | None = None
    box: tuple[str, str] | None = None
    message: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The columns of the table quarantine; all but `raw` can be written as JSON."""
        return {
            "source": self.source,
            "row_no": self.row_no,
            "raw": self.raw,
            "table_name": self.table,
            "fields": self.fields and json.loads(json.dumps(self.fields, default=str)),
            "message": self.message,
            "problems": [problem.as_dict() for problem in self.problems],
        }

    def __str__(self) -> str:
        where = f"message {self.message}, segment" if self.message else "row"
        return f"{self.source}, {where} {self.row_no}: " + " ".join(map(str, self.problems))


class Accepted(NamedTuple):
    """An accepted row and its source: `raw.table` is its table, `document` the message that contains it."""

    raw: Raw
    row: Row
    document: bytes = b""


Entry = Accepted | Rejected


@dataclass(frozen=True)
class Scan:
    """A source being read: its table or message types, unknown columns and remarks, its entries.

    Entries of one message are consecutive, and those of one box in it are all accepted or all rejected.
    """

    contains: str
    unknown_columns: tuple[str, ...]
    entries: Iterator[Entry]


@dataclass(frozen=True)
class Reading:
    """A source that was read to its end; fields as in Scan."""

    contains: str
    entries: list[Entry]
    unknown_columns: tuple[str, ...]

    @property
    def rejected(self) -> list[Rejected]:
        """The rejected entries."""
        return [entry for entry in self.entries if isinstance(entry, Rejected)]

    @property
    def accepted(self) -> list[Accepted]:
        """The accepted entries."""
        return [entry for entry in self.entries if isinstance(entry, Accepted)]

    @property
    def rows(self) -> list[Row]:
        """The accepted rows."""
        return [entry.row for entry in self.accepted]

    @property
    def declared(self) -> list[Accepted]:
        """The accepted line items of declarations."""
        return [entry for entry in self.accepted if entry.raw.table == "declarations"]


def reading_of(scan: Scan) -> Reading:
    """Read a source to its end."""
    return Reading(scan.contains, list(scan.entries), scan.unknown_columns)


def scan_of(
    source: str, table: TableName, raws: Iterable[Raw], at: datetime | None, unknown: Iterable[str] = ()
) -> Scan:
    """The validated rows of a table, read lazily; `at` as in validate_declaration."""
    entries: Iterator[Entry] = (validated(source, raw, raw.table, at) for raw in raws)
    if table in ("declarations", "statements"):
        entries = _placed(source, table, entries)
    if table == "declarations":
        entries = _paired(entries)
    return Scan(table, tuple(dict.fromkeys(unknown)), entries)


def rejected(source: str, raw: Raw, *problems: Problem) -> Rejected:
    """The rejection of a row."""
    named = raw.values or {}
    box = (str(named.get("declaration_id") or "").strip(), str(named.get("box_no") or "").strip())
    return Rejected(
        source, raw.row_no, raw.written(), problems, raw.table, raw.values, box if all(box) else None, raw.message
    )


def validated(source: str, raw: Raw, table: TableName, at: datetime | None) -> Entry:
    """Validate one row of a table."""
    if raw.table != table:
        raw = replace(raw, table=table)
    if raw.values is None:
        return rejected(source, raw, *((raw.problem,) if raw.problem else ()))
    row, problems = _VALIDATE[table](raw.values, at)
    return Accepted(raw, row) if row is not None else rejected(source, raw, *problems)


class _Box:
    """A version of a box, or of another paper about it, in one source: its first row and the numbers of its lines."""

    def __init__(self, row_no: int, row: Row | None) -> None:
        self.row_no = row_no
        self.first = row
        self._last_no = 0
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, line_no: int | None, content: tuple[Any, ...] | None) -> int:
        """The stated number of a line, else that of an equal line, else the next number, also for a rejected line."""
        known = self._numbers.get(content) if content is not None and line_no is None else None
        if known is not None:
            return known
        self._last_no = line_no or self._last_no + 1
        if content is not None:
            self._numbers[content] = self._last_no
        return self._last_no


class _Boxes:
    """The boxes of one source: their rows must agree in the box columns, and their lines are numbered in order."""

    def __init__(self, source: str, table: TableName) -> None:
        self._source = source
        self._boxes: dict[tuple[str, ...], _Box] = {}
        part = BOX_COLUMNS if table == "declarations" else STATEMENT_BOX_COLUMNS
        self._key = BOX_KEY if table == "declarations" else STATEMENT_BOX_KEY
        self._columns = part
        self._facts_of = itemgetter(*(column.name for column in part))
        self._content_of = itemgetter(*(column.name for column in LINE_COLUMNS if column.name != "line_no"))

    def placed(self, entry: Entry) -> Entry:
        """The entry with its line number, or its rejection."""
        values = entry.row if isinstance(entry, Accepted) else entry.fields
        if values is None:
            return entry
        name = tuple(str(values.get(column) or "0").strip() for column in self._key)
        if isinstance(entry, Rejected):
            if (line_no := values.get("line_no")) in (None, ""):
                line_no = self._box(name, entry.row_no, None).number(None, None)
            return replace(entry, fields={**values, "line_no": line_no})
        row = entry.row
        box = self._box(name, entry.raw.row_no, row)
        if box.first is None:
            box.first, box.row_no = row, entry.raw.row_no
        row["line_no"] = box.number(row["line_no"], self._content_of(row))
        if box.first is not row and self._facts_of(box.first) != self._facts_of(row):
            return rejected(self._source, entry.raw, self._disagreement(box.first, row, box.row_no))
        return entry

    def _box(self, name: tuple[str, ...], row_no: int, row: Row | None) -> _Box:
        box = self._boxes.get(name)
        if box is None:
            box = self._boxes[name] = _Box(row_no, row)
            if len(self._boxes) > _BOXES_REMEMBERED:
                del self._boxes[next(iter(self._boxes))]
        return box

    def _disagreement(self, first: Row, row: Row, row_no: int) -> Problem:
        name = next(column.name for column in self._columns if first[column.name] != row[column.name])
        values = {"first": shown(str(first[name])), "row": row_no}
        return Problem("box_disagrees", name, shown(str(row[name])), values)


def _paired(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Reject a declaration row and the notice made from it together, if one of them is rejected."""
    row: Entry | None = None
    for entry in entries:
        if row is not None and _place(row)[1] == "declarations" and _place(entry) == (_place(row)[0], "notices"):
            refused = [one for one in (row, entry) if isinstance(one, Rejected)]
            yield from refused or (row, entry)
            row = None
            continue
        if row is not None:
            yield row
        row = entry
    if row is not None:
        yield row


def _place(entry: Entry) -> tuple[int, TableName | None]:
    return (entry.row_no, entry.table) if isinstance(entry, Rejected) else (entry.raw.row_no, entry.raw.table)


def _placed(source: str, table: TableName, entries: Iterable[Entry]) -> Iterator[Entry]:
    boxes = _Boxes(source, table)
    for entry in entries:
        of_boxes = entry.table if isinstance(entry, Rejected) else entry.raw.table
        yield boxes.placed(entry) if of_boxes == table else entry
