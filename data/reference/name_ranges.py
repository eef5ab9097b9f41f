"""Concentration limits in shipping names, and the concentrations that a declaration states.

Only a bound on the substance that names the entry counts ("more than 51% acid"), not one on water or nitrogen beside
it. A declaration contradicts only if none of its percentages can be that of the substance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, NamedTuple

from data.reference.dangerous_goods import by_un_no
from data.reference.name_words import plain

_BOUND: Final = re.compile(
    r"\b(not less than|at least|not more than|more than|less than) ([\d.]+)%"
    r"(?:,? (?:but|and) (not more than|less than) ([\d.]+)%)? ([a-z]+)"
)
_OF_THE_SUBSTANCE: Final = frozenset(("acid", "available", "hydrogen"))
_BESIDE: Final = frozenset(("water", "alcohol", "acetone", "calcium"))
_NUMBER: Final = r"(\d+(?:[.,]\d+)?)"
_STATED: Final = re.compile(
    r"(?P<beside>(?:水[分份量]|含水|(?<![\u4e00-\u9fff])水|湿度|杂质|灰分?|游离酸?|铁|氮|油|稳定剂|moisture|water"
    r"|impurit(?:y|ies)|humidity|ash|nitrogen|oil|free acid|stabili[sz]er|inhibitor)\s*(?:content|含量)?\s*[:：]?\s*)?"
    r"(?P<bound>not less than|at least|not more than|not exceeding|more than|less than|above|below|over|under|up to"
    r"|max\.?|min\.?|不低于|不少于|不小于|不超过|不高于|不大于|不多于|大于|高于|超过|小于|低于|少于|≥|>=|≤|<=|>|<)?\s*"
    rf"{_NUMBER}\s*%?\s*(?:[-~–至到]\s*{_NUMBER}\s*)?(?:%|percent\b)"
    r"\s*(?:\(?(?:w/w|v/v|w/v|wt|vol|by mass|by volume|by weight|m/m)\.?\)?)?"
    r"(?P<after>\s*(?:min\b|max\b|以上|以下)|\s*(?:of )?(?:water|moisture|oil\b|nitrogen|水|油|氮)(?!\s*:?\s*\d))?"
)
PERCENTAGE: Final = re.compile(r"[<>≤≥]?=?\s*\d+(?:\.\d+)?\s*(?:[-~–至到]\s*\d+(?:\.\d+)?\s*)?[%％]")
_LOWER: Final = frozenset(
    ("not less than", "at least", "more than", "above", "over", "min", "不低于", "不少于", "不小于", "大于", "高于",
     "超过", "≥", ">=", ">", "以上")
)  # fmt: skip
_UPPER: Final = frozenset(
    ("not more than", "not exceeding", "less than", "below", "under", "up to", "max", "不超过", "不高于", "不大于",
     "不多于", "小于", "低于", "少于", "≤", "<=", "<", "以下")
)  # fmt: skip
_STRICT: Final = frozenset(
    (
        "more than",
        "less than",
        "above",
        "below",
        "over",
        "under",
        "大于",
        "高于",
        "超过",
        "小于",
        "低于",
        "少于",
        ">",
        "<",
    )
)
_HYDRATE: Final = re.compile("hydrate|水合")
# Trade documents state hydrazine as hydrate, of which 64 % is hydrazine.
_HYDRAZINE: Final = frozenset(("2030", "3293", "3484"))
_HYDRAZINE_OF_HYDRATE: Final = 0.64


class Range(NamedTuple):
    """A range of concentrations in percent; `open_low` and `open_high`: the bound itself is excluded."""

    low: float = 0.0
    high: float = 100.0
    open_low: bool = False
    open_high: bool = False

    def meets(self, other: Range) -> bool:
        """Whether the ranges overlap."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low < high:
            return True
        return low == high and all(
            not (one.open_low and one.low == low) and not (one.open_high and one.high == high) for one in (self, other)
        )


def contradicts(un_no: str, text: str, packing_group: str | None = None) -> bool:
    """Whether `text` states a concentration that excludes `un_no`, or this packing group of it.

    False where the names of the list have no limits.
    """
    if "%" not in text and "percent" not in text.lower() and "％" not in text:
        return False
    listed = [one for group, one in ranges(un_no) if packing_group is None or group == packing_group]
    if not listed:
        return False
    declared = stated(text)
    if un_no in _HYDRAZINE and _HYDRATE.search(text.lower()):
        declared = tuple(one._replace(low=one.low * _HYDRAZINE_OF_HYDRATE, high=one.high * _HYDRAZINE_OF_HYDRATE)
                         for one in declared)  # fmt: skip
    return bool(declared) and not any(here.meets(there) for here in declared for there in listed)


@cache
def ranges(un_no: str) -> tuple[tuple[str, Range], ...]:
    """Packing group and range of each entry of `un_no`; empty unless all entries have limits."""
    found = [
        (entry.packing_group, _listed(entry.name_en)) for entry in by_un_no(un_no) if entry.hazard_class[:1] != "1"
    ]
    return tuple((group, one) for group, one in found if one) if all(one for _, one in found) else ()


def _listed(name: str) -> Range | None:
    if " AND " in name:
        return None
    own = {*re.findall(r"[a-z]+", " ".join(re.findall(r"[A-Z]{3,}", name)).lower()), *_OF_THE_SUBSTANCE}
    own -= _BESIDE
    if name.startswith("ALCOHOLIC"):
        own.add("alcohol")
    for first, low, second, high, of in _BOUND.findall(name):
        if of in own:
            one = _bounded(first, float(low))
            return _narrowed(one, _bounded(second, float(high))) if second else one
    return None


@lru_cache(maxsize=16384)
def stated(text: str) -> tuple[Range, ...]:
    """The concentrations in a declared text, without those of water and other additions."""
    return tuple(_stated(plain(text)))


def _stated(text: str) -> Iterator[Range]:
    for match in _STATED.finditer(text):
        after = (match["after"] or "").strip()
        word = (match["bound"] or "").strip(" .") or after
        if match["beside"] or (after and after not in _LOWER | _UPPER):
            continue
        low, high = match[3], match[4]
        first = float(low.replace(",", "."))
        if not 0 < first <= 100:
            continue
        if high and first <= float(high.replace(",", ".")) <= 100:
            yield Range(first, float(high.replace(",", ".")))
        elif word in _LOWER or word in _UPPER:
            yield _bounded(word, first)
        else:
            yield Range(first, first)


def _bounded(word: str, percent: float) -> Range:
    if word in _LOWER:
        return Range(low=percent, open_low=word in _STRICT)
    return Range(high=percent, open_high=word in _STRICT)


def _narrowed(one: Range, other: Range) -> Range:
    return Range(one.low, other.high, one.open_low, other.open_high)
