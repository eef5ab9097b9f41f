"""Seed cake and fish meal: oil, moisture, antioxidant and temperature, which decide the UN number."""

from __future__ import annotations

import re
from typing import Final

from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, figure
from features.checks.identity import NOTHING

SEED_CAKE_OIL: Final = 1.5
SEED_CAKE_MOISTURE: Final = 11.0
SEED_CAKE: Final = frozenset(("1386", "2217"))
EXTRACTED_OIL: Final = 10.0
EXTRACTED_MOISTURE: Final = 10.0
EXTRACTED_TOGETHER: Final = 20.0
"""Oil and moisture together of extracted seeds of UN 1386, where there is more moisture than the above."""
_EXTRACTED: Final = re.compile(r"(?:solvent|hexane)[\s-]*extract|浸出|溶剂[提萃]")
_STABILISED: Final = "2216"
_FISH_MEAL: Final = frozenset((_STABILISED, "1374", "3497"))
FISH_MEAL_MOISTURE: Final = (5.0, 12.0)
FISH_MEAL_FAT: Final = 15.0
FISH_MEAL_MOST_C: Final = 35.0
"""Or 5 °C above the air around, whichever is higher."""
HOTTEST_C: Final = 45.0
"""Above this, the temperature cannot be that of the air."""


def seed_cake(line: Line) -> Found | None:
    """Seed cake whose oil and moisture are missing, or are not those of its number."""
    if line["un_no"] not in SEED_CAKE:
        return None
    oil, moisture = line["oil_percent"], line["moisture_percent"]
    missing = [name for name in ("oil_percent", "moisture_percent") if line[name] != line[name]]
    if missing:
        return Found(tuple(missing), both("expected.oil_and_moisture"), NOTHING)
    stated = f"{figure(oil, '%')}, {figure(moisture, '%')}"
    columns = ("un_no", "oil_percent", "moisture_percent")
    lean = oil <= SEED_CAKE_OIL and moisture <= SEED_CAKE_MOISTURE
    if line["un_no"] == "2217":
        return None if lean else Found(columns, "UN 1386", stated)
    # UN 1386 covers all richer and damper kinds; to declare a lean kind under it is stricter than required.
    if lean:
        return Found(columns, "UN 2217", stated, severity=Severity.ADVISORY)
    rich = oil > EXTRACTED_OIL or (moisture > EXTRACTED_MOISTURE and oil + moisture > EXTRACTED_TOGETHER)
    if rich and _EXTRACTED.search(line.words):
        limits = f"≤ {EXTRACTED_OIL:g} %, ≤ {EXTRACTED_TOGETHER:g} %"
        return Found(columns, limits, stated, severity=Severity.ADVISORY)
    return None


def fish_meal(line: Line) -> Found | None:
    """Fish meal without antioxidant, moisture or fat, or out of their limits, or packed too warm."""
    if line["un_no"] not in _FISH_MEAL:
        return None
    return (_stabilised(line) if line["un_no"] == _STABILISED else None) or _warm(line)


def _stabilised(line: Line) -> Found | None:
    names = ("antioxidant", "moisture_percent", "oil_percent")
    missing = [name for name in names if line[name] != line[name]]
    if missing:
        return Found(tuple(missing), both("expected.antioxidant_moisture_and_fat"), NOTHING)
    if line["antioxidant"] == 0.0:
        return Found(("antioxidant", "un_no"), "UN 1374", f"UN {_STABILISED}")
    low, high = FISH_MEAL_MOISTURE
    if not low < line["moisture_percent"] <= high:
        return Found(("moisture_percent",), f"> {low:g} %, ≤ {high:g} %", figure(line["moisture_percent"], "%"))
    if line["oil_percent"] > FISH_MEAL_FAT:
        return Found(("oil_percent",), f"≤ {figure(FISH_MEAL_FAT, '%')}", figure(line["oil_percent"], "%"))
    return None


def _warm(line: Line) -> Found | None:
    warmth = line["packing_temp_c"]
    if not warmth > FISH_MEAL_MOST_C:
        return None
    severity = Severity.FAULT if warmth > HOTTEST_C else Severity.ADVISORY
    return Found(("packing_temp_c",), f"≤ {figure(FISH_MEAL_MOST_C, '°C')}", figure(warmth, "°C"), severity=severity)


CHECKS: Final = (
    Check("seed_cake", Topic.CONCERN, Severity.FAULT, "3.2 UN 1386, 2217", seed_cake),
    Check("fish_meal", Topic.CONCERN, Severity.FAULT, "3.2 UN 2216, 3.3 SP300, SP308", fish_meal),
)
