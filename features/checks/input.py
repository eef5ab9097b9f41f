"""Boxes as input of the checks, from columns; the same code for a batch and a single box."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from numpy.typing import NDArray

from data.definitions.unstated import MAY_SAY_NOTHING, NEVER_ZERO, NOTHING
from data.records import BOX_COLUMNS, LINE_COLUMNS, PARTIES, TRACED_PARTIES, Column, Kind
from features.boxes import Boxes
from features.checks.check import Box, Line, words_of
from features.checks.listed import listed
from features.columns import UNKNOWN, microseconds

AMENDMENT_41: Final = 41
AMENDMENT_42: Final = 42
_OF_FREE_WILL_42: Final = microseconds(datetime(2025, 1, 1, tzinfo=UTC))
_FROM_42: Final = microseconds(datetime(2026, 1, 1, tzinfo=UTC))


def _as_it_stands(column: NDArray[Any]) -> list[Any]:
    values: list[Any] = column.tolist()
    return values


def _instants(column: NDArray[Any]) -> list[float]:
    """Microseconds or days since 1970 as floats, NaN where unknown."""
    return [math.nan if value == UNKNOWN else float(value) for value in column.tolist()]


def _never_zero(column: NDArray[Any]) -> list[float]:
    return [math.nan if value == 0.0 else value for value in column.tolist()]


def _answers(column: NDArray[Any]) -> list[str | None]:
    """Texts; None if missing or a word for "not stated"."""
    return [None if value in NOTHING else value for value in column.tolist()]


_Reader = Callable[[NDArray[Any]], list[Any]]


def _reader(column: Column) -> _Reader:
    if column.name in MAY_SAY_NOTHING:
        return _answers
    if column.name in NEVER_ZERO:
        return _never_zero
    return _instants if column.kind in (Kind.INSTANT, Kind.DATE) else _as_it_stands


UNREAD: Final = frozenset(
    (
        "terminal", "voyage_no", "booking_no", "bill_no", "booking_description", "manifest_description",
        *(f"{role}_name" for role in PARTIES),
        *(f"{role}_{where}" for role in TRACED_PARTIES for where in ("address", "phone")),
    )
)  # fmt: skip
"""Box columns that no check reads; a `Box` does not have them, because each takes time for a single box."""
# Plain loops over lists: for a single box they are faster than NumPy.
_BOX_READERS: Final = {column.name: _reader(column) for column in BOX_COLUMNS if column.name not in UNREAD}
_LINE_READERS: Final = {column.name: _reader(column) for column in LINE_COLUMNS}


def boxes_to_check(boxes: Boxes) -> Iterator[Box]:
    """Each box with its line items."""
    box_rows = zip(*[read(boxes.box[name]) for name, read in _BOX_READERS.items()], strict=True)
    line_rows = zip(*[read(boxes.line[name]) for name, read in _LINE_READERS.items()], strict=True)
    starts = boxes.start.tolist()
    ends = [*starts[1:], len(boxes.line["line_no"])] if starts else []
    for row, start, end in zip(box_rows, starts, ends, strict=True):
        box = Box(zip(_BOX_READERS, row, strict=True))
        day = _day_of(box)
        box.edition = AMENDMENT_42 if day >= _FROM_42 else AMENDMENT_41
        box.next_allowed = day >= _OF_FREE_WILL_42
        box.lines = [_line(next(line_rows), place, box) for place in range(1, end - start + 1)]
        box.goods = [line for line in box.lines if line.entries]
        box.dangerous = [line for line in box.lines if line.entries or line["hazard_class"]]
        yield box


def _day_of(box: Box) -> float:
    """The instant of loading; if unknown, of filing."""
    loading: float = box["loading_at"]
    return loading if loading == loading else float(box["declared_at"])


def _line(row: tuple[Any, ...], place: int, box: Box) -> Line:
    line = Line(zip(_LINE_READERS, row, strict=True))
    line["line_no"] = int(line["line_no"]) if line["line_no"] == line["line_no"] else place
    line.listed = listed(line["un_no"], line["packing_group"])
    line.entries, line.entry = line.listed.entries, line.listed.entry
    line.words = words_of(line)
    line.edition, line.next_allowed = box.edition, box.next_allowed
    line.stated, line.likely = (), ()
    return line
