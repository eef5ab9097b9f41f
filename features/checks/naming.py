"""Whether the shipping name belongs to the UN number, and whether its additions agree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from data.reference.dangerous_goods import by_un_no
from data.reference.forbidden import is_forbidden_name
from data.reference.name_ranges import PERCENTAGE, contradicts
from data.reference.shipping_names import agrees, is_generic, lacks_state, specific_entries
from data.reference.watchlist import all_terms
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic
from features.checks.identity import NOTHING
from features.checks.input import AMENDMENT_42

_SPECIFIC_ENOUGH: Final = re.compile(r"\(.*\w.*\)|（.*\w.*）")
_BRACKETS: Final = re.compile(r"\s*[(（][^()（）]*[)）]\s*")
_MOSTLY: Final = 0.6
_BOUNDED_IN_42: Final = frozenset(("1835", "3560"))


def name_differs(line: Line) -> Found | None:
    """The shipping name is not a name of the number."""
    name, un_no = line["shipping_name"], line["un_no"]
    if not name or agrees(un_no, name) is not False:
        return _concentration_differs(line)
    if contradicts(un_no, name):
        severity = Severity.ADVISORY if _of_both_editions(line) else Severity.SEVERE
    elif specific_entries(name):
        # A name of other goods is more severe than an unknown name.
        severity = Severity.FAULT if lacks_state(un_no, name) else Severity.SEVERE
    else:
        severity = Severity.ADVISORY if _is_trade_name(un_no, name) or lacks_state(un_no, name) else Severity.FAULT
    return Found(("shipping_name", "un_no"), own_names(un_no), name, severity=severity)


def technical_name_missing(line: Line) -> Found | None:
    """The entry asks for a technical name (special provision 274 or 318)."""
    if not line["shipping_name"] or line["technical_name"] or not line.entries[0].technical_name_required:
        return None
    if _SPECIFIC_ENOUGH.search(line["shipping_name"]):
        return None
    return Found(("technical_name",), both("expected.a_technical_name"), NOTHING)


def generic_name(line: Line) -> Found | None:
    """A generic entry where one names the substance itself."""
    numbers = _specific(line["un_no"], line["technical_name"] or "", line["description"] or "")
    if not numbers:
        return None
    return Found(("un_no", "technical_name"), " / ".join(f"UN {number}" for number in numbers), f"UN {line['un_no']}")


def forbidden_goods(line: Line) -> Found | None:
    """Goods that may not be carried at all, by their name."""
    for column in ("shipping_name", "technical_name", "description"):
        name = line[column]
        if name and _is_forbidden(name):
            return Found((column,), both("expected.goods_that_may_be_carried"), name)
    return None


def own_names(un_no: str) -> dict[str, str]:
    """The list's names of a number, as the expected value."""
    entry = by_un_no(un_no)[0]
    return {"en": f"UN {un_no} {entry.name_en}", "zh": f"UN {un_no} {entry.name_zh}"}


def _concentration_differs(line: Line) -> Found | None:
    """The text beside the name states a concentration of these goods that has another number."""
    un_no = line["un_no"]
    for column in ("technical_name", "description"):
        words = line[column]
        if words and contradicts(un_no, words) and _mentions(un_no, words) and not _of_both_editions(line):
            return Found((column, "un_no"), own_names(un_no), words, severity=Severity.FAULT)
    return None


def _of_both_editions(line: Line) -> bool:
    """Whether the concentration decides only since amendment 42-24, and an earlier one applies to the box."""
    return line["un_no"] in _BOUNDED_IN_42 and line.edition < AMENDMENT_42


@lru_cache(maxsize=65_536)
def _mentions(un_no: str, words: str) -> bool:
    """Whether `words` with a percentage name only the goods."""
    bare = PERCENTAGE.sub(" ", words)
    return agrees(un_no, bare) is True or _is_trade_name(un_no, bare)


@lru_cache(maxsize=65_536)
def _is_trade_name(un_no: str, name: str) -> bool:
    """Whether `name` is what traders call goods of this number, and hardly more."""
    found = [one for one in all_terms().found(name.lower()) if one.un_nos]
    heard = sum(one.end - one.start for one in found)
    stated = sum(map(str.isalnum, name))
    return bool(found) and heard >= _MOSTLY * stated and all(un_no in one.un_nos for one in found)


@lru_cache(maxsize=65_536)
def _specific(un_no: str, technical_name: str, description: str) -> tuple[str, ...]:
    if not is_generic(un_no):
        return ()
    found = specific_entries(technical_name) or specific_entries(description)
    own = {entry.hazard_class for entry in by_un_no(un_no)}
    return tuple(n for n in found if n != un_no and own & {entry.hazard_class for entry in by_un_no(n)})


@lru_cache(maxsize=65_536)
def _is_forbidden(name: str) -> bool:
    return is_forbidden_name(name) or is_forbidden_name(_BRACKETS.sub(" ", name).strip())


CHECKS: Final = (
    Check("name_differs", Topic.IDENTITY, Severity.SEVERE, "3.1.2, 5.4.1.4.1.2", name_differs),
    Check(
        "technical_name_missing", Topic.IDENTITY, Severity.FAULT, "3.1.2.8, 3.3 SP274, SP318", technical_name_missing
    ),
    Check("generic_name", Topic.IDENTITY, Severity.ADVISORY, "2.0.2.2, 3.1.2.8", generic_name),
    Check("forbidden_goods", Topic.IDENTITY, Severity.SEVERE, "1.1.3.1", forbidden_goods, over="line"),
)
