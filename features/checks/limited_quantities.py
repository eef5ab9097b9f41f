"""Limited and excepted quantities within their limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from data.reference.packages import package_name
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, figure

PACKAGE_MOST_KG: Final = 30.0
"""Gross mass of a package of limited quantities (3.4.2.1)."""
DENSEST_KG_L: Final = 4.0
"""No liquid that may travel in small quantities is as dense (tetrabromoethane: 3.0). A mass proves that a volume is
exceeded only where it is more than the densest liquid of that volume would weigh; a volume never proves a mass."""
PACKAGES_MOST: Final = 1_000
"""Packages of excepted quantities in one box (3.5.5); those of at most 1 g or 1 mL are not counted."""
_NO_COUNT: Final = 0.001
# Half a thousandth for the way a small number is written.
_ROUNDED: Final = 0.0005
# Greatest net quantity in an inner and in an outer packaging: grams of solids, millilitres of the rest (3.5.1.2).
_EXCEPTED: Final[Mapping[str, tuple[float, float]]] = {
    "E0": (0.0, 0.0),
    "E1": (30.0, 1000.0),
    "E2": (30.0, 500.0),
    "E3": (30.0, 300.0),
    "E4": (1.0, 500.0),
    "E5": (1.0, 300.0),
}
_LIMIT: Final = re.compile(r"([\d.]+) (mL|L|g|kg)")
_IN_BASE: Final = {"mL": 0.001, "L": 1.0, "g": 0.001, "kg": 1.0}
_LOAD_UNIT: Final = re.compile(r"pallet|platform|skid|slipsheet", re.IGNORECASE)


def limited_quantity(line: Line) -> Found | None:
    """Limited quantities where there are none, or more in an inner packaging than the entry permits."""
    if line["limited_quantity"] != 1.0:
        return None
    limits = [_limits(entry.limited_quantity) for entry in line.listed.fitting]
    if any(limit is None for limit in limits):
        return None
    most_l, most_kg = (max(limit[place] for limit in limits if limit) for place in (0, 1))
    if not most_l and not most_kg:
        return Found(("limited_quantity",), both("expected.no_limited_quantity"), both("expected.declared_limited"))
    volume, mass = line["inner_volume_l"], line["inner_mass_kg"]
    # A limit in litres is for liquids, one in kilograms for solids; a mass exceeds litres only by DENSEST_KG_L.
    if most_l and volume == volume:
        return Found(("inner_volume_l",), f"≤ {figure(most_l, 'L')}", figure(volume, "L")) if volume > most_l else None
    if not mass > max(most_kg, most_l * DENSEST_KG_L):
        return None
    most = figure(most_kg, "kg") if most_kg else figure(most_l, "L")
    return Found(("inner_mass_kg",), f"≤ {most}", figure(mass, "kg"))


def limited_package(line: Line) -> Found | None:
    """A package of limited quantities of more than 30 kg gross."""
    if line["limited_quantity"] != 1.0 or not _counts_packages(line):
        return None
    # If none are permitted, another check reports it.
    if all(entry.limited_quantity == "0" for entry in line.listed.fitting):
        return None
    each = line["gross_mass_kg"] / line["package_count"]
    if not each > PACKAGE_MOST_KG:
        return None
    return Found(("gross_mass_kg", "package_count"), f"≤ {figure(PACKAGE_MOST_KG, 'kg')}", figure(round(each, 2), "kg"))


def excepted_quantity(line: Line) -> Found | None:
    """Excepted quantities where there are none, or more in a packaging or in the box than is permitted."""
    if line["excepted_quantity"] != 1.0:
        return None
    codes = [entry.excepted_quantity for entry in line.listed.fitting]
    if any(code not in _EXCEPTED for code in codes):
        return None
    inner, outer = (max(_EXCEPTED[code][place] for code in codes) for place in (0, 1))
    if not inner:
        return Found(("excepted_quantity",), both("expected.no_excepted_quantity"), both("expected.declared_excepted"))
    solid = line.listed.is_solid
    unit, dense = ("g", 1.0) if solid else ("mL", DENSEST_KG_L)
    volume, mass = line["inner_volume_l"] * 1000, line["inner_mass_kg"] * 1000
    if volume > inner + _ROUNDED and not solid:
        return Found(("inner_volume_l",), f"≤ {figure(inner, unit)}", figure(round(volume, 3), unit))
    if mass > inner * dense + _ROUNDED and volume != volume:
        return Found(("inner_mass_kg",), f"≤ {figure(inner, unit)}", figure(round(mass, 3), "g"))
    if _counts_packages(line):
        each = line["net_mass_kg"] / line["package_count"] * 1000
        if each > outer * dense + _ROUNDED:
            return Found(("net_mass_kg", "package_count"), f"≤ {figure(outer, unit)}", figure(round(each, 1), "g"))
    tiny = line["inner_volume_l"] <= _NO_COUNT or line["inner_mass_kg"] <= _NO_COUNT
    if line["package_count"] > PACKAGES_MOST and not tiny:
        return Found(("package_count",), f"≤ {figure(PACKAGES_MOST)}", figure(line["package_count"]))
    return None


def _counts_packages(line: Line) -> bool:
    """Whether the count is of packages; a pallet or skid carries many."""
    return line["package_count"] > 0 and not _LOAD_UNIT.search(package_name(line["packaging_code"] or "", "en"))


@lru_cache(maxsize=256)
def _limits(written: str) -> tuple[float, float] | None:
    """The most in an inner packaging, litres and kilograms; zeros if not permitted, None if a provision decides."""
    if written == "0":
        return 0.0, 0.0
    amounts = {unit[-1]: float(amount) * _IN_BASE[unit] for amount, unit in _LIMIT.findall(written)}
    return (amounts.get("L", 0.0), amounts.get("g", 0.0)) if amounts else None


CHECKS: Final = (
    Check("limited_quantity", Topic.QUANTITY, Severity.FAULT, "3.2 (7a), 3.4.2", limited_quantity),
    Check("limited_package", Topic.QUANTITY, Severity.FAULT, "3.4.2.1", limited_package),
    Check("excepted_quantity", Topic.QUANTITY, Severity.FAULT, "3.2 (7b), 3.5.1.2, 3.5.5", excepted_quantity),
)
