"""Segregation between two goods: by class, by the codes of their entries, and between explosives.

segregation.csv has the columns `kind,subject,target,degree`: `class` for the table of 7.2.4 (symmetric; empty
where the entries of the goods apply) and, with `group` and `un`, for the codes of 7.2.8 that segregate goods from a
class, a segregation group or a UN number; `but` for numbers, compatibility groups and classes that are exempt from such
a code; `as` for codes by which goods are segregated as another class. Degrees are 1 (away from) to 4. Goods with any
degree must not share a box; for degree 1 the competent authority may allow it (7.3.4.1). Permitted pairs are in
segregation_exceptions.py.

Codes without a row do not concern pairs of UN numbers: SG23, SG41, SG48, SG52, SG53, SG57 concern goods without a
number; SG27, SG34, SG70 depend on the contents of the goods, SG68 on a flash point; SG26 concerns the deck,
SG71 the inside of an appliance, SG29 and SG50 foodstuffs, SG72 exempt pairs.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from data.reference.dangerous_goods import FOLDER, by_un_no
from data.reference.segregation_exceptions import AEROSOLS, EXCEPTED_FROM_CLASS_7, may_be_together

# Compatibility groups that may share a box with others; each may also be with itself, except L (7.2.7.1.4).
_TOGETHER: Final = {"B": "S", "C": "DEGNS", "D": "EGNS", "E": "GNS", "F": "S", "G": "S", "H": "S", "J": "S", "K": "S",
                    "N": "S"}  # fmt: skip
_FIREWORKS: Final = frozenset(("0333", "0334", "0335", "0336", "0337"))
# Code of goods with a label of class 1, which are segregated as 1.3 as well; the label may be waived.
_LABEL_OF_CLASS_1: Final = "SG1"
_SMALL_AEROSOL: Final = "9"


class Goods(NamedTuple):
    """Declared goods: UN number, class with compatibility letter, subsidiary hazards separated by spaces."""

    un_no: str
    hazard_class: str
    subsidiary_hazards: str = ""
    over_a_litre: bool = False
    """Aerosols of more than one litre each, or of waste, are segregated as gases (SG69)."""


@lru_cache(maxsize=65_536)
def between(first: Goods, second: Goods, lifted: frozenset[str] = frozenset()) -> tuple[int, str]:
    """The strictest degree between two goods, 0 for none, and the code of 7.2.8 that requires it, if any.

    Between explosives only codes are used here (compatibility groups: `explosives_together`); a substance is never
    segregated from itself. `lifted` are codes to ignore.
    """
    if first.un_no == second.un_no or may_be_together(first.un_no, second.un_no):
        return 0, ""
    best, why = _by_class(first, second, lifted)
    for own, other in ((first, second), (second, first)):
        for code in sorted(_common(own.un_no, "segregation_codes") - lifted):
            degree = _kept_from(code, own, other)
            if degree > best:
                best, why = degree, code
    return best, why


def compatible_explosives(first: str, second: str) -> bool:
    """Whether compatibility groups may share a box, L only where it is one type of goods."""
    if first == second:
        return first != "L"
    return second in _TOGETHER.get(first, "") or first in _TOGETHER.get(second, "")


def explosives_together(first: Goods, second: Goods) -> bool:
    """Whether explosives may share a box, by their compatibility groups; True for goods without a letter."""
    letters = first.hazard_class[3:4], second.hazard_class[3:4]
    if not all(letters) or first.un_no == second.un_no:
        return True
    if not compatible_explosives(*letters):
        return False
    if "G" in letters and set(letters) & set("CDE"):
        # Articles only, and no fireworks (note 1 of 7.2.7.1.4).
        return not any(goods.un_no in _FIREWORKS or _is_substance(goods.un_no) for goods in (first, second))
    return True


@cache
def treated_as() -> Mapping[str, str]:
    """The class as which goods with a code are segregated, by code."""
    return {row["subject"]: row["target"] for row in _rows() if row["kind"] == "as"}


def _by_class(first: Goods, second: Goods, lifted: frozenset[str]) -> tuple[int, str]:
    """The degree in the table of 7.2.4, and the code by which goods are treated as another class there."""
    if first.hazard_class.startswith("1.") and second.hazard_class.startswith("1."):
        return 0, ""
    pair = {first.un_no: second.hazard_class, second.un_no: first.hazard_class}
    # SG77: in relation to class 7 no segregation.
    if pair.get(EXCEPTED_FROM_CLASS_7) == "7":
        return 0, ""
    best, why = 0, ""
    # Subsidiary hazards do not segregate goods of one class (7.2.6.1); codes of their entries may.
    alike = first.hazard_class == second.hazard_class
    for a, code in _treated(first, alike, lifted).items():
        for b, other in _treated(second, alike, lifted).items():
            if (code and _is_settled(first.un_no, b, second)) or (other and _is_settled(second.un_no, a, first)):
                continue
            degree = _classes().get((a, b), 0)
            if degree > best:
                best, why = degree, code or other
    return best, why


def _is_settled(un_no: str, hazard_class: str, other: Goods) -> bool:
    """Whether goods that are treated as another class have a code for `hazard_class`, which precedes the table."""
    for code in _common(un_no, "segregation_codes"):
        named = {target for kind, target, _ in _rules().get(code, ()) if kind == "class"}
        if hazard_class in named or other.hazard_class in {*named, *_exempt().get(code, ())}:
            return True
    return False


def _kept_from(code: str, own: Goods, other: Goods) -> int:
    """The degree of segregation from `other` that a code of `own` requires; 0 for none."""
    rules, exempt = _rules().get(code, ()), _exempt().get(code, ())
    if {other.un_no, other.hazard_class, other.hazard_class[3:4]} & set(exempt):
        return 0
    reached = {"un": {other.un_no}, "class": _classes_of(own, other)}
    found = 0
    for kind, target, degree in rules:
        if target in (reached[kind] if kind in reached else _common(other.un_no, "segregation_groups")):
            found = max(found, degree)
    return found


def _classes_of(own: Goods, other: Goods) -> set[str]:
    """The classes of `other` to which a code applies, with subsidiary hazards (7.2.2.2) unless both have one class."""
    if _is_small_aerosol(other):
        return {_SMALL_AEROSOL}
    subsidiary = set() if own.hazard_class == other.hazard_class else _subsidiary(other)
    return {other.hazard_class, other.hazard_class[:3]} | subsidiary


def _treated(goods: Goods, without_subsidiary: bool, lifted: frozenset[str]) -> dict[str, str]:
    """The classes that goods are segregated as, each with the code that requires it, or ""."""
    if _is_small_aerosol(goods):
        # Separated from class 1 except 1.4 (SG69): the degree of 2.2 against the others.
        return {"aerosol": "SG69"}
    codes = _common(goods.un_no, "segregation_codes") - lifted
    subsidiary = _subsidiary(goods)
    primary = {treated_as()[code]: code for code in codes & treated_as().keys() - {_LABEL_OF_CLASS_1}}
    found = {} if without_subsidiary else dict.fromkeys(subsidiary - primary.keys(), "")
    if _LABEL_OF_CLASS_1 in codes and "1" in subsidiary:
        found[treated_as()[_LABEL_OF_CLASS_1]] = _LABEL_OF_CLASS_1
    return found | (primary or {goods.hazard_class[:3]: ""})


def _subsidiary(goods: Goods) -> set[str]:
    return set(re.findall(r"\d(?:\.\d)?", goods.subsidiary_hazards))


def _is_small_aerosol(goods: Goods) -> bool:
    return goods.un_no in AEROSOLS and not goods.over_a_litre


@lru_cache(maxsize=1024)
def _is_substance(un_no: str) -> bool:
    """Whether goods are an explosive substance (instructions P110 to P119); articles where nothing is known."""
    return any(one.startswith("P11") for entry in by_un_no(un_no) for one in entry.packing_instructions or ())


@cache
def _rules() -> Mapping[str, tuple[tuple[str, str, int], ...]]:
    """The rules of each code: kind (class, group, un), target, degree."""
    found: dict[str, tuple[tuple[str, str, int], ...]] = {}
    for row in _rows():
        if row["subject"].startswith("SG") and row["degree"]:
            rule = (row["kind"], row["target"], int(row["degree"]))
            found[row["subject"]] = (*found.get(row["subject"], ()), rule)
    return found


@cache
def _exempt() -> Mapping[str, tuple[str, ...]]:
    """The UN numbers, compatibility groups and classes to which each code does not apply."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows():
        if row["kind"] == "but":
            found[row["subject"]] = (*found.get(row["subject"], ()), row["target"])
    return found


@cache
def _classes() -> Mapping[tuple[str, str], int]:
    found = {}
    for row in _rows():
        if row["kind"] == "class" and not row["subject"].startswith("SG"):
            found[row["subject"], row["target"]] = found[row["target"], row["subject"]] = int(row["degree"])
    return found


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (FOLDER / "segregation.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@lru_cache(maxsize=8192)
def _common(un_no: str, name: str) -> frozenset[str]:
    """Codes that all entries of a UN number have; codes of some entries only are ignored."""
    sets = [frozenset(getattr(entry, name) or ()) for entry in by_un_no(un_no)]
    return frozenset.intersection(*sets) if sets else frozenset()
