"""Calcium hypochlorite under the right one of its numbers: dry, hydrated, weak mixture, corrosive, solution."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, figure, words_of

SOLUTION: Final = "1791"
_STRONG: Final = frozenset(("1748", "3485"))
_WEAK: Final = frozenset(("2208", "3486"))
_HYDRATED: Final = frozenset(("2880", "3487"))
_OWN: Final = _STRONG | _WEAK | _HYDRATED
_CORROSIVE: Final = {"1748": "3485", "2208": "3486", "2880": "3487"}
_KITS: Final = frozenset(("3316",))
HYDRATED_PERCENT: Final = (5.5, 16.0)
"""Water of the hydrated entries, by mass."""
STRONG_ABOVE_PERCENT: Final = 39.0
"""Available chlorine from which the dry substance has the stricter entries; below, it is a mixture of the weaker."""
LEAST_CHLORINE_PERCENT: Final = 10.0
_NAMED: Final = re.compile(
    r"calcium[\s-]+hypochlorite|hypochlorite,? calcium|次氯酸钙|漂粉精|high[\s-]test hypochlorite"
)
_POWDER: Final = re.compile(r"漂白粉|bleaching powder|chlorinated lime")
_HAIR: Final = re.compile(r"hair|发|persul(?:f|ph)ate|过硫酸|percarbonate|过碳酸")
_STRONG_NAME: Final = re.compile(r"漂粉精|high[\s-]test hypochlorite")
_DRY_WORDS: Final = re.compile(
    r"\bdry\b|powder|granul|tablet|pellet|[颗粒粉片][粒状剂末]|漂粉精|漂白粉|(?<![\u4e00-\u9fff])干的"
)
_LIQUID_WORDS: Final = re.compile(r"solution|liquid|aqueous|溶液|液体|水溶|漂白水|漂水")
_HYDRATED_WORDS: Final = re.compile(r"(?<![a-z])(?<!non-)(?<!non )(?:di)?hydrated?(?![a-z])|(?<![非无不])水合")
_ONLY_A_PART: Final = re.compile(
    r"contain|含(?!\s*(?:水|氯|有效氯|量))|mixture of|with calcium|residue|empty|kit|equipment|设备|solution|溶液"
)
_FIGURE: Final = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d+)?)\s*%")
_BEFORE_FIGURE: Final = 24
_AT_MOST: Final = re.compile(
    r"(?:not (?:more|over)|not exceeding|less|below|under|up to|max\.?|≤|<|不高于|不超过|低于|小于|至多)[^\d%]*$"
    r"|\d\s*%?\s*[-~至到]\s*$"
)
_OF_WATER: Final = re.compile(r"(?:water|moisture|水分?|oxygen|有效氧|h2o)[^\d%,;，；]*(?:[\d.]+\s*%?\s*[-~至到]\s*)?$")
_WATER: Final = re.compile(r"(?:water|moisture|水分|含水率?量?)([^\d%,;，；]{0,16})(\d{1,2}(?:\.\d+)?)")
_THEN_WATER: Final = re.compile(r"\s*(?:of )?(?:water|moisture|水|(?:available )?oxygen|有效氧|naoh|nacl)")


def hypochlorite_number(line: Line) -> Found | None:
    """Calcium hypochlorite under a number that is not its own: dry, hydrated, weak mixture, corrosive, solution."""
    if line["un_no"] in _OWN:
        return _within(line)
    if line["un_no"] == SOLUTION:
        stated = words_of(line, ("description", "technical_name"))
        solid = _is_named(stated) and _DRY_WORDS.search(stated) and not _LIQUID_WORDS.search(stated)
        return _other(line, Severity.SEVERE) if solid else None
    words = line.words
    if line["un_no"] in _KITS or not _is_named(words):
        return None
    stated = words_of(line, ("description", "technical_name"))
    least, most = _chlorine(stated)
    if most <= LEAST_CHLORINE_PERCENT and not least > LEAST_CHLORINE_PERCENT:
        return None
    # Other bleaches are sold as bleaching powder; goods of another class may only contain some.
    oxidizer = any(entry.hazard_class == "5.1" for entry in line.entries)
    itself = _NAMED.search(words_of(line, ("shipping_name", "description"))) or (oxidizer and _NAMED.search(words))
    return _other(line, Severity.SEVERE if itself and not _ONLY_A_PART.search(words) else Severity.ADVISORY)


def _within(line: Line) -> Found | None:
    """Whether water, available chlorine and corrosivity belong to another number of calcium hypochlorite."""
    number, stated = line["un_no"], words_of(line, ("description", "technical_name"))
    water = line["moisture_percent"] if line["moisture_percent"] == line["moisture_percent"] else _water(stated)
    least, most = _chlorine(stated)
    low, high = HYDRATED_PERCENT
    if number in _CORROSIVE and "8" in (line["subsidiary_hazards"] or "").split():
        return _found(line, _CORROSIVE[number], "subsidiary_hazards")
    if number in _HYDRATED:
        if water < low:
            return _found(line, "1748 / 2208 / 3485 / 3486", "moisture_percent")
        limit = Found(("un_no", "moisture_percent"), f"≤ {figure(high, '%')}", figure(water, "%"))
        return limit if water > high else None
    if bool(_HYDRATED_WORDS.search(stated)) or water >= low:
        # Weak commercial powders contain some water; only the words distinguish them.
        damp = number in _WEAK and not _HYDRATED_WORDS.search(stated)
        return _found(line, "2880 / 3487", "moisture_percent", Severity.ADVISORY if damp else None)
    if number in _WEAK and (least > STRONG_ABOVE_PERCENT or _STRONG_NAME.search(stated)):
        return _found(line, "1748 / 2880 / 3485 / 3487", "description")
    if number in _STRONG and most <= STRONG_ABOVE_PERCENT and not least > STRONG_ABOVE_PERCENT:
        return _found(line, "2208 / 3486", "description", Severity.ADVISORY)
    return None


@lru_cache(maxsize=16_384)
def _is_named(words: str) -> bool:
    return bool(_NAMED.search(words)) or (bool(_POWDER.search(words)) and not _HAIR.search(words))


def _chlorine(stated: str) -> tuple[float, float]:
    """The least and the most available chlorine that the words state, in percent; NaN if they state none.

    The trade writes "calcium hypochlorite 65 %" and means available chlorine.
    """
    least = most = float("nan")
    for match in _FIGURE.finditer(stated) if _is_named(stated) else ():
        before, value = stated[max(0, match.start() - _BEFORE_FIGURE) : match.start()], float(match[1])
        if _OF_WATER.search(before) or _THEN_WATER.match(stated, match.end()):
            continue
        if _AT_MOST.search(before):
            most = value
        else:
            least = value
    return least, most


def _water(stated: str) -> float:
    """The least water that the words state, in percent; NaN if they state none, or only the most."""
    match = _WATER.search(stated)
    return float(match[2]) if match and not _AT_MOST.search(match[1]) else float("nan")


def _found(line: Line, numbers: str, column: str, severity: Severity | None = None) -> Found:
    expected = " / ".join(f"UN {number}" for number in numbers.split(" / "))
    return Found(("un_no", column), expected, f"UN {line['un_no']}", severity=severity)


def _other(line: Line, severity: Severity) -> Found:
    return _found(line, " / ".join(sorted(_OWN)), "description", severity)


CHECKS: Final = (
    Check(
        "hypochlorite_number",
        Topic.CONCERN,
        Severity.FAULT,
        "3.2 UN 1748, 1791, 2208, 2880, 3485-3487",
        hypochlorite_number,
    ),
)
