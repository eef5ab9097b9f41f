"""Spellings of units, and conversions into kilograms, litres, degrees Celsius, % and becquerels.

The factors are exact: the pound by the agreement of 1959 (tons and hundredweights are multiples of it), the US
gallon by definition (231 cubic inches), the curie as 3.7e10 becquerels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

Conversion = Callable[[float], float]

_MASSES: Final = {
    1.0: ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "公斤", "千克", "kgm"),
    1000.0: (
        "t",
        "mt",
        "吨",
        "公吨",
        "噸",
        "公噸",
        "ton",
        "tons",
        "tonne",
        "tonnes",
        "tne",
        "metric ton",
        "metric tons",
    ),
    0.001: ("g", "克", "gram", "grams", "grm"),
    0.000001: ("mg", "毫克", "milligram", "milligrams"),
    0.5: ("斤", "市斤"),
    0.45359237: ("lb", "lbs", "磅", "lbr", "pound", "pounds"),
    0.028349523125: ("oz", "盎司", "ounce", "ounces", "onz"),
    907.18474: ("short ton", "short tons", "us ton", "us tons", "短吨", "美吨", "短噸", "stn"),
    1016.0469088: ("long ton", "long tons", "uk ton", "uk tons", "长吨", "英吨", "長噸", "ltn"),
    45.359237: ("cwt", "us cwt", "short cwt", "短担", "cwa"),
    50.80234544: ("uk cwt", "long cwt", "英担", "cwi"),
}
_VOLUMES: Final = {
    1.0: ("l", "升", "公升", "liter", "liters", "litre", "litres", "ltr", "dm3"),
    0.001: ("ml", "毫升", "milliliter", "milliliters", "millilitre", "millilitres", "mlt", "cc", "cm3"),
    0.01: ("cl", "centilitre", "centilitres"),
    1000.0: ("m3", "cbm", "立方米", "mtq"),
    3.785411784: ("us gallon", "us gallons", "us gal", "美制加仑"),
}
_ACTIVITIES: Final = {
    1.0: ("bq", "becquerel", "becquerels", "贝可", "贝克勒尔"),
    1e3: ("kbq", "千贝可"),
    1e6: ("mbq", "兆贝可"),
    1e9: ("gbq", "吉贝可"),
    1e12: ("tbq", "太贝可"),
    1e15: ("pbq", "拍贝可"),
    3.7e10: ("ci", "居里", "curie", "curies"),
    3.7e7: ("mci", "毫居里"),
    3.7e4: ("μci", "uci", "微居里"),
}
_SHARES: Final = {1.0: ("%", "percent", "per cent", "pct", "wt%", "百分比"), 0.1: ("‰",), 0.0001: ("ppm",)}
_CELSIUS: Final = ("℃", "°c", "c", "摄氏度", "deg c", "cel", "celsius", "degrees celsius")
_FAHRENHEIT: Final = ("℉", "°f", "f", "华氏度", "deg f", "fah", "fahrenheit")
_KELVIN: Final = ("k", "开", "开尔文", "开氏度", "kelvin", "kel")


def _times(factor: float) -> Conversion | None:
    # Masses are stated to the gram at best; further digits come from binary fractions.
    return None if factor == 1 else lambda value: round(value * factor, 6)


def _from_fahrenheit(value: float) -> float:
    return round((value - 32) * 5 / 9, 3)


def _from_kelvin(value: float) -> float:
    return round(value - 273.15, 3)


def _table(factors: Mapping[float, tuple[str, ...]]) -> dict[str, Conversion | None]:
    return {name: conversion for factor, names in factors.items() for conversion in (_times(factor),) for name in names}


_BY_ENDING: Final[Mapping[str, Mapping[str, Conversion | None]]] = {
    "_kg": _table(_MASSES),
    "_l": _table(_VOLUMES),
    "_c": {
        **dict.fromkeys(_CELSIUS),
        **dict.fromkeys(_FAHRENHEIT, _from_fahrenheit),
        **dict.fromkeys(_KELVIN, _from_kelvin),
    },
    "_bq": _table(_ACTIVITIES),
    "_percent": _table(_SHARES),
    "_probability": {"%": _times(0.01), "percent": _times(0.01)},
}
UNITS: Final[Mapping[str, Conversion | None]] = {
    name: conversion for table in reversed(list(_BY_ENDING.values())) for name, conversion in table.items()
}
"""Conversion by unit, casefolded; None where the unit is that of the column."""


def folded(unit: str) -> str:
    """A unit as a key, with width and case folded."""
    written = unicodedata.normalize("NFKC", unit).strip()
    # With its case folded, a millibecquerel would be a megabecquerel.
    return written if written == "mBq" else " ".join(written.casefold().split())


def units_of(column: str) -> Mapping[str, Conversion | None]:
    """The units allowed for a column, with their conversions; empty where it has no unit."""
    return next((table for ending, table in _BY_ENDING.items() if column.endswith(ending)), {})


def fits(unit: str, column: str) -> bool:
    """Whether a unit is allowed for a column: masses for `_kg`, temperatures for `_c`."""
    return folded(unit) in units_of(column)


def conversion(unit: str | None, column: str) -> Conversion | None:
    """Conversion from a unit into that of the column; None where none is needed."""
    return units_of(column).get(folded(unit)) if unit else None
