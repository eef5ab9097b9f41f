"""What the goods are like: flash point, temperatures, marine pollutant, schedules, explosive mass, class 7."""

from __future__ import annotations

import re
from typing import Final

from data.reference.dangerous_goods import Known
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, figure
from features.checks.identity import NOTHING, hazards

FLASH_MOST_C: Final = 60.0
FLASH_GROUP_III_FROM_C: Final = 23.0
# Carried hot, or liquid explosives that are desensitised: class 3 whatever their flash point. Gas oil: up to 100 °C.
_ANY_FLASH: Final = frozenset(("3256", "1204", "2059", "3064", "3343", "3357", "3379"))
_GAS_OIL: Final = "1202"
_GAS_OIL_MOST_C: Final = 100.0
# Entries of viscous goods that may be group III below 23 °C (2.3.2.2).
_VISCOUS: Final = frozenset(
    [
        "1133",
        "1139",
        "1169",
        "1197",
        "1210",
        "1263",
        "1266",
        "1286",
        "1287",
        "1306",
        "1866",
        "1993",
        "1999",
        "3065",
        "3469",
    ]
)
_FLAMMABLE_BESIDE: Final = ("6.1", "8", "9")
_CONTROLLED: Final = frozenset(str(number) for number in (*range(3111, 3121), *range(3231, 3241), 3533, 3534))
_EXCEPTED_PACKAGES: Final = frozenset(("2908", "2909", "2910", "2911"))
_SCHEDULE: Final = re.compile(r"[FS]-[A-Z]")
_CATEGORY_LEAST_MOST: Final = {"I-WHITE": (0.0, 0.05), "II-YELLOW": (0.0, 1.0), "III-YELLOW": (0.0, 10.0)}


def flash_point_missing(line: Line) -> Found | None:
    """Class or subsidiary hazard 3 without a flash point."""
    if line["flash_point_c"] == line["flash_point_c"] or not _is_flammable_liquid(line):
        return None
    return Found(("flash_point_c",), both("expected.a_flash_point_closed_cup"), NOTHING)


def flash_point_too_high(line: Line) -> Found | None:
    """Class or subsidiary hazard 3 with a flash point that is none of a flammable liquid."""
    if line["un_no"] in _ANY_FLASH or not _is_flammable_liquid(line):
        return None
    most = _GAS_OIL_MOST_C if line["un_no"] == _GAS_OIL else FLASH_MOST_C
    if not line["flash_point_c"] > most:
        return None
    return Found(("flash_point_c", "hazard_class"), f"≤ {figure(most, '°C')}", figure(line["flash_point_c"], "°C"))


def flash_point_not_declared(line: Line) -> Found | None:
    """A flash point of a flammable liquid without class or subsidiary hazard 3."""
    if not line["flash_point_c"] <= FLASH_MOST_C or _is_flammable_liquid(line):
        return None
    declared = line["hazard_class"]
    if line["un_no"] and declared not in _FLAMMABLE_BESIDE:
        return None
    return Found(("flash_point_c", "subsidiary_hazards"), both("expected.class_or_subsidiary_hazard_3"),
                 figure(line["flash_point_c"], "°C"))  # fmt: skip


def group_against_flash_point(line: Line) -> Found | None:
    """Class 3: the packing group does not fit the flash point; 23 °C divides II from III."""
    flash, group = line["flash_point_c"], line["packing_group"]
    if line["hazard_class"] != "3" or flash != flash or flash > FLASH_MOST_C or line["un_no"] in _VISCOUS | _ANY_FLASH:
        return None
    if group == "III" and flash < FLASH_GROUP_III_FROM_C:
        return Found(("packing_group", "flash_point_c"), "I / II", f"III, {figure(flash, '°C')}")
    listed = {entry.packing_group for entry in line.entries}
    if (
        group == "II"
        and flash >= FLASH_GROUP_III_FROM_C
        and "III" in listed
        and not hazards(line["subsidiary_hazards"])
    ):
        return Found(("packing_group", "flash_point_c"), "III", f"II, {figure(flash, '°C')}")
    return None


def temperature_missing(line: Line) -> Found | None:
    """Self-reactive, organic peroxide or polymerising goods that need control, without both temperatures."""
    if line["un_no"] not in _CONTROLLED:
        return None
    missing = [name for name in ("control_temp_c", "emergency_temp_c") if line[name] != line[name]]
    if not missing:
        return None
    return Found(tuple(missing), both("expected.control_and_emergency_temperature"), NOTHING)


def temperatures_crossed(line: Line) -> Found | None:
    """The control temperature is not below the emergency temperature."""
    if not line["control_temp_c"] >= line["emergency_temp_c"]:
        return None
    return Found(("control_temp_c", "emergency_temp_c"), f"< {figure(line['emergency_temp_c'], '°C')}",
                 figure(line["control_temp_c"], "°C"))  # fmt: skip


