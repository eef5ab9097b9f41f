"""Boxes as checks see them, made from the columns that features are made from: in a batch and one by one alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.definitions.unstated import MAY_SAY_NOTHING, NEVER_ZERO, NOTHING
from data.records import BOX_COLUMNS, LINE_COLUMNS
from data.reference.dangerous_goods import Entry, by_un_no
from features.boxes import Boxes
from features.checks.check import Box, Line
from features.columns import UNKNOWN, microseconds

AMENDMENT_41: Final = 41
AMENDMENT_42: Final = 42
_OF_FREE_WILL_42: Final = microseconds(datetime(2025, 1, 1, tzinfo=UTC))
_FROM_42: Final = microseconds(datetime(2026, 1, 1, tzinfo=UTC))


def boxes_to_check(boxes: Boxes) -> Iterator[Box]:
    """Each box with its line items."""
    box_names, line_names = [c.name for c in BOX_COLUMNS], [c.name for c in LINE_COLUMNS]
    box_rows = zip(*(_values(boxes.box[name], name) for name in box_names), strict=True)
    line_rows = zip(*(_values(boxes.line[name], name) for name in line_names), strict=True)
    counts = np.diff(np.append(boxes.start, len(boxes.line["line_no"]))).tolist()
    for row, count in zip(box_rows, counts, strict=True):
        box = Box(zip(box_names, row, strict=True))
        day = _day_of(box)
        box.edition = AMENDMENT_42 if day >= _FROM_42 else AMENDMENT_41
        box.next_allowed = day >= _OF_FREE_WILL_42
        box.lines = [_line(line_names, next(line_rows), place, box) for place in range(1, count + 1)]
        box.goods = [line for line in box.lines if line.entries]
        box.dangerous = [line for line in box.lines if line.entries or line["hazard_class"]]
        yield box


def _day_of(box: Box) -> float:
    """The instant of loading, else of filing."""
    loading: float = box["loading_at"]
    return loading if loading == loading else float(box["declared_at"])


def _line(names: list[str], row: tuple[Any, ...], place: int, box: Box) -> Line:
    line = Line(zip(names, row, strict=True))
    line["line_no"] = int(line["line_no"]) if line["line_no"] == line["line_no"] else place
    line.entries = by_un_no(line["un_no"]) if line["un_no"] else ()
    line.entry = _entry_of(line["un_no"], line["packing_group"])
    line.edition, line.next_allowed = box.edition, box.next_allowed
    line.stated, line.likely = (), ()
    return line


@lru_cache(maxsize=65_536)
def _entry_of(un_no: str | None, packing_group: str | None) -> Entry | None:
    """The entry of a number and packing group; None where several have it, or none has."""
    entries = by_un_no(un_no) if un_no else ()
    fitting = [entry for entry in entries if len(entries) == 1 or entry.packing_group == (packing_group or "")]
    return fitting[0] if len(fitting) == 1 else None


def _values(column: NDArray[Any], name: str) -> list[Any]:
    """A column as Python values: instants in microseconds and days since 1970 as floats, NaN where unknown."""
    if name in MAY_SAY_NOTHING:
        return [None if value in NOTHING else value for value in column.tolist()]
    if name in NEVER_ZERO:
        column = np.where(column == 0.0, np.nan, column)
    if column.dtype == np.int64:
        column = np.where(column == UNKNOWN, np.nan, column.astype(np.float64))
    values: list[Any] = column.tolist()
    return values
