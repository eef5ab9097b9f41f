"""Protects the kept ports: how many boxes are on record, what comes next, and rows as a file would give them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from benchmarks.speed.kept_ports import boxes_of, days_of, divided, rows_of
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS
from data.sources.rows import validate_declaration, validate_inspection
from tests.worlds import world

AT = datetime(2027, 1, 1, tzinfo=UTC)


def test_the_port_is_divided_by_time_into_so_many_boxes_and_the_next() -> None:
    earlier, coming = divided(world().declarations, 3_000)
    first = earlier[earlier["amendment_no"] == 0]
    known = len(set(zip(first["declaration_id"], first["box_no"], strict=True)))
    # Boxes of the same minute as the last one are on record too.
    assert 3_000 <= known < 3_010
    assert len(boxes_of(coming)) == 4_000 - known
    assert coming["declared_at"].min() > earlier["declared_at"].max()
    assert (coming["amendment_no"] == 0).all()


def test_rows_are_those_that_validation_gives() -> None:
    for row in rows_of(world().declarations.head(200)):
        valid, problems = validate_declaration({name: _written(value) for name, value in row.items()}, AT)
        assert (valid, problems) == (row, ())
    for row in rows_of(world().inspections.head(100), INSPECTION_COLUMNS):
        assert validate_inspection({name: _written(value) for name, value in row.items()}, AT) == (row, ())
    assert list(rows_of(world().declarations.head(1))[0]) == [column.name for column in DECLARATION_COLUMNS]


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def test_larger_ports_span_more_years() -> None:
    assert [days_of(boxes) for boxes in (1_000, 100_000, 200_000, 1_000_000, 5_000_000)] == [365, 365, 730, 3650, 3650]
    assert timedelta(days=days_of(1_000_000)) < timedelta(days=366 * 10)
