"""Add statements, notices, quarantine with raw bytes, bookmarks, and addresses and telephones of parties."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PARTIES = ("shipper", "consignee", "forwarder", "packer", "declarant", "carrier")
_NEW = "booking_no bill_no shipper_address shipper_phone packer_address packer_phone"
_WIDENED = ("amendment_no", "line_no", "package_count")

_STATEMENTS: dict[Any, str] = {
    sa.Text: (
        "document document_no box_no flow load_port discharge_port terminal vessel_imo voyage_no box_type "
        + " ".join(f"{party}_id {party}_name" for party in _PARTIES)
        + " packing_certificate_no emergency_phone un_no hazard_class subsidiary_hazards packing_group shipping_name "
        "technical_name description hs_code packaging_code ems " + _NEW
    ),
    sa.Double: (
        "laden_kg tare_kg vgm_kg weighed_kg net_mass_kg gross_mass_kg flash_point_c control_temp_c packing_temp_c"
    ),
    sa.BigInteger: "version line_no package_count",
    sa.Boolean: "withdrawn marine_pollutant limited_quantity excepted_quantity",
    sa.DateTime(timezone=True): "stated_at loading_at",
    sa.Date: "packed_on produced_on",
}
_NOTICES: dict[Any, str] = {
    sa.Text: "declaration_id box_no notice reason",
    sa.DateTime(timezone=True): "noticed_at",
}
_STATEMENTS_KEY = ("document_no", "document", "box_no", "version", "line_no")
_NOTICES_KEY = ("declaration_id", "box_no", "notice", "noticed_at")
_REQUIRED = {*_STATEMENTS_KEY, *_NOTICES_KEY, "stated_at"}


def upgrade() -> None:
    """Create the tables, add the columns, and move the rejected rows into the quarantine."""
    with op.batch_alter_table("declarations") as declarations:
        for name in _NEW.split():
            declarations.add_column(sa.Column(name, sa.Text))
        for name in _WIDENED:
            declarations.alter_column(name, type_=sa.BigInteger, existing_type=sa.Integer)
        declarations.create_index("ix_declarations_box_no", ["box_no"])
    with op.batch_alter_table("assessments") as assessments:
        assessments.alter_column("amendment_no", type_=sa.BigInteger, existing_type=sa.Integer)
    _facts("statements", _STATEMENTS, _STATEMENTS_KEY)
    op.create_index("ix_statements_box_no", "statements", ["box_no"])
    op.create_index("ix_statements_booking_no", "statements", ["booking_no"])
    _facts("notices", _NOTICES, _NOTICES_KEY)
    quarantine = op.create_table(
        "quarantine",
        sa.Column("quarantine_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry_key", sa.Text, nullable=False, unique=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("row_no", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("table_name", sa.Text),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True)),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
    )
    _move_rejected_rows(quarantine)
    op.create_table(
        "quarantine_retries",
        sa.Column("retry_no", sa.Integer, primary_key=True),
        sa.Column("quarantine_id", sa.Integer, sa.ForeignKey("quarantine.quarantine_id"), nullable=False),
        sa.Column("retried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problems", sa.JSON, nullable=False),
    )
    op.create_table(
        "party_decisions",
        sa.Column("decision_no", sa.Integer, primary_key=True),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("second", sa.Text, nullable=False),
        sa.Column("same", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_quarantine_retries_quarantine_id", "quarantine_retries", ["quarantine_id"])
    op.create_table(
        "bookmarks",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("entries", "accepted", "amended", "duplicate", "quarantined")
        ),
        sa.Column("finished", sa.Boolean, nullable=False),
    )


def _move_rejected_rows(quarantine: sa.Table) -> None:
    columns = ("rejected_id", "source", "row_no", "raw", "ingested_at")
    table = sa.table(
        "rejected_rows",
        *(sa.column(name) for name in columns[:-1]),
        sa.column("ingested_at", sa.DateTime(timezone=True)),
        sa.column("problems", sa.JSON),
    )
    for row in op.get_bind().execute(sa.select(table)).mappings().all():
        kept = {name: row[name] for name in ("source", "row_no", "problems", "ingested_at")}
        kept["quarantine_id"] = row["rejected_id"]
        moved = {**kept, "entry_key": f"rejected_rows {row['rejected_id']}", "message": "", "raw": row["raw"].encode()}
        op.execute(sa.insert(quarantine).values(**moved))
    op.drop_table("rejected_rows")


def _facts(name: str, columns: dict[Any, str], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column(
            "event_no", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
        *(
            sa.Column(column, kind, nullable=column not in _REQUIRED)
            for kind, names in columns.items()
            for column in names.split()
        ),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(*key, name=f"uq_{name}"),
    )
