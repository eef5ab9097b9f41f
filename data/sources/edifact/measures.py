"""Masses and temperatures of a message, converted to kilograms and degrees Celsius.

A value in an unknown unit becomes a Problem in its column, so that it is refused and not ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from data.sources.edifact.syntax import Segment
from data.sources.messages import stated_twice
from data.sources.problems import Problem, shown
from data.sources.units import conversion, fits

Values = dict[str, Any]
Measure = float | str | Problem

# 6313, measured attribute.
_GROSS: Final = ("AAB", "AAD", "AAE", "AAG", "G")
_NET: Final = ("AAA", "AAC", "AAF", "AAL", "N")
_OF_GOODS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_GROSS, "gross_mass_kg"),
    **dict.fromkeys(_NET, "net_mass_kg"),
}
_OF_BOX: Final[Mapping[str, str]] = {
    **dict.fromkeys(("T", "TAR"), "tare_kg"),
    **dict.fromkeys(("G", "WT", "AET"), "laden_kg"),
    "VGM": "vgm_kg",
}
# 6245, kind of temperature.
_TEMPERATURES: Final[Mapping[str, str]] = {"5": "control_temp_c", "4": "emergency_temp_c"}
_MASS_UNITS: Final = "KGM, TNE, GRM, LBR, STN, LTN"
_TEMPERATURE_UNITS: Final = "CEL, FAH, KEL"
_NUMBER: Final = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)(E[+-]?[0-9]+)?", re.IGNORECASE)


def goods_mass(segment: Segment) -> Values:
    """The net or gross mass of goods in a MEA."""
    return _mass(segment, _OF_GOODS.get(segment.get(1)))


def box_mass(segment: Segment) -> Values:
    """The mass of a box in a MEA: empty, loaded or verified."""
    name = _OF_BOX.get(segment.get(1))
    if name is None and (not segment.get(1) or fits(segment.get(2, 0), "_kg")):
        # BAPLIE 2 states it in the first element (WT, VGM), all others in the measured attribute.
        name = _OF_BOX.get(segment.get(0))
    return _mass(segment, name)


class Measured:
    """Collects masses into the values of a box or of goods; a contradiction becomes a Problem."""

    def __init__(self, values: Values, is_box: bool = False) -> None:
        self.values = values
        self.is_box = is_box
        self._stated: dict[tuple[str, str], Measure] = {}

    def take(self, segment: Segment) -> None:
        """Take the masses of a MEA; an attribute with two values becomes a Problem."""
        for name, value in (box_mass(segment) if self.is_box else goods_mass(segment)).items():
            first = self._stated.setdefault((name, segment.get(1) or segment.get(0)), value)
            self.values[name] = value if first == value else stated_twice(name, first, value)


def unread(values: Values) -> Values:
    """The values that could not be read; they are refused wherever they belong."""
    return {name: value for name, value in values.items() if isinstance(value, str | Problem)}


def temperature(segment: Segment) -> Values:
    """The control or emergency temperature in a TMP; empty for others, such as the setting of a reefer."""
    name = _TEMPERATURES.get(segment.get(0))
    return {name: celsius(segment, name, segment.get(1), segment.get(1, 1))} if name and segment.get(1) else {}


def celsius(segment: Segment, column: str, written: str, unit: str) -> Measure:
    """A temperature in degrees Celsius, the default unit; as written where it is not a number."""
    if unit and not fits(unit, "_c"):
        return _unknown(segment, column, f"{written} {unit}", _TEMPERATURE_UNITS)
    value = _number(written)
    change = conversion(unit, "_c")
    return value if isinstance(value, str) or change is None else round(change(value), 2 if unit == "KEL" else 1)


def _mass(segment: Segment, column: str | None) -> Values:
    written, unit = segment.get(2, 1), segment.get(2, 0)
    if column is None or not written:
        return {}
    if not fits(unit, "_kg"):
        return {column: _unknown(segment, column, f"{written} {unit}".strip(), _MASS_UNITS)}
    value = _number(written)
    change = conversion(unit, "_kg")
    return {column: value if isinstance(value, str) or change is None else change(value)}


def _number(written: str) -> float | str:
    """The number; as written where it is not one, for validation to refuse."""
    return float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else written


def _unknown(segment: Segment, column: str, written: str, allowed: str) -> Problem:
    return Problem("unit_sent", column, shown(written), {"allowed": allowed, "place": segment.place})
