"""Read workbooks (xlsx, xls, xlsb, ods): find the sheets with a table, and its header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO, Final

from data.errors import InvalidInput
from data.sources.header import HEADER_WITHIN, Header, filled, header_of, unnamed
from data.sources.headings import recognised
from data.sources.mapping import Mapping
from data.sources.plan import table_of
from data.sources.reading import Raw
from data.sources.sheet_row import SheetRow

# Cell values of failed formulas.
_FAILED: Final = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!")
# Names of sheets with examples: they have the same header, but their rows were never declared.
_EXAMPLE: Final = re.compile(r"示例|样例|范例|模板|样表|example|sample|template", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """The table in a workbook: names of its sheets, headings, row of the header, rows by heading, and notes on sheets
    that are not read. Rows of several sheets are SheetRow."""

    name: str
    names: list[str]
    header_row: int
    rows: Iterator[Raw]
    notes: list[str]


def sheet_of(stream: BinaryIO, source: str, mapping: Mapping) -> Sheet:
    """Read the sheet with the most known headings and those with the same columns, or the one that the mapping names.

    Raises InvalidInput for a workbook without a table, and when another sheet is a table with other columns.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        sheets = {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}
        heads = {name: list(islice(sheet.iter_rows(), HEADER_WITHIN)) for name, sheet in sheets.items()}
    except PasswordError as error:
        raise InvalidInput(f"{source} is protected by a password.", "Save it without a password.") from error
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise InvalidInput(f"{source} is damaged or not an Excel workbook.", "Save it again as xlsx.") from error
    if mapping.sheet and mapping.sheet not in sheets:
        raise InvalidInput(
            f"{source} has no sheet {mapping.sheet} (it has {', '.join(sheets)}).", "Correct the mapping file."
        )
    named = [mapping.sheet] if mapping.sheet else list(sheets)
    headers = {name: header_of(heads[name], mapping, f"{source} [{name}]") for name in named}
    best = max(headers, key=lambda name: (headers[name].known > 1 and not _EXAMPLE.search(name), headers[name].known),
               default=None)  # fmt: skip
    if best is None or not any(any(map(filled, row)) for row in heads[best]):
        raise InvalidInput(f"{source} contains no table.", "Send the sheet with the table and its header row.")
    taken = [name for name in headers if name == best or _alike(name, headers[name], headers[best], mapping)]
    rest = [name for name in sheets if name not in taken and any(any(map(filled, row)) for row in heads[name])]
    for name in rest:
        if name in headers and not _EXAMPLE.search(name) and _is_table(headers[name], mapping):
            raise InvalidInput(
                f"{source} contains two tables: the sheets {best} and {name} have other columns.",
                f'Give them the same header, or read one at a time: sheet = "{name}" in a mapping file.',
            )
    words = _by_meaning(headers[best], mapping)
    columns = {name: _columns(sheets[name], headers[name], words, mapping) for name in taken}
    rows = (_rows(sheets[name], headers[name], columns[name], name if len(taken) > 1 else "") for name in taken)
    # Repeated headings of the first sheet are kept, to be reported; the other sheets add new headings only.
    names = [name for _, name in columns[best]]
    names += [name for one in taken if one != best for _, name in columns[one] if name not in names]
    return Sheet(
        ", ".join(taken), list(names), headers[best].row, chain.from_iterable(rows),
        [f"sheet {name} (not read)" for name in rest],
    )  # fmt: skip


_Meaning = tuple[str | None, str | None, str | None, str | None]


def _meaning(name: str, mapping: Mapping) -> _Meaning:
    found = recognised(name, mapping)
    return found.column, found.unit, found.time_zone, found.ambiguity


def _by_meaning(header: Header, mapping: Mapping) -> dict[_Meaning, str]:
    """The headings of a header by column, unit and time zone; headings of unknown columns are left out."""
    found = {_meaning(name, mapping): name for name in header.names if name}
    return {meaning: name for meaning, name in found.items() if meaning[0]}


def _alike(name: str, header: Header, best: Header, mapping: Mapping) -> bool:
    """Whether a sheet has the same columns as the best one, and is not an example."""
    columns = set(_by_meaning(header, mapping))
    return len(columns) > 1 and columns == set(_by_meaning(best, mapping)) and not _EXAMPLE.search(name)


def _is_table(header: Header, mapping: Mapping) -> bool:
    columns = {meaning[0] for meaning in _by_meaning(header, mapping) if meaning[0]}
    try:
        return len(columns) > 1 and bool(table_of(columns | set(mapping.fixed), "", ()))
    except InvalidInput:
        return False


def _columns(sheet: Any, header: Header, words: dict[_Meaning, str], mapping: Mapping) -> list[tuple[int, str]]:
    """The columns that are read, as (position, heading): those with a heading, worded as in the first sheet, and those
    without one that are not empty."""
    rows = islice(sheet.iter_rows(), header.row + header.height - 1, None)
    width = max((len(row) for row in islice(sheet.iter_rows(), 1)), default=0)
    unmarked = {place for place in range(width) if place >= len(header.names) or not header.names[place]}
    holding: set[int] = set()
    for row in rows if unmarked else ():
        holding.update(place for place in unmarked - holding if place < len(row) and filled(row[place]))
    named = [(place, words.get(_meaning(name, mapping), name)) for place, name in enumerate(header.names) if name]
    return sorted([*named, *((place, unnamed(place)) for place in holding)])


def _rows(sheet: Any, header: Header, columns: list[tuple[int, str]], name: str) -> Iterator[Raw]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number >= header.row + header.height and any(map(filled, row)):
            values = {heading: _cell(row[place]) for place, heading in columns if place < len(row)}
            yield SheetRow(number, values, sheet=name) if name else Raw(number, values)


def _cell(cell: Any) -> Any:
    if cell in ("", *_FAILED):
        return None
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, time):
        return cell.isoformat()
    return cell if isinstance(cell, (str, bool, int, float, date)) else str(cell)
