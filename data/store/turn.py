"""A writer's turn: several steps in one transaction, so that what was read is what the answer is stored beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from data.store import assessments, facts, schema
from data.store.facts import Added, Fact
from data.store.frames import facts_frame

_NUMBERS: Final = {
    **{name: kind.table.c.event_no for name, kind in facts.KINDS.items()}, "plans": schema.plans.c.plan_no,
}  # fmt: skip
_LAST: Final = sa.select(
    *(
        sa.select(sa.func.coalesce(sa.func.max(column), 0)).scalar_subquery().label(name)
        for name, column in _NUMBERS.items()
    )
)


def last_event_nos(connection: sa.Connection) -> dict[str, int]:
    """The number of the last row of each table of facts, and of the plans; 0 where there is none."""
    return dict(connection.execute(_LAST).mappings().one())


class Turn:
    """The steps of one transaction of a writer."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def last_event_nos(self) -> dict[str, int]:
        """As `Store.last_event_nos`."""
        return last_event_nos(self._connection)

    def last_known(self) -> datetime | None:
        """When the port knew of the last fact; None where there is none."""
        return facts.last_known(self._connection)

    def facts_after(self, table: str, event_no: int, until: int) -> pd.DataFrame:
        """The facts of a table (`declarations`, `inspections`, …) after an event and up to another, in order."""
        kind = facts.KINDS[table]
        number = kind.table.c.event_no
        return facts_frame(self._connection, kind, number > event_no, number <= until)

    def add_declarations(self, rows: Sequence[Fact], source: str, at: datetime) -> Added:
        """Add line items that arrive now, all or none; a version that is recorded takes no further line."""
        units = [0] * len(rows)
        return facts.add(self._connection, facts.DECLARATIONS, rows, source, at, units, closed=True, arriving=True)

    def add_inspections(self, rows: Sequence[Fact], source: str, at: datetime) -> Added:
        """Add inspections that arrive now, all or none."""
        return facts.add(self._connection, facts.INSPECTIONS, rows, source, at, [0] * len(rows), arriving=True)

    def add_assessments(self, bodies: Iterable[Mapping[str, Any]]) -> None:
        """Keep answers as they are given."""
        assessments.add(self._connection, bodies)
