"""The catalogue: every check, in the order in which what they find is listed. Read it like a table."""

from __future__ import annotations

from typing import Final

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
from features.checks.check import Check

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
BY_CODE: Final = {check.code: check for check in CATALOGUE}
