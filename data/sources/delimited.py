"""Read text delimited by commas, semicolons, tabs or bars; an invalid row does not affect other rows."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import islice
from typing import BinaryIO, Final

from data.errors import InvalidInput
from data.sources.encoding import Encoding, on_errors
from data.sources.header import HEADER_WITHIN, header_of, unnamed
from data.sources.headings import plausible_header
from data.sources.mapping import Mapping
from data.sources.problems import Problem
from data.sources.reading import Raw

Opener = Callable[[], BinaryIO]

DELIMITERS: Final = (",", ";", "\t", "|")
# Largest number of lines of a quoted cell; beyond it the opening quotation mark is taken for an error.
_LONGEST_CELL_LINES: Final = 50
# Largest number of characters of a row; in a longer one a quotation mark or line end is missing.
_LONGEST_ROW: Final = 1_000_000


@dataclass(frozen=True)
class Delimited:
    """A delimited text: headings, row number of the header, and rows by heading."""

    names: list[str]
    delimiter: str
    header_row: int
    rows: Iterator[Raw]


def delimited(opened: Opener, source: str, encoding: Encoding, mapping: Mapping) -> Delimited:
    """Read a delimited text. Raises InvalidInput when it has no header."""
    head = _head(opened, encoding)
    if not head:
        raise InvalidInput(f"{source} is empty.", "Export it again, with a header row.")
    delimiter = mapping.delimiter or _delimiter(head, mapping)
    numbers = [number for number, _ in head]
    if mapping.header_row is not None:
        if mapping.header_row not in numbers:
            raise InvalidInput(
                f"{source} has no line {mapping.header_row} for its header.", "Correct header_row in the mapping."
            )
        mapping = replace(mapping, header_row=numbers.index(mapping.header_row) + 1)
    rows = [_cells(line, delimiter) for _, line in head]
    header = header_of([cells or [] for cells in rows], mapping, source)
    if rows[header.row - 1] is None:
        raise InvalidInput(f"The header of {source} has an unbalanced quotation mark.", "Close the quotation mark.")
    names = [name or unnamed(place) for place, name in enumerate(header.names)]
    last = numbers[header.row + header.height - 2]
    return Delimited(names, delimiter, numbers[header.row - 1], _rows(opened, encoding, last, names, delimiter))


def _head(opened: Opener, encoding: Encoding) -> list[tuple[int, str]]:
    """The first lines that are not blank, with their numbers."""
    with opened() as stream:
        lines = _Lines(_text(stream, encoding))
        return [(lines.number, line) for line in islice(lines, HEADER_WITHIN) if line.strip()]


def _delimiter(head: list[tuple[int, str]], mapping: Mapping) -> str:
    """The delimiter with the most known headings in a line; the one with the most cells where no line has two."""

    def headings_and_cells(mark: str) -> tuple[int, int]:
        known = max(plausible_header(_cells(line, mark) or [], mapping) for _, line in head)
        return known if known > 1 else 0, max(line.count(mark) for _, line in head[:5])

    return max(DELIMITERS, key=headings_and_cells)


def _text(stream: BinaryIO, encoding: Encoding) -> TextIOWrapper:
    newline = "\r" if encoding.old_line_ends else "\n"
    return TextIOWrapper(stream, encoding.name, on_errors(encoding.name), newline=newline)


class _Lines:
    """The lines of a text without their line ends, numbered from 1, with access to following lines."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._ahead: deque[str] = deque()
        self.number = 0
        self.ended_open = False

    def __iter__(self) -> Iterator[str]:
        while self._fill(1):
            self.number += 1
            line = self._ahead.popleft()
            self.ended_open = not line.endswith(("\n", "\r"))
            yield line.rstrip("\r\n")

    def ahead(self) -> Iterator[str]:
        """The following lines, which are not consumed."""
        for place in range(_LONGEST_CELL_LINES):
            if not self._fill(place + 1):
                return
            yield self._ahead[place].rstrip("\r\n")

    def skip(self, count: int) -> None:
        """Consume that many lines."""
        for _ in islice(self, count):
            pass

    def _fill(self, count: int) -> bool:
        while len(self._ahead) < count:
            line = self._text.readline(_LONGEST_ROW)
            if not line:
                return False
            self._ahead.append(line)
        return True


def _rows(opened: Opener, encoding: Encoding, header_ends: int, names: list[str], delimiter: str) -> Iterator[Raw]:
    width = len(names)
    with opened() as stream:
        lines = _Lines(_text(stream, encoding))
        lines.skip(header_ends)
        for line in lines:
            if not line.strip():
                continue
            row_no = lines.number
            cells = _cells(line, delimiter)
            if cells is None:
                whole = _over_line_ends(line, lines, delimiter, width)
                if whole is None:
                    yield Raw(row_no, None, line, Problem("quote"), encoding=encoding.of_rows)
                    continue
                line, cells = whole
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                del cells[width:]
            if len(cells) == width:
                if any(cells):
                    yield Raw(row_no, dict(zip(names, cells, strict=True)), line, encoding=encoding.of_rows)
            else:
                key = "cut" if len(cells) < width and lines.ended_open else "cells"
                problem = Problem(key, values={"found": len(cells), "expected": width})
                yield Raw(row_no, None, line, problem, encoding=encoding.of_rows)


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one row, or None when a quotation mark is open at its end, or closed within a cell."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _over_line_ends(line: str, lines: _Lines, delimiter: str, width: int) -> tuple[str, list[str]] | None:
    """The row that begins with `line` and ends on a later line, if it has the right width; its lines are consumed."""
    whole = line
    for count, following in enumerate(lines.ahead(), start=1):
        whole += "\n" + following
        if '"' in following and (cells := _cells(whole, delimiter)) is not None:
            if len(cells) != width:
                return None
            lines.skip(count)
            return whole, cells
    return None
