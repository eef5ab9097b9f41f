"""Facts asked for by name: of boxes, bookings, declarations; any number of names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.records import BOX_KEY
from data.store import facts
from data.store.facts import Kind
from data.store.frames import facts_frame

# Names in one statement, well below what either database binds.
_NAMES_A_QUERY: Final = 500
# For more names than this, the whole table is read: it is quicker than many statements.
_NAMES_BY_QUERY: Final = 20_000


def naming(connection: sa.Connection, kind: Kind, names: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """The facts whose column `names[column]` has one of these values, for any of the columns; in order, each once."""
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
    """The line items of boxes (declaration_id, box_no) in their latest versions (known by then), ordered by box and
    line."""
    found = naming(connection, facts.DECLARATIONS, {"declaration_id": {name for name, _ in pairs}})
    if by is not None:
        found = found[found["known_at"] <= by]
    boxes = [found["declaration_id"], found["box_no"]]
    newest = found["amendment_no"] == found.groupby(boxes)["amendment_no"].transform("max")
    wanted = set(pairs)
    named = np.array([pair in wanted for pair in zip(*boxes, strict=True)], dtype=bool)
    return found[newest & named].sort_values(["declaration_id", "box_no", "line_no"], ignore_index=True)


def due(connection: sa.Connection, since: datetime, until: datetime, declared_since: datetime) -> list[tuple[str, str]]:
    """The boxes (declaration_id, box_no) with a version loaded then; where that is not known, declared then."""
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
    asked = sa.and_(*(page.c[name] == lines.c[name] for name in BOX_KEY))
    return facts_frame(
        connection,
        facts.DECLARATIONS,
        sa.exists().where(asked),
        number > after,
        number <= until,
        ~sa.exists().where(same),
    )


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    names = sorted(values)
    for start in range(0, len(names), _NAMES_A_QUERY):
        yield names[start : start + _NAMES_A_QUERY]
