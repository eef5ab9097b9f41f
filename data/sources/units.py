"""Units as headings and cells write them, and what they are in kilograms or degrees Celsius."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

# To kilograms. The pound is exact by the agreement of 1959.
_MASSES: Final = {
    1.0: ("kg", "kgs", "kilogram", "kilograms", "公斤", "千克", "kgm"),
    1000.0: ("t", "mt", "吨", "公吨", "噸", "ton", "tons", "tonne", "tonnes", "tne"),
    0.001: ("g", "克", "gram", "grams", "grm"),
    0.45359237: ("lb", "lbs", "磅", "lbr", "pound", "pounds"),
}
_CELSIUS: Final = ("℃", "°c", "c", "摄氏度", "deg c", "cel")
_FAHRENHEIT: Final = ("℉", "°f", "f", "华氏度", "deg f", "fah")

Conversion = Callable[[float], float]


def _times(factor: float) -> Conversion:
    # Masses are stated to the gram at best; what binary fractions add beyond that was never said.
    return lambda value: round(value * factor, 6)


def _from_fahrenheit(value: float) -> float:
    return round((value - 32) * 5 / 9, 3)


UNITS: Final[Mapping[str, Conversion | None]] = {
    **{name: None if factor == 1 else _times(factor) for factor, names in _MASSES.items() for name in names},
    **dict.fromkeys(_CELSIUS),
    **dict.fromkeys(_FAHRENHEIT, _from_fahrenheit),
}
"""By unit, casefolded: how to convert, None where it is ours already."""


def fits(unit: str, column: str) -> bool:
    """Whether a unit can be that of a column: masses for `_kg`, temperatures for `_c`."""
    temperature = unit in _CELSIUS or unit in _FAHRENHEIT
    return (column.endswith("_c") and temperature) or (column.endswith("_kg") and not temperature)
