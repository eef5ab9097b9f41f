"""Reason codes: which histories are reported together as one reason.

A party's findings are a reason of their own; what differs only in how finely the same thing is looked at (a UN number,
a tariff heading, goods in words) is one. How much is known is one reason for the parties that matter most, and one
for all others of a kind: few openings of a pair are no more telling than few openings of another.
"""

from __future__ import annotations

from typing import Final

_HISTORIES: Final = {
    "goods": ("substance", "tariff", "goods"),
    "forwarder": ("forwarder", "forwarder_route", "forwarder_trade_lane"),
    "shipper_goods": ("shipper_goods", "shipper_class", "shipper_trade_lane"),
    "packer_goods": ("packer_class", "packer_goods"),
    "route": ("route", "trade_lane", "goods_trade_lane"),
    "call": ("terminal", "vessel"),
}
_EVIDENCE: Final = {
    "goods": ("substance", "tariff", "goods"),
    "parties": ("forwarder", "declarant", "consignee", "carrier", "emergency_phone"),
    "pairs": (
        "shipper_goods", "shipper_class", "shipper_trade_lane", "shipper_packer", "packer_class", "packer_goods",
        "forwarder_route", "forwarder_trade_lane", "goods_trade_lane",
    ),
    "places": ("route", "trade_lane", "terminal", "vessel"),
}  # fmt: skip
_HISTORY_OF: Final = {entity: group for group, entities in _HISTORIES.items() for entity in entities}
_EVIDENCE_OF: Final = {entity: group for group, entities in _EVIDENCE.items() for entity in entities}


def history_reason(entity: str) -> str:
    """The reason code of what openings and checks of `entity` found."""
    return f"{_HISTORY_OF.get(entity, entity)}_history"


def evidence_reason(entity: str) -> str:
    """The reason code of how much is known of `entity`."""
    return f"{_EVIDENCE_OF.get(entity, entity)}_evidence"
