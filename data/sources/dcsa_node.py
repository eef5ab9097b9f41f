"""Typed access to a JSON document; errors state the JSON pointer (RFC 6901) of the wrong value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from data.sources.problems import Phrase, Unreadable, shown
from data.sources.units import UNITS

_MASSES: Final = {"KGM": "kg", "LBR": "lb", "TNE": "t", "GRM": "g"}


class Node:
    """An object in a document; empty where the sender left it out. A value of the wrong type raises Unreadable."""

    def __init__(self, value: Any, pointer: str) -> None:
        if value is not None and not isinstance(value, Mapping):
            raise Unreadable(
                Phrase("fault.not_an_object", pointer=pointer or Phrase("fault.document")), Phrase("advice.object")
            )
        self._value: Mapping[str, Any] = value or {}
        self.pointer = pointer

    def has(self, name: str) -> bool:
        """Whether there is a value under that name."""
        return self._value.get(name) is not None

    def value(self, name: str) -> Any:
        """The value under that name, of any type; None when there is none."""
        return self._value.get(name)

    def child(self, name: str) -> Node:
        """The object under that name; an empty one when there is none."""
        return Node(self._value.get(name), f"{self.pointer}/{name}")

    def children(self, name: str) -> list[Node]:
        """The objects of the list under that name."""
        return [Node(one, f"{self.pointer}/{name}/{place}") for place, one in enumerate(self._list(name))]

    def texts(self, name: str) -> list[str]:
        """The texts of the list under that name; a text alone counts as a list of one."""
        found = [self._value[name]] if isinstance(self._value.get(name), str) else self._list(name)
        for place, one in enumerate(found):
            if not isinstance(one, str):
                raise self._fault(f"{name}/{place}", "text")
        return found

    def text(self, name: str) -> str | None:
        """The text under that name, a number as text; None when there is none."""
        value = self._value.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self._fault(name, "text")
        return str(value)

    def number(self, name: str) -> float | None:
        """The number under that name; None when there is none."""
        value = self._value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._fault(name, "number")
        return value

    def flag(self, name: str) -> bool | None:
        """The truth value under that name; None when there is none."""
        value = self._value.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._fault(name, "flag")
        return value

    def mass_kg(self) -> float | None:
        """The mass of an object with `value` and `unit`, in kilograms; None when there is none."""
        value = self.number("value")
        unit = self.text("unit")
        if value is None:
            return None
        if unit is not None and unit not in _MASSES:
            raise self.wrong_unit("unit", unit, _MASSES)
        conversion = UNITS[_MASSES[unit or "KGM"]]
        return conversion(value) if conversion else value

    def _list(self, name: str) -> list[Any]:
        value = self._value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._fault(name, "list")
        return value

    def wrong_unit(self, name: str, unit: str, allowed: Iterable[str]) -> Unreadable:
        """The error for a unit under that name that is not one of those allowed."""
        said = Phrase("fault.wrong_unit", pointer=f"{self.pointer}/{name}", unit=shown(unit))
        return Unreadable(said, Phrase("advice.one_of", allowed=", ".join(allowed)))

    def _fault(self, name: str, kind: str) -> Unreadable:
        key = f"not_{kind}" if kind == "text" else f"not_a_{kind}"
        return Unreadable(Phrase(f"fault.{key}", pointer=f"{self.pointer}/{name}"), Phrase(f"advice.{kind}"))
