"""The check stage: takes boxes, returns the same boxes with their discrepancies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from data.vocabulary import Severity
from features.boxes import Boxes
from features.checks.catalogue import CATALOGUE
from features.checks.check import Box, Discrepancy
from features.checks.deduplication import deduplicated
from features.checks.empty_packagings import RELIEVED_FOR_EMPTIES, all_empty, is_empty
from features.checks.input import boxes_to_check
from features.checks.results import CheckedBoxes, CheckResults, with_results
from features.checks.undeclared import recognise

_OVER_GOODS: Final = tuple((check, check.function) for check in CATALOGUE if check.over == "goods")
_OVER_LINES: Final = tuple((check, check.function) for check in CATALOGUE if check.over == "line")
_OVER_BOXES: Final = tuple((check, check.function) for check in CATALOGUE if check.over == "box")
# Boxes in memory at the same time.
_AT_ONCE: Final = 512
_WEIGHT: Final = {Severity.SEVERE: 0, Severity.FAULT: 1, Severity.ADVISORY: 2}


def check(boxes: Boxes) -> CheckedBoxes:
    """Check the papers of each box: every check of the catalogue, over one box or a million by the same code."""
    editions: list[int] = []
    found: list[list[Discrepancy]] = []
    probabilities: list[float] = []
    for one in read(boxes):
        editions.append(one.edition)
        found.append(discrepancies(one))
        probabilities.append(max([line.likely[0].probability for line in one.lines if line.likely], default=0.0))
    return with_results(boxes, CheckResults.of(editions, found, probabilities))


def read(boxes: Boxes) -> Iterator[Box]:
    """Boxes as input of the checks; the likely goods of general cargo are computed for many boxes at once."""
    every = boxes_to_check(boxes)
    while some := list(islice(every, _AT_ONCE)):
        recognise([line for one in some for line in one.lines if not line["un_no"]])
        yield from some


def discrepancies(one: Box) -> list[Discrepancy]:
    """The discrepancies of a box, most severe first, then in order of the catalogue."""
    reported: list[Discrepancy] = []
    for lines, checks in ((one.lines, _OVER_LINES), (one.goods, _OVER_GOODS)):
        for line in lines:
            for of, function in checks:
                found = function(line)
                if found is not None:
                    reported.append(Discrepancy(of, found._replace(line_no=line["line_no"])))
    for of, function in _OVER_BOXES:
        for found in function(one):
            reported.append(Discrepancy(of, found))  # noqa: PERF401 (most find nothing: a list for each costs more)
    if not reported:
        return reported
    relieved = deduplicated([_eased(found, one) for found in reported])
    return sorted(relieved, key=lambda found: _WEIGHT[found.severity])


def _eased(discrepancy: Discrepancy, one: Box) -> Discrepancy:
    """The discrepancy as an advisory if it concerns empty packagings, which need fewer statements than full ones."""
    if discrepancy.code not in RELIEVED_FOR_EMPTIES or discrepancy.severity is Severity.ADVISORY:
        return discrepancy
    number = discrepancy.line_no
    lines = [line for line in one.lines if line["line_no"] == number]
    if not (all(is_empty(line, one) for line in lines) if lines else all_empty(one)):
        return discrepancy
    return Discrepancy(discrepancy.check, discrepancy.found._replace(severity=Severity.ADVISORY))
