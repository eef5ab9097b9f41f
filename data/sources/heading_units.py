"""Find the unit in a heading: "Gross weight (KGS)", "毛重吨", "闪点（闭杯，℉）". Text in brackets that is neither a
known unit nor a known remark makes the unit ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Final, NamedTuple

from data.sources.units import folded, units_of
from data.sources.values import plain

IN_BRACKETS: Final = re.compile(r"[(（\[【](.*?)[)）\]】]")
_STATES_UNIT: Final = re.compile(r"(?:单位|單位|units?\b|in\s)\s*[:：]?\s*")
_REMARK: Final = re.compile(
    r"\*|m|o|必填|选填|可选|非必填|如有|若有|如适用|若适用|适用时|mandatory|optional|required"
    r"|if (?:any|known|applicable)|as declared|declared|申报|声明|verified|solas|actual|实测|实际|总计|合计|total|整箱"
    r"|闭杯|闭口|开杯|开口|closed cup|open cup|c\.?c\.?|o\.?c\.?|tcc|pmcc"
    r"|(?:不?含|包括|连同|incl|excl|with).*|(?:by|per) (?:mass|weight)|w/w|m/m|按?质量|数字|数值|numeric|保留.*小数"
)
_LONGEST: Final = 60


class _StatedUnit(NamedTuple):
    """The unit in a text, and whether all of the text was understood."""

    unit: str | None
    is_certain: bool


def unit_in(written: str, column: str, known: Collection[str]) -> tuple[str | None, str | None]:
    """The unit in a heading of a column, and the text that makes it ambiguous. `known`: heading words in plain form."""
    table = units_of(column)
    if not table:
        return None, None
    units = []
    for inside in IN_BRACKETS.findall(written):
        stated = _bracket(folded(inside), column, known)
        if not stated.is_certain:
            return None, inside.strip()
        units.append(stated.unit and inside.strip().casefold() if folded(inside) == stated.unit else stated.unit)
    units.append(_outside(IN_BRACKETS.sub(" ", written), column, known))
    named = [unit for unit in units if unit]
    if len({table[folded(unit)] for unit in named}) > 1:
        return None, ", ".join(named)
    return (named[0] if named else None), None


def _bracket(text: str, column: str, known: Collection[str]) -> _StatedUnit:
    if found := _STATES_UNIT.match(text):
        text = text[found.end() :].strip()
    if text in units_of(column):
        return _StatedUnit(text, True)
    if not text or _REMARK.fullmatch(text) or plain(text) in known:
        return _StatedUnit(None, True)
    if len(text) > _LONGEST:
        return _StatedUnit(None, False)
    divisions = [re.split(r"[,，;；、]", text)]
    words = text.split()
    divisions += [[" ".join(words[:cut]), " ".join(words[cut:])] for cut in range(1, len(words))]
    divisions += [[text[: -len(unit)], unit] for unit in _ending(text, column)]
    for parts in divisions:
        stated = [_bracket(part.strip(), column, known) for part in parts] if len(parts) > 1 else []
        if stated and all(one.is_certain for one in stated):
            return _together(stated, column)
    # "kg/KGS", "毛重/Gross", but not "kg/item".
    stated = [_bracket(part.strip(), column, known) for part in re.split(r"[/／|]", text) if part.strip() != text]
    if stated and all(one.is_certain for one in stated) and len({one.unit is None for one in stated}) == 1:
        return _together(stated, column)
    return _StatedUnit(None, False)


def _together(stated: list[_StatedUnit], column: str) -> _StatedUnit:
    units = [one.unit for one in stated if one.unit]
    agree = len({units_of(column)[unit] for unit in units}) <= 1
    return _StatedUnit(units[0] if units and agree else None, agree)


def _ending(text: str, column: str) -> list[str]:
    """Units directly after Chinese characters, without a space."""
    return [
        unit
        for unit in _longest_first(column)
        if text.endswith(unit) and len(text) > len(unit) and not text[-len(unit) - 1 :].isascii()
    ]


def _outside(text: str, column: str, known: Collection[str]) -> str | None:
    """The unit outside brackets: after words that are a heading, else any word that is a unit."""
    parts = [text, *re.split(r"[/／|\n]", text)]
    for symbol in (unit for unit in _longest_first(column) if not plain(unit)):
        if symbol in folded(text):
            return symbol
    if _known(text, known):
        return None
    for part in parts:
        for unit in _longest_first(column):
            rest = plain(part).removesuffix(plain(unit))
            bounded = rest.endswith(" ") or not unit.isascii() or (rest and not rest[-1].isascii())
            if rest != plain(part) and bounded and _known(rest, known):
                return unit
    # "毛重/t": the unit alone, beside words that are a heading.
    others = [part for part in parts[1:] if part.strip() and folded(part) not in units_of(column)]
    alone = [folded(part) for part in parts[1:] if folded(part) in units_of(column)]
    if any(_known(part, known) for part in others):
        return alone[0] if alone and all(_known(part, known) for part in others) else None
    words = re.split(r"[\s_/，,]+", folded(text))
    for size in (3, 2, 1):
        for place in range(len(words)):
            if (unit := " ".join(words[place : place + size])) in units_of(column):
                return unit
    return next(iter(_ending(folded(text), column)), None)


def _known(text: str, known: Collection[str]) -> bool:
    return plain(text) in known or plain(text).replace(" ", "") in known


@cache
def _longest_first(column: str) -> tuple[str, ...]:
    return tuple(sorted(units_of(column), key=len, reverse=True))
