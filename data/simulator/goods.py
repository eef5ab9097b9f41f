"""The goods of the simulated port, its trades and regions, and the fraud patterns: goods declared as other goods."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from data.reference import segregation
from data.reference.dangerous_goods import Known, by_un_no
from data.simulator.oracle_posterior import Flags, Floats, Ints

CLASS_GROUPS: Final = ("general", "flammable", "corrosive", "oxidizing", "miscellaneous", "gas or toxic", "solid")
_GROUP_OF_CLASS: Final = {"": 0, "3": 1, "8": 2, "5": 3, "9": 4, "2": 5, "6": 5, "4": 6}


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `<name>.csv` beside this file."""
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass(frozen=True)
class Goods:
    """All goods; every array and list has one position per goods."""

    texts: dict[str, list[str]]
    share: Floats
    trade: Ints
    class_group: Ints
    dangerous: Flags
    concern: Flags
    marine_pollutant: Flags
    package_kg: Floats
    load_kg: Floats
    flash_min: Floats
    flash_max: Floats
    mixable: Flags
    """Whether two goods may be in one box: (n, n)."""

    def index(self, key: str) -> int:
        """Position of the goods with this key."""
        return self.texts["key"].index(key)


@dataclass(frozen=True)
class FraudPattern:
    """Dangerous goods that are declared as cover goods, with the weights of those and the region most used."""

    name: str
    covers: tuple[int, ...]
    weights: tuple[float, ...]
    target_region: int


@cache
def trades() -> tuple[str, ...]:
    """The trades, in order of first appearance in goods.csv."""
    return tuple(dict.fromkeys(row["trade"] for row in rows("goods")))


@cache
def regions() -> tuple[str, ...]:
    """The regions of the foreign ports, in order of first appearance in ports.csv."""
    return tuple(dict.fromkeys(row["region"] for row in rows("ports")))


@cache
def goods() -> Goods:
    """The goods table; class, subsidiary hazards, EmS and marine pollutant come from the list of dangerous goods."""
    table = [row | _listed(row["un_no"], row["packing_group"]) for row in rows("goods")]
    return Goods(
        texts={name: [row[name] for row in table] for name in table[0]},
        share=_numbers(table, "share"),
        trade=np.array([trades().index(row["trade"]) for row in table]),
        class_group=np.array([_GROUP_OF_CLASS[row["hazard_class"][:1]] for row in table]),
        dangerous=np.array([row["un_no"] != "" for row in table]),
        concern=np.array([row["concern"] == "1" for row in table]),
        marine_pollutant=np.array([row["marine_pollutant"] == "1" for row in table]),
        package_kg=_numbers(table, "package_kg"),
        load_kg=_numbers(table, "load_kg"),
        flash_min=_numbers(table, "flash_min"),
        flash_max=_numbers(table, "flash_max"),
        mixable=np.array([[_may_mix(first, second) for second in table] for first in table]),
    )


@cache
def fraud_patterns() -> tuple[FraudPattern, ...]:
    """The fraud patterns; the last one begins late in the span."""
    table = rows("fraud_patterns")
    return tuple(
        FraudPattern(
            name,
            tuple(goods().index(row["cover"]) for row in table if row["pattern"] == name),
            tuple(float(row["weight"]) for row in table if row["pattern"] == name),
            next(regions().index(row["target_region"]) for row in table if row["pattern"] == name),
        )
        for name in dict.fromkeys(row["pattern"] for row in table)
    )


def _listed(un_no: str, packing_group: str) -> dict[str, str]:
    """Fields of the list of dangerous goods for a UN number and packing group; empty texts for general cargo."""
    if not un_no:
        return dict.fromkeys(("hazard_class", "subsidiary_hazards", "ems", "marine_pollutant"), "")
    entry = next(entry for entry in by_un_no(un_no) if entry.packing_group == packing_group)
    return {
        "hazard_class": entry.hazard_class,
        "subsidiary_hazards": " ".join(entry.subsidiary_hazards or ()),
        "ems": entry.ems or "",
        "marine_pollutant": "1" if entry.marine_pollutant is Known.YES else "",
    }


def _may_mix(first: dict[str, str], second: dict[str, str]) -> bool:
    if not first["un_no"] or not second["un_no"]:
        return True
    one, other = (
        segregation.Goods(row["un_no"], row["hazard_class"], row["subsidiary_hazards"]) for row in (first, second)
    )
    return segregation.between(one, other)[0] == 0


def _numbers(table: Sequence[dict[str, str]], name: str) -> Floats:
    return np.array([float(row[name] or "nan") for row in table])
