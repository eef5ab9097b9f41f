"""Remove discrepancies that repeat another one of the same box: one mistake, one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from data.records import GOODS_PAPERS
from data.vocabulary import Severity
from features.checks.check import Discrepancy

_FOLLOWS_OTHER_GOODS: Final = frozenset(("schedule_differs", "tariff_differs", "generic_name"))
"""Advisories that only repeat that the number does not belong to the goods."""
_FOLLOWS_OTHER_NUMBER: Final = _FOLLOWS_OTHER_GOODS | {
    "group_not_allowed", "subsidiary_missing", "subsidiary_not_listed", "technical_name_missing",
}  # fmt: skip
"""Discrepancies that follow if class and name are both those of another number."""
_OF_CONCERN: Final = ("charcoal_number", "hypochlorite_number")
"""Checks that request the right number, to which the tariff code points as well."""
_FOLLOWS: Final = _FOLLOWS_OTHER_NUMBER | {"watch_list"}
_OF_PAPERS: Final = frozenset(("class_on_paper", "group_on_paper"))
"""If a paper has another UN number, its class and packing group are those of that number."""


def deduplicated(reported: Sequence[Discrepancy]) -> list[Discrepancy]:
    """The discrepancies of a box, without those that follow from another one that is reported."""
    if len(reported) < 2:
        return list(reported)
    graver = {(one.code, one.line_no): one.severity for one in reported}
    papers = {_paper(one) for one in reported if one.code == "number_on_paper"}
    return [one for one in reported if not _is_repeated(one, graver, papers)]


def _is_repeated(one: Discrepancy, reported: dict[tuple[str, int | None], Severity], papers: set[str]) -> bool:
    if one.code in _OF_PAPERS:
        return _paper(one) in papers
    if one.code not in _FOLLOWS:
        return False
    if one.code == "watch_list":
        return ("forbidden_goods", one.line_no) in reported
    if one.code in _FOLLOWS_OTHER_GOODS and any((code, one.line_no) in reported for code in _OF_CONCERN):
        return True
    of_class = ("class_differs", one.line_no) in reported
    of_name = reported.get(("name_differs", one.line_no), Severity.ADVISORY)
    if of_class and of_name is not Severity.ADVISORY:
        return True
    return one.code in _FOLLOWS_OTHER_GOODS and (of_class or of_name is Severity.SEVERE)


def _paper(one: Discrepancy) -> str:
    """The paper whose column a discrepancy concerns."""
    return next((paper for paper in GOODS_PAPERS if one.found.fields[-1].startswith(paper)), "")
