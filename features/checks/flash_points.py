"""Flash points: present, in the range of class and subsidiary hazard 3, consistent with the packing group."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from data.reference.shipping_names import is_generic
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, figure
from features.checks.identity import NOTHING, hazards
from features.checks.listed import listed

FLASH_MOST_C: Final = 60.0
FLASH_GROUP_III_FROM_C: Final = 23.0
SUSTAINS_COMBUSTION_TO_C: Final = 35.0
"""Above it a liquid that does not sustain combustion is none of class 3 (2.3.1.3)."""
# Carried hot, or liquid explosives that are desensitised: class 3 whatever their flash point.
_ANY_FLASH: Final = frozenset(("1204", "2059", "3064", "3256", "3343", "3357", "3379", "3555"))
# Gas oil is of class 3 up to 100 °C, and its flash point is required only up to 60 °C.
_GAS_OIL: Final = "1202"
_GAS_OIL_MOST_C: Final = 100.0
# Entries of viscous goods that may be group III below 23 °C (2.3.2.2).
_VISCOUS: Final = frozenset(
    (
        "1133", "1139", "1169", "1197", "1210", "1263", "1266", "1286", "1287", "1306", "1866", "1993", "1999", "3269",
        "3469",
    )
)  # fmt: skip
# The group of beverages depends on their alcohol; a metal in suspension has further hazards.
_GROUP_BY_OTHER_RULES: Final = frozenset(("1308", "3065"))
_RANGE: Final = re.compile(r"flash point (not )?less than (\d+)")
_FLAMMABLE_BESIDE: Final = ("6.1", "8", "9")


def flash_point_missing(line: Line) -> Found | None:
    """A liquid of class or subsidiary hazard 3 without a flash point."""
    if line["flash_point_c"] == line["flash_point_c"] or not _is_flammable(line) or not line.listed.is_liquid:
        return None
    if line["un_no"] in _ANY_FLASH or line["un_no"] == _GAS_OIL:
        return None
    return Found(("flash_point_c",), both("expected.a_flash_point_closed_cup"), NOTHING)


def flash_point_too_high(line: Line) -> Found | None:
    """Class or subsidiary hazard 3 with a flash point above that of a flammable liquid."""
    if line["un_no"] in _ANY_FLASH or not _is_flammable(line) or not line.listed.is_liquid:
        return None
    most = _GAS_OIL_MOST_C if line["un_no"] == _GAS_OIL else FLASH_MOST_C
    if not line["flash_point_c"] > most:
        return None
    return Found(("flash_point_c", "hazard_class"), f"≤ {figure(most, '°C')}", figure(line["flash_point_c"], "°C"))


def flash_point_not_declared(line: Line) -> Found | None:
    """The flash point of a flammable liquid, without class or subsidiary hazard 3."""
    flash = line["flash_point_c"]
    if not flash <= FLASH_MOST_C or _is_flammable(line):
        return None
    # The fuel of a vehicle and the filling of an article have flash points too.
    if line["un_no"] and (line["hazard_class"] not in _FLAMMABLE_BESIDE or not line.listed.is_liquid):
        return None
    # A named entry has the hazards that the list gives it (2.0.3); a warm one may not sustain combustion.
    named = bool(line["un_no"]) and not is_generic(line["un_no"])
    severity = Severity.ADVISORY if named or flash > SUSTAINS_COMBUSTION_TO_C else None
    return Found(("flash_point_c", "subsidiary_hazards"), both("expected.class_or_subsidiary_hazard_3"),
                 figure(flash, "°C"), severity=severity)  # fmt: skip


def flash_point_of_another_entry(line: Line) -> Found | None:
    """The entry's name gives a range of flash points, and this one is outside it."""
    flash = line["flash_point_c"]
    named = _range_named(line["un_no"], line["packing_group"]) if flash == flash else None
    if named is None:
        return None
    not_less, limit = named
    if not_less == (flash >= limit):
        return None
    return Found(("flash_point_c", "un_no"), f"{'≥' if not_less else '<'} {figure(limit, '°C')}", figure(flash, "°C"))


def group_against_flash_point(line: Line) -> Found | None:
    """Class 3: the packing group does not fit the flash point; III begins at 23 °C."""
    flash, group, number = line["flash_point_c"], line["packing_group"], line["un_no"]
    if line["hazard_class"] != "3" or not flash <= FLASH_MOST_C or number in _ANY_FLASH | _GROUP_BY_OTHER_RULES:
        return None
    groups = line.listed.groups
    if group == "III" and flash < FLASH_GROUP_III_FROM_C and number not in _VISCOUS:
        # If the entry has no other group, the flash point or the number is wrong.
        severity = None if groups & {"I", "II"} else Severity.ADVISORY
        return Found(("packing_group", "flash_point_c"), "I / II", f"III, {figure(flash, '°C')}", severity=severity)
    # Another hazard may require the stricter group (2.0.3); that of viscous goods depends on viscosity, too.
    if hazards(line["subsidiary_hazards"]) or any(entry.subsidiary_hazards != () for entry in line.listed.fitting):
        return None
    # What boils at 35 °C or below is group I, and has its flash point far below 23 °C.
    if group in ("I", "II") and flash >= FLASH_GROUP_III_FROM_C and "III" in groups and number not in _VISCOUS:
        return Found(("packing_group", "flash_point_c"), "III", f"{group}, {figure(flash, '°C')}")
    return None


@lru_cache(maxsize=4_096)
def _range_named(un_no: str, packing_group: str | None) -> tuple[bool, float] | None:
    """Whether the entry's name requires a flash point of at least a limit, or below it, and the limit in °C."""
    names = [entry.name_en for entry in listed(un_no, packing_group).fitting]
    ranges = {(bool(found[1]), float(found[2])) for name in names if (found := _RANGE.search(name))}
    return ranges.pop() if len(ranges) == 1 else None


def _is_flammable(line: Line) -> bool:
    declared = line["hazard_class"]
    if declared:
        return declared == "3" or "3" in hazards(line["subsidiary_hazards"])
    return bool(line.entries) and line.entries[0].hazard_class == "3"


CHECKS: Final = (
    Check("flash_point_missing", Topic.PROPERTIES, Severity.FAULT, "5.4.1.4.3.6", flash_point_missing),
    Check("flash_point_too_high", Topic.PROPERTIES, Severity.FAULT, "2.3.1.2, 2.3.2", flash_point_too_high),
    Check("flash_point_not_declared", Topic.PROPERTIES, Severity.FAULT, "2.0.3, 2.3.1", flash_point_not_declared,
          over="line"),
    Check("flash_point_of_another_entry", Topic.PROPERTIES, Severity.FAULT, "3.2 (2)", flash_point_of_another_entry),
    Check("group_against_flash_point", Topic.PROPERTIES, Severity.FAULT, "2.3.2.6", group_against_flash_point),
)  # fmt: skip
