"""First tables: declarations, inspections, rejected rows, assessments.

The columns are written out here, because those of data.records change later.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PARTIES = ("shipper", "consignee", "forwarder", "packer", "declarant", "carrier")

_DECLARATIONS = {
    sa.Text: (
        "declaration_id box_no flow load_port discharge_port terminal vessel_imo voyage_no box_type "
        + " ".join(f"{party}_id {party}_name" for party in _PARTIES)
        + " packing_certificate_no emergency_phone booking_description manifest_description manifest_un_no un_no "
        "hazard_class subsidiary_hazards packing_group shipping_name technical_name description hs_code "
        "packaging_code ems"
    ),
    sa.Double: (
        "tare_kg vgm_kg weighed_kg manifest_gross_mass_kg net_mass_kg gross_mass_kg flash_point_c control_temp_c "
        "packing_temp_c"
    ),
    sa.Integer: "amendment_no line_no package_count",
    sa.Boolean: "marine_pollutant limited_quantity excepted_quantity",
    sa.DateTime(timezone=True): "declared_at loading_at",
    sa.Date: "packed_on produced_on",
}
_INSPECTIONS = {
    sa.Text: "inspection_id declaration_id box_no step selected_by outcome findings officer_id",
    sa.Double: "selection_probability",
    sa.DateTime(timezone=True): "inspected_at recorded_at",
}
_DECLARATIONS_KEY = ("declaration_id", "box_no", "amendment_no", "line_no")
_INSPECTIONS_KEY = ("inspection_id", "recorded_at")
_REQUIRED = {*_DECLARATIONS_KEY, "declared_at", *_INSPECTIONS_KEY, "step", "outcome"}


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


def upgrade() -> None:
    """Create the tables."""
    _facts("declarations", _DECLARATIONS, _DECLARATIONS_KEY)
    _facts("inspections", _INSPECTIONS, _INSPECTIONS_KEY)
    op.create_table(
        "rejected_rows",
        sa.Column("rejected_id", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("row_no", sa.Integer, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "assessments",
        sa.Column("assessment_no", sa.Integer, primary_key=True),
        sa.Column("assessment_id", sa.Text, nullable=False, unique=True),
        sa.Column("declaration_id", sa.Text, nullable=False),
        sa.Column("box_no", sa.Text, nullable=False),
        sa.Column("amendment_no", sa.Integer, nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("risk", sa.Double, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("selected_by", sa.Text),
        sa.Column("selection_probability", sa.Double),
        sa.Column("model_version", sa.Text, nullable=False),
        sa.Column("degraded", sa.Boolean, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("ix_assessments_box", "assessments", ["declaration_id", "box_no", "assessment_no"])
