"""The public interface of the store. Each method is one transaction; facts are never changed or deleted."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, Self

import pandas as pd
import sqlalchemy as sa

from data.errors import NotFound
from data.records import BOX_KEY
from data.sources.problems import Problem
from data.sources.reading import Accepted, Entry, Rejected, rejected
from data.store import bookmarks, facts, quarantine, queries, schema
from data.store.bookmarks import Bookmark
from data.store.engine import engine_of, writing
from data.store.facts import Added, Fact
from data.store.frames import facts_frame
from data.store.migrate import migrate
from data.store.snapshots import Snapshots
from data.store.stored_assessments import StoredAssessments

_NUMBERS: Final = {
    **{name: kind.table.c.event_no for name, kind in facts.KINDS.items()}, "plans": schema.plans.c.plan_no,
}  # fmt: skip
_LAST_EVENT_NOS: Final = sa.select(
    *(
        sa.select(sa.func.coalesce(sa.func.max(column), 0)).scalar_subquery().label(name)
        for name, column in _NUMBERS.items()
    )
)


class Store(StoredAssessments, Snapshots):
    """Facts, assessments, plans and snapshots. Can be shared between threads, and used by several processes."""

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store at an SQLAlchemy URL; the database is created or brought up to date.

        Raises InvalidInput for an invalid URL, NotReady when the database cannot be reached or is too new.
        """
        engine = engine_of(url)
        try:
            with writing(engine) as connection:
                migrate(connection)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database, with its password."""
        return self._engine.url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """The store within one write transaction: no other writer comes between its calls, and nothing is stored when
        one of them raises."""
        with writing(self._engine) as connection:
            yield type(self)(self._engine, connection)

    def add_declarations(
        self, rows: Sequence[Fact], source: str, ingested_at: datetime, whole: bool = False, arriving: bool = False
    ) -> Added:
        """Add validated line items. A repeated row is a duplicate; other content under the same key is refused.

        Rows that are `arriving` are known from `ingested_at` on; others are history, known at their own instant. Rows
        without line_no are numbered in their order within the box. With `whole`, all rows are refused if one is, and no
        line is added to a recorded version.
        """
        units = [0] * len(rows) if whole else None
        with self._writing() as connection:
            return facts.add(connection, facts.DECLARATIONS, rows, source, ingested_at, units, whole, arriving)

    def add_inspections(
        self, rows: Sequence[Fact], source: str, ingested_at: datetime, whole: bool = False, arriving: bool = False
    ) -> Added:
        """Add validated inspections, as `add_declarations`; a correction is a row with a later recorded_at."""
        units = [0] * len(rows) if whole else None
        with self._writing() as connection:
            return facts.add(connection, facts.INSPECTIONS, rows, source, ingested_at, units, arriving=arriving)

    def bookmark(self, digest: str, source: str, at: datetime) -> Bookmark:
        """The bookmark of an interrupted reading of that content, else one at the beginning, received at `at`."""
        with self._reading() as connection:
            return bookmarks.find(connection, digest, source, at)

    def was_read(self, digest: str) -> bool:
        """Whether a source of that content was read to its end."""
        with self._reading() as connection:
            return bookmarks.was_finished(connection, digest)

    def take(
        self,
        entries: Sequence[Entry],
        bookmark: Bookmark,
        at: datetime,
        quarantine_refused: bool = True,
        arriving: bool = False,
    ) -> list[Rejected]:
        """Store a batch of entries in one transaction: rows, refusals, and the bookmark after them.

        Rows that are `arriving` are known from `at` on; others are history, known at their own instant.

        Returns the refused entries, also those that contradict recorded facts; of a box in a message all rows are
        stored or none. `quarantine_refused` is false where the refused entries are in quarantine already.
        """
        accepted: dict[str, list[Accepted]] = {}
        refused: list[Rejected] = []
        counted = dataclasses.replace(bookmark, entries=bookmark.entries + len(entries))
        for entry in entries:
            if isinstance(entry, Rejected):
                refused.append(entry)
            else:
                accepted.setdefault(entry.raw.table, []).append(entry)
        with self._writing() as connection:
            for table, found in accepted.items():
                kind = facts.KINDS[table]
                units = [_unit(kind, place, entry) for place, entry in enumerate(found)]
                rows = [entry.row for entry in found]
                # A version that a message declared is complete.
                closed = arriving and kind is facts.DECLARATIONS and bool(found[0].raw.message)
                added = facts.add(connection, kind, rows, bookmark.source, at, units, closed, arriving)
                counted.accepted += added.new
                counted.amended += added.amended
                counted.duplicate += added.duplicate
                refused += [_contradicting(bookmark.source, found[c.index], c.problem) for c in added.conflicting]
            counted.quarantined += len(refused)
            if quarantine_refused:
                quarantine.keep(connection, (entry.as_dict() for entry in refused), at)
            bookmarks.put(connection, counted)
        vars(bookmark).update(vars(counted))
        return refused

    def finish(self, bookmark: Bookmark) -> None:
        """Mark a source as read to its end; a later reading starts from its beginning."""
        bookmark.finished = True
        with self._writing() as connection:
            bookmarks.put(connection, bookmark)

    def quarantine(self, refused: Iterable[Rejected], at: datetime) -> int:
        """Put refusals into quarantine. Returns the number of new ones."""
        with self._writing() as connection:
            return quarantine.keep(connection, (entry.as_dict() for entry in refused), at)

    def quarantined(self, resolved: bool = False, limit: int = 100, offset: int = 0) -> list[dict[str, Any]]:
        """Entries of the quarantine, the latest first, without their bytes; `resolved`: also those accepted since."""
        with self._reading() as connection:
            return quarantine.entries(connection, resolved, limit, offset)

    def quarantine_entry(self, quarantine_id: int) -> dict[str, Any]:
        """One entry, with its bytes (`raw`) and its retries. Raises NotFound."""
        with self._reading() as connection:
            found = quarantine.entry(connection, quarantine_id)
        if found is None:
            raise NotFound(f"Unknown quarantine entry: {quarantine_id}.", "`hazlane quarantine list` shows them.")
        return found

    def open_quarantine_entries(self) -> list[int]:
        """The ids of the entries that are not settled, the oldest first."""
        with self._reading() as connection:
            return quarantine.open_entries(connection)

    def retried(self, quarantine_id: int, at: datetime, problems: Sequence[Mapping[str, Any]]) -> None:
        """Record an attempt to read an entry again; without problems, it is settled."""
        with self._writing() as connection:
            quarantine.retried(connection, quarantine_id, at, list(problems))

    def declarations(self, after_event_no: int = 0) -> pd.DataFrame:
        """Line items with `event_no` after a number, in order; a frame of `facts_frame`."""
        return self._after(facts.DECLARATIONS, after_event_no)

    def inspections(self, after_event_no: int = 0, until_event_no: int | None = None) -> pd.DataFrame:
        """Inspections with `event_no` after a number, and up to another where it is given; as `declarations`."""
        return self._after(facts.INSPECTIONS, after_event_no, until_event_no)

    def statements(self, after_event_no: int = 0) -> pd.DataFrame:
        """Lines of statements with `event_no` after a number; as `declarations`."""
        return self._after(facts.STATEMENTS, after_event_no)

    def notices(self, after_event_no: int = 0) -> pd.DataFrame:
        """Notices with `event_no` after a number; as `declarations`."""
        return self._after(facts.NOTICES, after_event_no)

    def _after(self, kind: facts.Kind, event_no: int, until: int | None = None) -> pd.DataFrame:
        number = kind.table.c.event_no
        conditions = [number > event_no] + ([number <= until] if until is not None else [])
        with self._reading() as connection:
            return facts_frame(connection, kind, *conditions)

    def boxes_between(self, after: int, last: int, until: int) -> pd.DataFrame:
        """All lines, up to the event `until`, of the box versions whose first line is an event after `after` and up to
        `last`; in order of their events."""
        with self._reading() as connection:
            return queries.boxes_between(connection, after, last, until)

    def new_facts(self, table: str, after: int, until: int) -> tuple[int, datetime | None]:
        """Number of facts of a table with `event_no` after one and up to another, and their earliest known time."""
        column = facts.KINDS[table].table.c
        query = sa.select(sa.func.count(), sa.func.min(column.known_at))
        with self._reading() as connection:
            count, first = connection.execute(query.where(column.event_no > after, column.event_no <= until)).one()
        return count, first

    def versions_of(self, versions: Collection[tuple[str, str, int]]) -> pd.DataFrame:
        """The line items of box versions (declaration_id, box_no, amendment_no), in order of their events."""
        wanted = {(name, box_no, int(number or 0)) for name, box_no, number in versions}
        found = self.declared({name for name, *_ in wanted})
        keys = zip(found["declaration_id"], found["box_no"], found["amendment_no"].fillna(0).astype(int), strict=True)
        return found[[key in wanted for key in keys]].reset_index(drop=True)

    def stated_of_known(self, after_statement: int, until_declaration: int) -> bool:
        """Whether a statement after event `after_statement` is about a box or booking of a declaration, up to event
        `until_declaration`, that became known later than the statement."""
        stated, declared = schema.statements.c, schema.declarations.c
        same = sa.or_(declared.box_no == stated.box_no, declared.booking_no == stated.booking_no)
        query = sa.select(sa.literal(1)).where(
            stated.event_no > after_statement, declared.event_no <= until_declaration, same,
            declared.known_at >= stated.known_at,
        )  # fmt: skip
        with self._reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def adds_to_known(self, after: int, until: int | None = None, known: int | None = None) -> bool:
        """Whether a line declared after event `after`, up to `until` (default: the last one), belongs to a version of a
        box that has a line up to event `known` (default: `after`)."""
        line, first = schema.declarations.alias(), schema.declarations.alias()
        same = sa.and_(*(line.c[name] == first.c[name] for name in BOX_KEY))
        same &= first.c.event_no <= (after if known is None else known)
        new = line.c.event_no > after
        if until is not None:
            new &= line.c.event_no <= until
        with self._reading() as connection:
            return connection.execute(sa.select(sa.literal(1)).where(new, same).limit(1)).first() is not None

    def stated_names(self) -> tuple[list[str], list[str]]:
        """The box_no and the booking_no of all statements."""
        columns = (schema.statements.c.box_no, schema.statements.c.booking_no)
        with self._reading() as connection:
            boxes, bookings = (
                list(connection.scalars(sa.select(column).where(column.is_not(None)).distinct())) for column in columns
            )
        return boxes, bookings

    def statements_of(self, box_nos: Collection[str], booking_nos: Collection[str] = ()) -> pd.DataFrame:
        """The statements about these boxes and bookings."""
        with self._reading() as connection:
            return queries.facts_about(connection, facts.STATEMENTS, {"box_no": box_nos, "booking_no": booking_nos})

    def declarations_of(self, box_nos: Collection[str], booking_nos: Collection[str] = ()) -> pd.DataFrame:
        """All versions of the declarations of these boxes or bookings."""
        with self._reading() as connection:
            return queries.facts_about(connection, facts.DECLARATIONS, {"box_no": box_nos, "booking_no": booking_nos})

    def declared(self, declaration_ids: Collection[str]) -> pd.DataFrame:
        """All versions of these declarations."""
        with self._reading() as connection:
            return queries.facts_about(connection, facts.DECLARATIONS, {"declaration_id": declaration_ids})

    def papers_of(self, box_no: str, booking_no: str | None = None) -> queries.Papers:
        """The statements about one box and its bookings, and its declared versions, as plain rows; both empty where
        there is no statement."""
        with self._reading() as connection:
            return queries.papers(connection, box_no, booking_no)

    def notices_of(self, declaration_ids: Collection[str]) -> pd.DataFrame:
        """The cancellations and disclosures of these declarations."""
        with self._reading() as connection:
            return queries.facts_about(connection, facts.NOTICES, {"declaration_id": declaration_ids})

    def inspections_of(self, declaration_ids: Collection[str]) -> pd.DataFrame:
        """The inspections of the boxes of these declarations."""
        with self._reading() as connection:
            return queries.facts_about(connection, facts.INSPECTIONS, {"declaration_id": declaration_ids})

    def versions(self, declaration_id: str, box_no: str) -> pd.DataFrame:
        """The line items of a box in all its versions, in order. Raises NotFound."""
        with self._reading() as connection:
            found = queries.facts_about(connection, facts.DECLARATIONS, {"declaration_id": [declaration_id]})
        found = found[found["box_no"] == box_no]
        if found.empty:
            raise NotFound(f"Unknown declaration {declaration_id} of box {box_no}.", "Check both numbers.")
        return found.sort_values(["amendment_no", "line_no"], ignore_index=True)

    def declaration(self, declaration_id: str, box_no: str) -> pd.DataFrame:
        """The line items of a box, in its latest version. Raises NotFound."""
        found = self.versions(declaration_id, box_no)
        latest: pd.DataFrame = found[found["amendment_no"] == found["amendment_no"].max()]
        return latest.reset_index(drop=True)

    def boxes(self, pairs: Collection[tuple[str, str]], by: datetime | None = None) -> pd.DataFrame:
        """The line items of boxes, each named by declaration_id and box_no, in their latest versions.

        With `by`, only versions known at that time count. Ordered by box and line; unknown pairs are left out.
        """
        with self._reading() as connection:
            return queries.latest(connection, pairs, by)

    def boxes_loading_between(
        self, since: datetime, until: datetime, declared_since: datetime
    ) -> list[tuple[str, str]]:
        """The boxes (declaration_id, box_no) with a version loaded or discharged from `since` to `until`, in order;
        where that is not known, declared from `declared_since` to `until`."""
        with self._reading() as connection:
            return queries.boxes_loading_between(connection, since, until, declared_since)

    def last_event_nos(self) -> dict[str, int]:
        """The number of the last row of each table of facts, and of the plans; 0 where there is none."""
        with self._reading() as connection:
            return dict(connection.execute(_LAST_EVENT_NOS).mappings().one())

    def decide_parties(self, first: str, second: str, same: bool, reason: str, at: datetime) -> None:
        """Record an officer's decision on two firms, each named by an identifier or a name as written."""
        row = {"first": first, "second": second, "same": same, "reason": reason, "decided_at": at}
        with self._writing() as connection:
            connection.execute(sa.insert(schema.party_decisions), [row])

    def party_decisions(self) -> list[dict[str, Any]]:
        """The officers' decisions on firms, in order."""
        query = sa.select(schema.party_decisions).order_by(schema.party_decisions.c.decision_no)
        with self._reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def terminals(self) -> list[str]:
        """The terminals of all declarations, in alphabetical order."""
        terminal = schema.declarations.c.terminal
        query = sa.select(terminal).where(terminal.is_not(None)).distinct().order_by(terminal)
        with self._reading() as connection:
            return list(connection.scalars(query))

    def counts(self) -> dict[str, int]:
        """Number of rows by name of the table."""
        with self._reading() as connection:
            return {
                table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in schema.metadata.sorted_tables
            }


def _unit(kind: facts.Kind, place: int, entry: Accepted) -> Hashable:
    """The unit in which a row is stored: the box for messages, the row itself for tables."""
    box = tuple(entry.row[name] for name in kind.group)
    return (entry.raw.message, box) if entry.raw.message else place


def _contradicting(source: str, entry: Accepted, problem: Problem) -> Rejected:
    refused = rejected(source, entry.raw, problem)
    return dataclasses.replace(refused, raw=entry.document, fields=None) if entry.document else refused
