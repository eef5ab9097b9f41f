"""Excel workbooks (xlsx, xls, xlsb, ods): the sheet that holds a table, its header wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO, Final

from data.errors import InvalidInput
from data.sources.headings import plausible_header
from data.sources.mapping import Mapping
from data.sources.reading import Raw

_HEADER_WITHIN: Final = 30
# What a formula that failed shows.
_FAILED: Final = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!")


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, header, where that stands, its rows by heading, and what else the workbook holds."""

    name: str
    names: list[str]
    header_row: int
    rows: Iterator[Raw]
    notes: list[str]


def sheet_of(stream: BinaryIO, source: str, mapping: Mapping) -> Sheet:
    """The sheet with the most known headings, or the one the mapping names. Raises InvalidInput."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        names = [mapping.sheet] if mapping.sheet else list(workbook.sheet_names)
        if mapping.sheet and mapping.sheet not in workbook.sheet_names:
            there = ", ".join(workbook.sheet_names)
            raise InvalidInput(f"{source} has no sheet {mapping.sheet} (it has {there}).", "Correct the mapping file.")
        heads = {name: list(islice(workbook.get_sheet_by_name(name).iter_rows(), _HEADER_WITHIN)) for name in names}
        known = {name: _header(rows, mapping) for name, rows in heads.items()}
        best = max(known, key=lambda name: known[name][0], default=None)
        if best is None or not any(any(map(_filled, row)) for row in heads[best]):
            raise InvalidInput(f"{source} holds no table.", "Send the sheet that holds it, with its header row.")
        header_row = mapping.header_row or known[best][1]
        sheet = workbook.get_sheet_by_name(best)
    except PasswordError as error:
        raise InvalidInput(f"{source} is protected by a password.", "Save it without one.") from error
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise InvalidInput(f"{source} is not a whole Excel workbook.", "Save it again as xlsx.") from error
    cells = next(islice(sheet.iter_rows(), header_row - 1, None), [])
    headings = [str(cell).strip() if _filled(cell) else "" for cell in cells]
    others = [f"sheet {name} (not read)" for name in workbook.sheet_names if name != best and any(heads.get(name, []))]
    # Empty cells right of the table are no headings; one within it keeps its place.
    names_at = [(place, name) for place, name in enumerate(headings) if name]
    return Sheet(best, [name for _, name in names_at], header_row, _rows(sheet, header_row, names_at), others)


def _header(rows: list[list[Any]], mapping: Mapping) -> tuple[int, int]:
    """How many headings are known in the row that knows most, and its number; else the first row with a cell."""
    known = [(plausible_header(row, mapping), number) for number, row in enumerate(rows, start=1)]
    count, best = max(known, key=lambda one: (one[0], -one[1]), default=(0, 1))
    first = next((number for number, row in enumerate(rows, start=1) if any(map(_filled, row))), 1)
    return (count, best) if count >= 2 else (count, first)


def _rows(sheet: Any, header_row: int, names: list[tuple[int, str]]) -> Iterator[Raw]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > header_row and any(map(_filled, row)):
            yield Raw(number, {name: _cell(row[place]) for place, name in names if place < len(row)})


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _cell(cell: Any) -> Any:
    if cell in ("", *_FAILED):
        return None
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, time):
        return cell.isoformat()
    return cell if isinstance(cell, (str, bool, int, float, date)) else str(cell)
