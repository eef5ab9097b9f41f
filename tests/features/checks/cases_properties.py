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

CASES: Cases = [
    ("flash_point_missing", PAINT, {"flash_point_c": None}, {"flash_point_c": 22.9}),
    ("flash_point_missing", ACID, {"subsidiary_hazards": "3"}, {"subsidiary_hazards": None}),
    ("flash_point_too_high", PAINT, {"flash_point_c": 60.1, "packing_group": "III"}, {"flash_point_c": 60.0, "packing_group": "III"}),
    ("flash_point_too_high", PAINT, {"un_no": "1202", "flash_point_c": 100.1, "packing_group": "III"}, {"un_no": "1202", "flash_point_c": 100.0, "packing_group": "III"}),
    ("flash_point_too_high", PAINT, {"un_no": "1993", "flash_point_c": 90.0}, {"un_no": "3256", "flash_point_c": 90.0}),
    ("flash_point_not_declared", ACID, {"flash_point_c": 60.0}, {"flash_point_c": 60.1}),
    ("flash_point_not_declared", ACID, {"flash_point_c": 40.0}, {"flash_point_c": 40.0, "subsidiary_hazards": "3"}),
    ("flash_point_not_declared", TOYS, {"flash_point_c": 45.0}, {"flash_point_c": 95.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "III", "flash_point_c": 22.9}, {"packing_group": "III", "flash_point_c": 23.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "II", "flash_point_c": 23.0}, {"packing_group": "II", "flash_point_c": 22.9}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "III", "flash_point_c": 20.0}, {"un_no": "1263", "packing_group": "III", "flash_point_c": 20.0}),
    ("temperature_missing", PEROXIDE, {"control_temp_c": None, **REEFER}, REEFER),
    ("temperature_missing", PEROXIDE, {"emergency_temp_c": None, **REEFER}, REEFER),
    ("temperature_missing", PEROXIDE, {"un_no": "3231", "hazard_class": "4.1", "control_temp_c": None, **REEFER}, {"un_no": "3221", "hazard_class": "4.1", "control_temp_c": None, **REEFER}),
    ("temperature_missing", PEROXIDE, {"un_no": "3533", "hazard_class": "4.1", "emergency_temp_c": None}, {"un_no": "3531", "hazard_class": "4.1", "emergency_temp_c": None}),
    ("temperatures_crossed", PEROXIDE, {"control_temp_c": -10.0, **REEFER}, {"control_temp_c": -10.1, **REEFER}),
    ("marine_pollutant_denied", HYPOCHLORITE, {"marine_pollutant": False}, {"marine_pollutant": True}),
    ("marine_pollutant_denied", HYPOCHLORITE, {"marine_pollutant": False}, {"marine_pollutant": None}),
    ("schedule_differs", PAINT, {"ems": "F-A S-A"}, {"ems": "F-E,S-E"}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": None}, {"net_explosive_kg": 0.1}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": 17000.1}, {"net_explosive_kg": 17000.0}),
    ("radioactive_data", ISOTOPE, {"radionuclide": None}, {"radionuclide": "Co-60"}),
    ("radioactive_data", ISOTOPE, {"activity_bq": None}, {"activity_bq": 1e6}),
    ("radioactive_data", ISOTOPE, {"radioactive_category": None}, {"un_no": "2910", "radioactive_category": None}),
    ("radioactive_data", ISOTOPE, {"transport_index": 1.1}, {"transport_index": 1.1, "radioactive_category": "III-YELLOW"}),
    ("radioactive_data", ISOTOPE, {"transport_index": None}, {"transport_index": None, "radioactive_category": "I-WHITE"}),
]  # fmt: skip

LAWFUL: Lawful = {}
