"""Reason codes: which histories are reported together as one reason.

The findings of each party have their own code. Entities that describe the same thing in different detail (UN number,
tariff code, described goods) share one. The amount of evidence has a code for the shipper and the packer, and one for
all other parties, pairs and places.
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
    """Reason code of the finding rates of `entity`."""
    return f"{_HISTORY_OF.get(entity, entity)}_history"


def evidence_reason(entity: str) -> str:
    """Reason code of the amount of evidence about `entity`."""
    return f"{_EVIDENCE_OF.get(entity, entity)}_evidence"
