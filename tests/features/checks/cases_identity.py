"""Cases of the checks on identity: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from datetime import date

from tests.features.checks.boxes import (
    ACID,
    AEROSOLS,
    ALKALI,
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
    Row,
)

_PEROXIDE: Row = ACID | {
    "un_no": "2014", "hazard_class": "5.1", "subsidiary_hazards": "8", "description": "双氧水", "hs_code": "284700",
    "shipping_name": "HYDROGEN PEROXIDE, AQUEOUS SOLUTION",
}  # fmt: skip
_AMMONIA: Row = ALKALI | {
    "un_no": "2672", "packing_group": "III", "shipping_name": "AMMONIA SOLUTION", "description": "氨水",
    "hs_code": "281420",
}  # fmt: skip
_TMAH: Row = ALKALI | {
    "un_no": "3423", "packing_group": "II", "shipping_name": "TETRAMETHYLAMMONIUM HYDROXIDE, SOLID",
    "description": "四甲基氢氧化铵", "hs_code": "292390",
}  # fmt: skip
_PACKED_IN_2025: Row = IN_2025 | {"packed_on": date(2025, 12, 24), "certificate_on": date(2025, 12, 24)}

CASES: Cases = [
    ("group_not_allowed", ACID, {"un_no": "2031", "packing_group": "II", "shipping_name": "硝酸 70.1%"}, {"un_no": "2031", "packing_group": "II", "shipping_name": "硝酸 70%"}),
    ("group_not_allowed", ACID, {"un_no": "2790", "packing_group": "III", "shipping_name": "ACETIC ACID SOLUTION 50%"}, {"un_no": "2790", "packing_group": "III", "shipping_name": "ACETIC ACID SOLUTION 49.9%"}),
    ("group_not_allowed", GAS, {"un_no": "2591", "hazard_class": "2.2", "packing_group": "III"}, {"un_no": "2591", "hazard_class": "2.2"}),
    ("group_not_allowed", ACID, {"un_no": "2028", "packing_group": "I"}, {"un_no": "2028", "packing_group": "II"}),
    ("group_not_allowed", ACID, {"un_no": "2794", "packing_group": "II"}, {"un_no": "2028", "packing_group": None}),
    ("number_missing", PAINT, {"un_no": None}, {"un_no": "1263"}),
    ("number_missing:fault", TOYS, {"hazard_class": "3"}, {"hazard_class": None}),
    ("number_missing", TOYS, {"packing_group": "II"}, {"packing_group": None}),
    ("number_missing", TOYS, {"subsidiary_hazards": "6.1"}, {"subsidiary_hazards": None}),
    ("number_missing", TOYS, {"ems": "F-E S-E"}, {"ems": None}),
    ("number_missing", TOYS, {"limited_quantity": True}, {"limited_quantity": False}),
    ("number_missing", TOYS, {"marine_pollutant": True}, {"marine_pollutant": False}),
    ("number_missing", TOYS, {"shipping_name": "FLAMMABLE LIQUID, N.O.S."}, {"shipping_name": "PLUSH TOYS, N.O.S."}),
    ("number_missing", TOYS, {"shipping_name": "PAINT"}, {"shipping_name": "SULPHUR"}),
    ("name_missing:fault", PAINT, {"shipping_name": None, "description": None}, {}),
    ("name_missing", PAINT, {"shipping_name": None, "description": "桶装货物"}, {"shipping_name": None, "description": "油漆"}),
    ("class_missing:fault", PAINT, {"hazard_class": None}, {"hazard_class": "3"}),
    ("class_missing", ISOTOPE, {"hazard_class": None}, {"un_no": "0190", "hazard_class": None}),
    ("group_not_allowed", PAINT, {"hazard_class": None, "packing_group": None}, {"hazard_class": None}),
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
    ("name_differs:severe", ACID, {"shipping_name": "SULPHURIC ACID 51%"}, {"shipping_name": "SULPHURIC ACID 51.1%"}),
    ("name_differs:severe", ACID, {"un_no": "2796", "shipping_name": "硫酸 98%"}, {"un_no": "2796", "shipping_name": "硫酸 51%"}),
    ("name_differs:fault", ACID, {"un_no": "2796", "description": "硫酸 98%"}, {"un_no": "2796", "description": "硫酸 37%"}),
    ("name_differs:fault", ACID, {"technical_name": "SULPHURIC ACID 30%"}, {"technical_name": "sulphuric acid, water 2%"}),
    ("name_differs:severe", _PEROXIDE, {"shipping_name": "HYDROGEN PEROXIDE, AQUEOUS SOLUTION 60.1%"}, {"shipping_name": "HYDROGEN PEROXIDE, AQUEOUS SOLUTION 60%"}),
    ("name_differs:fault", _PEROXIDE, {"description": "双氧水 8-19%"}, {"description": "双氧水 20-35%"}),
    ("name_differs", _AMMONIA, {"shipping_name": "氨溶液 35.1%"}, {"shipping_name": "氨水 35%"}),
    ("name_differs", _AMMONIA, {"shipping_name": "AMMONIA SOLUTION 10%"}, {"shipping_name": "AMMONIA SOLUTION 10.1%"}),
    ("name_differs", ACID, {"un_no": "3293", "shipping_name": "HYDRAZINE HYDRATE 60%"}, {"un_no": "3293", "shipping_name": "HYDRAZINE HYDRATE 55%"}),
    ("name_differs", ACID, {"un_no": "1835", "shipping_name": "四甲基氢氧化铵溶液 25%"}, {"un_no": "1835", "shipping_name": "四甲基氢氧化铵溶液 24.9%"}),
    ("name_differs:fault", ACID, {"un_no": "1835", "description": "四甲基氢氧化铵溶液 25%", "shipping_name": "四甲基氢氧化铵溶液"}, {"un_no": "1835", "description": "四甲基氢氧化铵溶液 25%", "shipping_name": "四甲基氢氧化铵溶液", **IN_2025}),
    ("name_differs:advisory", PAINT, {"un_no": "1093", "shipping_name": "ACRYLONITRILE"}, {"un_no": "1093", "shipping_name": "ACRYLONITRILE, STABILIZED"}),
    ("name_differs:advisory", ACID, {"un_no": "1748", "shipping_name": "漂粉精"}, {"un_no": "1748", "shipping_name": "次氯酸钙，干的"}),
    ("name_differs:fault", ACID, {"un_no": "2949", "shipping_name": "SODIUM HYDROSULPHIDE"}, {"un_no": "2949", "shipping_name": "SODIUM HYDROSULPHIDE, HYDRATED"}),
    ("name_differs:severe", ACID, {"un_no": "1344", "shipping_name": "TRINITROPHENOL"}, {"un_no": "1344", "shipping_name": "TRINITROPHENOL, WETTED"}),
    ("name_differs", PAINT, {"shipping_name": "EMPTY UNCLEANED, LAST CONTAINED METHANOL"}, {"shipping_name": "EMPTY UNCLEANED, LAST CONTAINED PAINT"}),
    ("name_differs", ISOTOPE, {"shipping_name": "RADIOACTIVE MATERIAL, EXCEPTED PACKAGE - EMPTY PACKAGING"}, {"un_no": "2908", "shipping_name": "RADIOACTIVE MATERIAL, EXCEPTED PACKAGE - EMPTY PACKAGING"}),
    ("name_differs", PAINT, {"un_no": "1123", "shipping_name": "ISOBUTYL ACETATE"}, {"un_no": "1123", "shipping_name": "SEC-BUTYL ACETATE"}),
    ("name_differs", PAINT, {"un_no": "1213", "shipping_name": "乙酸正丁酯"}, {"un_no": "1123", "shipping_name": "乙酸正丁酯"}),
    ("name_differs", ETHANOL, {"shipping_name": "工业甲醇"}, {"shipping_name": "工业乙醇，桶装，含量 95%"}),
    ("class_differs", _TMAH, {}, IN_2025),
    ("group_not_allowed", _TMAH, {}, IN_2025),
    ("subsidiary_missing", _TMAH | {"un_no": "1835"}, {}, IN_2025),
    ("class_differs", _TMAH, {"hazard_class": "9", **IN_2025}, {"hazard_class": "6.1", "subsidiary_hazards": "8", "packing_group": "I", **IN_2025}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"technical_name": "carbofuran"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"technical_name": None, "shipping_name": "PESTICIDE, SOLID, TOXIC, N.O.S. (carbofuran)"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"un_no": "1710", "technical_name": None}),
    ("generic_name", PAINT, {"un_no": "1993", "shipping_name": "FLAMMABLE LIQUID, N.O.S.", "technical_name": "ACETONE"}, {"un_no": "1993", "shipping_name": "FLAMMABLE LIQUID, N.O.S.", "technical_name": "contains acetone and resin", "description": "混合溶剂"}),
    ("forbidden_goods", TOYS, {"description": "1,1-Dinitroethane (dry)"}, {"description": "nitroethane resin toys"}),
]  # fmt: skip


def _named(*names: str, **goods: str) -> list[Row]:
    """The paint, once by each name, or other goods."""
    return [PAINT | goods | {"shipping_name": name} for name in names]


LAWFUL: Lawful = {
    "beside the name": (
        _named("WASTE PAINT", "PAINT, LTD QTY", "SALVAGE PACKAGING, PAINT", "PAINT, MARINE POLLUTANT", "HOT PAINT",
               "PAINT, EMPTY UNCLEANED", "RESIDUE LAST CONTAINED PAINT", "空的未清洁的油漆", "油漆，残余物，上次装载"),
        {},
    ),
    "grades and packages": (
        _named("工业级涂料", "涂料，桶装", "PAINT IN DRUMS, INDUSTRIAL GRADE", "油漆 含量 98%", "PAINT, 3, II"),
        {},
    ),
    "isomers": (
        [PAINT | {"un_no": un_no, "shipping_name": name, "description": "溶剂", "ems": None, "marine_pollutant": None, "hs_code": None}
         for un_no, name in (("1123", "N-BUTYL ACETATE"), ("1123", "乙酸仲丁酯"), ("1120", "正丁醇"), ("1307", "p-XYLENE"),
                             ("1208", "正己烷"))],
        {"discharge_port": "KRPUS"},
    ),
    "acids": ([ACID | {"shipping_name": name} for name in ("浓硫酸 98%", "硫酸，浓度98%", "桶装硫酸")], {}),
    "hydroxide in 2025": ([_TMAH], _PACKED_IN_2025),
    "solution in 2025": ([_TMAH | {"un_no": "1835", "shipping_name": "四甲基氢氧化铵溶液 25%"}], _PACKED_IN_2025),
    "waterborne": ([TOYS | {"shipping_name": "PAINT", "description": "水性墙面漆 乳胶"}], {}),
}  # fmt: skip
