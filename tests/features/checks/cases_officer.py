"""Boxes as an officer meets them at Dalian: empties, goods without a number, names written out in full."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from tests.features.checks.boxes import (
    ACID,
    BATTERIES,
    ETHANOL,
    OXIDIZER,
    PAINT,
    RICE,
    SEED_CAKE,
    TOYS,
    Cases,
    Lawful,
    Row,
)

EMPTY: Row = {"description": "未清洁空桶 EMPTY UNCLEANED", "net_mass_kg": None, "gross_mass_kg": 1600.0}
LIGHT: Row = {"vgm_kg": 4200.0, "weighed_kg": 4150.0}
UNNUMBERED: Row = OXIDIZER | {"un_no": None, "shipping_name": "OXIDIZING SOLID", "description": "漂粉精"}
TOXIC_UNNUMBERED: Row = UNNUMBERED | {"hazard_class": "6.1", "packing_group": "I", "shipping_name": "TOXIC SOLID"}
VRLA: Row = TOYS | {"description": "阀控式铅酸蓄电池 VRLA BATTERY NON-SPILLABLE SP238", "hs_code": "850720"}
CELLS: Row = TOYS | {"description": "锂电池", "hs_code": "850760"}
SULPHIDE: Row = ACID | {
    "un_no": "1849", "shipping_name": "SODIUM SULPHIDE, HYDRATED", "description": "硫化碱", "hs_code": "283010",
    "packaging_code": "5H4",
}  # fmt: skip
KIT: Row = TOYS | {
    "un_no": "3316", "hazard_class": "9", "shipping_name": "CHEMICAL KIT", "description": "试剂盒", "hs_code": "382219",
}  # fmt: skip

CASES: Cases = [
    ("flash_point_missing:fault", ETHANOL, {"flash_point_c": None}, {"flash_point_c": None} | EMPTY | LIGHT),
    (
        "flash_point_missing:fault",
        ETHANOL,
        {"flash_point_c": None, "description": "未清洁空桶"},
        {"flash_point_c": None, "description": "未清洁空桶"} | LIGHT,
    ),
    ("packages_missing:fault", ETHANOL, {"package_count": 0}, {"package_count": 0} | EMPTY | LIGHT),
    (
        "certificate_missing:fault",
        ETHANOL,
        {"packing_certificate_no": None},
        {"packing_certificate_no": None} | EMPTY | LIGHT,
    ),
    (
        "mark_too_weak:severe",
        ETHANOL,
        {"un_mark": "1A1/Z1.4/150/25/CN/310001"},
        {"un_mark": "1A1/Z1.4/150/25/CN/310001"} | EMPTY | LIGHT,
    ),
    ("cargo_against_vgm:fault", ETHANOL, LIGHT, EMPTY | LIGHT | {"gross_mass_kg": 18250.0}),
    ("segregation:fault", (PAINT, UNNUMBERED), {}, {"hazard_class": "9"}),
    ("segregation:fault", (PAINT, UNNUMBERED), {}, {"hazard_class": "2.1"}),
    ("segregation", (PAINT, UNNUMBERED), {}, {"limited_quantity": True}),
    ("segregation:severe", (ACID, SULPHIDE), {}, {"un_no": "1830", "shipping_name": "SULPHURIC ACID"}),
    ("food_beside_toxic:fault", (RICE, TOXIC_UNNUMBERED), {}, {"hazard_class": "9"}),
    ("food_beside_toxic:fault", (RICE, TOXIC_UNNUMBERED), {}, {"packing_group": "III"}),
    (
        "certificate_missing",
        UNNUMBERED,
        {"packing_certificate_no": None},
        {"packing_certificate_no": None, "hazard_class": None},
    ),
    ("emergency_phone", UNNUMBERED, {"emergency_phone": None}, {"emergency_phone": None, "hazard_class": None}),
    ("undeclared_goods:fault", CELLS, {}, {"description": "锂电池 (SP188)"}),
    ("group_not_allowed", KIT, {"packing_group": "IV"}, {"packing_group": "II"}),
    (
        "name_differs:fault",
        PAINT,
        {"shipping_name": "UN 1230, PAINTING, 3, II"},
        {"shipping_name": "UN 1263, PAINT, 3, PG II, (18 °C c.c.), MARINE POLLUTANT"},
    ),
]

LAWFUL: Lawful = {
    "names written out": (
        [PAINT | {"shipping_name": name} for name in (
            "UN1263 PAINT, 3, PG II, (18°C c.c.)", "PAINT, 3, II, MARINE POLLUTANT", "PAINT, ENVIRONMENTALLY HAZARDOUS")],
        {},
    ),
    "damaged and for recycling": (
        [BATTERIES | {"shipping_name": name} for name in (
            "LITHIUM ION BATTERIES, DAMAGED/DEFECTIVE", "LITHIUM ION BATTERIES FOR RECYCLING")],
        {},
    ),
    "seed cake by letter": (
        [SEED_CAKE | {"un_no": "1386", "oil_percent": 8.0, "moisture_percent": 9.0, "shipping_name": name} for name in (
            "SEED CAKE (b)", "SEED CAKE, containing vegetable oil (a) mechanically expelled seeds, containing more than 10% of oil")],
        {},
    ),
    "coolant": ([TOYS | {"un_no": "1845", "hazard_class": "9", "shipping_name": "DRY ICE AS COOLANT", "hs_code": None, "description": "干冰"}], {"box_type": "45R1"}),
    "turnings": ([SEED_CAKE | {"un_no": "2793", "shipping_name": "FERROUS METAL TURNINGS in a form liable to self-heating", "description": "铁屑", "hs_code": "720441", "ems": None}], {}),
    "mixture by letter": ([PAINT | {"un_no": "1965", "hazard_class": "2.1", "packing_group": None, "shipping_name": "HYDROCARBON GAS MIXTURE, LIQUEFIED, N.O.S. (MIXTURE C)", "description": "LPG", "hs_code": None, "packaging_code": "CY", "un_mark": None, "flash_point_c": None, "ems": None}], {}),
    "non-spillable batteries": ([VRLA], {}),
    "clinical waste": ([KIT | {"un_no": "3291", "hazard_class": "6.2", "packing_group": "II", "shipping_name": "CLINICAL WASTE, UNSPECIFIED, N.O.S.", "hs_code": None}], {}),
    "empty tank": ([ETHANOL | EMPTY | {"packaging_code": "TG", "package_count": 0, "gross_mass_kg": 0.0, "flash_point_c": None}], LIGHT | {"box_type": "22T1"}),
}  # fmt: skip
