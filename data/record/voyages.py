"""Numbers that identify a voyage on declarations and other papers, and their comparison."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_PUNCTUATION: Final = re.compile(r"[^0-9A-Z]+")


class Voyage(NamedTuple):
    """Numbers that identify a voyage, in capitals, without punctuation and leading zeros; "" where not stated."""

    booking_no: str
    bill_no: str
    vessel_imo: str
    voyage_no: str


def voyage_of(row: Mapping[str, Any]) -> Voyage:
    """The voyage of a row of a declaration or statement."""
    return Voyage(*[_comparable(row.get(name)) for name in Voyage._fields])


def contradict(one: Voyage, other: Voyage) -> bool:
    """Whether both state a number and the numbers differ, for any of the four."""
    return any(mine and theirs and mine != theirs for mine, theirs in zip(one, other, strict=True))


def same_booking(one: Voyage, other: Voyage) -> bool:
    """Whether both state the same booking or the same bill; then instants need not be compared."""
    return bool(one.booking_no and one.booking_no == other.booking_no) or bool(
        one.bill_no and one.bill_no == other.bill_no
    )


def same_voyage(one: Voyage, other: Voyage) -> bool:
    """Whether both state the same vessel and the same voyage number."""
    return bool(one.vessel_imo and one.voyage_no) and one[2:] == other[2:]


def _comparable(number: str | None) -> str:
    return _PUNCTUATION.sub("", number.upper()).lstrip("0") if number else ""
