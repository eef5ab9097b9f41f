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
    OXIDIZER,
    PAINT,
    SEED_CAKE,
    TOYS,
    Cases,
    Lawful,
)

UNNUMBERED = {"un_no": None, "hazard_class": None, "packing_group": None, "shipping_name": None}
ACTIVATED = {"un_no": "1362", "shipping_name": "CARBON, ACTIVATED"}
SELF_HEATING = {
    "un_no": "3088",
    "shipping_name": "SELF-HEATING SOLID, ORGANIC, N.O.S.",
    "technical_name": "plant material",
}
EXPELLED = SEED_CAKE | {"un_no": "1386", "oil_percent": 8.0, "moisture_percent": 9.0, "description": "菜籽饼"}
STRONG = HYPOCHLORITE | {
    "un_no": "1748",
    "shipping_name": "CALCIUM HYPOCHLORITE, DRY",
    "description": "次氯酸钙",
    "moisture_percent": None,
}
WEAK = STRONG | {
    "un_no": "2208", "packing_group": "III", "description": "漂白粉",
    "shipping_name": "CALCIUM HYPOCHLORITE MIXTURE, DRY with more than 10% but not more than 39% available chlorine",
}  # fmt: skip
SOLUTION = STRONG | {
    "un_no": "1791", "hazard_class": "8", "packing_group": "III", "shipping_name": "HYPOCHLORITE SOLUTION", "ems": "F-A S-B",
    "packaging_code": "3H1", "description": "calcium hypochlorite solution",
}  # fmt: skip
GENERIC = OXIDIZER | {
    "un_no": "1479", "shipping_name": "OXIDIZING SOLID, N.O.S.", "technical_name": "sodium percarbonate", "hs_code": None,
    "description": "氧化性固体",
}  # fmt: skip
POLLUTANT = GENERIC | {
    "un_no": "3077", "hazard_class": "9", "shipping_name": "ENVIRONMENTALLY HAZARDOUS SUBSTANCE, SOLID, N.O.S.",
    "ems": "F-A S-F", "marine_pollutant": True,
}  # fmt: skip

