"""Cases of the checks on box: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from datetime import date

from tests.features.checks.boxes import (
    ACID,
    ALKALI,
    CARTRIDGES,
    CHARCOAL,
    GAS,
    HYPOCHLORITE,
    OXIDIZER,
    PAINT,
    PEROXIDE,
    PESTICIDE,
    RICE,
    TOXIC,
    TOYS,
    Cases,
    Lawful,
)

CASES: Cases = [
    ("box_number", PAINT, {"box_no": "MSKU1234566"}, {"box_no": "MSKU1234565"}),
    ("box_number", TOYS, {"box_no": "MSKU123456"}, {"box_no": "MSKU1234565"}),
    ("box_type", PAINT, {"box_type": "99Z9"}, {"box_type": "L5G1"}),
    ("not_cooled", PEROXIDE, {"box_type": "22G1"}, {"box_type": "22R1"}),
    ("segregation", (PAINT, OXIDIZER), {}, {"limited_quantity": True}),
    ("segregation", (ACID, ALKALI), {}, {"limited_quantity": True}),
    ("segregation", (PAINT, CHARCOAL), {}, {"un_no": "1263", "hazard_class": "3"}),
    ("segregation", (GAS, PAINT), {}, {"un_no": "1978", "hazard_class": "2.1"}),
    ("segregation", (HYPOCHLORITE, ACID), {}, {"excepted_quantity": True}),
    ("segregation", (PAINT, CARTRIDGES), {}, {"un_no": "1170", "hazard_class": "3"}),
    ("segregation", (OXIDIZER, ACID), {}, {"un_no": "1710", "hazard_class": "9"}),
    ("explosives_together", (CARTRIDGES, CARTRIDGES), {"un_no": "0129", "hazard_class": "1.1A"}, {"un_no": "0014", "hazard_class": "1.4S"}),
    ("explosives_together", (CARTRIDGES | {"un_no": "0027", "hazard_class": "1.1D"}, CARTRIDGES), {"un_no": "0030", "hazard_class": "1.1B"}, {"un_no": "0241", "hazard_class": "1.1D"}),
    ("fumigated", RICE, {"fumigant": "METHYL BROMIDE"}, {"fumigant": None}),
    ("fumigated", TOYS, {"description": "木制家具，已熏蒸"}, {"description": "木制家具"}),
    ("fumigated", TOYS, {"un_no": "3359", "hazard_class": "9", "fumigated_on": None}, {"un_no": "3359", "hazard_class": "9", "fumigated_on": date(2026, 2, 26), "fumigant": "PH3"}),
    ("food_beside_toxic", (TOXIC, RICE), {}, {"description": "毛绒玩具", "hs_code": "950300"}),
    ("food_beside_toxic", (ACID, RICE), {}, {"description": "塑料管", "hs_code": "391721"}),
    ("food_beside_toxic", (PESTICIDE, RICE), {"hs_code": None, "description": "animal feed"}, {"hs_code": None, "description": "plastic pipes"}),
]  # fmt: skip

LAWFUL: Lawful = {}
