"""Add facts: new rows are stored, repeated rows counted, contradicting rows refused."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from data.records import (
    BOX_COLUMNS,
    BOX_KEY,
    DECLARATION_COLUMNS,
    INSPECTION_COLUMNS,
    LAST_COUNTED,
    NOTICE_COLUMNS,
    STATEMENT_BOX_COLUMNS,
    STATEMENT_COLUMNS,
    Column,
)
from data.sources.problems import Problem, shown
from data.store import bulk, schema

Fact = Mapping[str, Any]

# Values that all lines of a box share.
_BOX_VALUES: Final = frozenset(column.name for column in BOX_COLUMNS) - {"declaration_id", "box_no"}
# Names in one statement, well below the limits of both databases.
_NAMES_A_QUERY: Final = 500


@dataclass(frozen=True)
class Contradiction:
    """A refused row: `index` is its position among the given rows, `problem` states the column that differs."""

    index: int
    row: Fact
    problem: Problem

    def __str__(self) -> str:
        named = (self.row.get(name) for name in ("declaration_id", "document_no", "inspection_id", "box_no"))
        return " ".join(str(name) for name in named if name) + f", {self.problem}"


def conflict_problems(conflicting: Iterable[Contradiction]) -> list[dict[str, Any]]:
    """Contradictions as `problems` of an error, each with its row from 1; a value of the box is listed once."""
    found: dict[Hashable, dict[str, Any]] = {}
    for one in conflicting:
        column = one.problem.column
        unit = tuple(one.row.get(name) for name in BOX_KEY) if column in _BOX_VALUES else one.index
        found.setdefault((unit, column), {"row": one.index + 1, **one.problem.as_dict()})
    return list(found.values())


@dataclass(frozen=True)
class Added:
    """The result of adding rows: counts of new and of duplicate rows, and the contradictions.

    `amended` counts the new rows that follow an earlier version. New rows are numbered from `first_event_no`, without
    gaps; `fresh` are their positions among the given rows, `known_at` their known times.
    """

    new: int = 0
    amended: int = 0
    duplicate: int = 0
    conflicting: list[Contradiction] = field(default_factory=list)
    first_event_no: int = 0
    fresh: list[int] = field(default_factory=list)
    known_at: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """A table of facts. The columns `key` identify a row. The columns `group` identify a group (the lines of a version
    of a box), within which `group_columns` must agree. `version` is the column of the version number, 0 for a first
    version; `instant` is the column with the instant of the fact."""

    table: sa.Table
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    instant: str
    group: tuple[str, ...] = ()
    group_columns: tuple[Column, ...] = ()
    version: str | None = None


DECLARATIONS: Final = Kind(
    schema.declarations, DECLARATION_COLUMNS, schema.DECLARATION_KEY, "declared_at", BOX_KEY, BOX_COLUMNS,
    "amendment_no",
)  # fmt: skip
STATEMENTS: Final = Kind(
    schema.statements,
    STATEMENT_COLUMNS,
    schema.STATEMENT_KEY,
    "stated_at",
    schema.STATEMENT_KEY[:-1],
    STATEMENT_BOX_COLUMNS,
    "version",
)
NOTICES: Final = Kind(schema.notices, NOTICE_COLUMNS, schema.NOTICE_KEY, "noticed_at")
INSPECTIONS: Final = Kind(schema.inspections, INSPECTION_COLUMNS, schema.INSPECTION_KEY, "recorded_at")
KINDS: Final[Mapping[str, Kind]] = {kind.table.name: kind for kind in (DECLARATIONS, STATEMENTS, NOTICES, INSPECTIONS)}


def add(
    connection: sa.Connection,
    kind: Kind,
    rows: Sequence[Fact],
    source: str,
    ingested_at: datetime,
    units: Sequence[Hashable] | None = None,
    closed: bool = False,
    arriving: bool = False,
) -> Added:
    """Add `rows` to their table, within a write transaction.

    With `arriving`, rows are known from `ingested_at` on, one after the other (the lines of a box together), and later
    than all recorded facts were; otherwise they are history, known at their own instant. Consecutive rows with an equal
    entry in `units` are added together: if one of them contradicts, all are refused. With `closed`, no line is added to
    a recorded group. A row without line_no is numbered by its order in its group.
    """
    rows = _numbered(kind, rows)
    known = _Known(kind, _recorded(connection, kind, rows), closed)
    fresh: list[int] = []
    amended = duplicate = 0
    conflicting: list[Contradiction] = []
    for _, indexes in groupby(range(len(rows)), key=units.__getitem__ if units is not None else None):
        unit = list(indexes)
        problems = zip(unit, known.contradictions([rows[index] for index in unit]), strict=True)
        refused = [Contradiction(index, rows[index], problem) for index, problem in problems if problem is not None]
        conflicting += refused
        for index in unit if not refused else ():
            row = rows[index]
            if known.add(row):
                fresh.append(index)
                amended += known.amends(row)
            else:
                duplicate += 1
    last_no, *known_until = connection.execute(_LAST[kind.table.name]).one()
    last: int = last_no or 0
    instants: list[datetime] = []
    if fresh:
        instants = _known_at(kind, [rows[index] for index in fresh], ingested_at, arriving, _latest(known_until))
        beside = {"source": source, "ingested_at": ingested_at}
        numbered = [
            {**rows[index], "event_no": last + place, "known_at": known_at, **beside}
            for place, (index, known_at) in enumerate(zip(fresh, instants, strict=True), start=1)
        ]
        bulk.insert(connection, kind.table, numbered)
    return Added(len(fresh), amended, duplicate, conflicting, last + 1, fresh, instants)


_LAST_KNOWN: Final = [sa.select(sa.func.max(kind.table.c.known_at)).scalar_subquery() for kind in KINDS.values()]
# By table: the query for its last event number and for the last known time of every table.
_LAST: Final = {
    name: sa.select(sa.select(sa.func.max(kind.table.c.event_no)).scalar_subquery(), *_LAST_KNOWN)
    for name, kind in KINDS.items()
}
_TICK: Final = timedelta(microseconds=1)


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((_aware(instant) for instant in instants if instant is not None), default=None)


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _known_at(kind: Kind, rows: Sequence[Fact], at: datetime, arriving: bool, last: datetime | None) -> list[datetime]:
    """Known times of new rows, in order; `last` is the latest known time of the facts recorded before."""
    if not arriving:
        return [min(row[kind.instant], at) for row in rows]
    known_at = at if last is None else max(at, last + _TICK)
    group_of = itemgetter(*(kind.group or kind.key))
    instants: list[datetime] = []
    for place, row in enumerate(rows):
        if place and group_of(row) != group_of(rows[place - 1]):
            known_at += _TICK
        instants.append(known_at)
    return instants


def _numbered(kind: Kind, rows: Sequence[Fact]) -> Sequence[Fact]:
    if not kind.group or all(row["line_no"] is not None for row in rows):
        return rows
    group_of = itemgetter(*kind.group)
    last: dict[Any, int] = {}
    numbered = []
    for row in rows:
        name = group_of(row)
        last[name] = row["line_no"] or last.get(name, 0) + 1
        numbered.append({**row, "line_no": last[name]})
    return numbered


class _Known:
    """The recorded facts that the given rows may repeat or contradict."""

    def __init__(self, kind: Kind, recorded: Iterable[Fact], closed: bool) -> None:
        self._kind = kind
        self._by_key: dict[Any, Fact] = {}
        self._groups: dict[Any, tuple[Fact, int]] = {}
        self._key = itemgetter(*kind.key)
        self._values = _values_of(kind.columns)
        self._group = itemgetter(*kind.group) if kind.group else None
        self._group_values = _values_of(kind.group_columns)
        self._subject = itemgetter(*(name for name in kind.group if name != kind.version)) if kind.version else None
        self._first_versions: dict[Any, int] = {}
        for row in recorded:
            self._keep(row)
        self._closed = {*self._groups} if closed else set()

    def add(self, row: Fact) -> bool:
        """Add a row without contradiction; returns whether it is new."""
        if self._key(row) in self._by_key:
            return False
        self._keep(row)
        return True

    def amends(self, row: Fact) -> bool:
        """Whether a row is of a later version: by the number of its sender, else because another version is known."""
        if self._subject is None or self._kind.version is None or not (version := row[self._kind.version]):
            return False
        return bool(version <= LAST_COUNTED or self._first_versions[self._subject(row)] != version)

    def contradictions(self, unit: Sequence[Fact]) -> list[Problem | None]:
        """For each row of a unit, its contradiction to recorded rows or to earlier rows of the unit, or None."""
        if len(unit) == 1:
            return [self.contradiction(unit[0])]
        own = _Known(self._kind, (), False)
        problems = []
        for row in unit:
            problem = self.contradiction(row)
            if problem is None and (within := own.contradiction(row)) is not None:
                problem = Problem("stated_twice", within.column, within.value, {"first": within.values["recorded"]})
            own.add(row)
            problems.append(problem)
        return problems

    def contradiction(self, row: Fact) -> Problem | None:
        """The difference of `row` from the recorded row with its key, or from its group; None when there is none."""
        recorded = self._by_key.get(self._key(row))
        if recorded is not None:
            same = self._values(recorded) == self._values(row)
            return None if same else _difference(self._kind.columns, recorded, row)
        if self._group is None or (group := self._groups.get(self._group(row))) is None:
            return None
        first, lines = group
        if self._group_values(first) != self._group_values(row):
            return _difference(self._kind.group_columns, first, row)
        if self._group(row) in self._closed:
            return Problem("version_closed", "line_no", _written(row["line_no"]), {"recorded": lines})
        return None

    def _keep(self, row: Fact) -> None:
        self._by_key[self._key(row)] = row
        if self._subject is not None and self._kind.version is not None:
            self._first_versions.setdefault(self._subject(row), row[self._kind.version])
        if self._group is not None:
            name = self._group(row)
            first, lines = self._groups.get(name, (row, 0))
            self._groups[name] = (first, lines + 1)


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
    """The recorded rows whose first key column has a value that occurs in `rows`."""
    names = list({row[kind.key[0]] for row in rows})
    for start in range(0, len(names), _NAMES_A_QUERY):
        parameters = {"names": names[start : start + _NAMES_A_QUERY]}
        for row in connection.execute(_NAMED[kind.table.name], parameters):
            yield row._asdict()


def _named_query(kind: Kind) -> sa.Select[Any]:
    names: sa.BindParameter[list[str]] = sa.bindparam("names", expanding=True)
    return sa.select(*(kind.table.c[column.name] for column in kind.columns)).where(
        kind.table.c[kind.key[0]].in_(names)
    )


# Built once, because building a query of so many columns takes longer than running it.
_NAMED: Final = {name: _named_query(kind) for name, kind in KINDS.items()}
