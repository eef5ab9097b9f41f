"""Cases of the checks on concern: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from datetime import date

from tests.features.checks.boxes import (
    BATTERIES,
    CHARCOAL,
    FISH_MEAL,
    HYPOCHLORITE,
    IN_2025,
    PAINT,
    SEED_CAKE,
    TOYS,
    Cases,
    Lawful,
)

CASES: Cases = [
    ("charcoal_dates", CHARCOAL, {"produced_on": date(2026, 2, 14)}, {"produced_on": date(2026, 2, 13)}),
    ("charcoal_dates", CHARCOAL, {"produced_on": None}, {"produced_on": None, **IN_2025, "packed_on": date(2025, 12, 20), "certificate_on": None}),
    ("charcoal_dates", CHARCOAL, {"packed_on": None}, {"un_no": "1362", "shipping_name": "CARBON, ACTIVATED", "packed_on": None}),
    ("charcoal_temperature", CHARCOAL, {"packing_temp_c": 40.1}, {"packing_temp_c": 40.0}),
    ("charcoal_temperature", CHARCOAL, {"packing_temp_c": None}, {"packing_temp_c": 8.0}),
    ("charcoal_exempted", CHARCOAL, {"un_no": None, "hazard_class": None, "description": "竹炭 BAMBOO CHARCOAL"}, {"un_no": None, "hazard_class": None, "description": "竹炭 BAMBOO CHARCOAL", **IN_2025}),
    ("charcoal_exempted", TOYS, {"description": "BBQ charcoal", "hs_code": "440290"}, {"description": "charcoal grey plush toys"}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "1748"}, {"un_no": "2880"}),
    ("hypochlorite_number", HYPOCHLORITE, {"moisture_percent": 5.4}, {"moisture_percent": 5.5}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "1479"}, {"un_no": "1479", "shipping_name": "OXIDIZING SOLID, N.O.S.", "description": "oxidizing solid"}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "3485", "moisture_percent": 6.0}, {"un_no": "3487", "moisture_percent": 6.0}),
    ("test_summary", BATTERIES, {"test_summary_no": None}, {"test_summary_no": "TS1"}),
    ("seed_cake", SEED_CAKE, {"oil_percent": 1.6}, {"oil_percent": 1.5}),
    ("seed_cake", SEED_CAKE, {"moisture_percent": 11.1}, {"moisture_percent": 11.0}),
    ("seed_cake", SEED_CAKE, {"oil_percent": None}, {"oil_percent": 0.5}),
    ("seed_cake", SEED_CAKE, {"un_no": "1386"}, {"un_no": "1386", "oil_percent": 1.6}),
    ("fish_meal", FISH_MEAL, {"antioxidant": False}, {"antioxidant": True}),
    ("fish_meal", FISH_MEAL, {"antioxidant": None}, {"antioxidant": True}),
    ("fish_meal", FISH_MEAL, {"moisture_percent": 12.1}, {"moisture_percent": 12.0}),
    ("fish_meal", FISH_MEAL, {"moisture_percent": 5.0}, {"moisture_percent": 5.1}),
    ("fish_meal", FISH_MEAL, {"oil_percent": 15.1}, {"oil_percent": 15.0}),
    ("fish_meal", FISH_MEAL, {"packing_temp_c": 35.1}, {"packing_temp_c": 35.0}),
    ("tariff_differs", PAINT, {"hs_code": "440210"}, {"hs_code": "320890"}),
]  # fmt: skip

LAWFUL: Lawful = {}
