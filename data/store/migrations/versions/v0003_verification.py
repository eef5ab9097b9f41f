"""Add columns for checks of packagings, temperatures, explosives, batteries, seed cake, fish meal and class 7."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW: dict[Any, str] = {
    sa.Text: "fumigant un_mark test_summary_no radionuclide radioactive_category",
    sa.Double: (
        "inner_mass_kg inner_volume_l emergency_temp_c net_explosive_kg oil_percent moisture_percent activity_bq "
        "transport_index"
    ),
    sa.Boolean: "antioxidant",
    sa.Date: "fumigated_on",
}


# Goods on other papers; manifest_un_no and manifest_gross_mass_kg exist already.
_BESIDE: dict[Any, str] = {
    sa.Text: (
        "booking_un_no booking_hazard_class booking_packing_group manifest_hazard_class manifest_packing_group "
        "certificate_un_no certificate_hazard_class certificate_packing_group certificate_box_no"
    ),
    sa.Double: "booking_gross_mass_kg certificate_gross_mass_kg",
    sa.BigInteger: "booking_package_count manifest_package_count certificate_package_count",
    sa.Date: "certificate_on",
}


def upgrade() -> None:
    """Add the columns to the declarations and to what other papers state."""
    for table, added in (("declarations", (_NEW, _BESIDE)), ("statements", (_NEW,))):
        with op.batch_alter_table(table) as altered:
            for kind, name in ((kind, name) for columns in added for kind, names in columns.items()
                               for name in names.split()):  # fmt: skip
                altered.add_column(sa.Column(name, kind))
