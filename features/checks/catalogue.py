"""The catalogue: every check, in the order in which discrepancies are listed."""

from __future__ import annotations

from typing import Final

from features.checks import (
    box,
    cargoes_of_concern,
    charcoal,
    flash_points,
    food,
    fumigation,
    hypochlorite,
    identity,
    limited_quantities,
    naming,
    other_papers,
    packagings,
    papers,
    properties,
    quantity,
    radioactive,
    required_fields,
    seed_cake_and_fish_meal,
    segregation,
    un_marks,
    undeclared,
)
from features.checks.check import Check

CATALOGUE: Final[tuple[Check, ...]] = (
    *required_fields.CHECKS,
    *identity.CHECKS,
    *naming.CHECKS,
    *flash_points.CHECKS,
    *properties.CHECKS,
    *radioactive.CHECKS,
    *limited_quantities.CHECKS,
    *quantity.CHECKS,
    *packagings.CHECKS,
    *un_marks.CHECKS,
    *box.CHECKS,
    *segregation.CHECKS,
    *fumigation.CHECKS,
    *food.CHECKS,
    *papers.CHECKS,
    *other_papers.CHECKS,
    *charcoal.CHECKS,
    *hypochlorite.CHECKS,
    *seed_cake_and_fish_meal.CHECKS,
    *cargoes_of_concern.CHECKS,
    *undeclared.CHECKS,
)
BY_CODE: Final = {check.code: check for check in CATALOGUE}
