"""Lawful boxes, each in every particular; a case changes the smallest thing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from features.boxes import boxes_of_rows
from features.checks.check import Discrepancy
from features.checks.stage import check

Row = dict[str, Any]
Cases = list[tuple[str, Row | tuple[Row, ...], Row, Row]]
"""Check, goods, the offence, the nearest lawful case; of several goods, changes are those of the last.

"check:severity" is found at this severity in the offence, and not at this severity in the lawful case.
"""
Lawful = dict[str, tuple[list[Row], Row]]
"""Goods, and changes of the box, that have no discrepancy above an advisory."""

IN_2025 = {"declared_at": datetime(2025, 12, 20, tzinfo=UTC), "loading_at": datetime(2025, 12, 31, 23, 59, tzinfo=UTC)}
IN_2026 = {"declared_at": datetime(2025, 12, 20, tzinfo=UTC), "loading_at": datetime(2026, 1, 1, tzinfo=UTC)}
REEFER = {"box_type": "45R1"}

BOX: Row = {
    "declaration_id": "D1", "box_no": "MSKU1234565", "declared_at": datetime(2026, 3, 1, 8, tzinfo=UTC),
    "loading_at": datetime(2026, 3, 4, 16, tzinfo=UTC), "flow": "export", "load_port": "CNDLC",
    "discharge_port": "NLRTM", "terminal": "DCT", "vessel_imo": "9354351", "voyage_no": "123W", "box_type": "22G1",
    "tare_kg": 2200.0, "vgm_kg": 20450.0, "weighed_kg": 20510.0, "amendment_no": 0, "booking_no": "2GO2005174",
    "shipper_id": "91210200MA0AAAA0XL", "shipper_name": "大连某某化工有限公司", "packing_certificate_no": "ZX2026-0457",
    "packed_on": date(2026, 2, 27), "certificate_on": date(2026, 2, 27), "certificate_box_no": "MSKU1234565",
    "emergency_phone": "+8641188888888",
}  # fmt: skip
LINE: Row = {"line_no": 1, "package_count": 80, "net_mass_kg": 17000.0, "gross_mass_kg": 18250.0}


def _line(**values: Any) -> Row:
    return LINE | values


PAINT = _line(
    un_no="1263", hazard_class="3", packing_group="II", shipping_name="PAINT", description="油漆", hs_code="320890",
    packaging_code="1A2", flash_point_c=18.0, ems="F-E S-E", marine_pollutant=False, limited_quantity=False,
    excepted_quantity=False, un_mark="UN/1A2/Y1.4/150/25/CN/310001",
)  # fmt: skip
ETHANOL = _line(
    un_no="1170", hazard_class="3", packing_group="II", shipping_name="ETHANOL", description="乙醇", hs_code="220710",
    packaging_code="1A1", flash_point_c=13.0, ems="F-E S-D", marine_pollutant=False,
)  # fmt: skip
ACID = _line(
    un_no="1830", hazard_class="8", packing_group="II", shipping_name="SULPHURIC ACID", description="硫酸",
    hs_code="280700", packaging_code="1H1", ems="F-A S-B", marine_pollutant=False,
)  # fmt: skip
ALKALI = _line(
    un_no="1824", hazard_class="8", packing_group="II", shipping_name="SODIUM HYDROXIDE SOLUTION", description="液碱",
    hs_code="281512", packaging_code="1H1", ems="F-A S-B",
)  # fmt: skip
TOXIC = _line(
    un_no="1710", hazard_class="6.1", packing_group="III", shipping_name="TRICHLOROETHYLENE", description="三氯乙烯",
    hs_code="290322", packaging_code="1A1", ems="F-A S-A",
)  # fmt: skip
PESTICIDE = _line(
    un_no="2588", hazard_class="6.1", packing_group="II", shipping_name="PESTICIDE, SOLID, TOXIC, N.O.S.",
    technical_name="carbofuran", description="克百威原药", hs_code="380891", packaging_code="5H4", ems="F-A S-A",
)  # fmt: skip
OXIDIZER = _line(
    un_no="1486", hazard_class="5.1", packing_group="III", shipping_name="POTASSIUM NITRATE", description="硝酸钾",
    hs_code="283421", packaging_code="5H3", ems="F-A S-Q",
)  # fmt: skip
CHARCOAL = _line(
    un_no="1361", hazard_class="4.2", packing_group="III", shipping_name="CARBON", description="竹炭", hs_code="440210",
    packaging_code="5H3", ems="F-A S-J", produced_on=date(2026, 2, 13), packing_temp_c=40.0,
)  # fmt: skip
HYPOCHLORITE = _line(
    un_no="2880", hazard_class="5.1", packing_group="II", shipping_name="CALCIUM HYPOCHLORITE, HYDRATED",
    description="水合次氯酸钙", hs_code="282810", packaging_code="1H2", ems="F-H S-Q", marine_pollutant=True,
    moisture_percent=5.5,
)  # fmt: skip
BATTERIES = _line(
    un_no="3480", hazard_class="9", shipping_name="LITHIUM ION BATTERIES", description="锂离子电池", hs_code="850760",
    packaging_code="4G", ems="F-A S-I", test_summary_no="TS-38.3-0042",
)  # fmt: skip
VEHICLES = _line(
    un_no="3556", hazard_class="9", shipping_name="VEHICLE, LITHIUM ION BATTERY POWERED", description="电动汽车",
    hs_code="870380", packaging_code="NE", ems="F-A S-I", package_count=2,
)  # fmt: skip
SEED_CAKE = _line(
    un_no="2217", hazard_class="4.2", packing_group="III", shipping_name="SEED CAKE", description="豆粕",
    hs_code="230400", packaging_code="5H3", ems="F-A S-J", oil_percent=1.5, moisture_percent=11.0,
)  # fmt: skip
FISH_MEAL = _line(
    un_no="2216", hazard_class="9", packing_group="III", shipping_name="FISH MEAL, STABILIZED", description="鱼粉",
    hs_code="230120", packaging_code="5H3", ems="F-A S-J", oil_percent=15.0, moisture_percent=12.0, antioxidant=True,
    packing_temp_c=35.0,
)  # fmt: skip
PEROXIDE = _line(
    un_no="3111", hazard_class="5.2",
    shipping_name="ORGANIC PEROXIDE TYPE B, LIQUID, TEMPERATURE CONTROLLED",
    technical_name="DI-ISOBUTYRYL PEROXIDE", description="有机过氧化物", hs_code="290960", packaging_code="1H1",
    ems="F-F S-R", control_temp_c=-20.0, emergency_temp_c=-10.0,
)  # fmt: skip
CARTRIDGES = _line(
    un_no="0012", hazard_class="1.4S", shipping_name="CARTRIDGES, SMALL ARMS", description="小口径弹药",
    hs_code="930630",
    packaging_code="4G", ems="F-B S-X", net_explosive_kg=120.0,
)  # fmt: skip
ISOTOPE = _line(
    un_no="2915", hazard_class="7", shipping_name="RADIOACTIVE MATERIAL, TYPE A PACKAGE", description="放射源",
    hs_code="284443", ems="F-I S-S", radionuclide="Cs-137", activity_bq=3.7e9, transport_index=1.0,
    radioactive_category="II-YELLOW",
)  # fmt: skip
AEROSOLS = _line(
    un_no="1950", hazard_class="2.1", shipping_name="AEROSOLS", description="气雾剂", hs_code="330720",
    packaging_code="4G", ems="F-D S-U",
)  # fmt: skip
TOYS = _line(description="毛绒玩具 PLUSH TOYS", hs_code="950300", packaging_code="4G")
RICE = _line(description="大米 RICE", hs_code="100630", packaging_code="5H3")
GAS = _line(
    un_no="1978", hazard_class="2.1", shipping_name="PROPANE", description="丙烷", hs_code="271112", ems="F-D S-U",
)  # fmt: skip


def found_in(*lines: Row, **box: Any) -> list[Discrepancy]:
    """What the checks find in a box of these lines."""
    return list(check(boxes_of_rows(rows_of(*lines, **box))).checks.discrepancies(0))


def rows_of(*lines: Row, **box: Any) -> list[Row]:
    """The rows of a box of these lines; masses of several lines are shared out."""
    count = len(lines)
    rows = []
    for number, line in enumerate(lines, 1):
        masses = {name: line[name] and line[name] / count for name in ("net_mass_kg", "gross_mass_kg")}
        rows.append(BOX | line | box | masses | {"line_no": number})
    return rows


def codes(found: list[Discrepancy]) -> set[str]:
    return {one.code for one in found}
