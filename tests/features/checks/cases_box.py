"""Cases of the checks on the box itself, fumigation and foodstuffs: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from datetime import date

from tests.features.checks.boxes import (
    ACID,
    ISOTOPE,
    OXIDIZER,
    PAINT,
    PEROXIDE,
    PESTICIDE,
    RICE,
    TOXIC,
    TOYS,
    Cases,
    Lawful,
    Row,
)

FUMIGATED: Row = {
    "un_no": "3359",
    "hazard_class": "9",
    "shipping_name": "FUMIGATED CARGO TRANSPORT UNIT",
    "ems": "F-A S-D",
}
AIRED: Row = {"fumigated_on": date(2026, 2, 26), "fumigant": "PH3"}
EXCEPTED: Row = ISOTOPE | {
    "un_no": "2910",
    "shipping_name": "RADIOACTIVE MATERIAL, EXCEPTED PACKAGE-LIMITED QUANTITY OF MATERIAL",
    "radioactive_category": None,
    "transport_index": None,
}
SAMPLES: Row = {
    "line_no": 1,
    "un_no": "3373",
    "hazard_class": "6.2",
    "shipping_name": "BIOLOGICAL SUBSTANCE, CATEGORY B",
    "packaging_code": "4G",
    "ems": "F-A S-T",
    "package_count": 2000,
    "net_mass_kg": 17000.0,
    "gross_mass_kg": 18250.0,
    "hs_code": None,
    "description": "血清样本",
    "packing_group": None,
}
CHLOROFORMATE: Row = {
    "un_no": "1739",
    "hazard_class": "8",
    "packing_group": "I",
    "subsidiary_hazards": "6.1",
    "shipping_name": "BENZYL CHLOROFORMATE",
}

_STATED_FUMIGATED = [
    ("fumigated:advisory", TOYS, {"description": said}, {"description": denied})
    for said, denied in (
        ("木制家具，已熏蒸", "木制家具"),
        ("wooden furniture, fumigated", "wooden furniture, not fumigated"),
        ("集装箱已熏蒸 木制家具", "木制家具 免熏蒸"),
        ("木制家具 熏蒸箱", "木制家具，未熏蒸"),
        ("木制家具 熏蒸处理", "木制家具，未经熏蒸"),
        ("container fumigated with phosphine", "no fumigation"),
        ("container under fumigation", "non-fumigated wood"),
        ("box fumigated", "fumigation-free packing"),
        ("logs, fumigated", "logs, unfumigated"),
        ("logs fumigated 2026-02-26", "logs, fumigation not required"),
        ("木材 熏蒸", "木材 无需熏蒸"),
        ("fumigated timber logs in container, container fumigated", "goods on fumigated wooden pallets"),
        ("木材，货柜熏蒸", "玩具，木托盘已熏蒸（IPPC）"),
        ("gas: fumigation in transit", "fumigation equipment"),
        ("木材 在途熏蒸", "熏蒸剂喷洒设备"),
    )
]  # fmt: skip
_DRY = (
    "22G1",
    "45G1",
    "40HQ",
    "40HC",
    "45HC",
    "20GP",
    "40GP",
    "20DV",
    "20DC",
    "40ST",
    "40OT",
    "20FR",
    "22U1",
    "22P3",
    "22V0",
    "2210",
    "45GP",
    "22B0",
)
_KEPT = (
    "22R1",
    "45R1",
    "20RF",
    "40RF",
    "40RH",
    "20RE",
    "40RQ",
    "40HR",
    "22H0",
    "22H5",
    "22HR",
    "45RT",
    "22T1",
    "22T8",
    "22TN",
    "20TK",
    "22K2",
    "2230",
    "4532",
    "2245",
    "2270",
    "XXXX",
)
_TEMPERATURES = [
    ("not_cooled", PEROXIDE, {"box_type": dry}, {"box_type": kept})
    for dry, kept in zip((*_DRY, *_DRY), _KEPT, strict=False)
]
_FOOD_WORDS = [
    ("food_beside_toxic:severe", (PESTICIDE, RICE), {"hs_code": None, "description": food}, {"hs_code": None, "description": thing})
    for food, thing in (
        ("animal feed", "plastic pipes"),
        ("rice in bags", "rice cooker"),
        ("black tea", "tea tree oil"),
        ("cane sugar", "sugar cane machine"),
        ("饲料", "饲料添加剂"),
        ("猪肉罐头", "罐头食品机械"),
        ("红茶茶叶", "茶叶罐"),
        ("新鲜水果", "水果刀"),
        ("大米（袋装）", "大米包装袋"),
        ("速冻食品", "食品级磷酸"),
        ("roasted coffee", "coffee machines"),
        ("canned tuna", "canned motor pumps"),
        ("wheat", "wheat straws"),
        ("vegetables", "fruit and vegetable grinder"),
    )
]  # fmt: skip

CASES: Cases = [
    ("box_number:fault", PAINT, {"box_no": "MSKU1234566"}, {"box_no": "MSKU1234565"}),
    ("box_number:fault", TOYS, {"box_no": "MSKU123456"}, {"box_no": "MSKU1234565"}),
    ("box_number:fault", TOYS, {"box_no": "MSKX1234565"}, {"box_no": "SOC00123"}),
    ("box_number:advisory", TOYS, {"box_no": "SOC00123"}, {"box_no": "MSKU1234566"}),
    ("box_type", PAINT, {"box_type": "99Z9"}, {"box_type": "L5G1"}),
    ("box_type", PAINT, {"box_type": "2XZ9"}, {"box_type": "40OT"}),
    ("box_type", PAINT, {"box_type": "22Q1"}, {"box_type": "20DC"}),
    ("box_type", PAINT, {"box_type": "30OT"}, {"box_type": "22K2"}),
    *_TEMPERATURES,
    ("fumigated:fault", RICE, {"fumigant": "METHYL BROMIDE"}, {"fumigant": None}),
    ("fumigated:fault", PAINT, {"fumigant": "METHYL BROMIDE"}, {"fumigant": None}),
    ("fumigated:fault", (PAINT, RICE), {"fumigated_on": date(2026, 2, 26)}, {}),
    ("fumigated:fault", (PAINT, TOYS), AIRED, AIRED | FUMIGATED),
    ("fumigated:fault", TOYS, FUMIGATED | {"fumigated_on": None}, FUMIGATED | AIRED),
    ("fumigated:fault", TOYS, FUMIGATED | AIRED | {"fumigant": None}, FUMIGATED | AIRED),
    *_STATED_FUMIGATED,
    ("packages_missing", PAINT, {"package_count": 0}, FUMIGATED | AIRED | {"package_count": 0}),
    ("certificate_missing", PAINT, {"packing_certificate_no": None}, FUMIGATED | AIRED | {"packing_certificate_no": None, "packing_group": None}),
    ("food_beside_toxic:severe", (PESTICIDE, RICE), {}, {"description": "毛绒玩具", "hs_code": "950300"}),
    ("food_beside_toxic:advisory", (TOXIC, RICE), {}, {"description": "毛绒玩具", "hs_code": "950300"}),
    ("food_beside_toxic:severe", (PESTICIDE, RICE), {}, {"description": "RICE COOKER", "hs_code": "851660"}),
    ("food_beside_toxic:severe", (TOYS | {"hs_code": "100630"}, PESTICIDE), {}, {"packing_group": "III"}),
    ("food_beside_toxic:severe", (RICE, PESTICIDE), {}, {"limited_quantity": True}),
    ("food_beside_toxic:severe", (RICE, PESTICIDE), {}, {"excepted_quantity": True}),
    ("food_beside_toxic:severe", (RICE, ACID), CHLOROFORMATE, {}),
    ("food_beside_toxic:advisory", (RICE, ACID), {}, CHLOROFORMATE),
    ("food_beside_toxic:advisory", (RICE, ACID), {"un_no": "1789", "packing_group": "III"}, {"un_no": "1170", "hazard_class": "3", "packing_group": "II"}),
    ("food_beside_toxic:severe", (RICE, PAINT), {"un_no": "2924", "subsidiary_hazards": "8", "shipping_name": "FLAMMABLE LIQUID, CORROSIVE, N.O.S."}, {"un_no": "2924", "subsidiary_hazards": "8", "packing_group": "III"}),
    ("food_beside_toxic:severe", (RICE, PAINT), {"un_no": "2215", "hazard_class": "8", "packing_group": "III"}, {"un_no": "1823", "hazard_class": "8"}),
    ("food_beside_toxic:advisory", (RICE, PAINT), {"un_no": "2590", "hazard_class": "9", "packing_group": "III"}, {}),
    ("food_beside_toxic:severe", (RICE, ISOTOPE), {}, EXCEPTED),
    ("food_beside_toxic:severe", (RICE, SAMPLES), {"un_no": "3291"}, {}),
    ("food_beside_toxic:severe", (PESTICIDE, PAINT), {"un_no": "3065"}, {"un_no": "1170"}),
    ("food_beside_toxic:severe", (PESTICIDE, RICE), {"hs_code": "230990"}, {"hs_code": "220720"}),
    *_FOOD_WORDS,
]  # fmt: skip

LAWFUL: Lawful = {
    "fumigated box without a certificate of packing": ([TOYS | FUMIGATED], AIRED | {"packing_certificate_no": None}),
    "paint in a fumigated box that is declared": ([PAINT, TOYS | FUMIGATED | {"package_count": 0}], AIRED),
    "excepted package beside rice and paint": ([EXCEPTED, RICE, PAINT | {"limited_quantity": True, "package_count": 800}], {}),
    "samples of category B beside paint": ([PAINT, SAMPLES], {}),
    "acid of group II beside rice": ([ACID, RICE], {}),
    "oxidizer beside rice": ([OXIDIZER, RICE], {}),
    "trade spelling of a high box": ([PAINT], {"box_type": "40HQ"}),
}  # fmt: skip
