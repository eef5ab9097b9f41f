"""Compare the goods with other papers: number, class, group, mass and count on booking, manifest and certificate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache, partial
from typing import Final

from data.definitions.masses import ON_PAPERS, disagree
from data.records import GOODS_FACTS, GOODS_PAPERS
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Topic, figure

_COLUMNS: Final = {fact: tuple(f"{paper}_{fact}" for paper in GOODS_PAPERS) for fact in GOODS_FACTS}
_TOLERANCES: Final = {f"{paper}_gross_mass_kg": ON_PAPERS[paper] for paper in GOODS_PAPERS}
_CLASS: Final = re.compile(r"(?<![\d.])[1-9](?:\.[1-6])?(?:(?<=\d\.\d)[A-S](?![A-Z]))?(?![\d]|\.[1-9])", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]")


def differs_on_paper(box: Box, fact: str) -> Iterator[Found]:
    """Another paper has a different number or packing group."""
    given = [column for column in _COLUMNS[fact] if box[column]]
    declared = {line[fact] for line in box.lines if line["un_no"] and line[fact]} if given else set()
    for column in given:
        # A column that states one number for several goods contradicts none of them.
        stated = set(box[column].split())
        if declared and not stated <= declared and not _of_more(column, stated > declared):
            yield Found((fact, column), " ".join(sorted(declared)), " ".join(sorted(stated)))


def class_on_paper(box: Box) -> Iterator[Found]:
    """Another paper has a different class."""
    given = [column for column in _COLUMNS["hazard_class"] if box[column]]
    if not given:
        return
    declared = {line["hazard_class"] for line in box.lines if line["hazard_class"]}
    beside = declared | {one for line in box.lines for one in (line["subsidiary_hazards"] or "").split()}
    for column in given:
        stated = _classes(box[column])
        if not declared or not stated or _of_more(column, all(_is_among(one, stated) for one in declared)):
            continue
        # A paper may list subsidiary hazards beside the class, but not in its place.
        if not all(_is_among(one, beside) for one in stated) or not any(_is_among(one, declared) for one in stated):
            yield Found(("hazard_class", column), " ".join(sorted(declared)), box[column])


def mass_on_paper(box: Box) -> Iterator[Found]:
    """Another paper has a different gross mass."""
    given = [(column, one) for column, one in _TOLERANCES.items() if box[column] == box[column]]
    if not given:
        return
    declared = _declared(box, "gross_mass_kg")
    for column, tolerance in given:
        stated = box[column]
        agrees = stated in declared or not all(disagree(stated, mass, tolerance) for mass in declared)
        if not agrees and not _of_more(column, stated > max(declared)):
            yield Found(("gross_mass_kg", column), figure(declared[0], "kg"), figure(stated, "kg"))


def count_on_paper(box: Box) -> Iterator[Found]:
    """Another paper has a different number of packages."""
    given = [column for column in _COLUMNS["package_count"] if box[column] == box[column]]
    if not given:
        return
    declared = _declared(box, "package_count")
    known = all(count == count for count in declared)
    for column in given:
        stated = box[column]
        if known and stated not in declared and not _of_more(column, stated > max(declared)):
            yield Found(("package_count", column), figure(declared[0]), figure(stated))


def _declared(box: Box, fact: str) -> list[float]:
    """The sum over the box, and the sum over its dangerous goods; some papers list only these."""
    sums = [sum([line[fact] for line in box.lines])]
    return [*sums, sum([line[fact] for line in box.dangerous])] if box.dangerous else sums


def _of_more(column: str, more: bool) -> bool:
    """A booking of more goods than these is no contradiction: it may be of several boxes."""
    return more and column.startswith("booking")


@lru_cache(maxsize=65_536)
def _classes(written: str) -> frozenset[str]:
    """The classes in a text such as "3", "Class 3", "第3类", "2.1 (6.1)"; classes in brackets are subsidiary."""
    outside = _IN_BRACKETS.sub(" ", written)
    return frozenset(one.upper() for one in _CLASS.findall(outside))


def _is_among(given: str, declared: Set[str]) -> bool:
    """Whether a class is one of those declared, as precisely as both are written: 1.4 is 1.4S, 2 is 2.1."""
    return any(one.startswith(given) or given.startswith(one) for one in declared)


_SAME: Final = "5.4.1, 5.4.2"
CHECKS: Final = (
    Check("number_on_paper", Topic.PAPERS, Severity.FAULT, _SAME, partial(differs_on_paper, fact="un_no"), over="box"),
    Check("class_on_paper", Topic.PAPERS, Severity.FAULT, _SAME, class_on_paper, over="box"),
    Check(
        "group_on_paper",
        Topic.PAPERS,
        Severity.FAULT,
        _SAME,
        partial(differs_on_paper, fact="packing_group"),
        over="box",
    ),
    Check("mass_on_paper", Topic.PAPERS, Severity.FAULT, _SAME, mass_on_paper, over="box"),
    Check("count_on_paper", Topic.PAPERS, Severity.FAULT, _SAME, count_on_paper, over="box"),
)
