"""Goods that may not share a box: by class, by segregation codes, and explosives."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from data.reference.dangerous_goods import Entry
from data.reference.segregation import Goods, between, explosives_together, treated_as
from data.reference.segregation_exceptions import AEROSOLS, DIFFER_BY_NAME, EXCEPTED_PACKAGES, together_under_name
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic
from features.checks.listed import listed

CORROSIVE_MOST_KG: Final = 30.0
"""Net mass of a package of solids of class 8 that may be beside acids or alkalis (7.2.6.5)."""
CORROSIVE_MOST_L: Final = 30.0
# No acid of packing group II or III is heavier than concentrated sulphuric acid.
_HEAVIEST_KG_PER_L: Final = 1.84
_ACIDS_AND_ALKALIS: Final = frozenset(("SG20", "SG21", "SG35", "SG36"))
# Never in one box with an acid, with which they give off gas: chlorites, cyanides, hypochlorites, sulphides, hydrides.
_GASSING_GROUPS: Final = frozenset(("SGG5", "SGG6", "SGG8"))
_GASSING: Final = frozenset(("1847", "1849", "2683", "2949", "3320"))
_DEGREES: Final = ("", "away_from", "separated_from", "a_compartment_from", "longitudinally_from")
_WASTE: Final = re.compile(r"\bwaste\b|废")


def segregation(box: Box) -> Iterator[Found]:
    """Goods that may not be in one box, by class or by a segregation code of the entry."""
    if len(box.dangerous) < 2:
        return
    for first, second in _pairs(line for line in box.dangerous if not _small(line)):
        degree, code, severity = _between(first, second)
        if not degree or _under_their_names(first, second):
            continue
        asked = _DEGREES[degree]
        if _may_be_stated(first, second):
            asked, severity = "statement_of_compatible_corrosives", Severity.ADVISORY
        elif not (first.entries and second.entries):
            severity = _without_number(first, second, degree)
        expected = both(f"expected.{asked}", why=f", {code}" if code else "")
        yield Found(("un_no", "hazard_class"), expected, _named(first, second), second["line_no"], severity)


def explosives_apart(box: Box) -> Iterator[Found]:
    """Explosives whose compatibility groups may not be in one box."""
    if len(box.dangerous) < 2:
        return
    for first, second in _pairs(line for line in box.dangerous if class_of(line).startswith("1.")):
        if not explosives_together(goods_of(first), goods_of(second)):
            apart = both("expected.compatibility_groups_that_may_be_togethe")
            yield Found(("hazard_class",), apart, _named(first, second), second["line_no"])


def class_of(line: Line) -> str:
    """The class as declared; a division or a compatibility letter that is left out is the list's."""
    declared: str = line["hazard_class"] or ""
    if not line.entries:
        return declared
    of_list = (line.entry or line.entries[0]).hazard_class
    return of_list if of_list.startswith(declared) else declared


def hazards_of(line: Line) -> frozenset[str]:
    """Subsidiary hazards as declared, and as listed: to leave one out makes goods no safer. Of class 1 as declared."""
    return _hazards_of(line["un_no"], line["packing_group"], line["subsidiary_hazards"] or "")


@lru_cache(maxsize=16_384)
def _hazards_of(un_no: str | None, packing_group: str | None, written: str) -> frozenset[str]:
    declared = frozenset(re.findall(r"\d(?:\.\d)?", written))
    entries = listed(un_no, packing_group).fitting
    if not entries:
        return declared
    of_list = frozenset.intersection(*(frozenset(entry.subsidiary_hazards or ()) for entry in entries))
    return of_list - {"1"} | declared


def goods_of(line: Line) -> Goods:
    """Properties that decide on segregation."""
    large = line["un_no"] in AEROSOLS and (line["inner_volume_l"] > 1.0 or bool(_WASTE.search(line.words)))
    # Goods of no known number are of one kind where their class is the same.
    number = line["un_no"] if line.entries else f"? {line['hazard_class']}"
    return Goods(number, class_of(line), " ".join(sorted(hazards_of(line))), large)


def named(line: Line) -> str:
    """Number and class as text; "UN ?" without number."""
    return f"UN {line['un_no'] or '?'} ({class_of(line)})"


