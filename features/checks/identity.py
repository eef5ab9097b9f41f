"""Identity of the substance: UN number, class and packing group as listed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Final

from data.reference.dangerous_goods import Entry, by_un_no
from data.reference.name_ranges import contradicts, ranges
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic
from features.checks.input import AMENDMENT_42

NEW_IN_42: Final = frozenset(("0514", *(str(number) for number in range(3551, 3561))))
"""Numbers that amendment 42-24 introduced."""
_MOVED: Final[Mapping[str, re.Pattern[str]]] = {
    "3556": re.compile(r"lithium[\s-]*ion|锂离子|lfp|磷酸铁锂|三元锂"),
    "3557": re.compile(r"lithium[\s-]*metal|锂金属"),
    "3558": re.compile(r"sodium[\s-]*ion|钠离子"),
}
_LITHIUM: Final = re.compile(r"lithium|锂")
_EQUIPMENT_ONLY: Final = re.compile(r"equipment|设备|mower|割草")
_WITHOUT_GROUP: Final = ("1", "2", "5.2", "6.2", "7")
# Groups that only some editions of the list have: a declaration may state them or not.
_GROUP_ELSEWHERE: Final[Mapping[str, frozenset[str]]] = {
    "1700": frozenset(("",)),
    "1856": frozenset(("III",)),
    "2028": frozenset(("II",)),
    "3165": frozenset(("I",)),
    "3291": frozenset(("II",)),
    # The strictest group of the contents of a kit (SP251).
    "3316": frozenset(("I", "II", "III")),
    "3360": frozenset(("III",)),
}
# Class, subsidiary hazards and packing group under amendment 41-22, where 42-24 gave others.
_IN_41: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "1835": (("8", "", "II"), ("8", "", "III")),
    "3423": (("8", "", "II"),),
}


def unknown_number(line: Line) -> Found | None:
    """The number is not on the list."""
    if not line["un_no"] or line.entries:
        return None
    return Found(("un_no",), both("expected.a_number_of_the_list_of_dangerous_goods"), line["un_no"])


def not_yet_a_number(line: Line) -> Found | None:
    """The number came with a later amendment."""
    if line["un_no"] not in NEW_IN_42 or line.edition >= AMENDMENT_42:
        return None
    severity = Severity.ADVISORY if line.next_allowed else None
    expected = both("expected.a_number_of_amendment_41_22")
    return Found(("un_no",), expected, f"UN {line['un_no']}", severity=severity)


def no_longer_this_number(line: Line) -> Found | None:
    """A vehicle that has had a number of its own since amendment 42-24."""
    if line["un_no"] != "3171" or line.edition < AMENDMENT_42:
        return None
    words = line.words
    number = next((number for number, names in _MOVED.items() if names.search(words)), None)
    if number is None and _LITHIUM.search(words):
        number = "3556"
    if number is None:
        return None
    if _EQUIPMENT_ONLY.search(words) and not re.search(r"vehicle|车", words.replace("battery-powered vehicle", "")):
        number = "3481"
    return Found(("un_no", "description"), f"UN {number}", "UN 3171")


def class_differs(line: Line) -> Found | None:
    """The class or division is not that of the number."""
    declared = line["hazard_class"]
    if not declared:
        return None
    listed = line.listed.classes
    if declared in listed or "" in listed or any(_same_class(declared, one) for one in listed) or _holds_in_41(line):
        return None
    return Found(("hazard_class",), _or(listed), declared)


def compatibility_differs(line: Line) -> Found | None:
    """Class 1: the compatibility letter is missing, or not that of the number."""
    declared = line["hazard_class"]
    listed = line.listed.classes
    if not declared or not declared.startswith("1") or "" in listed or declared in listed:
        return None
    if not any(_same_class(declared, one) for one in listed):
        return None
    return Found(("hazard_class",), _or(listed), declared)


def subsidiary_missing(line: Line) -> Found | None:
    """A subsidiary hazard of the number is not declared."""
    listed = line.listed.subsidiary
    if not line["hazard_class"] or listed is None or _holds_in_41(line):
        return None
    declared = hazards(line["subsidiary_hazards"])
    if any(one <= declared for one in listed):
        return None
    return Found(("subsidiary_hazards",), " / ".join(sorted(" ".join(sorted(one)) for one in listed)), _none(declared))


def subsidiary_not_listed(line: Line) -> Found | None:
    """A subsidiary hazard is declared that the number does not have."""
    listed, declared = line.listed.subsidiary, hazards(line["subsidiary_hazards"])
    if not declared or listed is None or any(declared <= one for one in listed):
        return None
    return Found(("subsidiary_hazards",), _none(frozenset[str]().union(*listed)), _none(declared))


def group_not_allowed(line: Line) -> Found | None:
    """The packing group is not one of the number's, is missing, or is given where there is none."""
    listed = _groups_of(line["un_no"])
    declared = line["packing_group"] or ""
    if declared in listed and declared and _is_of_another_group(line, declared):
        others = {group for group, _ in ranges(line["un_no"])} - {declared}
        return Found(("packing_group", "shipping_name"), _or(others), f"{declared}, {line['shipping_name']}")
    if declared in listed or not (declared or line["hazard_class"] or line["shipping_name"]) or _holds_in_41(line):
        return None
    if declared and "" in listed and not _never_a_group(line.entries):
        return None
    return Found(("packing_group",), _or(listed - {""}) if listed - {""} else NOTHING, declared or NOTHING)


