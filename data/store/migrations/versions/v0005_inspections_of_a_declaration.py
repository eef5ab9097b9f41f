"""Index inspections by declaration, because the worklist checks whether each box was opened."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_inspections_declaration_id", "inspections", ["declaration_id"])
