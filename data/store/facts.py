"""Adding facts: what is new is kept, what is told again is counted, what contradicts is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from data.records import BOX_COLUMNS, BOX_KEY, DECLARATION_COLUMNS, INSPECTION_COLUMNS, Column
from data.sources.problems import Problem, shown
from data.store import schema

Fact = Mapping[str, Any]

# Names asked for in one statement, well below what either database binds.
_NAMES_A_QUERY: Final = 500


@dataclass(frozen=True)
class Contradiction:
    """A row that was refused: `index` is its place in what was given, `problem` names the column that differs."""

    index: int
    row: Fact
    problem: Problem

    def __str__(self) -> str:
        return f"{self.row['declaration_id']} {self.row['box_no']}, {self.problem}"


@dataclass(frozen=True)
class Added:
    """What became of the rows given. New rows are numbered from `first_event_no`, without gaps."""

    new: int
    duplicate: int
    conflicting: list[Contradiction] = field(default_factory=list)
    first_event_no: int = 0


@dataclass(frozen=True)
class Kind:
    """What tells one fact from another, and what must agree among facts of one group (a version of a box)."""

    table: sa.Table
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    group: tuple[str, ...] = ()
    group_columns: tuple[Column, ...] = ()


DECLARATIONS: Final = Kind(
    schema.declarations, DECLARATION_COLUMNS, schema.DECLARATION_KEY, group=BOX_KEY, group_columns=BOX_COLUMNS
)
INSPECTIONS: Final = Kind(schema.inspections, INSPECTION_COLUMNS, schema.INSPECTION_KEY)


def add(
    connection: sa.Connection, kind: Kind, rows: Sequence[Fact], source: str, ingested_at: datetime, whole: bool = False
) -> Added:
    """Add `rows` to their table, within a writer's transaction; `whole`: all of them, or none when one contradicts."""
    key_of = itemgetter(*kind.key)
    known = _Known(kind)
    known.learn(_recorded(connection, kind, rows))
    last: int = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(kind.table.c.event_no), 0))) or 0
    fresh: list[dict[str, Any]] = []
    conflicting: list[Contradiction] = []
    for index, row in enumerate(rows):
        problem = known.contradiction(row)
        if problem is not None:
            conflicting.append(Contradiction(index, row, problem))
        elif key_of(row) not in known.by_key:
            known.learn((row,))
            event_no = last + len(fresh) + 1
            fresh.append({**row, "event_no": event_no, "source": source, "ingested_at": ingested_at})
    if whole and conflicting:
        return Added(0, 0, conflicting, last + 1)
    if fresh:
        connection.execute(sa.insert(kind.table), fresh)
    return Added(len(fresh), len(rows) - len(fresh) - len(conflicting), conflicting, last + 1)


class _Known:
    """The facts that the rows at hand may repeat or contradict."""

    def __init__(self, kind: Kind) -> None:
        self.by_key: dict[Any, Fact] = {}
        self.by_group: dict[Any, Fact] = {}
        self._key = itemgetter(*kind.key)
        self._group = itemgetter(*kind.group) if kind.group else None
        self._values = _values_of(kind.columns)
        self._group_values = _values_of(kind.group_columns)
        self._kind = kind

    def learn(self, rows: Iterable[Fact]) -> None:
        """Take rows as recorded."""
        for row in rows:
            self.by_key[self._key(row)] = row
            if self._group is not None:
                self.by_group.setdefault(self._group(row), row)

    def contradiction(self, row: Fact) -> Problem | None:
        """What in `row` differs from what is recorded under its key, or for its group; None when nothing does."""
        recorded = self.by_key.get(self._key(row))
        if recorded is not None:
            same = self._values(recorded) == self._values(row)
            return None if same else _difference(self._kind.columns, recorded, row)
        if self._group is None or (recorded := self.by_group.get(self._group(row))) is None:
            return None
        same = self._group_values(recorded) == self._group_values(row)
        return None if same else _difference(self._kind.group_columns, recorded, row)


def _values_of(columns: Sequence[Column]) -> Callable[[Fact], Any]:
    return itemgetter(*(column.name for column in columns)) if columns else lambda _: ()


def _difference(columns: Sequence[Column], recorded: Fact, row: Fact) -> Problem:
    name = next(column.name for column in columns if recorded[column.name] != row[column.name])
    return Problem("already_recorded", name, _written(row[name]), {"recorded": _written(recorded[name])})


def _written(value: object) -> str:
    if value is None:
        return "-"
    return value.isoformat() if isinstance(value, date) else shown(str(value))


def _recorded(connection: sa.Connection, kind: Kind, rows: Sequence[Fact]) -> Iterator[Fact]:
    """What is recorded under the first part of the keys of `rows`."""
    name = kind.key[0]
    names = list({row[name] for row in rows})
    query = sa.select(*(kind.table.c[column.name] for column in kind.columns))
    for start in range(0, len(names), _NAMES_A_QUERY):
        asked = names[start : start + _NAMES_A_QUERY]
        for row in connection.execute(query.where(kind.table.c[name].in_(asked))):
            yield row._asdict()