def is_exempt(line: Line) -> bool:
    """Limited or excepted quantities (3.4.4.2, 3.5.8), and excepted packages of class 7 (1.5.1.5)."""
    return bool(_small(line) or line["un_no"] in EXCEPTED_PACKAGES)


def _small(line: Line) -> bool:
    return bool(line["limited_quantity"] == 1.0 or line["excepted_quantity"] == 1.0)


def _pairs(lines: Iterable[Line]) -> Iterator[tuple[Line, Line]]:
    """Each two kinds of goods once: of goods in several lines the line with the largest packages."""
    some = list(lines)
    if len(some) < 2:
        return iter(())
    kinds: dict[object, Line] = {}
    for line in some:
        name = line["technical_name"] if line["un_no"] in DIFFER_BY_NAME else None
        kind = goods_of(line), line["packing_group"], name
        if kind not in kinds or _package_kg(line) > _package_kg(kinds[kind]):
            kinds[kind] = line
    return combinations(sorted(kinds.values(), key=lambda line: int(line["line_no"])), 2)


def _between(first: Line, second: Line) -> tuple[int, str, Severity]:
    """Degree, code and severity."""
    goods = goods_of(first), goods_of(second)
    alike = goods[0].hazard_class == goods[1].hazard_class
    # Goods of one class that a code has segregated as another: opinions differ whether 7.2.6.1 goes before the code.
    degree, code = between(*goods, frozenset(treated_as()) if alike else frozenset())
    if alike and not degree:
        return *between(*goods), Severity.ADVISORY
    return degree, code, Severity.FAULT if degree == 1 else Severity.SEVERE


def _without_number(first: Line, second: Line, degree: int) -> Severity:
    """For goods without a listed number only the class is known; a gas may be an aerosol, with few restrictions."""
    gas = any(not line.entries and class_of(line).startswith("2") for line in (first, second))
    return Severity.ADVISORY if gas or degree == 1 else Severity.FAULT


def _under_their_names(first: Line, second: Line) -> bool:
    return any(
        together_under_name(own["un_no"], (own["technical_name"] or "").lower(), other["un_no"])
        for own, other in ((first, second), (second, first))
    )


def _may_be_stated(first: Line, second: Line) -> bool:
    """Whether a statement suffices: small packages of class 8, segregated only as acids and alkalis (7.2.6.5)."""
    if not all(_is_small_corrosive(line) for line in (first, second)):
        return False
    return between(goods_of(first), goods_of(second), _ACIDS_AND_ALKALIS.union(treated_as()))[0] == 0


def _is_small_corrosive(line: Line) -> bool:
    entries = line.listed.fitting
    groups = {line["packing_group"]} if line["packing_group"] else {entry.packing_group for entry in entries}
    belongs = {group for entry in entries for group in entry.segregation_groups or ()}
    if class_of(line) != "8" or not groups <= {"II", "III"} or belongs & _GASSING_GROUPS or line["un_no"] in _GASSING:
        return False
    most = CORROSIVE_MOST_L * _HEAVIEST_KG_PER_L if _is_liquid(entries) else CORROSIVE_MOST_KG
    return 0 < _package_kg(line) <= most


def _is_liquid(entries: Iterable[Entry]) -> bool:
    """The list gives limited quantities of liquids in litres."""
    return all(entry.limited_quantity.endswith("L") for entry in entries)


def _package_kg(line: Line) -> float:
    """Net mass of a package, else its gross mass; an unknown mass does not count as small."""
    mass: float = line["net_mass_kg"] if line["net_mass_kg"] == line["net_mass_kg"] else line["gross_mass_kg"]
    return mass / line["package_count"] if line["package_count"] > 0 and mass == mass else math.inf


def _named(first: Line, second: Line) -> str:
    return f"{named(first)} + {named(second)}"


CHECKS: Final = (
    Check("segregation", Topic.BOX, Severity.SEVERE, "7.2.4, 7.2.6, 7.2.8, 7.3.4.1", segregation, over="box"),
    Check("explosives_together", Topic.BOX, Severity.SEVERE, "7.2.7.1.4", explosives_apart, over="box"),
)
