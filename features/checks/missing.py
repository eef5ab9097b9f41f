"""What every declaration of dangerous goods must say, and this one does not: number, name, class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from data.reference.shipping_names import agrees, generic_entries
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic
from features.checks.identity import NOTHING, own_names

# Only dangerous goods have these, so what states them was meant as such.
_OF_DANGEROUS_GOODS: Final = ("hazard_class", "subsidiary_hazards", "packing_group", "ems")
_OF_QUANTITIES: Final = ("limited_quantity", "excepted_quantity", "marine_pollutant")
_MOST_NUMBERS: Final = 3


def number_missing(line: Line) -> Found | None:
    """Declared as dangerous goods, without a UN number."""
    if line["un_no"]:
        return None
    stated = stated_of_dangerous_goods(line)
    if not stated:
        return None
    numbers = generic_entries(line["shipping_name"] or "")[:_MOST_NUMBERS]
    expected = " / ".join(f"UN {number}" for number in numbers) or both("expected.a_number_of_the_list_of_dangerous_goods")
    values = (line[column] for column in stated if isinstance(line[column], str))
    return Found(("un_no", *stated), expected, ", ".join(values) or NOTHING)


def name_missing(line: Line) -> Found | None:
    """A UN number without a proper shipping name."""
    if line["shipping_name"]:
        return None
    # A description that is the name of the number says it, if in another place.
    for column in ("description", "technical_name"):
        if line[column] and agrees(line["un_no"], line[column]):
            return None
    return Found(("shipping_name",), own_names(line["un_no"]), NOTHING)


def class_missing(line: Line) -> Found | None:
    """A UN number without its class or division."""
    listed = {entry.hazard_class for entry in line.entries}
    if line["hazard_class"] or "" in listed:
        return None
    return Found(("hazard_class",), " / ".join(sorted(listed)), NOTHING)


def stated_of_dangerous_goods(line: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of a line without UN number that call it dangerous goods all the same."""
    stated = [column for column in _OF_DANGEROUS_GOODS if line[column]]
    stated += [column for column in _OF_QUANTITIES if line[column] is True or line[column] == 1]
    # A generic name is nothing but a declaration; a specific one is looked at by `undeclared_goods`.
    if line["shipping_name"] and generic_entries(line["shipping_name"]):
        stated.append("shipping_name")
    return tuple(stated)


CHECKS: Final = (
    Check("number_missing", Topic.IDENTITY, Severity.FAULT, "5.4.1.4.1.1", number_missing, over="line"),
    Check("name_missing", Topic.IDENTITY, Severity.FAULT, "5.4.1.4.1.2", name_missing),
    Check("class_missing", Topic.IDENTITY, Severity.FAULT, "5.4.1.4.1.3", class_missing),
)
