"""Cases of the checks on undeclared: offence, and the nearest lawful case."""

from __future__ import annotations

from tests.features.checks.boxes import TOYS, Cases, Lawful

CASES: Cases = [
    ("undeclared_goods", TOYS, {"description": "漂白粉"}, {"description": "毛绒玩具"}),
    ("undeclared_goods", TOYS, {"description": "LITHIUM BATTERIES"}, {"description": "battery-free wooden toys"}),
    ("undeclared_goods", TOYS, {"description": "双氧水 50%"}, {"description": "矿泉水"}),
]  # fmt: skip

LAWFUL: Lawful = {}
