"""Give snapshots numbers that are never used again, and stored boxes the events up to which they were made.

Both are derived from the facts, so they are dropped and made again. The index of the assessments of a box gets the
amendment_no, because the latest assessment of a box is the last one of its highest amendment.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables and the index again."""
    op.execute("DELETE FROM snapshot_parts")
    op.drop_table("snapshots")
    op.create_table(
        "snapshots",
        sa.Column("snapshot_no", sa.Integer, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("watermark", sa.JSON, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.drop_table("box_columns")
    op.create_table(
        "box_columns",
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
    op.drop_index("ix_assessments_box", "assessments")
    op.create_index("ix_assessments_box", "assessments", ["declaration_id", "box_no", "amendment_no", "assessment_no"])
