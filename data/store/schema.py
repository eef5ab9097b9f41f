"""The tables of the store. Facts are append-only: rows are added, never changed or deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from data.records import (
    BOX_KEY,
    DECLARATION_COLUMNS,
    INSPECTION_COLUMNS,
    NOTICE_COLUMNS,
    STATEMENT_BOX_KEY,
    STATEMENT_COLUMNS,
    Column,
    Kind,
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant with microseconds, on databases with and without time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The instant in UTC; without offset for SQLite, which does not store it."""
        if value is None:
            return None
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The instant as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_TYPES: Final[dict[Kind, type[TypeEngine[Any]]]] = {
    Kind.TEXT: sa.Text,
    Kind.CODE: sa.Text,
    Kind.INTEGER: sa.BigInteger,
    Kind.NUMBER: sa.Double,
    Kind.INSTANT: Instant,
    Kind.DATE: sa.Date,
    Kind.FLAG: sa.Boolean,
}

# Keys by which a repeated row is recognised. A version of a box is one set of line items.
DECLARATION_KEY: Final = (*BOX_KEY, "line_no")
STATEMENT_KEY: Final = (*STATEMENT_BOX_KEY, "line_no")
NOTICE_KEY: Final = ("declaration_id", "box_no", "notice", "noticed_at")
INSPECTION_KEY: Final = ("inspection_id", "recorded_at")

metadata: Final = sa.MetaData()


def _facts(name: str, columns: tuple[Column, ...], key: tuple[str, ...], *indexed: str) -> sa.Table:
    """A table of facts with `columns`; `event_no` numbers the rows in the order of storing.

    `known_at` is when the port knew the fact, by which history is ordered: its own instant if it was imported as
    history, its arrival if it arrived at a running service.
    """
    return sa.Table(
        name,
        metadata,
        sa.Column(
            "event_no", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
        *(
            sa.Column(column.name, _TYPES[column.kind], nullable=not column.required and column.name not in key)
            for column in columns
        ),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ingested_at", Instant, nullable=False),
        sa.Column("known_at", Instant),
        sa.UniqueConstraint(*key, name=f"uq_{name}"),
        sa.Index(f"ix_{name}_known_at", "known_at"),
        *(sa.Index(f"ix_{name}_{column}", column) for column in indexed),
    )


declarations: Final = _facts("declarations", DECLARATION_COLUMNS, DECLARATION_KEY, "box_no")
statements: Final = _facts("statements", STATEMENT_COLUMNS, STATEMENT_KEY, "box_no", "booking_no")
notices: Final = _facts("notices", NOTICE_COLUMNS, NOTICE_KEY)
inspections: Final = _facts("inspections", INSPECTION_COLUMNS, INSPECTION_KEY, "declaration_id")

# Refused rows and messages. `entry_key` is a digest by which a repeated refusal is recognised.
quarantine: Final = sa.Table(
    "quarantine",
    metadata,
    sa.Column("quarantine_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_key", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("row_no", sa.Integer, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("table_name", sa.Text),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("fields", sa.JSON(none_as_null=True)),
    sa.Column("problems", sa.JSON, nullable=False),
    sa.Column("ingested_at", Instant, nullable=False),
)

# Each attempt to read an entry again; without problems, the entry is settled.
quarantine_retries: Final = sa.Table(
    "quarantine_retries",
    metadata,
    sa.Column("retry_no", sa.Integer, primary_key=True),
    sa.Column("quarantine_id", sa.ForeignKey("quarantine.quarantine_id"), nullable=False, index=True),
    sa.Column("retried_at", Instant, nullable=False),
    sa.Column("problems", sa.JSON, nullable=False),
)

# Progress of reading each source. A row is updated together with the rows that it counts.
bookmarks: Final = sa.Table(
    "bookmarks",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("entries", sa.BigInteger, nullable=False),
    sa.Column("accepted", sa.BigInteger, nullable=False),
    sa.Column("amended", sa.BigInteger, nullable=False),
    sa.Column("duplicate", sa.BigInteger, nullable=False),
    sa.Column("quarantined", sa.BigInteger, nullable=False),
    sa.Column("finished", sa.Boolean, nullable=False),
)

# Officers' decisions whether two firms are one; the last decision on a pair is used.
party_decisions: Final = sa.Table(
    "party_decisions",
    metadata,
    sa.Column("decision_no", sa.Integer, primary_key=True),
    sa.Column("first", sa.Text, nullable=False),
    sa.Column("second", sa.Text, nullable=False),
    sa.Column("same", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
)

assessments: Final = sa.Table(
    "assessments",
    metadata,
    sa.Column("assessment_no", sa.Integer, primary_key=True),
    sa.Column("assessment_id", sa.Text, nullable=False, unique=True),
    sa.Column("declaration_id", sa.Text, nullable=False),
    sa.Column("box_no", sa.Text, nullable=False),
    sa.Column("amendment_no", sa.BigInteger, nullable=False),
    sa.Column("assessed_at", Instant, nullable=False),
    sa.Column("risk", sa.Double, nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("selected_by", sa.Text),
    sa.Column("selection_probability", sa.Double),
    sa.Column("model_version", sa.Text, nullable=False),
    sa.Column("degraded", sa.Boolean, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Index("ix_assessments_box", "declaration_id", "box_no", "amendment_no", "assessment_no"),
)

# Plans of the teams' shifts as returned; `plan_id` is made from the content.
plans: Final = sa.Table(
    "plans",
    metadata,
    sa.Column("plan_no", sa.Integer, primary_key=True),
    sa.Column("plan_id", sa.Text, nullable=False, unique=True),
    sa.Column("planned_at", Instant, nullable=False),
    sa.Column("until_at", Instant, nullable=False),
    sa.Column("model_version", sa.Text, nullable=False),
    sa.Column("policy_version", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

# Snapshots of the history as arrays, after all events up to a watermark; made from the facts, and replaced.
snapshots: Final = sa.Table(
    "snapshots",
    metadata,
    sa.Column("snapshot_no", sa.Integer, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("watermark", sa.JSON, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    # A number is never used again: a writer may still be adding parts under one that was deleted.
    sqlite_autoincrement=True,
)
snapshot_parts: Final = sa.Table(
    "snapshot_parts",
    metadata,
    sa.Column("snapshot_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("dtype", sa.Text, nullable=False),
    sa.Column("shape", sa.JSON, nullable=False),
    sa.Column("begins", sa.BigInteger, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# Boxes with their check results as Parquet, by ranges of their first event; made from the facts.
box_columns: Final = sa.Table(
    "box_columns",
    metadata,
    sa.Column("part_no", sa.Integer, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("after_event_no", sa.BigInteger, nullable=False),
    sa.Column("last_event_no", sa.BigInteger, nullable=False),
    sa.Column("until_declaration", sa.BigInteger, nullable=False),
    sa.Column("until_statement", sa.BigInteger, nullable=False),
    sa.Column("boxes", sa.BigInteger, nullable=False),
    sa.Column("box_content", sa.LargeBinary, nullable=False),
    sa.Column("line_content", sa.LargeBinary, nullable=False),
)
