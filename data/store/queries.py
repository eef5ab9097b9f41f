"""Queries for facts by box, booking or declaration, for any number of names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.records import BOX_KEY
from data.store import facts
from data.store.facts import Kind
from data.store.frames import facts_frame

# Names in one statement, well below the limits of both databases.
_NAMES_A_QUERY: Final = 500
# For more names than this the whole table is read, which is faster than many statements.
_NAMES_BY_QUERY: Final = 20_000
# Columns beside those of data.records that are not read for single boxes.
_BESIDE: Final = ("event_no", "source", "ingested_at")
# Columns that identify a declared version of a box, its known time, and the papers about it.
_OF_A_VERSION: Final = (
    "declaration_id", "box_no", "amendment_no", "declared_at", "known_at", "loading_at", "booking_no", "bill_no",
    "vessel_imo", "voyage_no",
)  # fmt: skip


def facts_about(connection: sa.Connection, kind: Kind, names: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """The facts with one of the values `names[column]` in any of the columns; ordered by event_no, each once."""
    table = kind.table.c
    if sum(map(len, names.values())) > _NAMES_BY_QUERY:
        found = facts_frame(connection, kind)
        named = [found[column].isin(set(values)) for column, values in names.items()]
        return found[np.logical_or.reduce(named)].reset_index(drop=True)
    parts = [
        facts_frame(connection, kind, table[column].in_(part))
        for column, values in names.items()
        for part in _parts(values)
    ]
    if not parts:
        return facts_frame(connection, kind, sa.false())
    found = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return found.drop_duplicates("event_no").sort_values("event_no", ignore_index=True)


def latest(connection: sa.Connection, pairs: Collection[tuple[str, str]], by: datetime | None = None) -> pd.DataFrame:
    """The line items of boxes (declaration_id, box_no) in their latest versions, with `by` of those
    known at that time; ordered by box and line."""
    found = facts_about(connection, facts.DECLARATIONS, {"declaration_id": {name for name, _ in pairs}})
    if by is not None:
        found = found[found["known_at"] <= by]
    boxes = [found["declaration_id"], found["box_no"]]
    newest = found["amendment_no"] == found.groupby(boxes)["amendment_no"].transform("max")
    wanted = set(pairs)
    named = np.array([pair in wanted for pair in zip(*boxes, strict=True)], dtype=bool)
    return found[newest & named].sort_values(["declaration_id", "box_no", "line_no"], ignore_index=True)


def boxes_loading_between(
    connection: sa.Connection, since: datetime, until: datetime, declared_since: datetime
) -> list[tuple[str, str]]:
    """The boxes (declaration_id, box_no) with a version loaded from `since` to `until`; where its loading is not known,
    declared from `declared_since` to `until`."""
    table = facts.DECLARATIONS.table.c
    loaded = table.loading_at.between(since, until)
    declared = table.loading_at.is_(None) & table.declared_at.between(declared_since, until)
    query = sa.select(table.declaration_id, table.box_no).where(loaded | declared).distinct()
    return [(name, box_no) for name, box_no in connection.execute(query.order_by(table.declaration_id, table.box_no))]


_KEY: Final = [facts.DECLARATIONS.table.c[name] for name in BOX_KEY]


def boxes_between(connection: sa.Connection, after: int, last: int, until: int) -> pd.DataFrame:
    """All lines, up to the event `until`, of the box versions whose first line is an event after `after` and up to
    `last`; in order of their events."""
    lines, number = facts.DECLARATIONS.table, facts.DECLARATIONS.table.c.event_no
    page = sa.select(*_KEY).where(number > after, number <= last).distinct().subquery()
    earlier = lines.alias()
    same = sa.and_(*(earlier.c[name] == lines.c[name] for name in BOX_KEY), earlier.c.event_no <= after)
    wanted = sa.and_(*(page.c[name] == lines.c[name] for name in BOX_KEY))
    return facts_frame(
        connection,
        facts.DECLARATIONS,
        sa.exists().where(wanted),
        number > after,
        number <= until,
        ~sa.exists().where(same),
    )


class Papers(NamedTuple):
    """Other facts about a box, as plain rows of their known cells: the lines of statements, and the columns
    `_OF_A_VERSION` of all declared versions of the box, one row per line item."""

    statements: list[dict[str, Any]]
    declarations: list[dict[str, Any]]


def papers(connection: sa.Connection, box_no: str, booking_no: str | None) -> Papers:
    """The statements about a box, or without a box about one of its bookings: `booking_no`, or one stated by a
    statement about the box. The declared versions are read only where there are statements."""
    statements = _plain(connection.execute(_STATEMENTS, {"box_no": box_no, "booking_no": booking_no}))
    return Papers(statements, _plain(connection.execute(_VERSIONS, {"box_no": box_no})) if statements else [])


def _statements_query() -> sa.Select[Any]:
    table = facts.STATEMENTS.table
    box_no: sa.BindParameter[str] = sa.bindparam("box_no")
    by_booking = table.alias()
    named = sa.select(by_booking.c.booking_no).where(by_booking.c.box_no == box_no)
    given: sa.BindParameter[str] = sa.bindparam("booking_no", type_=table.c.booking_no.type)
    # As an expression, so that the index on booking_no is used: that on box_no would read all rows without a box.
    boxless = sa.func.length(table.c.box_no) == 0
    # Each part of the union uses an index; neither database uses two indexes for alternatives with a subquery.
    event_nos = sa.union(
        sa.select(table.c.event_no).where(table.c.box_no == box_no),
        sa.select(table.c.event_no).where(boxless, table.c.booking_no == given),
        sa.select(table.c.event_no).where(boxless, table.c.booking_no.in_(named)),
    )
    found = table.alias()
    columns = [column for column in found.c if column.name not in _BESIDE]
    return sa.select(*columns).where(found.c.event_no.in_(event_nos))


def _versions_query() -> sa.Select[Any]:
    table = facts.DECLARATIONS.table.c
    return sa.select(*(table[name] for name in _OF_A_VERSION)).where(table.box_no == sa.bindparam("box_no"))


# Built once, so that the driver gets the same text each time.
_STATEMENTS: Final = _statements_query()
_VERSIONS: Final = _versions_query()


def _plain(found: sa.CursorResult[Any]) -> list[dict[str, Any]]:
    names = list(found.keys())
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell is not None} for row in found]


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    names = sorted(values)
    for start in range(0, len(names), _NAMES_A_QUERY):
        yield names[start : start + _NAMES_A_QUERY]
