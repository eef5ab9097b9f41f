"""Cargoes of concern: charcoal, hypochlorite, batteries, seed cake and fish meal, and words that do not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from data.reference.watchlist import concern_un_nos
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic, day_text, figure, known, words_of
from features.checks.identity import NOTHING
from features.checks.reading import AMENDMENT_42

CHARCOAL: Final = "1361"
WEATHERED_DAYS: Final = 14.0
CHARCOAL_MOST_C: Final = 40.0
_HYPOCHLORITE: Final = frozenset(("1748", "2208", "2880", "3485", "3486", "3487"))
_HYPOCHLORITE_WORDS: Final = re.compile(
    r"calcium hypochlorite|hypochlorite,? calcium|次氯酸钙|漂粉精|漂白粉|bleaching powder"
)
_DRY: Final = frozenset(("1748", "3485"))
_HYDRATED: Final = frozenset(("2880", "3487"))
_HYDRATED_WORDS: Final = re.compile(r"hydrated|水合|含水")
HYDRATED_FROM_PERCENT: Final = 5.5
_BATTERIES: Final = frozenset(("3090", "3091", "3480", "3481", "3551", "3552"))
SEED_CAKE_OIL: Final = 1.5
SEED_CAKE_MOISTURE: Final = 11.0
_SEED_CAKE: Final = frozenset(("1386", "2217"))
_FISH_MEAL: Final = "2216"
FISH_MEAL_MOISTURE: Final = (5.0, 12.0)
FISH_MEAL_FAT: Final = 15.0
FISH_MEAL_MOST_C: Final = 35.0


def charcoal_dates(box: Box) -> Iterator[Found]:
    """Charcoal packed less than 14 days after production, or without both dates (provision 978)."""
    for line in _charcoal(box):
        missing = [name for name, value in (("produced_on", line["produced_on"]), ("packed_on", box["packed_on"]))
                   if not known(value)]  # fmt: skip
        if missing:
            yield Found(tuple(missing), both("expected.dates_of_production_and_packing"), NOTHING,
                        line["line_no"], Severity.FAULT)  # fmt: skip
        elif box["packed_on"] - line["produced_on"] < WEATHERED_DAYS:
            earliest = day_text(line["produced_on"] + WEATHERED_DAYS)
            yield Found(("produced_on", "packed_on"), f"≥ {earliest}", day_text(box["packed_on"]), line["line_no"])


def charcoal_temperature(box: Box) -> Iterator[Found]:
    """Charcoal packed warmer than 40 °C, or without its temperature at packing (provision 978)."""
    for line in _charcoal(box):
        warmth = line["packing_temp_c"]
        if warmth != warmth:
            yield Found(
                ("packing_temp_c",), f"≤ {figure(CHARCOAL_MOST_C, '°C')}", NOTHING, line["line_no"], Severity.FAULT
            )
        elif warmth > CHARCOAL_MOST_C:
            expected = f"≤ {figure(CHARCOAL_MOST_C, '°C')}"
            yield Found(("packing_temp_c",), expected, figure(warmth, "°C"), line["line_no"])


def charcoal_exempted(line: Line) -> Found | None:
    """Charcoal said to be no dangerous goods, by a test that exempts it no more (provision 978)."""
    if line["un_no"] or line.edition < AMENDMENT_42 or CHARCOAL not in _listed(line["hs_code"] or "", words_of(line)):
        return None
    return Found(("un_no", "description"), f"UN {CHARCOAL}", words_of(line) or line["hs_code"])


def hypochlorite_number(line: Line) -> Found | None:
    """Calcium hypochlorite under a number that is not its own: dry, hydrated, mixture, corrosive."""
    words = words_of(line)
    if line["un_no"] not in _HYPOCHLORITE:
        if line["un_no"] and _HYPOCHLORITE_WORDS.search(words):
            return Found(("un_no", "description"), "UN 1748 / 2208 / 2880 / 3485 / 3486 / 3487", f"UN {line['un_no']}",
                         severity=Severity.SEVERE)  # fmt: skip
        return None
    hydrated = bool(_HYDRATED_WORDS.search(words)) or line["moisture_percent"] >= HYDRATED_FROM_PERCENT
    if hydrated and line["un_no"] in _DRY:
        return Found(("un_no", "moisture_percent"), "UN 2880 / 3487", f"UN {line['un_no']}")
    if line["un_no"] in _HYDRATED and line["moisture_percent"] < HYDRATED_FROM_PERCENT:
        return Found(("un_no", "moisture_percent"), "UN 1748 / 3485", f"UN {line['un_no']}")
    return None


def test_summary(line: Line) -> Found | None:
    """Lithium or sodium ion batteries without the number of their test summary."""
    if line["un_no"] not in _BATTERIES or line["test_summary_no"]:
        return None
    return Found(("test_summary_no",), both("expected.a_test_summary_38_3_5"), NOTHING)


def seed_cake(line: Line) -> Found | None:
    """Seed cake whose oil and moisture are missing, or are those of the other number or of neither."""
    if line["un_no"] not in _SEED_CAKE:
        return None
    oil, moisture = line["oil_percent"], line["moisture_percent"]
    missing = [name for name in ("oil_percent", "moisture_percent") if line[name] != line[name]]
    if missing:
        return Found(tuple(missing), both("expected.oil_and_moisture"), NOTHING)
    said = f"{figure(oil, '%')}, {figure(moisture, '%')}"
    if moisture > SEED_CAKE_MOISTURE:
        return Found(("moisture_percent",), f"≤ {figure(SEED_CAKE_MOISTURE, '%')}", said)
    number = "2217" if oil <= SEED_CAKE_OIL else "1386"
    return None if number == line["un_no"] else Found(("un_no", "oil_percent"), f"UN {number}", said)


def fish_meal(line: Line) -> Found | None:
    """Stabilised fish meal without antioxidant, moisture or fat, or out of their limits, or packed warm."""
    if line["un_no"] != _FISH_MEAL:
        return None
    names = ("antioxidant", "moisture_percent", "oil_percent")
    missing = [name for name in names if line[name] != line[name]]
    if missing:
        return Found(tuple(missing), both("expected.antioxidant_moisture_and_fat"), NOTHING)
    if line["antioxidant"] == 0.0:
        return Found(("antioxidant", "un_no"), "UN 1374", f"UN {_FISH_MEAL}")
    low, high = FISH_MEAL_MOISTURE
    if not low < line["moisture_percent"] <= high:
        return Found(("moisture_percent",), f"> {low:g} %, ≤ {high:g} %", figure(line["moisture_percent"], "%"))
    if line["oil_percent"] > FISH_MEAL_FAT:
        return Found(("oil_percent",), f"≤ {figure(FISH_MEAL_FAT, '%')}", figure(line["oil_percent"], "%"))
    if line["packing_temp_c"] > FISH_MEAL_MOST_C:
        return Found(("packing_temp_c",), f"≤ {figure(FISH_MEAL_MOST_C, '°C')}", figure(line["packing_temp_c"], "°C"))
    return None


def tariff_differs(line: Line) -> Found | None:
    """The tariff code points to other numbers than the one declared."""
    numbers = _listed(line["hs_code"], "") if line["hs_code"] else ()
    if not numbers or not line["un_no"] or line["un_no"] in numbers:
        return None
    return Found(("hs_code", "un_no"), " / ".join(f"UN {number}" for number in numbers), f"UN {line['un_no']}")


def _charcoal(box: Box) -> Iterator[Line]:
    return (line for line in box.goods if line["un_no"] == CHARCOAL and box.edition >= AMENDMENT_42)


@lru_cache(maxsize=65_536)
def _listed(hs_code: str, words: str) -> tuple[str, ...]:
    return concern_un_nos(hs_code, words)


_SP978: Final = "3.3 SP978 (42-24)"
CHECKS: Final = (
    Check("charcoal_dates", Topic.CONCERN, Severity.SEVERE, _SP978, charcoal_dates, over="box"),
    Check("charcoal_temperature", Topic.CONCERN, Severity.SEVERE, _SP978, charcoal_temperature, over="box"),
    Check("charcoal_exempted", Topic.CONCERN, Severity.FAULT, _SP978, charcoal_exempted, over="line"),
    Check(
        "hypochlorite_number", Topic.CONCERN, Severity.FAULT, "3.2 UN 1748, 2208, 2880, 3485-3487", hypochlorite_number
    ),
    Check("test_summary", Topic.CONCERN, Severity.ADVISORY, "2.9.4.7", test_summary),
    Check("seed_cake", Topic.CONCERN, Severity.FAULT, "3.2 UN 1386, 2217", seed_cake),
    Check("fish_meal", Topic.CONCERN, Severity.FAULT, "3.2 UN 2216, 3.3 SP300, SP308", fish_meal),
    Check("tariff_differs", Topic.CONCERN, Severity.ADVISORY, "HS 2022", tariff_differs),
)
