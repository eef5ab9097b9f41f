"""Pairs of goods that may share a box although their classes or codes require segregation.

Each pair has the paragraph that permits it. Where the technical name decides (UN 3105 that is peroxyacetic acid), goods
without a technical name are allowed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

AEROSOLS: Final = frozenset(("1950", "2037"))
"""Aerosols and gas cartridges: up to one litre each they are segregated as class 9 (SG69)."""
EXCEPTED_PACKAGES: Final = frozenset(("2908", "2909", "2910", "2911"))
"""Excepted packages of class 7, to which part 7 does not apply (1.5.1.5)."""
EXCEPTED_FROM_CLASS_7: Final = "3507"
# Excepted packages, and samples of category B that comply with P650, to which nothing else of the Code applies (SP319).
_NEVER_APART: Final = EXCEPTED_PACKAGES | {"3373"}
# The same substance with different water content (7.2.6.3.1): sulphides, hydrosulphides, metal powders.
_BUT_FOR_WATER: Final = (("1385", "1849"), ("1382", "1847"), ("2318", "2949"), ("1326", "2545"), ("1352", "2546"),
                         ("1358", "2008"))  # fmt: skip
# Groups that do not react dangerously with each other (7.2.6.3.2): chlorosilanes, organometallics.
_COMPATIBLE: Final = (
    frozenset(("1295", "1818", "2189")),
    frozenset(("3391", "3392", "3393", "3394", "3395", "3396", "3397", "3398", "3399", "3400")),
    *map(frozenset, _BUT_FOR_WATER),
)
# Blasting explosives, type C (UN 0083) apart, with ammonium nitrate and nitrates of alkali and alkaline earth metals,
# when all is treated as blasting explosives (7.2.7.2.1).
_BLASTING: Final = frozenset(("0081", "0082", "0084", "0241", "0331", "0332"))
_NITRATES: Final = frozenset(
    ("1942", "2067", "1446", "1451", "1454", "1474", "1486", "1498", "1499", "1507", "2464", "2722")
)
_PEROXYACETIC: Final = re.compile(r"peroxy?acetic|peracetic|过氧乙酸|过乙酸|过氧醋酸|过醋酸")
# Numbers that are compatible under one name only, that name, and with what: hydrogen peroxide and peroxyacetic acid;
# preparations of peroxides that are of class 4.1 by their exemption in 2.5.3.2.4.
_UNDER_A_NAME: Final = (
    (frozenset(("3105", "3107", "3109")), _PEROXYACETIC, frozenset(("2014", "2984", "3149"))),
    (frozenset(("1325",)), re.compile(r"peroxide|过氧化"), frozenset(str(number) for number in range(3101, 3121))),
)
DIFFER_BY_NAME: Final = frozenset(number for numbers, _, _ in _UNDER_A_NAME for number in numbers)
"""UN numbers whose technical name decides which goods they may share a box with."""
_HYDROGEN_PEROXIDE: Final = frozenset(("2014", "2984", "3149"))


@lru_cache(maxsize=65_536)
def may_be_together(first: str, second: str) -> bool:
    """Whether goods of two UN numbers may share a box, whatever their classes and codes."""
    pair = {first, second}
    if pair & _NEVER_APART or any(pair <= group for group in _COMPATIBLE) or pair <= _HYDROGEN_PEROXIDE:
        return True
    return bool(pair & _BLASTING) and bool(pair & _NITRATES)


def together_under_name(un_no: str, name: str, other: str) -> bool:
    """Whether goods with this technical name may share a box with goods of another UN number.

    `name` is the technical name in lower case; an empty name is allowed.
    """
    for numbers, pattern, others in _UNDER_A_NAME:
        if un_no in numbers and other in others:
            return not name or bool(pattern.search(name))
    return False
