"""Comma-, semicolon- and tab-separated text, divided row by row: a broken row costs that row only."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from data.errors import InvalidInput
from data.sources.problems import Problem
from data.sources.reading import Raw, Scan, scan_of

# How far a quoted cell may run over line ends before its opening quotation mark is taken for a slip.
_LONGEST_CELL_LINES: Final = 50


def scan_delimited(text: str, source: str, at: datetime | None = None) -> Scan:
    """The rows of a delimited table; the first line that is not blank is its header. Raises InvalidInput."""
    lines = _Lines(text)
    header = next((line for line in lines if line.strip()), None)
    if header is None:
        raise InvalidInput(f"{source} is empty.", "Export it again, with a header row.")
    delimiter = max(",;\t", key=header.count)
    cells = _cells(header, delimiter)
    if cells is None:
        raise InvalidInput(f"The header of {source} has an unbalanced quotation mark.", "Close the quotation mark.")
    names = [name.strip().lower() for name in cells]
    return scan_of(source, names, _rows(lines, names, delimiter), at)


class _Lines:
    """The lines of a text without their ends, numbered from 1, with a look ahead."""

    def __init__(self, text: str) -> None:
        if "\n" not in text:
            text = text.replace("\r", "\n")
        self._text = text
        self._start = 0
        self._ahead: deque[str] = deque()
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while self._fill(1):
            self.number += 1
            yield self._ahead.popleft()

    def ahead(self) -> Iterator[str]:
        """The lines that follow, without taking them."""
        for place in range(_LONGEST_CELL_LINES):
            if not self._fill(place + 1):
                return
            yield self._ahead[place]

    def skip(self, count: int) -> None:
        """Take that many lines."""
        for _ in islice(self, count):
            pass

    @property
    def ended_open(self) -> bool:
        """Whether all lines are taken and the last had no line end."""
        return not self._ahead and self._start > len(self._text)

    def _fill(self, count: int) -> bool:
        while len(self._ahead) < count:
            if self._start >= len(self._text):
                return False
            end = self._text.find("\n", self._start)
            end = len(self._text) if end < 0 else end
            self._ahead.append(self._text[self._start : end].removesuffix("\r"))
            self._start = end + 1
        return True


def _rows(lines: _Lines, names: list[str], delimiter: str) -> Iterator[Raw]:
    width = len(names)
    for line in lines:
        if not line.strip():
            continue
        row_no = lines.number
        cells = _cells(line, delimiter)
        if cells is None:
            whole = _over_line_ends(line, lines, delimiter, width)
            if whole is None:
                yield Raw(row_no, None, line, Problem("quote"))
                continue
            line, cells = whole
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            del cells[width:]
        if len(cells) == width:
            yield Raw(row_no, dict(zip(names, cells, strict=True)), line)
        else:
            key = "cut" if len(cells) < width and lines.ended_open else "cells"
            yield Raw(row_no, None, line, Problem(key, values={"found": len(cells), "expected": width}))


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one row, or None when a quotation mark is open at its end, or closed within a cell."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _over_line_ends(line: str, lines: _Lines, delimiter: str, width: int) -> tuple[str, list[str]] | None:
    """The row that begins with `line` and ends on a later line, if there is one of the right width; it is taken."""
    whole = line
    for count, following in enumerate(lines.ahead(), start=1):
        whole += "\n" + following
        if '"' in following and (cells := _cells(whole, delimiter)) is not None:
            if len(cells) != width:
                return None
            lines.skip(count)
            return whole, cells
    return None
