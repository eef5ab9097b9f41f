"""Cargoes of concern: batteries without their test summary, and tariff codes of other goods than those declared."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from data.reference.watchlist import concern_un_nos
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic
from features.checks.identity import NOTHING

_BATTERIES: Final = frozenset(("3090", "3091", "3480", "3481", "3551", "3552"))


def test_summary(line: Line) -> Found | None:
    """Lithium or sodium ion batteries without the number of their test summary."""
    if line["un_no"] not in _BATTERIES or line["test_summary_no"]:
        return None
    return Found(("test_summary_no",), both("expected.a_test_summary_38_3_5"), NOTHING)


def tariff_differs(line: Line) -> Found | None:
    """The tariff code points to other UN numbers than the one declared."""
    numbers = _listed(line["hs_code"]) if line["hs_code"] else ()
    if not numbers or not line["un_no"] or line["un_no"] in numbers:
        return None
    return Found(("hs_code", "un_no"), " / ".join(f"UN {number}" for number in numbers), f"UN {line['un_no']}")


@lru_cache(maxsize=65_536)
def _listed(hs_code: str) -> tuple[str, ...]:
    return concern_un_nos(hs_code, "")


CHECKS: Final = (
    Check("test_summary", Topic.CONCERN, Severity.ADVISORY, "2.9.4.7, 2.9.5", test_summary),
    Check("tariff_differs", Topic.CONCERN, Severity.ADVISORY, "HS 2022", tariff_differs),
)
