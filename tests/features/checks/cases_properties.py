"""Cases of the checks on properties: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from tests.features.checks.boxes import (
    ACID,
    CARTRIDGES,
    ETHANOL,
    HYPOCHLORITE,
    ISOTOPE,
    PAINT,
    PEROXIDE,
    REEFER,
    TOYS,
    Cases,
    Lawful,
)

STYRENE = PAINT | {
    "un_no": "2055", "packing_group": "III", "shipping_name": "STYRENE MONOMER, STABILIZED", "description": "苯乙烯单体",
    "flash_point_c": 31.0, "un_mark": None, "packaging_code": "1A1", "hs_code": "290250", "ems": "F-E S-D",
}  # fmt: skip
POLLUTANT = PAINT | {
    "un_no": "3082", "hazard_class": "9", "packing_group": "III", "technical_name": "alkylphenol", "ems": "F-A S-F",
    "shipping_name": "ENVIRONMENTALLY HAZARDOUS SUBSTANCE, LIQUID, N.O.S.", "description": "水处理剂",
    "flash_point_c": None, "un_mark": None, "packaging_code": "1H1", "hs_code": "381590", "marine_pollutant": True,
}  # fmt: skip
FLAMMABLE_PESTICIDE = PAINT | {
    "un_no": "3021", "subsidiary_hazards": "6.1", "shipping_name": "PESTICIDE, LIQUID, FLAMMABLE, TOXIC, N.O.S.",
    "technical_name": "methomyl", "description": "农药", "un_mark": None, "packaging_code": "1H1", "ems": "F-E S-D",
}  # fmt: skip

CASES: Cases = [
    ("flash_point_missing", PAINT, {"flash_point_c": None}, {"flash_point_c": 22.9}),
    ("flash_point_missing", ACID, {"subsidiary_hazards": "3"}, {"subsidiary_hazards": None}),
    ("flash_point_too_high", PAINT, {"flash_point_c": 60.1, "packing_group": "III"}, {"flash_point_c": 60.0, "packing_group": "III"}),
    ("flash_point_too_high", PAINT, {"un_no": "1202", "flash_point_c": 100.1, "packing_group": "III"}, {"un_no": "1202", "flash_point_c": 100.0, "packing_group": "III"}),
    ("flash_point_too_high", PAINT, {"un_no": "1993", "flash_point_c": 90.0}, {"un_no": "3256", "flash_point_c": 90.0}),
    ("flash_point_missing", PAINT, {"flash_point_c": None}, {"un_no": "3269", "shipping_name": "POLYESTER RESIN KIT", "flash_point_c": None}),
    ("flash_point_missing", PAINT, {"flash_point_c": None}, {"un_no": "3473", "packing_group": None, "flash_point_c": None}),
    ("flash_point_missing", PAINT, {"flash_point_c": None}, {"un_no": "3528", "packing_group": None, "flash_point_c": None}),
    ("flash_point_missing", PAINT, {"flash_point_c": None}, {"un_no": "3540", "packing_group": None, "flash_point_c": None}),
    ("flash_point_missing", PAINT, {"un_no": "1993", "flash_point_c": None}, {"un_no": "3256", "packing_group": "III", "flash_point_c": None}),
    ("flash_point_missing", PAINT, {"un_no": "1223", "packing_group": "III", "flash_point_c": None}, {"un_no": "1202", "packing_group": "III", "flash_point_c": None}),
    ("flash_point_missing", PAINT, {"un_no": "3065", "flash_point_c": None}, {"un_no": "2059", "flash_point_c": None}),
    ("flash_point_missing", PAINT, {"un_no": "1305", "subsidiary_hazards": "8", "flash_point_c": None}, {"un_no": "1305", "subsidiary_hazards": "8", "flash_point_c": 11.0}),
    ("flash_point_not_declared", ACID, {"flash_point_c": 60.0}, {"flash_point_c": 60.1}),
    ("flash_point_not_declared:fault", ACID, {"un_no": "1760", "flash_point_c": 35.0}, {"un_no": "1760", "flash_point_c": 35.1}),
    ("flash_point_not_declared:fault", ACID, {"un_no": "1760", "flash_point_c": 20.0}, {"flash_point_c": 20.0}),
    ("flash_point_not_declared", ACID, {"un_no": "3082", "hazard_class": "9", "packing_group": "III", "flash_point_c": 20.0}, {"un_no": "3166", "hazard_class": "9", "packing_group": None, "flash_point_c": -40.0}),
    ("flash_point_not_declared:fault", TOYS, {"flash_point_c": 35.0}, {"flash_point_c": 35.1}),
    ("flash_point_not_declared", ACID, {"flash_point_c": 40.0}, {"flash_point_c": 40.0, "subsidiary_hazards": "3"}),
    ("flash_point_not_declared", TOYS, {"flash_point_c": 45.0}, {"flash_point_c": 95.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "III", "flash_point_c": 22.9}, {"packing_group": "III", "flash_point_c": 23.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "II", "flash_point_c": 23.0}, {"packing_group": "II", "flash_point_c": 22.9}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "III", "flash_point_c": 20.0}, {"un_no": "1263", "packing_group": "III", "flash_point_c": 20.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "III", "flash_point_c": 21.0}, {"un_no": "3065", "packing_group": "III", "flash_point_c": 21.0}),
    ("group_against_flash_point:fault", ETHANOL, {"packing_group": "III", "flash_point_c": 15.0}, {"un_no": "1223", "packing_group": "III", "flash_point_c": 15.0}),
    ("group_against_flash_point", ETHANOL, {"un_no": "1987", "packing_group": "III", "flash_point_c": 22.9}, {"un_no": "1993", "packing_group": "III", "flash_point_c": 22.9}),
    ("group_against_flash_point", ETHANOL, {"un_no": "3295", "packing_group": "I", "flash_point_c": 23.0}, {"un_no": "3295", "packing_group": "I", "flash_point_c": 22.9}),
    ("group_against_flash_point", ETHANOL, {"un_no": "1987", "packing_group": "II", "flash_point_c": 30.0}, {"un_no": "1992", "packing_group": "II", "flash_point_c": 30.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "II", "flash_point_c": 30.0}, {"un_no": "1294", "packing_group": "II", "flash_point_c": 30.0}),
    ("flash_point_of_another_entry", FLAMMABLE_PESTICIDE, {"flash_point_c": 23.0}, {"flash_point_c": 22.9}),
    ("flash_point_of_another_entry", FLAMMABLE_PESTICIDE, {"un_no": "2903", "hazard_class": "6.1", "subsidiary_hazards": "3", "flash_point_c": 22.9}, {"un_no": "2903", "hazard_class": "6.1", "subsidiary_hazards": "3", "flash_point_c": 23.0}),
    ("temperature_missing", PEROXIDE, {"control_temp_c": None, **REEFER}, REEFER),
    ("temperature_missing", STYRENE, {"shipping_name": "STYRENE MONOMER, STABILIZED, TEMPERATURE CONTROLLED"}, {}),
    ("temperature_missing", PEROXIDE, {"emergency_temp_c": None, **REEFER}, REEFER),
    ("temperature_missing", PEROXIDE, {"un_no": "3231", "hazard_class": "4.1", "control_temp_c": None, **REEFER}, {"un_no": "3221", "hazard_class": "4.1", "control_temp_c": None, **REEFER}),
    ("temperature_missing", PEROXIDE, {"un_no": "3533", "hazard_class": "4.1", "emergency_temp_c": None}, {"un_no": "3531", "hazard_class": "4.1", "emergency_temp_c": None}),
    ("temperatures_crossed:fault", PEROXIDE, {"control_temp_c": -10.0, **REEFER}, {"control_temp_c": -10.1, **REEFER}),
    ("temperatures_crossed:advisory", PEROXIDE, {"control_temp_c": -14.9, **REEFER}, {"control_temp_c": -15.0, **REEFER}),
    ("marine_pollutant_denied", HYPOCHLORITE, {"marine_pollutant": False}, {"marine_pollutant": True}),
    ("marine_pollutant_denied", HYPOCHLORITE, {"marine_pollutant": False}, {"marine_pollutant": None}),
    ("marine_pollutant_denied", HYPOCHLORITE, {"marine_pollutant": False, "package_count": 3399}, {"marine_pollutant": False, "package_count": 3400}),
    ("marine_pollutant_denied", POLLUTANT, {"marine_pollutant": False, "inner_volume_l": 5.1}, {"marine_pollutant": False, "inner_volume_l": 5.0}),
    ("marine_pollutant_denied:fault", POLLUTANT, {"marine_pollutant": False}, {"marine_pollutant": False, "description": "废乳化液"}),
    ("schedule_differs", PAINT, {"ems": "F-A S-A"}, {"ems": "F-E,S-E"}),
    ("schedule_differs", PAINT, {"ems": "FA SA"}, {"ems": "FE SE"}),
    ("schedule_differs", PAINT, {"ems": "F-E, S-D"}, {"ems": " F-E , S-_E_"}),
    ("schedule_differs", PAINT, {"ems": "F-E"}, {"ems": "f－e／s－e"}),
    ("schedule_differs", PAINT, {"ems": "F-A, S-A / F-A, S-B"}, {"ems": "F-A, S-A / F-E, S-E"}),
    ("schedule_differs", PAINT, {"ems": "Fire F-A, spillage S-E"}, {"ems": "Fire F-E, spillage S-E"}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": None}, {"net_explosive_kg": 0.1}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": 17000.1}, {"net_explosive_kg": 17000.0}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": 0.0}, {"net_explosive_kg": 17000.1, "net_mass_kg": None}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": 18250.1, "net_mass_kg": None}, {"net_explosive_kg": 18250.0, "net_mass_kg": None}),
    ("radioactive_data", ISOTOPE, {"activity_bq": 0.0}, {"activity_bq": 0.1}),
    ("radioactive_data", ISOTOPE, {"radionuclide": None}, {"radionuclide": "Co-60"}),
    ("radioactive_data", ISOTOPE, {"activity_bq": None}, {"activity_bq": 1e6}),
    ("radioactive_data", ISOTOPE, {"radioactive_category": None}, {"un_no": "2910", "radioactive_category": None}),
    ("radioactive_data:fault", ISOTOPE, {"transport_index": 1.1, "package_count": 1}, {"transport_index": 1.1, "package_count": 1, "radioactive_category": "III-YELLOW"}),
    ("radioactive_data", ISOTOPE, {"transport_index": 80.1}, {"transport_index": 80.0}),
    ("radioactive_data:fault", ISOTOPE, {"transport_index": 1.1, "package_count": 1}, {"transport_index": 1.1, "package_count": None}),
    ("radioactive_data:advisory", ISOTOPE, {"transport_index": 10.1, "package_count": 1, "radioactive_category": "Ⅲ级(黄)"}, {"transport_index": 10.0, "package_count": 1, "radioactive_category": "Ⅲ级(黄)"}),
    ("radioactive_data", ISOTOPE, {"transport_index": 12.0, "package_count": 1, "radioactive_category": "III-YELLOW"}, {"transport_index": 12.0, "package_count": 1, "radioactive_category": "III-YELLOW (EXCLUSIVE USE)"}),
    ("radioactive_data:advisory", ISOTOPE, {"radioactive_category": "TYPE A"}, {"radioactive_category": "II Yellow"}),
    ("radioactive_data:fault", ISOTOPE, {"radionuclide": None, "activity_bq": None}, {"un_no": "2911", "radionuclide": None, "activity_bq": None, "radioactive_category": None, "transport_index": None}),
    ("radioactive_data", ISOTOPE, {"transport_index": 0.2, "package_count": 1, "radioactive_category": "I-White"}, {"transport_index": 0.05, "package_count": 1, "radioactive_category": "I-White"}),
    ("radioactive_data", ISOTOPE, {"transport_index": None}, {"transport_index": None, "radioactive_category": "I-WHITE"}),
]  # fmt: skip

LAWFUL: Lawful = {
    "diesel above 60 °C without a flash point": (
        [PAINT | {"un_no": "1202", "packing_group": "III", "shipping_name": "DIESEL FUEL", "description": "柴油", "hs_code": "271019", "flash_point_c": None, "packaging_code": "1A1", "un_mark": None}], {},
    ),
    "beverages of 65 % alcohol": (
        [PAINT | {"un_no": "3065", "packing_group": "III", "shipping_name": "ALCOHOLIC BEVERAGES", "description": "白酒", "hs_code": "220890", "flash_point_c": 22.0, "packaging_code": "4G", "un_mark": "4G/Z20/S/25/CN/310001", "ems": "F-E S-D"}], {},
    ),
    "excepted packages of class 7": (
        [ISOTOPE | {"un_no": "2910", "shipping_name": "RADIOACTIVE MATERIAL, EXCEPTED PACKAGE - LIMITED QUANTITY OF MATERIAL", "radionuclide": None, "activity_bq": None, "transport_index": None, "radioactive_category": None}], {},
    ),
    "class 7 under exclusive use": (
        [ISOTOPE | {"package_count": 1, "transport_index": 14.0, "radioactive_category": "III-YELLOW"}], {},
    ),
    "a package of class 7 with its own mark": ([ISOTOPE | {"un_mark": "TYPE A CN/2024"}], {}),
    "an acid that burns, by its own entry": ([ACID | {"flash_point_c": 20.0}], {}),
    "styrene without cooling": ([STYRENE], {}),
    "a pollutant": ([POLLUTANT], {}),
}  # fmt: skip
