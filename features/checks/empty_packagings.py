"""Uncleaned empty packagings and tanks (4.1.1.11, 4.2.1.5): statements that only full ones require.

They are dangerous goods and are declared with the description of what they held (5.4.1.4.3.2), but mostly without
masses, marks, flash point or number of packages. What is missing or differs there is an advisory at most.
"""

from __future__ import annotations

import re
from typing import Final

from features.checks.check import Box, Line

RELIEVED_FOR_EMPTIES: Final = frozenset(
    (
        "flash_point_missing", "temperature_missing", "marine_pollutant_denied", "net_above_gross",
        "packages_missing", "mark_malformed", "mark_too_weak", "mark_of_another_packaging", "cargo_against_vgm",
        "vgm_against_weighbridge", "certificate_missing", "mass_on_paper", "count_on_paper",
    )
)  # fmt: skip
"""Checks that are advisories at most for empty packagings."""
_FILLED_FROM_KG: Final = 1_000.0
"""If more goods than this are declared, and the box weighs as much, it is not empty, whatever the words state."""
_STATED: Final = re.compile(
    r"\bun-?clean(?:ed)?\b|\blast\s+contain(?:ed|ing)\b|\bempty\s+(?:packagings?|packages?|drums?|ibcs?|tanks?|"
    r"receptacles?|cylinders?|containers?|jerricans?|iso)\b|"
    r"未(?:经)?(?:清洁|清洗|洗净)|空(?:的)?(?:桶|罐|瓶|钢瓶|气瓶|容器|包装|集装罐|铁桶|塑料桶|吨桶|ibc)|"
    r"(?:上次|最后|曾|前次)(?:所)?(?:装载|盛装|装运|装过)"
)


def is_empty(line: Line, box: Box) -> bool:
    """Whether a line item is described as empty packagings, and no weight of the box shows that they are full."""
    if not _STATED.search(line.words):
        return False
    net = line["net_mass_kg"]
    return not (net > _FILLED_FROM_KG and (box["vgm_kg"] >= net or box["weighed_kg"] >= net))


def all_empty(box: Box) -> bool:
    """Whether all dangerous goods of a box are empty packagings."""
    return bool(box.dangerous) and all(is_empty(line, box) for line in box.dangerous)
