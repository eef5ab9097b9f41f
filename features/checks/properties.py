"""Properties of the goods: temperatures, marine pollutant, emergency schedules, explosive mass."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import Final

from data.reference.dangerous_goods import Known, by_un_no
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, figure
from features.checks.identity import NOTHING

_CONTROLLED: Final = frozenset(str(number) for number in (*range(3111, 3121), *range(3231, 3241), 3533, 3534))
# Polymerising goods are temperature controlled if their name states it.
_STABILIZED: Final = "386"
# Of these the controlled ones have numbers of their own, 3533 and 3534.
_NEVER_CONTROLLED: Final = frozenset(("3531", "3532"))
_STATED_CONTROLLED: Final = re.compile(r"temperature[- ]controlled|控温|温度控制")
TEMPERATURES_APART_C: Final = 5.0
"""Least distance of emergency and control temperature, whatever the temperature of decomposition (7.3.7.2)."""
POLLUTANT_FROM: Final = 5.0
"""Litres or kilograms; no more than this in a packaging, and the provisions for pollutants do not apply (2.10.2.7)."""
# Wastes under the Basel Convention travel as these numbers, polluting or not (2.0.5.4).
_FOR_WASTE_TOO: Final = frozenset(("3077", "3082"))
_WASTE: Final = re.compile(r"\bwaste|废")
_BOTH_SCHEDULES: Final = re.compile(r"(?<![A-Z])F[\W_]*([A-J])[\W_]*S[\W_]*([A-Z])(?![A-Z])")
_ONE_SCHEDULE: Final = re.compile(r"(?<![A-Z])(?:(F)[\W_]*([A-J])|(S)[\W_]*([A-Z]))(?![A-Z])")


def temperature_missing(line: Line) -> Found | None:
    """Self-reactive, organic peroxide or polymerising goods that need control, without both temperatures."""
    if line["un_no"] not in _CONTROLLED and not _is_stabilized_by_cold(line):
        return None
    missing = [name for name in ("control_temp_c", "emergency_temp_c") if line[name] != line[name]]
    if not missing:
        return None
    return Found(tuple(missing), both("expected.control_and_emergency_temperature"), NOTHING)


def temperatures_crossed(line: Line) -> Found | None:
    """The control temperature is not 5 °C or more below the emergency temperature."""
    control, emergency = line["control_temp_c"], line["emergency_temp_c"]
    if not control > emergency - TEMPERATURES_APART_C:
        return None
    severity = None if control >= emergency and may_need_control(line) else Severity.ADVISORY
    return Found(("control_temp_c", "emergency_temp_c"), f"≤ {figure(emergency - TEMPERATURES_APART_C, '°C')}",
                 figure(control, "°C"), severity=severity)  # fmt: skip


def marine_pollutant_denied(line: Line) -> Found | None:
    """A marine pollutant of the list, declared as none."""
    if line["marine_pollutant"] != 0.0 or any(e.marine_pollutant is not Known.YES for e in line.listed.fitting):
        return None
    package = line["net_mass_kg"] / line["package_count"] if line["package_count"] > 0 else math.nan
    if any(amount <= POLLUTANT_FROM for amount in (line["inner_volume_l"], line["inner_mass_kg"], package)):
        return None
    waste = line["un_no"] in _FOR_WASTE_TOO and _WASTE.search(line.words)
    return Found(("marine_pollutant",), both("expected.marine_pollutant"), both("expected.no"),
                 severity=Severity.ADVISORY if waste else None)  # fmt: skip


def schedule_differs(line: Line) -> Found | None:
    """The emergency schedules are not those of the number."""
    if not line["ems"]:
        return None
    listed, declared = {entry.ems for entry in line.entries}, schedules_of(line["ems"])
    if not declared or None in listed or not listed.isdisjoint(declared):
        return None
    return Found(("ems",), " / ".join(sorted(one for one in listed if one)), " / ".join(declared))


def explosive_mass(line: Line) -> Found | None:
    """Class 1: the net explosive mass is missing, or more than the goods weigh."""
    if not (line["hazard_class"] or line.entries[0].hazard_class).startswith("1"):
        return None
    mass = line["net_explosive_kg"]
    if not mass > 0:
        there = NOTHING if mass != mass else figure(mass, "kg")
        return Found(("net_explosive_kg",), both("expected.a_net_explosive_mass"), there)
    for column in ("net_mass_kg", "gross_mass_kg"):
        if mass > line[column]:
            return Found(("net_explosive_kg", column), f"≤ {figure(line[column], 'kg')}", figure(mass, "kg"))
    return None


def may_need_control(line: Line) -> bool:
    """Whether such goods are ever carried under a control temperature; for others it is the default of a form."""
    classes = ("4.1", "5.2")
    return any(entry.hazard_class in classes or _STABILIZED in entry.special_provisions for entry in line.entries)


@lru_cache(maxsize=4_096)
def schedules_of(written: str | None) -> tuple[str, ...]:
    """Emergency schedules as the list writes them: "F-E,S-_E_", "FE SE" and "f-e s-e" alike; empty where unreadable."""
    plain = unicodedata.normalize("NFKC", written or "").upper()
    pairs = _BOTH_SCHEDULES.findall(plain)
    if pairs:
        return tuple(f"F-{fire} S-{spillage}" for fire, spillage in pairs)
    halves = {"".join(one)[0]: "".join(one)[1] for one in _ONE_SCHEDULE.findall(plain)}
    return (" ".join(f"{half}-{letter}" for half, letter in sorted(halves.items())),) if halves else ()


def _is_stabilized_by_cold(line: Line) -> bool:
    return _may_polymerise(line["un_no"]) and bool(_STATED_CONTROLLED.search(line.words))


@lru_cache(maxsize=4_096)
def _may_polymerise(un_no: str) -> bool:
    return un_no not in _NEVER_CONTROLLED and any(_STABILIZED in e.special_provisions for e in by_un_no(un_no))


_TEMPERATURES: Final = "5.4.1.5.5, 7.3.7"
CHECKS: Final = (
    Check("temperature_missing", Topic.PROPERTIES, Severity.SEVERE, _TEMPERATURES, temperature_missing),
    Check("temperatures_crossed", Topic.PROPERTIES, Severity.FAULT, _TEMPERATURES, temperatures_crossed),
    Check("marine_pollutant_denied", Topic.PROPERTIES, Severity.FAULT, "2.10, 5.4.1.4.3.5", marine_pollutant_denied),
    Check("schedule_differs", Topic.PROPERTIES, Severity.ADVISORY, "3.2 (15), EmS Guide", schedule_differs),
    Check("explosive_mass", Topic.PROPERTIES, Severity.FAULT, "5.4.1.5.1", explosive_mass),
)
