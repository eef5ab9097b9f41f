"""The store's public face. Each method is one transaction; nothing is ever changed or deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from data.errors import NotFound
from data.records import BOX_KEY
from data.store import assessments, facts, schema
from data.store.engine import engine_of, reading, writing
from data.store.facts import Added, Fact
from data.store.frames import facts_frame
from data.store.migrate import migrate
from data.vocabulary import Lane


class Store:
    """What is known and what was answered. Safe to share between threads; other processes may use it too."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store at an SQLAlchemy URL; the database is created or brought up to date.

        Raises InvalidInput for a URL that is none, NotReady when the database cannot be reached or is too new.
        """
        engine = engine_of(url)
        try:
            with writing(engine) as connection:
                migrate(connection)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def add_declarations(self, rows: Sequence[Fact], source: str, ingested_at: datetime, whole: bool = False) -> Added:
        """Add validated line items. The same again is a duplicate; other content under the same key is refused.

        Rows without a line_no are numbered in their order within the box. With `whole`, one refused row keeps
        all of them out.
        """
        with writing(self._engine) as connection:
            return facts.add(connection, facts.DECLARATIONS, _keyed(rows), source, ingested_at, whole)

    def add_inspections(self, rows: Sequence[Fact], source: str, ingested_at: datetime, whole: bool = False) -> Added:
        """Add validated inspections; a correction is a row of its own, with a later recorded_at. `whole` as above."""
        with writing(self._engine) as connection:
            return facts.add(connection, facts.INSPECTIONS, rows, source, ingested_at, whole)

    def add_rejected(self, rejected: Iterable[Mapping[str, Any]], ingested_at: datetime) -> int:
        """Keep rows that could not be read, each `{"source", "row_no", "raw", "problems"}`. Returns how many."""
        rows = [{**row, "ingested_at": ingested_at} for row in rejected]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(sa.insert(schema.rejected_rows), rows)
        return len(rows)

    def add_assessments(self, bodies: Iterable[Mapping[str, Any]]) -> None:
        """Keep answers as they were given."""
        with writing(self._engine) as connection:
            assessments.add(connection, bodies)

    def declarations(self, after_event_no: int = 0) -> pd.DataFrame:
        """Line items recorded after an event, in order; the columns of the contract and `event_no`."""
        table = schema.declarations
        with reading(self._engine) as connection:
            return facts_frame(connection, facts.DECLARATIONS, table.c.event_no > after_event_no)

    def inspections(self, after_event_no: int = 0) -> pd.DataFrame:
        """Inspections recorded after an event, in order; the columns of the contract and `event_no`."""
        table = schema.inspections
        with reading(self._engine) as connection:
            return facts_frame(connection, facts.INSPECTIONS, table.c.event_no > after_event_no)

    def declaration(self, declaration_id: str, box_no: str) -> pd.DataFrame:
        """The line items of a box, in its latest version. Raises NotFound."""
        columns = schema.declarations.c
        box = (columns.declaration_id == declaration_id, columns.box_no == box_no)
        newest = sa.select(sa.func.max(columns.amendment_no)).where(*box).scalar_subquery()
        with reading(self._engine) as connection:
            found = facts_frame(connection, facts.DECLARATIONS, *box, columns.amendment_no == newest)
        if found.empty:
            raise NotFound(f"No declaration {declaration_id} of box {box_no} is recorded.", "Check both numbers.")
        return found.sort_values("line_no", ignore_index=True)

    def last_event_no(self) -> tuple[int, int]:
        """The number of the last declared row and of the last inspection; 0 where there is none."""
        query = sa.select(
            *(
                sa.select(sa.func.coalesce(sa.func.max(table.c.event_no), 0)).scalar_subquery()
                for table in (schema.declarations, schema.inspections)
            )
        )
        with reading(self._engine) as connection:
            declared, inspected = connection.execute(query).one()
        return declared, inspected

    def assessment(self, assessment_id: str) -> dict[str, Any]:
        """The answer with that id. Raises NotFound."""
        with reading(self._engine) as connection:
            body = assessments.by_id(connection, assessment_id)
        if body is None:
            raise NotFound(f"No assessment {assessment_id} is recorded.", "Check the id.")
        return body

    def assessments_of(self, declaration_id: str, box_no: str) -> list[dict[str, Any]]:
        """All answers for one box, the latest first. Raises NotFound when there is none."""
        with reading(self._engine) as connection:
            bodies = assessments.of_box(connection, declaration_id, box_no)
        if not bodies:
            raise NotFound(f"Box {box_no} of declaration {declaration_id} has not been assessed.", "Assess it first.")
        return bodies

    def latest_assessments(
        self, lane: Lane | None = None, terminal: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[dict[str, Any]]:
        """The latest answer for each box: those to open first, then by falling risk."""
        with reading(self._engine) as connection:
            return assessments.latest(connection, lane, terminal, limit, offset)

    def lane_counts(self, terminal: str | None = None) -> dict[str, int]:
        """How many boxes stand in each lane, by their latest answers."""
        with reading(self._engine) as connection:
            return assessments.lane_counts(connection, terminal)

    def terminals(self) -> list[str]:
        """The terminals that declarations name, in alphabetical order."""
        terminal = schema.declarations.c.terminal
        with reading(self._engine) as connection:
            found = connection.scalars(sa.select(terminal).where(terminal.is_not(None)).distinct().order_by(terminal))
            return list(found)

    def rejected(self, limit: int = 100, offset: int = 0) -> list[dict[str, Any]]:
        """Rows that could not be read, the latest first."""
        table = schema.rejected_rows
        with reading(self._engine) as connection:
            query = sa.select(table).order_by(table.c.rejected_id.desc()).limit(limit).offset(offset)
            return [dict(row) for row in connection.execute(query).mappings()]

    def counts(self) -> dict[str, int]:
        """Rows in each table, by its name."""
        with reading(self._engine) as connection:
            return {
                table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in schema.metadata.sorted_tables
            }


def _keyed(rows: Sequence[Fact]) -> Sequence[Fact]:
    """Rows whose keys are complete: an amendment of 0, lines numbered in order, where they are empty."""
    if all(row["line_no"] is not None and row["amendment_no"] is not None for row in rows):
        return rows
    lines: dict[tuple[Any, ...], int] = {}
    keyed = []
    for row in rows:
        complete = {**row, "amendment_no": row["amendment_no"] or 0}
        box = tuple(complete[name] for name in BOX_KEY)
        lines[box] = complete["line_no"] or lines.get(box, 0) + 1
        keyed.append({**complete, "line_no": lines[box]})
    return keyed
