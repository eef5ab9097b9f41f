"""Read a small CSV that a person wrote. A wrong row is an error that states its place; no row is skipped."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Final
from unicodedata import normalize

from data.errors import InvalidInput
from data.sources.delimited import DELIMITERS
from data.sources.encoding import decode
from data.sources.tables import WORKBOOKS, opened
from data.sources.values import plain

MINIMUM: Final = 0.001
MAXIMUM: Final = 1_000_000
_DECIMAL: Final = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """The place of each row ("teams.csv, row 3", counted in lines of the file) and its cells by column.

    Raises InvalidInput when the file cannot be read or lacks a column, when a row has another number of cells than
    the header, an empty cell or one that cannot be read.
    """
    names: list[str] = []
    for line_no, cells in _lines(path):
        place = f"{path.name}, row {line_no}"
        if not names:
            names = _names(path, cells, columns)
            continue
        if not any(cells[len(names) :]):
            del cells[len(names) :]
        if len(cells) != len(names):
            raise InvalidInput(
                f"{place} has {len(cells)} cells, the header {len(names)}.",
                "Put a cell that contains the delimiter in quotation marks; write decimals with a point.",
            )
        row = {name: cells[names.index(plain(name))] for name in columns}
        empty = [name for name, cell in row.items() if not cell]
        if empty:
            raise InvalidInput(f"{place}: {', '.join(empty)} is empty.", "Fill it in.")
        yield place, row
    if not names:
        raise InvalidInput(f"{path.name} is empty.", _remedy(columns))


def positive(place: str, name: str, cell: str) -> float:
    """A plain decimal number from `MINIMUM` to `MAXIMUM`. Raises InvalidInput."""
    written = normalize("NFKC", cell)
    number = float(written) if _DECIMAL.fullmatch(written) else 0.0
    if not MINIMUM <= number <= MAXIMUM:
        raise InvalidInput(
            f"{place}: {name} is {cell!r}.", f"Write a number from {MINIMUM:g} to {MAXIMUM:,}, with a decimal point."
        )
    return number


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, numbered from 1, as stripped cells."""
    with opened(path) as stream:
        content = stream.read()
    if content.startswith(WORKBOOKS):
        raise InvalidInput(f"{path.name} is an Excel workbook.", "Save it as CSV.")
    try:
        text = decode(content)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}.", "Save it as CSV in UTF-8.") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    lines = csv.reader(StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True)
    begins = 1
    try:
        for cells in lines:
            for cell in cells:
                # A line break, bytes that could not be decoded, or an invisible character.
                if not normalize("NFKC", cell).strip("\t ").isprintable():
                    raise InvalidInput(
                        f"{path.name}, row {begins}: a cell contains characters that cannot be read: {cell[:80]!r}.",
                        "Look for a stray quotation mark; keep a cell on one line, and save the file as UTF-8.",
                    )
            if any(map(str.strip, cells)):
                yield begins, [cell.strip() for cell in cells]
            begins = lines.line_num + 1
    except csv.Error as error:
        raise InvalidInput(
            f"{path.name}, row {begins} cannot be read: {error}.",
            "Close each quotation mark, write one inside a cell twice, and shorten long cells.",
        ) from error


def _names(path: Path, cells: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The headings in plain form, without empty ones at the end. Raises InvalidInput for missing or repeated ones."""
    names = [plain(cell) for cell in cells]
    while not names[-1]:
        names.pop()
    missing = [name for name in columns if plain(name) not in names]
    if missing:
        raise InvalidInput(f"{path.name} has no column {', '.join(missing)}.", _remedy(columns))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InvalidInput(f"{path.name} has the column {', '.join(twice)} more than once.", _remedy(columns))
    return names


def _remedy(columns: Sequence[str]) -> str:
    return f"Write a CSV with the columns {', '.join(columns)}."
