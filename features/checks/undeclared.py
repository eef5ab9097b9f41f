"""Goods declared as no dangerous goods whose words or tariff code are those of dangerous goods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, words_of
from features.checks.missing import stated_of_dangerous_goods
from features.likely_goods import SUSPICIOUS, Likely, likely_many

FAULT_FROM: Final = 0.9
"""Probability from which it is to be put right; below, from SUSPICIOUS on, it is worth a look."""
_LEAST_TOLD: Final = 0.1
_REMEMBERED_MOST: Final = 200_000
_remembered: dict[tuple[str, str], tuple[Likely, ...]] = {}


def undeclared_goods(line: Line) -> Found | None:
    """General cargo that is likely dangerous goods."""
    said = _said(line)
    if said is None:
        return None
    if said not in _remembered:
        foresee([line])
    found = _remembered[said]
    if not found or found[0].probability < SUSPICIOUS:
        return None
    numbers = " / ".join(f"UN {one.un_no} {one.probability:.0%}" for one in found[:3] if one.probability >= _LEAST_TOLD)
    severity = Severity.FAULT if found[0].probability >= FAULT_FROM else Severity.ADVISORY
    return Found(("description", "hs_code", "un_no"), numbers, said[0], severity=severity)


def foresee(lines: Iterable[Line]) -> None:
    """Answer for many lines at once, which takes far less time than one by one; the answers are the same."""
    new = list({said for line in lines if (said := _said(line)) and said not in _remembered})
    if len(_remembered) + len(new) > _REMEMBERED_MOST:
        _remembered.clear()
    if new:
        _remembered.update(zip(new, likely_many(*map(list, zip(*new, strict=True))), strict=True))


def _said(line: Line) -> tuple[str, str] | None:
    """What general cargo says of itself: words and tariff code."""
    if line["un_no"] or not (words := words_of(line)) or stated_of_dangerous_goods(line):
        return None
    return words, line["hs_code"] or ""


CHECKS: Final = (Check("undeclared_goods", Topic.UNDECLARED, Severity.FAULT, "5.4.1.1", undeclared_goods, over="line"),)