def marine_pollutant_denied(line: Line) -> Found | None:
    """A marine pollutant of the list, declared as none."""
    entries = (line.entry,) if line.entry else line.entries
    if line["marine_pollutant"] != 0.0 or any(entry.marine_pollutant is not Known.YES for entry in entries):
        return None
    return Found(("marine_pollutant",), both("expected.marine_pollutant"), both("expected.no"))


def schedule_differs(line: Line) -> Found | None:
    """The emergency schedules are not those of the number."""
    listed = {entry.ems for entry in line.entries}
    declared = " ".join(_SCHEDULE.findall(line["ems"].upper())) if line["ems"] else ""
    if not declared or None in listed or declared in listed:
        return None
    return Found(("ems",), " / ".join(sorted(one for one in listed if one)), declared)


def explosive_mass(line: Line) -> Found | None:
    """Class 1: the net explosive mass is missing, or more than the goods weigh."""
    if not (line["hazard_class"] or line.entries[0].hazard_class).startswith("1"):
        return None
    mass = line["net_explosive_kg"]
    if mass != mass:
        return Found(("net_explosive_kg",), both("expected.a_net_explosive_mass"), NOTHING)
    if mass > line["net_mass_kg"]:
        return Found(("net_explosive_kg", "net_mass_kg"), f"≤ {figure(line['net_mass_kg'], 'kg')}", figure(mass, "kg"))
    return None


def radioactive_data(line: Line) -> Found | None:
    """Class 7: radionuclide, activity, category or transport index missing, or the index does not fit the category."""
    if line.entries[0].hazard_class != "7":
        return None
    missing = [] if line["radionuclide"] else ["radionuclide"]
    missing += ["activity_bq"] if line["activity_bq"] != line["activity_bq"] else []
    category = _category(line["radioactive_category"])
    if line["un_no"] not in _EXCEPTED_PACKAGES:
        missing += [] if category else ["radioactive_category"]
        yellow = category != "I-WHITE"
        missing += ["transport_index"] if yellow and line["transport_index"] != line["transport_index"] else []
    if missing:
        return Found(tuple(missing), both("expected.radionuclide_activity_category_transport"), NOTHING)  # fmt: skip
    index = line["transport_index"]
    if (
        category
        and index == index
        and not _CATEGORY_LEAST_MOST[category][0] <= index <= _CATEGORY_LEAST_MOST[category][1]
    ):
        most = _CATEGORY_LEAST_MOST[category][1]
        return Found(("transport_index", "radioactive_category"), f"{category}: ≤ {most:g}", figure(index))
    return None


def _category(written: str | None) -> str | None:
    bare = re.sub(r"[\s_]+", "-", (written or "").strip().upper())
    return bare if bare in _CATEGORY_LEAST_MOST else None


def _is_flammable_liquid(line: Line) -> bool:
    declared = line["hazard_class"]
    if declared:
        return declared == "3" or "3" in hazards(line["subsidiary_hazards"])
    return bool(line.entries) and line.entries[0].hazard_class == "3"


_TEMPERATURES: Final = "5.4.1.5.5, 7.3.7"
CHECKS: Final = (
    Check("flash_point_missing", Topic.PROPERTIES, Severity.FAULT, "5.4.1.4.3.6", flash_point_missing),
    Check("flash_point_too_high", Topic.PROPERTIES, Severity.FAULT, "2.3.1.2, 2.3.2", flash_point_too_high),
    Check("flash_point_not_declared", Topic.PROPERTIES, Severity.FAULT, "2.0.3, 2.3.1.2", flash_point_not_declared,
          over="line"),
    Check("group_against_flash_point", Topic.PROPERTIES, Severity.FAULT, "2.3.2.6", group_against_flash_point),
    Check("temperature_missing", Topic.PROPERTIES, Severity.SEVERE, _TEMPERATURES, temperature_missing),
    Check("temperatures_crossed", Topic.PROPERTIES, Severity.FAULT, _TEMPERATURES, temperatures_crossed),
    Check("marine_pollutant_denied", Topic.PROPERTIES, Severity.FAULT, "2.10, 5.4.1.4.3.5", marine_pollutant_denied),
    Check("schedule_differs", Topic.PROPERTIES, Severity.ADVISORY, "3.2 (15), EmS Guide", schedule_differs),
    Check("explosive_mass", Topic.PROPERTIES, Severity.FAULT, "5.4.1.5.1", explosive_mass),
    Check("radioactive_data", Topic.PROPERTIES, Severity.FAULT, "5.4.1.5.7", radioactive_data),
)  # fmt: skip
