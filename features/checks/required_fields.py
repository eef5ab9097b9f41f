"""Required fields of a declaration of dangerous goods that are missing: number, name, class."""

from __future__ import annotations

import re
from typing import Final

from data.reference.shipping_names import agrees, entries_named
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic
from features.checks.identity import NOTHING
from features.checks.naming import own_names

# Only dangerous goods have these columns, so a line that states them declares dangerous goods.
_OF_DANGEROUS_GOODS: Final = ("hazard_class", "subsidiary_hazards", "packing_group", "ems")
_OF_QUANTITIES: Final = ("limited_quantity", "excepted_quantity", "marine_pollutant")
_MOST_NUMBERS: Final = 3
# Goods that are often not dangerous goods in spite of their name: formed sulphur, dry bales, treated meals, what is
# dangerous only by air or only wet, and articles that a special provision exempts.
_OFTEN_EXEMPT: Final = frozenset(
    (
        "1044", "1057", "1133", "1197", "1266", "1327", "1350", "1361", "1362", "1363", "1364", "1365", "1372", "1374",
        "1376", "1379", "1386", "1387", "1396", "1398", "1405", "1408", "1418", "1436", "1841", "1845", "1856", "1857",
        "1910", "1931", "1942", "2001", "2067", "2071", "2211", "2212", "2216", "2217", "2315", "2590", "2793", "2794",
        "2795", "2800", "2807", "2857", "2969", "2990", "3028", "3065", "3072", "3077", "3082", "3090", "3091", "3151",
        "3152", "3166", "3171", "3268", "3316", "3335", "3358", "3359", "3360", "3363", "3480", "3481", "3496", "3497",
        "3499", "3508", "3530", "3551", "3552", "3556", "3557", "3558",
    )
)  # fmt: skip
_WATERBORNE: Final = re.compile(r"water[\s-]*(?:based?|borne)|latex|aqueous|水性|水基|乳胶|乳液")


def number_missing(line: Line) -> Found | None:
    """Declared as dangerous goods, without a UN number."""
    stated = line.stated
    if not stated:
        return None
    numbers = entries_named(line["shipping_name"] or "")[:_MOST_NUMBERS]
    expected = " / ".join(f"UN {number}" for number in numbers) or both(
        "expected.a_number_of_the_list_of_dangerous_goods"
    )
    values = (line[column] for column in stated if isinstance(line[column], str))
    return Found(("un_no", *stated), expected, ", ".join(values) or NOTHING)


def name_missing(line: Line) -> Found | None:
    """A UN number without a proper shipping name."""
    if line["shipping_name"]:
        return None
    # A description that is the name of the number counts as the name.
    for column in ("description", "technical_name"):
        if line[column] and agrees(line["un_no"], line[column]):
            return None
    return Found(("shipping_name",), own_names(line["un_no"]), NOTHING)


def class_missing(line: Line) -> Found | None:
    """A UN number without its class or division."""
    listed = line.listed.classes
    if line["hazard_class"] or "" in listed:
        return None
    return Found(("hazard_class",), " / ".join(sorted(listed)), NOTHING)


def stated_of_dangerous_goods(line: Line) -> tuple[str, ...]:
    """The columns of a line without UN number that nevertheless declare dangerous goods."""
    stated = [column for column in _OF_DANGEROUS_GOODS if line[column]]
    stated += [column for column in _OF_QUANTITIES if line[column] is True or line[column] == 1]
    named = entries_named(line["shipping_name"]) if line["shipping_name"] else ()
    if named and _OFTEN_EXEMPT.isdisjoint(named) and not _WATERBORNE.search(line.words):
        stated.append("shipping_name")
    return tuple(stated)


CHECKS: Final = (
    Check("number_missing", Topic.IDENTITY, Severity.FAULT, "5.4.1.4.1.1", number_missing, over="line"),
    Check("name_missing", Topic.IDENTITY, Severity.FAULT, "5.4.1.4.1.2", name_missing),
    Check("class_missing", Topic.IDENTITY, Severity.FAULT, "5.4.1.4.1.3", class_missing),
)