CASES: Cases = [
    ("charcoal_dates", CHARCOAL, {"produced_on": date(2026, 2, 14)}, {"produced_on": date(2026, 2, 13)}),
    ("charcoal_dates", CHARCOAL, {"produced_on": None}, {"produced_on": None, **IN_2025, "packed_on": date(2025, 12, 20), "certificate_on": None}),
    ("charcoal_dates", CHARCOAL, {"packed_on": None}, {**ACTIVATED, "packed_on": None}),
    ("charcoal_temperature", CHARCOAL, {"packing_temp_c": 40.1}, {"packing_temp_c": 40.0}),
    ("charcoal_temperature", CHARCOAL, {"packing_temp_c": None}, {"packing_temp_c": 8.0}),
    ("charcoal_exempted:fault", CHARCOAL, {**UNNUMBERED, "description": "竹炭 BAMBOO CHARCOAL"}, {**UNNUMBERED, "description": "竹炭 BAMBOO CHARCOAL", **IN_2025}),
    ("charcoal_exempted:fault", TOYS, {"description": "BBQ charcoal", "hs_code": "440290"}, {"description": "charcoal grey plush toys"}),
    ("charcoal_exempted:fault", TOYS, {"description": "机制炭", "hs_code": None}, {"description": "机制炭 CARBON BLACK", "hs_code": "280300"}),
    ("charcoal_exempted:fault", TOYS, {"description": "SHISHA CHARCOAL 10KG", "hs_code": "270400"}, {"description": "SHISHA CHARCOAL TONGS", "hs_code": "820559"}),
    ("charcoal_exempted", TOYS, {"description": "家用品", "hs_code": "440290"}, {"description": "活性炭", "hs_code": "380210"}),
    ("charcoal_exempted:fault", TOYS, {"description": "竹炭", "hs_code": None}, {"description": "竹炭", "hs_code": "630260"}),
    ("charcoal_exempted", TOYS, {"description": "烧烤用炭", "hs_code": None}, {"description": "木炭烤炉", "hs_code": None}),
    ("charcoal_number:fault", CHARCOAL, {**ACTIVATED, "description": "竹炭"}, {**ACTIVATED, "description": "木质活性炭", "hs_code": "380210"}),
    ("charcoal_number:fault", CHARCOAL, {**SELF_HEATING, "description": "机制炭"}, {**SELF_HEATING, "description": "紫花苜蓿", "hs_code": "121490"}),
    ("charcoal_number", CHARCOAL, {**SELF_HEATING, "description": "有机固体"}, {**SELF_HEATING, "description": "有机固体", "hs_code": "121490"}),
    ("charcoal_number", CHARCOAL, {**ACTIVATED, "description": "shisha charcoal cubes"}, {**ACTIVATED, "description": "activated charcoal, coconut shell", "hs_code": "380210"}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "1748"}, {"un_no": "2880"}),
    ("hypochlorite_number", HYPOCHLORITE, {"moisture_percent": 5.4}, {"moisture_percent": 5.5}),
    ("hypochlorite_number", HYPOCHLORITE, {"moisture_percent": 16.1}, {"moisture_percent": 16.0}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "3485", "moisture_percent": 6.0}, {"un_no": "3487", "moisture_percent": 6.0}),
    ("hypochlorite_number", STRONG, {"moisture_percent": 5.5}, {"moisture_percent": 5.4}),
    ("hypochlorite_number:fault", STRONG, {"description": "calcium hypochlorite 65% min, water 5.5%-10%"}, {"description": "calcium hypochlorite 65% min, water max 10%"}),
    ("hypochlorite_number:severe", GENERIC, {"description": "calcium hypochlorite 65%, water 5%-10%"}, {"description": "disinfectant, contains calcium hypochlorite"}),
    ("hypochlorite_number", STRONG, {"subsidiary_hazards": "8"}, {"subsidiary_hazards": "8", "un_no": "3485"}),
    ("hypochlorite_number", STRONG, {"description": "次氯酸钙 有效氯≤39%"}, {"description": "次氯酸钙 有效氯 70%"}),
    ("hypochlorite_number:fault", WEAK, {"description": "漂粉精"}, {"description": "漂白粉"}),
    ("hypochlorite_number:fault", WEAK, {"description": "calcium hypochlorite 65%"}, {"description": "calcium hypochlorite 35-40%, moisture 4%"}),
    ("hypochlorite_number:fault", WEAK, {"description": "漂白粉 有效氯≥39.1%"}, {"description": "漂白粉 有效氯≥28% 且不高于39%"}),
    ("hypochlorite_number:fault", WEAK, {"description": "水合次氯酸钙"}, {"description": "非水合次氯酸钙混合物"}),
    ("hypochlorite_number:fault", WEAK, {"description": "calcium hypochlorite hydrated mixture"}, {"description": "calcium hypochlorite mixture", "moisture_percent": 6.0}),
    ("hypochlorite_number:severe", SOLUTION, {"description": "次氯酸钙颗粒"}, {"description": "次氯酸钙溶液"}),
    ("hypochlorite_number:severe", SOLUTION, {"description": "calcium hypochlorite granules"}, {"description": "calcium hypochlorite"}),
    ("hypochlorite_number:severe", GENERIC, {"technical_name": "calcium hypochlorite"}, {"technical_name": "sodium percarbonate"}),
    ("hypochlorite_number:severe", POLLUTANT, {"description": "次氯酸钙"}, {"description": "含有次氯酸钙的消毒片"}),
    ("hypochlorite_number", POLLUTANT, {"description": "次氯酸钙"}, {"description": "次氯酸钙混合物 有效氯不超过10%"}),
    ("hypochlorite_number", GENERIC, {"description": "漂白粉", "technical_name": None}, {"description": "漂发用漂白粉", "technical_name": "ammonium persulphate"}),
    ("test_summary", BATTERIES, {"test_summary_no": None}, {"test_summary_no": "TS1"}),
    ("seed_cake", SEED_CAKE, {"oil_percent": 1.6}, {"oil_percent": 1.5}),
    ("seed_cake", SEED_CAKE, {"moisture_percent": 11.1}, {"moisture_percent": 11.0}),
    ("seed_cake", SEED_CAKE, {"oil_percent": None}, {"oil_percent": 0.5}),
    ("seed_cake", SEED_CAKE, {"un_no": "1386"}, {"un_no": "1386", "oil_percent": 1.6}),
    ("seed_cake", SEED_CAKE, {"un_no": "1386"}, {"un_no": "1386", "moisture_percent": 11.1}),
    ("seed_cake", EXPELLED, {"description": "浸出菜籽粕", "oil_percent": 10.1}, {"description": "浸出菜籽粕", "oil_percent": 10.0}),
    ("seed_cake", EXPELLED, {"description": "浸出菜籽粕", "moisture_percent": 12.1}, {"description": "浸出菜籽粕", "moisture_percent": 12.0}),
    ("seed_cake", EXPELLED, {"moisture_percent": None}, {"oil_percent": 12.0, "moisture_percent": 12.0}),
    ("fish_meal", FISH_MEAL, {"antioxidant": False}, {"antioxidant": True}),
    ("fish_meal", FISH_MEAL, {"antioxidant": None}, {"antioxidant": True}),
    ("fish_meal", FISH_MEAL, {"moisture_percent": 12.1}, {"moisture_percent": 12.0}),
    ("fish_meal", FISH_MEAL, {"moisture_percent": 5.0}, {"moisture_percent": 5.1}),
    ("fish_meal", FISH_MEAL, {"oil_percent": 15.1}, {"oil_percent": 15.0}),
    ("fish_meal", FISH_MEAL, {"packing_temp_c": 35.1}, {"packing_temp_c": 35.0}),
    ("fish_meal:fault", FISH_MEAL, {"packing_temp_c": 45.1}, {"packing_temp_c": 45.0}),
    ("fish_meal", FISH_MEAL | {"un_no": "3497", "shipping_name": "KRILL MEAL"}, {"packing_temp_c": 36.0}, {"packing_temp_c": 34.0, "antioxidant": None}),
    ("tariff_differs", PAINT, {"hs_code": "440210"}, {"hs_code": "320890"}),
]  # fmt: skip

