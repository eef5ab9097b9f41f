"""The box itself, and what may not be in one box together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from stdnum import iso6346

from data.reference.segregation import Goods, between, compatible_explosives
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic, known, words_of
from features.checks.identity import NOTHING, hazards

# ISO 6346: length, height and width, type group.
# The codes of 1984 were of four digits.
_BOX_TYPE: Final = re.compile(r"[1-4]\d{3}|[1-4A-HK-P][0245689C-FL-P][GVBSRHUPKTAN][0-9A-Z]")
_COOLED: Final = re.compile(r"..[RH].")
_FUMIGATED: Final = "3359"
_FUMIGATION: Final = re.compile(r"fumigat|熏蒸|methyl bromide treated|phosphine treated")
# Chapters of the tariff whose goods are eaten or fed, and words that say so.
_FOOD_CHAPTERS: Final = frozenset(
    ("02", "03", "04", "07", "08", "09", "10", "11", "16", "17", "18", "19", "20", "21", "22")
)
_FOOD: Final = re.compile(
    r"\b(?:foodstuffs?|rice|wheat|flour|noodles?|biscuits?|canned|frozen fish|meat|fruit|vegetables?|tea|coffee|sugar|"
    r"soya? ?beans?|peanuts?|animal feed|pet food)\b|食品|大米|小麦|面粉|面条|饼干|罐头|"
    r"冻鱼|肉类|水果|蔬菜|茶叶|咖啡豆|食糖|大豆|花生|饲料"
)
_APART_FROM_FOOD: Final = frozenset(("2.3", "6.1", "6.2", "7", "8"))
_FOOD_CODES: Final = frozenset(("SG29", "SG50"))


def box_number(box: Box) -> Iterator[Found]:
    """The check digit of the box number."""
    number = box["box_no"]
    if number and not _is_box_number(number):
        yield Found(("box_no",), both("expected.a_number_with_its_check_digit_iso_6346"), number)


def box_type(box: Box) -> Iterator[Found]:
    """A size and type that there is."""
    written = box["box_type"]
    if written and not _BOX_TYPE.fullmatch(written):
        yield Found(("box_type",), "22G1, 45R1, …", written)


def not_cooled(box: Box) -> Iterator[Found]:
    """Goods under temperature control in a box that cannot keep a temperature."""
    for line in box.goods:
        if line["control_temp_c"] == line["control_temp_c"] and box["box_type"] and not _COOLED.match(box["box_type"]):
            yield Found(("box_type", "control_temp_c"), "45R1, 22R1, …", box["box_type"], line["line_no"])


def segregation(box: Box) -> Iterator[Found]:
    """Goods that may not be in one box, by class, by segregation group, or as explosives."""
    if len(box.goods) < 2:
        return
    for first, second in combinations(box.goods, 2):
        if _exempt(first, second):
            continue
        degree, code = between(_goods(first), _goods(second))
        if degree:
            severity = Severity.FAULT if degree == 1 else Severity.SEVERE
            there = f"UN {first['un_no']} ({_class_of(first)}) + UN {second['un_no']} ({_class_of(second)})"
            apart = both("expected.apart", degree=degree, why=f" ({code})" if code else "")
            yield Found(("un_no", "hazard_class"), apart, there, second["line_no"], severity)


def explosives_together(box: Box) -> Iterator[Found]:
    """Explosives whose compatibility groups may not be in one box."""
    explosives = [line for line in box.goods if _class_of(line).startswith("1.")]
    for first, second in combinations(explosives, 2):
        letters = _class_of(first)[3:4], _class_of(second)[3:4]
        if all(letters) and not compatible_explosives(*letters):
            there = f"UN {first['un_no']} ({_class_of(first)}) + UN {second['un_no']} ({_class_of(second)})"
            apart = both("expected.compatibility_groups_that_may_be_togethe")
            yield Found(("hazard_class",), apart, there, second["line_no"])


def fumigated(box: Box) -> Iterator[Found]:
    """A fumigated box without UN 3359, or UN 3359 without date and fumigant."""
    declared = any(line["un_no"] == _FUMIGATED for line in box.lines)
    if declared:
        missing = [name for name in ("fumigated_on", "fumigant") if not known(box[name])]
        if missing:
            yield Found(tuple(missing), both("expected.date_of_fumigation_and_fumigant"), NOTHING)
    elif not box.goods and (known(box["fumigated_on"]) or box["fumigant"] or _says_fumigated(box)):
        yield Found(("un_no",), f"UN {_FUMIGATED}", NOTHING)


def food_beside_toxic(box: Box) -> Iterator[Found]:
    """Food or feed in one box with toxic, infectious, radioactive or corrosive goods."""
    if not box.goods or len(box.lines) < 2:
        return
    food = next((line for line in box.lines if not line["un_no"] and _is_food(line)), None)
    if food is None:
        return
    for line in box.goods:
        classes = {_class_of(line), *hazards(line["subsidiary_hazards"])}
        codes = {code for entry in line.entries for code in entry.segregation_codes or ()}
        if classes & _APART_FROM_FOOD or codes & _FOOD_CODES:
            # Three metres apart is enough for the least of them (7.3.4.2.2); in one box that can seldom be had.
            least = line["packing_group"] == "III" and not codes & _FOOD_CODES
            said = food["description"] or food["hs_code"]
            yield Found(("un_no", "description"), both("expected.no_foodstuffs_in_the_box"),
                        f"UN {line['un_no']} + {said}", line["line_no"],
                        Severity.FAULT if least else None)  # fmt: skip


def _exempt(first: Line, second: Line) -> bool:
    """Limited or excepted quantities (3.4.4.2, 3.5.8)."""
    small = ("limited_quantity", "excepted_quantity")
    return any(line[name] == 1.0 for line in (first, second) for name in small)


def _goods(line: Line) -> Goods:
    return Goods(line["un_no"], _class_of(line), line["subsidiary_hazards"] or "")


def _class_of(line: Line) -> str:
    return line["hazard_class"] or line.entries[0].hazard_class


@lru_cache(maxsize=65_536)
def _is_box_number(number: str) -> bool:
    return bool(iso6346.is_valid(number))


def _says_fumigated(box: Box) -> bool:
    return any(_FUMIGATION.search(words_of(line)) for line in box.lines)


def _is_food(line: Line) -> bool:
    return (line["hs_code"] or "")[:2] in _FOOD_CHAPTERS or bool(_FOOD.search(words_of(line)))


CHECKS: Final = (
    Check("box_number", Topic.BOX, Severity.FAULT, "ISO 6346", box_number, over="box"),
    Check("box_type", Topic.BOX, Severity.FAULT, "ISO 6346", box_type, over="box"),
    Check("not_cooled", Topic.BOX, Severity.SEVERE, "7.3.7", not_cooled, over="box"),
    Check("segregation", Topic.BOX, Severity.SEVERE, "7.2.4, 7.2.8, 7.3.4.1", segregation, over="box"),
    Check("explosives_together", Topic.BOX, Severity.SEVERE, "7.2.7.1.4", explosives_together, over="box"),
    Check("fumigated", Topic.BOX, Severity.FAULT, "5.5.2", fumigated, over="box"),
    Check("food_beside_toxic", Topic.BOX, Severity.SEVERE, "7.3.4.2", food_beside_toxic, over="box"),
)
