"""Names of goods that are forbidden for transport by the US table; they have no UN number."""

from __future__ import annotations

import csv
from functools import cache

from data.reference.dangerous_goods import FOLDER


def is_forbidden_name(shipping_name: str) -> bool:
    """Whether `shipping_name` is a forbidden name, ignoring case and spaces."""
    return _normal(shipping_name) in _names()


@cache
def _names() -> frozenset[str]:
    with (FOLDER / "forbidden.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(_normal(row["name"]) for row in csv.DictReader(lines))


def _normal(name: str) -> str:
    return " ".join(name.lower().split())