_ARTICLES = {
    "竹炭牙刷": "960321", "bamboo charcoal soap": "340111", "bamboo charcoal fabric": "540752", "竹炭毛巾": "630260",
    "炭黑 CARBON BLACK N330": "280300", "碳黑": "280300", "charcoal barbecue grill": "732119", "木炭烤炉": "732119",
    "charcoal drawing pencils": "960910", "activated charcoal mask": "630790", "T-SHIRT COLOUR: CHARCOAL": "610910",
    "竹炭除臭鞋垫": "640690", "charcoal chimney starter": None, "竹炭湿巾": None, "木炭机": "847989", "BBQ Charcoal grey": None,
}  # fmt: skip
LAWFUL: Lawful = {
    **{words: ([TOYS | {"description": words, "hs_code": tariff}], {}) for words, tariff in _ARTICLES.items()},
    "hypochlorite solution": ([SOLUTION], {"box_type": "22G1"}),
    "oily and damp seed cake": ([EXPELLED | {"oil_percent": 12.0, "moisture_percent": 12.0}], {}),
    "fish meal packed in summer": ([FISH_MEAL | {"packing_temp_c": 38.0}], {}),
    "extracted soya meal": ([TOYS | {"description": "豆粕", "hs_code": "230400"}], {}),
    "cotton in dense bales": ([TOYS | {"description": "原棉 RAW COTTON", "hs_code": "520100"}], {}),
    "carbon activated by steam": ([TOYS | {"description": "活性炭", "hs_code": "380210"}], {}),
    "fish meal with a certificate": ([TOYS | {"description": "鱼粉", "hs_code": "230120"}], {}),
    "charcoal that passed its test in 2025": ([TOYS | {"description": "木炭", "hs_code": "440290"}], IN_2025 | {"packed_on": None, "certificate_on": None}),
}  # fmt: skip