def hazards(written: str | None) -> frozenset[str]:
    """Subsidiary hazards as a set: "6.1 8", "6.1,8" and "(8)" alike."""
    return frozenset(re.findall(r"\d(?:\.\d)?", written)) if written else frozenset()


@lru_cache(maxsize=4_096)
def _groups_of(un_no: str) -> frozenset[str]:
    """Packing groups that a declaration of the number may have; "" for none."""
    of_list = {"" if one.hazard_class.startswith(_WITHOUT_GROUP) else one.packing_group for one in by_un_no(un_no)}
    return frozenset(of_list) | _GROUP_ELSEWHERE.get(un_no, frozenset())


NOTHING: Final[Mapping[str, str]] = both("expected.none")


def _holds_in_41(line: Line) -> bool:
    """Whether class, subsidiary hazards and group are those of amendment 41-22, and it may be applied to the box."""
    if line.edition >= AMENDMENT_42 or line["un_no"] not in _IN_41:
        return False
    declared = (line["hazard_class"], " ".join(sorted(hazards(line["subsidiary_hazards"]))), line["packing_group"])
    return declared in _IN_41[line["un_no"]]


def _same_class(declared: str, listed: str) -> bool:
    if listed.startswith("1"):
        return declared[:3] == listed[:3]
    return declared == listed or (len(listed) == 1 and declared[:1] == listed) or (declared == listed[:1] == "2")


def _is_of_another_group(line: Line, declared: str) -> bool:
    """Whether the shipping name gives a concentration that has another packing group of the same number."""
    un_no, name = line["un_no"], line["shipping_name"] or ""
    return contradicts(un_no, name, declared) and not contradicts(un_no, name) and not _holds_in_41(line)


def _never_a_group(entries: tuple[Entry, ...]) -> bool:
    return all(entry.hazard_class.startswith(_WITHOUT_GROUP) or not entry.packing_group for entry in entries)


def _or(codes: Set[str]) -> str:
    return " / ".join(sorted(codes)) or "-"


def _none(codes: frozenset[str]) -> str | Mapping[str, str]:
    return " ".join(sorted(codes)) or NOTHING


CHECKS: Final = (
    Check("unknown_number", Topic.IDENTITY, Severity.SEVERE, "3.2", unknown_number, over="line"),
    Check("not_yet_a_number", Topic.IDENTITY, Severity.FAULT, "3.2 (41-22)", not_yet_a_number),
    Check("no_longer_this_number", Topic.IDENTITY, Severity.FAULT, "3.3 SP388 (42-24)", no_longer_this_number),
    Check("class_differs", Topic.IDENTITY, Severity.SEVERE, "3.2 (3), 5.4.1.4.1.3", class_differs),
    Check("compatibility_differs", Topic.IDENTITY, Severity.FAULT, "2.1.2.2, 5.4.1.4.1.3", compatibility_differs),
    Check("subsidiary_missing", Topic.IDENTITY, Severity.FAULT, "3.2 (4), 5.4.1.4.1.4", subsidiary_missing),
    Check("subsidiary_not_listed", Topic.IDENTITY, Severity.ADVISORY, "3.2 (4)", subsidiary_not_listed),
    Check("group_not_allowed", Topic.IDENTITY, Severity.FAULT, "3.2 (5), 5.4.1.4.1.5", group_not_allowed),
)
