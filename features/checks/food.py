"""Foodstuffs in one box with goods that must be kept from them (7.3.4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic
from features.checks.segregation import class_of, hazards_of, is_exempt, named

# Chapters of the tariff whose goods are eaten or fed, headings of other chapters (oil seeds, residues) that are, and
# of these chapters that are not: water, ethyl alcohol.
_CHAPTERS: Final = frozenset(("02", "03", "04", "07", "08", "09", "10", "11", "16", "17", "18", "19", "20", "21", "22"))
_HEADINGS: Final = frozenset(
    ("1201", "1202", "1203", "1204", "1205", "1206", "1207", "1208", "1212", "2302", "2304", "2306", "2309")
)
_NO_FOOD: Final = frozenset(("2201", "2207"))
# Words for foodstuffs, used if no tariff code decides.
_FOOD: Final = re.compile(
    r"\b(?:foodstuffs?|rice|wheat|(?:wheat|corn|soya?) flour|noodles?|biscuits?|frozen fish|seafood|meat|fresh fruits?|"
    r"dried fruits?|vegetables?|tea|coffee|sugar|soya? ?beans?|peanuts?|milk powder|animal feed|fish feed|pet food|"
    r"canned (?:foods?|fish|tuna|meat|fruits?|vegetables?|mushrooms?|tomato(?:es)?|asparagus))\b|"
    r"食品|大米|小麦|面粉|面条|饼干|罐头|冻鱼|冻虾|海鲜|肉类|水果|蔬菜|茶叶|咖啡豆|食糖|大豆|花生|奶粉|饲料"
)
# Things that are named after food: words that follow it, and words that exclude food.
_THINGS: Final = re.compile(
    r"\b(?:rice|wheat|noodles?|biscuits?|seafood|meat|fruits?|vegetables?|tea|coffee|sugar|soya? ?beans?|peanuts?|"
    r"animal feed|fish feed|pet food)[ -](?:cane|tree|lights?|sets?|tables?|(?:tea)?pots?|cups?|mugs?|towels?|trays?|"
    r"knife|knives|baskets?|bowls?|bags?|sacks?|boxes|cartons?|tins?|straws?|husks?|hulls?|wax|oil|colou?rs?|brown|white|"
    r"additives?|slicers?|shellers?|peelers?|cutters?|dispensers?|feeders?|seeds? for sowing)\b|"
    r"(?:食品|饲料)(?:添加剂|级)|"
    r"(?:食品|大米|小麦|面粉|面条|饼干|罐头|海鲜|水果|蔬菜|茶叶|咖啡豆|食糖|大豆|花生|奶粉|饲料)"
    r"(?:专?用|包装|袋|盒|罐|箱|杯|盘|刀|篮|种子|油墨|玩具|模型|架|柜|纸|膜|香精|色素|秸秆|壳)|"
    r"罐头瓶"
)
_MACHINES: Final = re.compile(
    r"machin|equipment|cooker|maker|grinder|\bmills?\b|harvester|transplanter|dryer|production line|\btoys?\b|"
    r"机械|设备|机器|(?:加工|包装|烘干|收割|播种|插秧|碾米|研磨|粉碎|封口|咖啡|饺子|面条|饲料)机|锅|生产线|玩具|餐具"
)
_APART: Final = frozenset(("2.3", "6.1", "6.2", "7", "8"))
_NEVER: Final = "SG50"
_THREE_METRES: Final = "SG29"
_BEVERAGES: Final = "3065"
# Goods to which no other rule of the Code applies if they are packed as required (SP319).
_BY_P650: Final = "3373"


def food_beside_toxic(box: Box) -> Iterator[Found]:
    """Food or feed in one box with toxic, infectious, radioactive or corrosive goods."""
    if not box.dangerous or len(box.lines) < 2:
        return
    food = next((line for line in box.lines if _is_food(line)), None)
    if food is None:
        return
    stated = food["description"] or food["shipping_name"] or food["hs_code"]
    for line in box.dangerous:
        severity = _kept_apart(line)
        if line is not food and severity:
            asked = "three_metres_from_foodstuffs" if severity is Severity.ADVISORY else "no_foodstuffs_in_the_box"
            yield Found(("un_no", "description"), both(f"expected.{asked}"), f"{named(line)} + {stated}",
                        line["line_no"], severity)  # fmt: skip


def _kept_apart(line: Line) -> Severity | None:
    """Severe where goods may not be in a box with food, advisory where three metres are enough (7.3.4.2.2)."""
    if is_exempt(line) or line["un_no"] == _BY_P650:
        return None
    sets = [frozenset(entry.segregation_codes or ()) for entry in line.entries]
    codes = frozenset.intersection(*sets) if sets else frozenset()
    primary, subsidiary = class_of(line), hazards_of(line)
    if _NEVER in codes:
        return Severity.SEVERE
    if not _APART & {primary, *subsidiary}:
        return Severity.ADVISORY if _THREE_METRES in codes else None
    if _THREE_METRES in codes or _is_least(line, primary, subsidiary):
        return Severity.ADVISORY
    return Severity.SEVERE if line.entries else Severity.FAULT


def _is_least(line: Line, primary: str, subsidiary: frozenset[str]) -> bool:
    """Packing group III of 6.1 and 8, II of 8, and III of others with such a subsidiary hazard (7.3.4.2.2)."""
    entries = line.listed.fitting
    groups = {line["packing_group"]} if line["packing_group"] else {entry.packing_group for entry in entries}
    if {primary, *subsidiary} & {"2.3", "6.2", "7"}:
        return False
    return "III" in groups or (primary == "8" and "II" in groups)


def _is_food(line: Line) -> bool:
    if line["un_no"]:
        return bool(line["un_no"] == _BEVERAGES)
    code = line["hs_code"] or ""
    if code:
        return code[:4] not in _NO_FOOD and (code[:2] in _CHAPTERS or code[:4] in _HEADINGS)
    words = line.words
    return not _MACHINES.search(words) and bool(_FOOD.search(_THINGS.sub(" ", words)))


CHECKS: Final = (Check("food_beside_toxic", Topic.BOX, Severity.SEVERE, "7.3.4.2", food_beside_toxic, over="box"),)
