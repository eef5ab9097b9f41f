"""General cargo whose description or tariff code points to dangerous goods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from data.reference.watchlist import concern_un_nos
from data.vocabulary import Severity
from features.checks.charcoal import CHARCOAL, charcoal_exempted
from features.checks.check import Check, Found, Line, Topic
from features.checks.input import AMENDMENT_42
from features.checks.required_fields import stated_of_dangerous_goods
from features.checks.seed_cake_and_fish_meal import SEED_CAKE
from features.text.likely_goods import SUSPICIOUS, likely_many

FAULT_FROM: Final = 0.9
"""Probability from which a correction is requested; below, from SUSPICIOUS on, there is an advisory."""
_MIN_REPORTED: Final = 0.1
_REPORTED: Final = 6
_EXEMPT_BY_TEST: Final = frozenset(("1362", "1365", "3360", "1374", "2216", "2800"))
"""Numbers whose goods are exempt by a test, certificate or dense baling (3.3 SP223, SP238, SP299, SP925, SP928)."""
_LITHIUM: Final = frozenset(("3090", "3091", "3480", "3481"))
_STATED_SMALL: Final = re.compile(r"\bsp\s?-?188\b|special provision\s?188|特殊规定\s?(?:第?\s?)188")
"""Small lithium batteries are carried as general cargo, as their papers state (3.3 SP188)."""
# Residues of soya, and those of brewing and starch, which come from no oil mill.
_SOYA: Final = re.compile(r"soy|豆|\bddgs?\b|distiller|brewer|酒糟")
_SOYA_TARIFF: Final = ("2303", "2304", "120810")


def undeclared_goods(line: Line) -> Found | None:
    """General cargo that is likely dangerous goods."""
    found = line.likely
    if not found or found[0].probability < SUSPICIOUS:
        return None
    # Charcoal has a check of its own, with the same result.
    if found[0].un_no == CHARCOAL and (same := charcoal_exempted(line)) and same.severity is Severity.FAULT:
        return None
    words, tariff = line.words, line["hs_code"] or ""
    numbers = " / ".join(
        f"UN {one.un_no} {one.probability:.0%}" for one in found[:3] if one.probability >= _MIN_REPORTED
    )
    certain = found[0].probability >= FAULT_FROM and not _may_be_exempt(found[0].un_no, words, tariff, line.edition)
    severity = Severity.FAULT if certain else Severity.ADVISORY
    return Found(("description", "hs_code", "un_no"), numbers, words, severity=severity)


def watch_list(line: Line) -> Found | None:
    """General cargo with a word or a tariff code of the watch list of dangerous goods."""
    if line["un_no"] or line.stated or undeclared_goods(line):
        return None
    words, tariff = line.words, line["hs_code"] or ""
    # Charcoal has a check of its own, which excludes articles that are only named after it.
    numbers = [number for number in _listed(words, tariff) if number != CHARCOAL]
    if not numbers or charcoal_exempted(line):
        return None
    expected = " / ".join(f"UN {number}" for number in numbers[:_REPORTED])
    found = " · ".join(part for part in (words, tariff and f"HS {tariff}") if part)
    return Found(("description", "hs_code", "un_no"), expected, found)


def recognise(lines: Sequence[Line]) -> None:
    """Set `stated` and `likely` of line items without a UN number.

    The results are the same for many at once as one by one; many at once take far less time.
    """
    general = []
    for line in lines:
        line.stated = stated_of_dangerous_goods(line)
        if not line.stated and (words := line.words):
            general.append((line, words, line["hs_code"] or ""))
    if general:
        of, words, tariffs = zip(*general, strict=True)
        for line, answer in zip(of, likely_many(words, tariffs), strict=True):
            line.likely = answer


@lru_cache(maxsize=65_536)
def _listed(words: str, tariff: str) -> tuple[str, ...]:
    return concern_un_nos(tariff, words)


def _may_be_exempt(un_no: str, words: str, tariff: str, edition: int) -> bool:
    """Whether goods of this name are often lawful as general cargo: charcoal until provision 978, soya meal by 142,
    residues of brewing."""
    if un_no == CHARCOAL:
        return edition < AMENDMENT_42
    if un_no in _LITHIUM:
        return bool(_STATED_SMALL.search(words))
    if un_no in SEED_CAKE:
        return bool(_SOYA.search(words)) or tariff.startswith(_SOYA_TARIFF)
    return un_no in _EXEMPT_BY_TEST


CHECKS: Final = (
    Check("undeclared_goods", Topic.UNDECLARED, Severity.FAULT, "5.4.1.1", undeclared_goods, over="line"),
    Check("watch_list", Topic.UNDECLARED, Severity.ADVISORY, "5.4.1.1, HS 2022", watch_list, over="line"),
)
