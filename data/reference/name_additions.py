"""Additions beside a proper shipping name that the IMDG Code allows.

Words for waste, hot goods, salvage, samples and residues (5.4.1.4.3), words for stabilization (3.1.2.6), and isomers,
where the name covers all of them (3.1.2.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from data.reference.dangerous_goods import by_un_no

_PACKAGES: Final = (
    "(?:packagings?|packages?|drums?|ibcs?|tanks?|receptacles?|cylinders?|containers?|bags?|jerricans?"
    "|means of containment)"
)
_VESSELS: Final = "(?:容器|包装物?|空?桶|罐箱|罐柜|罐|瓶|钢瓶|集装箱|中型散装容器)"
_ADDED: Final = re.compile(
    "|".join(
        (
            rf"\b(?:nominally )?empty,?\s+(?:{_PACKAGES},?\s+)?(?:and )?un-?clean(?:ed)?\b(?:,?\s+{_PACKAGES}\b)?",
            rf"\bempty\s+{_PACKAGES}\b",
            r"\bun-?cleaned\b",
            r"\bresidues?\b,?(?:\s*of\b)?",
            r"\blast\s+contain(?:ed|ing)\b\s*:?",
            r"\bsalvage\s+(?:pressure\s+receptacles?|packagings?|drums?|packages?)\b",
            r"\b(?:dangerous goods )?(?:in )?(?:ltd|limited)\.?\s*(?:qty|quantit(?:y|ies))\b|\bl\.?q\.?(?![a-z])",
            r"\b(?:dangerous goods )?in excepted quantit(?:y|ies)\b",
            r"\btransport in accordance with (?:special provision|paragraph)?[\s\d.]+",
            r"^\W*hot\b|\bhot\W*$",
            r"^\W*samples?\b|,\s*samples?\W*$",
            rf"空的?{_VESSELS}?[,，]?(?:的)?未?(?:经)?(?:清洁|清洗|洗净)过?的?{_VESSELS}?[:,]?",
            rf"未(?:经)?(?:清洁|清洗|洗净)过?的?(?:空{_VESSELS})?[:,]?",
            r"残(?:余|留)物?[,]?",
            r"(?:上次|最后|曾|前次)(?:所)?(?:装载|盛装|装运|装过|装)的?(?:货物|物质)?(?:为|是)?[:,]?",
            r"救助(?:包装|压力贮器|压力容器)|(?:救援|打捞)包装",
            r"^\W*热(?![浓塑固])|^\W*(?:高温|样品)(?=[\s,:])",
            r"危险货物(?:限量|有限数量)|限量(?:包装|运输)?",
            # 5.4.1.4.3.5 and 5.4.1.4.3.6: marine pollutant, flash point.
            r"\(?\bmarine pollutants?\b\)?|海洋污染物",
            r"\benvironmentally hazardous\b(?! (?:substances?|solids?|liquids?))",
            r"\(?[<>≤≥]?\s*-?\d+(?:\.\d+)?\s*°?\s*c\.?\s*\(?c\.?\s*c\.?\)?",
            # 5.4.1.4.2: class, subsidiary hazards and packing group after the name.
            r",\s*(?:class\s*)?\d(?:\.\d)?(?:\s*\([\d., ]+\))?\s*,\s*(?:p\.?\s?g\.?\s*)?(?:iii|ii|i)\b",
            # 5.5.3.7.1
            r",?\s*\bas (?:a )?(?:coolant|conditioner)s?\b|(?:作为?|用作|用于)(?:冷却剂|制冷剂|调节剂|空气调节剂)",
        )
    )
)
_OWN_NUMBER: Final = re.compile(r"\bun[\s-]?(?:no\.?\s*)?(\d{4})\b\W*")
_OF_BATTERIES: Final = re.compile(
    r"\bdamaged\s*(?:/|and|or)?\s*defective\b|\bfor (?:disposal|recycling)\b|"
    r"损坏[/或和]?(?:有?缺陷|残次)?的?|(?:供|待|用于)(?:处置|回收)的?"
)
_LITHIUM: Final = dict.fromkeys(("3090", "3091", "3480", "3481", "3551", "3552"), _OF_BATTERIES)
# Additions to the names of single numbers: forms of seed cake, mixtures by letter, damaged batteries (SP376, SP377),
# self-heating of turnings.
_ADDED_TO: Final[Mapping[str, re.Pattern[str]]] = {
    **_LITHIUM,
    "1386": re.compile(
        r",?\s*containing vegetable oil|含植物油|(?<![a-z])\(?[ab]\)|mechanically expelled seeds?,?|"
        r"solvent extractions? and expelled seeds?,?|containing (?:not )?more than 10\s?%.*"
    ),
    "1965": re.compile(r"[,(]?\s*(?:such as\s+)?\bmixtures? (?:a0?[012]?|b[12]?|c)\b\)?"),
    "2793": re.compile(r",?\s*in a form liable to self[- ]?heating|，?易自热的?"),
}
_STABLE: Final = frozenset(("stabilized", "temperature", "controlled"))
_SELF_REACTIVE: Final = frozenset(str(number) for number in range(3221, 3241))
_ISOMERS: Final = re.compile(r"(?:ANES|ENES|ANOLS|ENOLS|ESOLS|ATES|INES|ONES|YDES|IDES)\b")
_ISOMER: Final = re.compile(
    r"(?<![a-z\d])(?:(?:\d(?:,\d)*'?|n|sec|tert|o|m|p|ortho|meta|para|normal|mixed)(?:-|\s(?=[a-z]{4}))|(?:ortho|meta|para)(?=[a-z]{4}))"
    r"|\d(?:,\d)*-(?=[\u4e00-\u9fff])|混合?(?=[二甲])|[正仲叔异邻间对](?=[\u4e00-\u9fff])"
)


def without_additions(un_no: str, text: str) -> str:
    """A plain text without allowed additions to the name; the text itself where nothing else is left.

    Texts of classes 1 and 7 are not changed, because empty packagings and cartridge cases are entries of their own.
    """
    if by_un_no(un_no)[0].hazard_class.startswith(("1", "7")):
        return text
    unmarked = _ADDED.sub(" , ", _OWN_NUMBER.sub(lambda found: " " if found[1] == un_no else found[0], text))
    if un_no in _ADDED_TO:
        unmarked = _ADDED_TO[un_no].sub(" , ", unmarked)
    return unmarked if unmarked != text and any(map(str.isalpha, unmarked)) else text


def keeps_safe(un_no: str, words: frozenset[str]) -> bool:
    """Whether `words` are only "stabilized" or "temperature controlled", and this number allows such an addition."""
    entry = by_un_no(un_no)[0]
    apart = entry.hazard_class[:1] in "17" or entry.hazard_class == "5.2" or un_no in _SELF_REACTIVE
    return words <= _STABLE and not apart and "UNSTABILIZED" not in entry.name_en


def without_isomer(un_no: str, text: str) -> str:
    """A plain text without the isomer, where the name of the entry covers all isomers."""
    return _ISOMER.sub("", text) if _covers_isomers(un_no) else text


@cache
def _covers_isomers(un_no: str) -> bool:
    entry = by_un_no(un_no)[0]
    if entry.technical_name_required or "N.O.S" in entry.name_en or entry.hazard_class.startswith(("1", "7")):
        return False
    return bool(_ISOMERS.search(entry.name_en)) and "AEROSOL" not in entry.name_en
