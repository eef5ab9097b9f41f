"""Plan how one table is read: its table, the column of each heading, and a reader for the cells of each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import replace
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, Final

from data.errors import InvalidInput
from data.records import Column, Kind
from data.sources.header import is_unnamed
from data.sources.headings import Heading, recognised
from data.sources.mapping import Mapping
from data.sources.problems import Problem, shown
from data.sources.reading import COLUMNS, Raw, Scan, TableName, scan_of
from data.sources.sheet_row import Sheets
from data.sources.units import fits, units_of
from data.sources.values import Reader, day_first, decimal_mark
from data.vocabulary import Document, Notice

# First rows that are sampled for the decimal mark and the order of days and months.
SAMPLED_ROWS: Final = 1_000
# Cells of one column whose values are cached.
_CELLS_REMEMBERED: Final = 20_000

_COLUMN_OF: Final[Dict[str, Column]] = {
    column.name: column for columns in reversed(list(COLUMNS.values())) for column in columns
}
# For a table without `document`: the column that shows the kind of paper, in this order, the kind, and the column
# with the number of the paper.
_DOCUMENTS: Final = (
    ("weighed_kg", Document.WEIGHBRIDGE, None),
    ("vgm_kg", Document.VGM, None),
    ("packing_certificate_no", Document.PACKING_CERTIFICATE, "packing_certificate_no"),
    ("packed_on", Document.PACKING_CERTIFICATE, None),
    ("bill_no", Document.MANIFEST, "bill_no"),
    ("booking_no", Document.BOOKING, "booking_no"),
)


_Cells = tuple[str, Reader, dict[str, Any]]


class Plan:
    """The plan for one table. `fixed` are columns with one value for all rows."""

    def __init__(
        self,
        table: TableName,
        headings: Sequence[Heading],
        readers: Dict[str, Reader],
        fixed: Dict[str, Any],
        decimal: str | None,
        mapping: Mapping,
    ) -> None:
        self.table = table
        self.headings = tuple(headings)
        self.readers = readers
        self.fixed = fixed
        self.decimal = decimal
        self._mapping = mapping
        self._cells: dict[str, _Cells | None] = {
            heading.written: (heading.column, readers[heading.column], {}) if heading.column else None
            for heading in headings
        }

    def read(self, values: Dict[str, Any]) -> dict[str, Any]:
        """The values of a row by column."""
        row: dict[str, Any] = dict(self.fixed)
        all_cells = self._cells
        for name, cell in values.items():
            # Most cells of most tables are empty.
            if cell is None or cell == "":
                continue
            cells = all_cells[name] if name in all_cells else self._late(name)
            if cells is None:
                continue
            column, reader, known = cells
            if cell.__class__ is not str:
                row[column] = reader(cell)
                continue
            meant = known.get(cell)
            if meant is None:
                if len(known) >= _CELLS_REMEMBERED:
                    known.clear()
                meant = known[cell] = reader(cell)
            row[column] = meant
        return row

    def _late(self, name: str) -> _Cells | None:
        """The reader of a name that is not in the sampled rows, as may happen in JSON."""
        heading = recognised(name, self._mapping)
        _with_certain_unit(heading, "The source")
        column = heading.column
        found: _Cells | None = None
        if column is not None and column not in self.readers:
            reader = Reader(_COLUMN_OF[column], self.decimal, heading.unit, time_zone=heading.time_zone)
            found = (column, reader, {})
        self._cells[name] = found
        return found


def plan_of(names: Sequence[str], sample: Sequence[Raw], source: str, mapping: Mapping, cells_typed: bool) -> Plan:
    """Plan a table from its headings and first rows. `cells_typed`: cells are the numbers and dates of a spreadsheet.

    Raises InvalidInput when the table is not recognised, two headings mean one column, or a unit is ambiguous.
    """
    headings = tuple(recognised(name, mapping) for name in names)
    _once(headings, source)
    for heading in headings:
        _with_certain_unit(heading, source)
    columns = {heading.column for heading in headings if heading.column} | set(mapping.fixed)
    table, fixed = table_of(columns, source, names)
    texts = {heading.written: [_text_of(raw, heading.written) for raw in sample] for heading in headings}
    numbers = [
        cell
        for heading in headings
        if heading.column and _COLUMN_OF[heading.column].kind is Kind.NUMBER
        for cell in texts[heading.written]
    ]
    decimal = mapping.decimal or decimal_mark(numbers)
    readers = {
        heading.column: Reader(
            _COLUMN_OF[heading.column],
            decimal,
            heading.unit,
            day_first(texts[heading.written]),
            heading.time_zone,
            dict(mapping.values.get(heading.column, {})),
            cells_typed,
        )
        for heading in headings
        if heading.column
    }
    return Plan(table, headings, readers, {**fixed, **mapping.fixed}, decimal, mapping)


def scan_table(
    source: str,
    names: Sequence[str],
    raws: Iterable[Raw],
    at: datetime | None,
    mapping: Mapping,
    cells_typed: bool = False,
    notes: Sequence[str] = (),
) -> Scan:
    """The validated rows of a table whose rows are by heading, read lazily. Raises InvalidInput as `plan_of`."""
    rows = iter(raws)
    sample = list(islice(rows, SAMPLED_ROWS))
    plan = plan_of(names, sample, source, mapping, cells_typed)
    unknown = [
        shown(heading.written)
        for heading in plan.headings
        if heading.how == "unknown" and heading.written and (not is_unnamed(heading.written) or _holds(sample, heading))
    ]
    sheets = Sheets()
    found = scan_of(source, plan.table, rows_read(plan, sheets.passing(chain(sample, rows))), at, [*unknown, *notes])
    return replace(found, entries=sheets.with_sheet(source, found.entries))


def rows_read(plan: Plan, raws: Iterable[Raw]) -> Iterator[Raw]:
    """Rows by heading as rows by column; a row with a status may become a row and a notice."""
    for raw in raws:
        if raw.values is None:
            yield replace(raw, table=plan.table)
            continue
        values = plan.read(raw.values)
        if plan.table == "statements":
            _complete(values, plan.readers.get("packed_on"))
        if plan.table == "declarations" and "notice" in values:
            yield from _by_status(raw, values)
        else:
            yield replace(raw, values=values, table=plan.table)


def _complete(values: dict[str, Any], packed_on: Reader | None) -> None:
    """Fill document_no and stated_at of a statement, in place: a paper without a number gets its box and instant, a
    packing certificate without an instant the end of the day of packing, in the time zone of `packed_on`."""
    for _, document, number in _DOCUMENTS:
        if values.get("document") == document and number and not values.get("document_no"):
            values["document_no"] = values.get(number)
    if not values.get("stated_at") and values.get("document") == Document.PACKING_CERTIFICATE:
        day = values.get("packed_on")
        stated_at = Reader(_COLUMN_OF["stated_at"], time_zone=packed_on.time_zone) if packed_on else None
        values["stated_at"] = stated_at(day) if stated_at and isinstance(day, date) else day
    stated = values.get("stated_at")
    if not values.get("document_no") and values.get("box_no") and stated:
        day = stated.date() if isinstance(stated, datetime) and stated.time() == time.max else stated
        values["document_no"] = f"{values['box_no']} {day}"


def _by_status(raw: Raw, values: dict[str, Any]) -> Iterator[Raw]:
    """The rows of a declaration row with a status: cancelled is a notice only, disclosed the row and a notice."""
    status = values.pop("notice")
    notice = {name: values[name] for name in ("declaration_id", "box_no") if values.get(name)}
    notice |= {"notice": status, "noticed_at": values.get("noticed_at") or values.get("declared_at")}
    notice |= {"reason": values.get("reason")}
    if status == Notice.CANCELLED:
        yield replace(raw, values=notice, table="notices")
        return
    if status not in (None, "", "standing", Notice.DISCLOSED):
        allowed = ", ".join([*Notice, "standing"])
        yield replace(raw, values=None, problem=Problem("code", "notice", shown(str(status)), {"allowed": allowed}))
        return
    yield replace(raw, values=values)
    if status == Notice.DISCLOSED:
        yield replace(raw, values=notice, table="notices")


def table_of(columns: set[str], source: str, names: Sequence[str]) -> tuple[TableName, dict[str, Any]]:
    """The table with these columns, and the columns that have one value in all rows. Raises InvalidInput."""
    fixed: dict[str, Any] = {}
    table: TableName = "declarations"
    if "inspection_id" in columns or {"outcome", "step"} <= columns:
        table = "inspections"
    elif "notice" in columns and "declared_at" not in columns:
        table = "notices"
    elif "document" in columns:
        table = "statements"
    elif "declaration_id" not in columns and columns & {"box_no", "booking_no"}:
        document = next((document for sign, document, _ in _DOCUMENTS if sign in columns), None)
        if document is not None:
            table, fixed = "statements", {"document": document.value}
    implied = {"document", "document_no"} | ({"stated_at"} if "packed_on" in columns else set())
    required = {column.name for column in COLUMNS[table] if column.required} - (
        implied if table == "statements" else set()
    )
    missing = [column.name for column in COLUMNS[table] if column.name in required - columns]
    if missing:
        found = ", ".join(shown(name) for name in names[:8])
        raise InvalidInput(
            f"{source} has no header of a known table: for {table} it lacks {', '.join(missing)} (found: {found}).",
            "Name the columns as docs/data-dictionary.md does, or see `hazlane ingest --explain` for a mapping file.",
        )
    return table, fixed


def _holds(sample: Iterable[Raw], heading: Heading) -> bool:
    return any(raw.values and raw.values.get(heading.written) not in (None, "") for raw in sample)


def _with_certain_unit(heading: Heading, source: str) -> None:
    """Raises InvalidInput when the unit of a heading is ambiguous, or not allowed for its column."""
    if heading.column is None:
        return
    name = shown(heading.written)
    known = ", ".join(units_of(heading.column))
    if heading.ambiguity is not None:
        raise InvalidInput(
            f"{source}: the heading {name} has an unknown unit of {heading.column}: {shown(heading.ambiguity)}.",
            f'Set the unit in a mapping file, under [units]: "{name}" = one of {known}.',
        )
    if heading.unit is not None and not fits(heading.unit, heading.column):
        raise InvalidInput(
            f"{source}: {name} is {heading.column}, which cannot be in {heading.unit}.",
            f"Use one of {known} under [units] in the mapping file." if known else "Leave it out of [units].",
        )


def _once(headings: Sequence[Heading], source: str) -> None:
    first: dict[str, str] = {}
    for heading in headings:
        if heading.column is None:
            continue
        if heading.column in first:
            both = f"{shown(first[heading.column])}, {shown(heading.written)}"
            raise InvalidInput(
                f"{source} has the column {heading.column} twice ({both}).",
                'Keep one of them, or map the other to "" in a mapping file.',
            )
        first[heading.column] = heading.written


def _text_of(raw: Raw, name: str) -> str:
    cell = (raw.values or {}).get(name)
    return cell if isinstance(cell, str) else ""
