"""Add the known time of each fact, and tables for snapshots of the history and for boxes as columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INSTANTS = {
    "declarations": "declared_at", "statements": "stated_at", "notices": "noticed_at", "inspections": "recorded_at",
}  # fmt: skip
# Sources under which a running service stored what arrived.
_ARRIVED = ("assess", "record", "message")


def upgrade() -> None:
    """Add the column known_at, filled from source, ingested_at and the instant of the fact, and the tables."""
    arrived = ", ".join(f"'{name}'" for name in _ARRIVED)
    for table, instant in _INSTANTS.items():
        op.add_column(table, sa.Column("known_at", sa.DateTime(timezone=True)))
        op.execute(
            f"UPDATE {table} SET known_at = CASE WHEN source IN ({arrived}) OR {instant} > ingested_at "
            f"THEN ingested_at ELSE {instant} END"
        )
        op.create_index(f"ix_{table}_known_at", table, ["known_at"])
    op.create_table(
        "snapshots",
        sa.Column("snapshot_no", sa.Integer, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("watermark", sa.JSON, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
    )
    op.create_table(
        "snapshot_parts",
        sa.Column("snapshot_no", sa.Integer, primary_key=True),
        sa.Column("part_no", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("dtype", sa.Text, nullable=False),
        sa.Column("shape", sa.JSON, nullable=False),
        sa.Column("begins", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "box_columns",
        sa.Column("part_no", sa.Integer, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("after_event_no", sa.BigInteger, nullable=False),
        sa.Column("last_event_no", sa.BigInteger, nullable=False),
        sa.Column("last_statement_no", sa.BigInteger, nullable=False),
        sa.Column("boxes", sa.BigInteger, nullable=False),
        sa.Column("box_content", sa.LargeBinary, nullable=False),
        sa.Column("line_content", sa.LargeBinary, nullable=False),
    )
