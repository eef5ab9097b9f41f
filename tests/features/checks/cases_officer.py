"""Boxes as an officer meets them at Dalian: empties, goods without a number, names written out in full."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from tests.features.checks.boxes import (
    ACID,
    BATTERIES,
    ETHANOL,
    OXIDIZER,
    PAINT,
    PEROXIDE,
    PESTICIDE,
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
    ("fumigated", RICE, {"fumigant": "PHOSPHINE"}, {"fumigant": "N/A"}),
    ("fumigated", RICE, {"fumigant": "磷化氢"}, {"fumigant": "无"}),
    ("mark_malformed", PAINT, {"un_mark": "1A2"}, {"un_mark": "N/A"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": "N/A"}, {"technical_name": "carbofuran"}),
    (
        "name_missing",
        PAINT,
        {"shipping_name": "无", "description": "货物"},
        {"shipping_name": "油漆", "description": "货物"},
    ),
    ("certificate_missing", PAINT, {"packing_certificate_no": "无"}, {"packing_certificate_no": "ZX1"}),
    ("subsidiary_not_listed", PAINT, {"subsidiary_hazards": "8"}, {"subsidiary_hazards": "0"}),
    (
        "certificate_of_another_box:severe",
        PAINT,
        {"certificate_box_no": "TCLU4265447"},
        {"certificate_box_no": "见附页"},
    ),
    ("cargo_against_vgm", PAINT, {"vgm_kg": 1.0}, {"vgm_kg": 0.0}),
    ("mass_on_paper", PAINT, {"manifest_gross_mass_kg": 1.0}, {"manifest_gross_mass_kg": 0.0}),
    ("count_on_paper", PAINT, {"booking_package_count": 1}, {"booking_package_count": 0}),
    ("not_cooled:severe", PEROXIDE, {}, {"un_no": "1993", "hazard_class": "3", "control_temp_c": 0.0}),
    (
        "temperatures_crossed:fault",
        PEROXIDE,
        {"control_temp_c": 0.0, "emergency_temp_c": 0.0},
        {"un_no": "1993", "control_temp_c": 0.0, "emergency_temp_c": 0.0},
    ),
    # A discrepancy that follows from another one is not reported.
    ("schedule_differs", PAINT, {"ems": "F-A S-B"}, {"un_no": "1830", "ems": "F-E S-E"}),
    ("tariff_differs", PAINT, {"hs_code": "282810"}, {"un_no": "1830"}),
    ("technical_name_missing", PAINT, {"un_no": "1992"}, {"un_no": "2922"}),
    (
        "group_on_paper",
        PAINT,
        {"manifest_packing_group": "III"},
        {"manifest_packing_group": "III", "manifest_un_no": "1866"},
    ),
    ("class_on_paper", PAINT, {"manifest_hazard_class": "8"}, {"manifest_hazard_class": "8", "manifest_un_no": "1830"}),
    (
        "undeclared_goods",
        TOYS,
        {"description": "香蕉水", "hs_code": "381400"},
        {"description": "木炭", "hs_code": "440290"},
    ),
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
    "distillers grains": ([RICE | {"description": "DDGS 玉米酒糟", "hs_code": "230330"}], {}),
    "clinical waste": ([KIT | {"un_no": "3291", "hazard_class": "6.2", "packing_group": "II", "shipping_name": "CLINICAL WASTE, UNSPECIFIED, N.O.S.", "hs_code": None}], {}),
    "empty tank": ([ETHANOL | EMPTY | {"packaging_code": "TG", "package_count": 0, "gross_mass_kg": 0.0, "flash_point_c": None}], LIGHT | {"box_type": "22T1"}),
}  # fmt: skip
