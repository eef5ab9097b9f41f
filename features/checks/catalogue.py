"""The checks, and all that they find in a box."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from data.vocabulary import Severity
from features.checks import (
    box,
    charcoal,
    concern,
    flash_points,
    food,
    fumigation,
    hypochlorite,
    identity,
    limited,
    marks,
    meals,
    missing,
    naming,
    other_papers,
    packagings,
    papers,
    properties,
    quantity,
    radioactive,
    segregated,
    undeclared,
)
from features.checks.check import Box, Check, Discrepancy
from features.checks.empties import EASED, all_empty, is_empty
from features.checks.reading import boxes_to_check
from features.checks.repeated import without_repeats

if TYPE_CHECKING:
    from features.boxes import Boxes

CATALOGUE: Final[tuple[Check, ...]] = (
    *missing.CHECKS,
    *identity.CHECKS,
    *naming.CHECKS,
    *flash_points.CHECKS,
    *properties.CHECKS,
    *radioactive.CHECKS,
    *limited.CHECKS,
    *quantity.CHECKS,
    *packagings.CHECKS,
    *marks.CHECKS,
    *box.CHECKS,
    *segregated.CHECKS,
    *fumigation.CHECKS,
    *food.CHECKS,
    *papers.CHECKS,
    *other_papers.CHECKS,
    *charcoal.CHECKS,
    *hypochlorite.CHECKS,
    *meals.CHECKS,
    *concern.CHECKS,
    *undeclared.CHECKS,
)
_OVER_GOODS: Final = tuple((check, check.function) for check in CATALOGUE if check.over == "goods")
_OVER_LINES: Final = tuple((check, check.function) for check in CATALOGUE if check.over == "line")
_OVER_BOXES: Final = tuple((check, check.function) for check in CATALOGUE if check.over == "box")
# Boxes that are held in memory together.
_AT_ONCE: Final = 64
_WEIGHT: Final = {Severity.SEVERE: 0, Severity.FAULT: 1, Severity.ADVISORY: 2}


def verify(boxes: Boxes) -> Iterator[list[Discrepancy]]:
    """What is wrong with each box, the gravest first."""
    return (discrepancies(one) for one in read(boxes))


def read(boxes: Boxes) -> Iterator[Box]:
    """Each box as the checks see it; what its general cargo is likely to be has been looked up, many at once."""
    every = boxes_to_check(boxes)
    while some := list(islice(every, _AT_ONCE)):
        undeclared.foresee(line for one in some for line in one.lines)
        yield from some


def discrepancies(one: Box) -> list[Discrepancy]:
    """What is wrong with a box, the gravest first, then in order of the catalogue."""
    told: list[Discrepancy] = []
    for lines, checks in ((one.lines, _OVER_LINES), (one.goods, _OVER_GOODS)):
        for line in lines:
            for check, function in checks:
                found = function(line)
                if found is not None:
                    told.append(Discrepancy(check, found._replace(line_no=line["line_no"])))
    for check, function in _OVER_BOXES:
        for found in function(one):
            told.append(Discrepancy(check, found))  # noqa: PERF401 (most find nothing: a list for each costs more)
    if not told:
        return told
    eased = without_repeats([_eased(found, one) for found in told])
    return sorted(eased, key=lambda found: _WEIGHT[found.severity])


def _eased(discrepancy: Discrepancy, one: Box) -> Discrepancy:
    """As an advisory where it is told of empty packagings that need not say what full ones must."""
    if discrepancy.code not in EASED or discrepancy.severity is Severity.ADVISORY:
        return discrepancy
    number = discrepancy.line_no
    lines = [line for line in one.lines if line["line_no"] == number]
    if not (all(is_empty(line, one) for line in lines) if lines else all_empty(one)):
        return discrepancy
    return Discrepancy(discrepancy.check, discrepancy.found._replace(severity=Severity.ADVISORY))
