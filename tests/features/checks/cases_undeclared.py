"""Cases of the checks on undeclared: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from tests.features.checks.boxes import IN_2025, TOYS, Cases, Lawful

UNDATED = {"packed_on": None, "certificate_on": None}

CASES: Cases = [
    ("undeclared_goods", TOYS, {"description": "漂白粉"}, {"description": "毛绒玩具"}),
    ("undeclared_goods", TOYS, {"description": "LITHIUM BATTERIES"}, {"description": "battery-free wooden toys"}),
    ("undeclared_goods", TOYS, {"description": "双氧水 50%"}, {"description": "矿泉水"}),
    ("undeclared_goods:fault", TOYS, {"description": "米糠饼", "hs_code": "230690"}, {"description": "豆粕", "hs_code": "230400"}),
    ("undeclared_goods:fault", TOYS, {"description": "木炭"}, {"description": "木炭", **IN_2025, **UNDATED}),
    ("watch_list", TOYS, {"description": "日用品 打火机"}, {"description": "日用品 打火机", "un_no": "1057", "hazard_class": "2.1"}),
    ("watch_list", TOYS, {"description": "plastic parts; lithium ion battery pack"}, {"description": "plastic parts; battery-free toys"}),
    ("watch_list", TOYS, {"description": "家具", "hs_code": "850760"}, {"description": "家具", "hs_code": "940360"}),
    ("watch_list", TOYS, {"description": None, "hs_code": "360410"}, {"description": None, "hs_code": "440290"}),
    ("undeclared_goods:fault", TOYS, {"description": "双氧水 50%"}, {"description": "活性炭"}),
]  # fmt: skip

LAWFUL: Lawful = {}
