"""Cases of the checks on identity: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from tests.features.checks.boxes import (
    ACID,
    AEROSOLS,
    BATTERIES,
    CARTRIDGES,
    CHARCOAL,
    ETHANOL,
    GAS,
    IN_2025,
    IN_2026,
    ISOTOPE,
    PAINT,
    PEROXIDE,
    PESTICIDE,
    REEFER,
    TOXIC,
    TOYS,
    VEHICLES,
    Cases,
    Lawful,
)

CASES: Cases = [
    ("unknown_number", PAINT, {"un_no": "9999"}, {"un_no": "1263"}),
    ("unknown_number", TOYS, {"un_no": "0001"}, {"un_no": None}),
    ("not_yet_a_number", VEHICLES, IN_2025, IN_2026),
    ("not_yet_a_number", BATTERIES, {"un_no": "3551", **IN_2025}, {"un_no": "3480", **IN_2025}),
    ("no_longer_this_number", VEHICLES, {"un_no": "3171", "description": "锂离子电池电动汽车"}, {"un_no": "3171", "shipping_name": "BATTERY-POWERED VEHICLE", "description": "铅酸电池电动叉车"}),
    ("no_longer_this_number", VEHICLES, {"un_no": "3171", "description": "lithium ion battery car"}, {"un_no": "3171", "description": "lithium ion battery car", **IN_2025}),
    ("no_longer_this_number", VEHICLES, {"un_no": "3171", "description": "钠离子电池车"}, {"un_no": "3558", "description": "钠离子电池车"}),
    ("class_differs", PAINT, {"hazard_class": "8"}, {"hazard_class": "3"}),
    ("class_differs", TOXIC, {"hazard_class": "6.2"}, {"hazard_class": "6.1"}),
    ("class_differs", CHARCOAL, {"hazard_class": "4.1"}, {"hazard_class": "4.2"}),
    ("class_differs", GAS, {"hazard_class": "2.2"}, {"hazard_class": "2.1"}),
    ("class_differs", AEROSOLS, {"hazard_class": "3"}, {"hazard_class": "2.2"}),
    ("class_differs", CARTRIDGES, {"hazard_class": "1.2S"}, {"hazard_class": "1.4S"}),
    ("compatibility_differs", CARTRIDGES, {"hazard_class": "1.4G"}, {"hazard_class": "1.4S"}),
    ("subsidiary_missing", PAINT, {"un_no": "1230", "shipping_name": "METHANOL", "subsidiary_hazards": None}, {"un_no": "1230", "shipping_name": "METHANOL", "subsidiary_hazards": "6.1"}),
    ("subsidiary_missing", ACID, {"un_no": "2014", "hazard_class": "5.1", "subsidiary_hazards": None}, {"un_no": "2014", "hazard_class": "5.1", "subsidiary_hazards": "8"}),
    ("subsidiary_not_listed", PAINT, {"subsidiary_hazards": "6.1"}, {"subsidiary_hazards": None}),
    ("group_not_allowed", CHARCOAL, {"packing_group": "I"}, {"packing_group": "II"}),
    ("group_not_allowed", ACID, {"packing_group": "III"}, {"packing_group": "II"}),
    ("group_not_allowed", ACID, {"packing_group": None}, {"packing_group": "II"}),
    ("group_not_allowed", GAS, {"packing_group": "II"}, {"packing_group": None}),
    ("group_not_allowed", CARTRIDGES, {"packing_group": "II"}, {"packing_group": None}),
    ("group_not_allowed", PEROXIDE, {"packing_group": "II", **REEFER}, {"packing_group": None, **REEFER}),
    ("group_not_allowed", ISOTOPE, {"packing_group": "III"}, {"packing_group": None}),
    ("group_not_allowed", PAINT, {"un_no": "2814", "hazard_class": "6.2", "packing_group": "II"}, {"un_no": "2814", "hazard_class": "6.2", "packing_group": None}),
    ("name_differs", PAINT, {"shipping_name": "SULPHURIC ACID"}, {"shipping_name": "Paints"}),
    ("name_differs", ETHANOL, {"shipping_name": "METHANOL"}, {"shipping_name": "ETHYL ALCOHOL"}),
    ("name_differs", ACID, {"shipping_name": "盐酸"}, {"shipping_name": "硫酸"}),
    ("name_differs", BATTERIES, {"shipping_name": "LITHIUM METAL BATTERIES"}, {"shipping_name": "lithium-ion batteries"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"technical_name": "carbofuran"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"technical_name": None, "shipping_name": "PESTICIDE, SOLID, TOXIC, N.O.S. (carbofuran)"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"un_no": "1710", "technical_name": None}),
    ("generic_name", PAINT, {"un_no": "1993", "shipping_name": "FLAMMABLE LIQUID, N.O.S.", "technical_name": "ACETONE"}, {"un_no": "1993", "shipping_name": "FLAMMABLE LIQUID, N.O.S.", "technical_name": "contains acetone and resin", "description": "混合溶剂"}),
    ("forbidden_goods", TOYS, {"description": "1,1-Dinitroethane (dry)"}, {"description": "nitroethane resin toys"}),
]  # fmt: skip

LAWFUL: Lawful = {}
