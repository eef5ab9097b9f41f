"""Facts read back as frames: the dtypes of data.frames, with the number of each event beside them."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from data.frames import frame
from data.store.facts import Kind


def facts_frame(connection: sa.Connection, kind: Kind, *conditions: sa.ColumnElement[bool]) -> pd.DataFrame:
    """The rows of one table that meet `conditions`, in the order of their `event_no` (int64, last column)."""
    names = [column.name for column in kind.columns]
    query = sa.select(*(kind.table.c[name] for name in (*names, "event_no"))).where(*conditions)
    rows = connection.execute(query.order_by(kind.table.c.event_no)).all()
    cells = list(zip(*rows, strict=True)) if rows else [()] * (len(names) + 1)
    facts = frame(kind.columns, dict(zip(names, map(list, cells), strict=False)))
    facts["event_no"] = pd.array(list(cells[-1]), dtype="int64")
    return facts
