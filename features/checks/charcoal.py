"""Charcoal: weathered and cooled before packing, under its own number, and no longer exempt (provision 978)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from data.reference.watchlist import concern_un_nos
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic, day_text, figure, is_known, words_of
from features.checks.identity import NOTHING
from features.checks.input import AMENDMENT_42

CHARCOAL: Final = "1361"
WEATHERED_DAYS: Final = 14.0
CHARCOAL_MOST_C: Final = 40.0
TARIFF: Final = "4402"
"""Heading of charcoal of wood, shells and nuts; activated carbon is 3802, carbon black 2803."""
_ELSEWHERE: Final = frozenset(("1362", "3088"))
"""Numbers under which charcoal is misdeclared: activated carbon, and the generic entry of self-heating solids."""
# Headings under which charcoal is declared by mistake or on purpose: plant matter, fuels, chemicals, wood. No articles.
_FUELS: Final = ("14", "27", "36", "38", "4401")
_ACTIVATED: Final = re.compile(r"activ|活性|carbon[\s-]*black|[炭碳]黑")
# Goods whose last word is charcoal: not a toothbrush with charcoal, nor a jacket of the colour charcoal.
_IS_CHARCOAL: Final = re.compile(
    r"(?:^\W*|\b(?:wood|hard ?wood|bamboo|bbq|barbecue|shisha|hookah|narghile|coconut|coconut[\s-]shell|shell|lump|"
    r"restaurant|mangrove|oak|olive|sawdust|machine[\s-]made|hexagonal|instant|quick[\s-]light|easy[\s-]light|"
    r"vegetable)[\s-]+)charcoals?(?!\w)(?=[\s-]*(?:$|[^\w\s-]|\d|for\b|in\b|from\b|briquett?es?\b|lumps?\b|sticks?\b|"
    r"tablets?\b|cubes?\b|[\u4e00-\u9fff]))"
    r"|\b(?:charcoal[\s-]+briquett?es?|binchotan|lump[\s-]?wood|bio[\s-]?char)(?![\w-])"
    r"|(?<![仿非无代似])(?:木|竹|机制|烧烤用?|水烟|阿拉伯|果壳|椰壳|荔枝|备长|速燃|快燃|易燃|引火|空心|生物|烤肉|取暖)[炭碳]"
    r"[块粉条棒粒片球屑段]?(?![\u4e00-\u9fff])"
)


def charcoal_dates(box: Box) -> Iterator[Found]:
    """Charcoal packed less than 14 days after production, or without both dates (provision 978)."""
    for line in _charcoal(box):
        missing = [name for name, value in (("produced_on", line["produced_on"]), ("packed_on", box["packed_on"]))
                   if not is_known(value)]  # fmt: skip
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
        expected = f"≤ {figure(CHARCOAL_MOST_C, '°C')}"
        if warmth != warmth:
            yield Found(("packing_temp_c",), expected, NOTHING, line["line_no"], Severity.FAULT)
        elif warmth > CHARCOAL_MOST_C:
            yield Found(("packing_temp_c",), expected, figure(warmth, "°C"), line["line_no"])


def charcoal_exempted(line: Line) -> Found | None:
    """Charcoal declared as not dangerous, though no test exempts it any more (provision 978)."""
    if line["un_no"] or line["hazard_class"] or line.edition < AMENDMENT_42:
        return None
    words, tariff = line.words, line["hs_code"] or ""
    activated, named, listed = _named_in(words)
    if activated:
        return None
    if tariff.startswith(TARIFF) or (named and (not tariff or tariff.startswith(_FUELS))):
        severity = Severity.FAULT
    elif named or (listed and not tariff):
        severity = Severity.ADVISORY
    else:
        return None
    return Found(("un_no", "description", "hs_code"), f"UN {CHARCOAL}", words or tariff, severity=severity)


def charcoal_number(line: Line) -> Found | None:
    """Charcoal declared as activated carbon, or under a generic entry of self-heating solids."""
    if line["un_no"] not in _ELSEWHERE:
        return None
    words, tariff = words_of(line, ("description", "technical_name")), line["hs_code"] or ""
    # The shipping name of UN 1362 contains "activated", whatever the goods are.
    if _ACTIVATED.search(words) or tariff.startswith("3802"):
        return None
    if not _IS_CHARCOAL.search(words) and not (line["un_no"] == "3088" and tariff.startswith(TARIFF)):
        return None
    return Found(("un_no", "description", "hs_code"), f"UN {CHARCOAL}", f"UN {line['un_no']}")


@lru_cache(maxsize=16_384)
def _named_in(words: str) -> tuple[bool, bool, bool]:
    """Whether words name activated carbon, name charcoal itself, or match charcoal on the watch list."""
    return bool(_ACTIVATED.search(words)), bool(_IS_CHARCOAL.search(words)), CHARCOAL in concern_un_nos("", words)


def _charcoal(box: Box) -> Iterator[Line]:
    return (line for line in box.goods if line["un_no"] == CHARCOAL and box.edition >= AMENDMENT_42)


_SP978: Final = "3.3 SP978 (42-24)"
CHECKS: Final = (
    Check("charcoal_dates", Topic.CONCERN, Severity.SEVERE, _SP978, charcoal_dates, over="box"),
    Check("charcoal_temperature", Topic.CONCERN, Severity.SEVERE, _SP978, charcoal_temperature, over="box"),
    Check("charcoal_exempted", Topic.CONCERN, Severity.FAULT, _SP978, charcoal_exempted, over="line"),
    Check("charcoal_number", Topic.CONCERN, Severity.FAULT, "2.0.2.2, 3.2 UN 1361", charcoal_number),
)
