"""Rows of a small CSV that a person wrote: a wrong one is refused with its place, nothing is passed over."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from data.errors import InvalidInput


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row's place ("teams.csv, row 3", the header being row 1) and its cells.

    Raises InvalidInput when the file cannot be read, is no UTF-8, or lacks a column or a cell.
    """
    told = f"Write a CSV in UTF-8 with the columns {', '.join(columns)}."
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}.", told) from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise InvalidInput(f"{path} has no column {', '.join(missing)}.", told)
    for number, row in enumerate(reader, start=2):
        place = f"{path.name}, row {number}"
        cells = {name: (row[name] or "").strip() for name in columns}
        empty = [name for name, cell in cells.items() if not cell]
        if empty:
            raise InvalidInput(f"{place}: {', '.join(empty)} is empty.", "Fill it in.")
        yield place, cells


def positive(place: str, name: str, cell: str) -> float:
    """A number above 0. Raises InvalidInput."""
    try:
        number = float(cell)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise InvalidInput(f"{place}: {name} is {cell!r}.", "Write a number above 0, with a decimal point.")
    return number
