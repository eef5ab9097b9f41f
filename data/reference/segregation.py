"""Segregation between two goods: by class, by the codes of their entries, and between explosives.

segregation.csv holds `kind,subject,target,degree`: `class` for the table of 7.2.4, symmetric, blank where the entries
decide; `group` and `un` for the codes of 7.2.8 that keep goods from a segregation group or a number; `as` for those
that make goods be treated as another class. Degrees are 1 (away from) to 4; each of them forbids one box, the first
unless the competent authority allows it (7.3.4.1).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from data.reference.dangerous_goods import FOLDER, by_un_no

# Numbers whose goods do not react dangerously with each other (7.2.6.3).
COMPATIBLE: Final = (
    frozenset(("2014", "2984", "3105", "3107", "3109", "3149")),
    frozenset(("1295", "1818", "2189")),
)
LIKE_CLASS_9: Final = frozenset(("1950", "2037"))
"""Aerosols and small receptacles are segregated as class 9 (their entries' SG69)."""
# Compatibility groups that may be together in one box, each also with itself but L (7.2.7.1.4).
_TOGETHER: Final = {
    "C": "DEGS",
    "D": "CEGS",
    "E": "CDGS",
    "F": "S",
    "G": "CDES",
    "B": "S",
    "H": "S",
    "J": "S",
    "K": "S",
}


class Goods(NamedTuple):
    """Declared goods: UN number, class with compatibility letter, subsidiary hazards separated by spaces."""

    un_no: str
    hazard_class: str
    subsidiary_hazards: str = ""


@lru_cache(maxsize=65_536)
def between(first: Goods, second: Goods) -> tuple[int, str]:
    """The strictest degree between two goods, 0 for none, and the code that demands it, if it is one of 7.2.8.

    Explosives among each other are told apart by their compatibility groups; the same substance is never.
    """
    explosive = first.hazard_class.startswith("1.") and second.hazard_class.startswith("1.")
    pair = {first.un_no, second.un_no}
    if explosive or len(pair) == 1 or any(pair <= together for together in COMPATIBLE):
        return 0, ""
    best, why = 0, ""
    # Goods of one class may be together whatever their subsidiary hazards (7.2.6.2).
    if first.hazard_class != second.hazard_class and not pair & LIKE_CLASS_9:
        best = max(_classes().get((a, b), 0) for a in _treated(first) for b in _treated(second))
    for own, other in ((first, second), (second, first)):
        groups = _common(other.un_no, "segregation_groups")
        for code in sorted(_common(own.un_no, "segregation_codes")):
            for kind, target, degree in _kept_from().get(code, ()):
                there = {"class": (other.hazard_class,), "group": groups, "un": (other.un_no,)}[kind]
                if target in there and degree > best:
                    best, why = degree, code
    return best, why


def compatible_explosives(first: str, second: str) -> bool:
    """Whether compatibility groups may share a box."""
    if first == second:
        return first != "L"
    return second in _TOGETHER.get(first, "") or first in _TOGETHER.get(second, "")


@cache
def _treated_as() -> Mapping[str, str]:
    """Codes that make goods be segregated as another class."""
    return {row["subject"]: row["target"] for row in _rows() if row["kind"] == "as"}


@cache
def _kept_from() -> Mapping[str, tuple[tuple[str, str, int], ...]]:
    """By code what goods are kept from: kind (class, group, un), target, degree."""
    found: dict[str, tuple[tuple[str, str, int], ...]] = {}
    for row in _rows():
        if row["subject"].startswith("SG") and row["degree"]:
            rule = (row["kind"], row["target"], int(row["degree"]))
            found[row["subject"]] = (*found.get(row["subject"], ()), rule)
    return found


@cache
def _classes() -> Mapping[tuple[str, str], int]:
    found = {}
    for row in _rows():
        if row["kind"] == "class" and not row["subject"].startswith("SG"):
            found[row["subject"], row["target"]] = found[row["target"], row["subject"]] = int(row["degree"])
    return found


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (FOLDER / "segregation.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def _treated(goods: Goods) -> set[str]:
    """The classes that goods are segregated as: their own, their subsidiary hazards', those of their codes."""
    codes = _common(goods.un_no, "segregation_codes")
    beside = goods.subsidiary_hazards.replace(",", " ").split()
    return {goods.hazard_class[:3], *beside} | {_treated_as()[code] for code in codes if code in _treated_as()}


def _common(un_no: str, name: str) -> frozenset[str]:
    """What all entries of a number have: an open choice never accuses."""
    sets = [frozenset(getattr(entry, name) or ()) for entry in by_un_no(un_no)]
    return frozenset.intersection(*sets) if sets else frozenset()
