"""Missing packing certificate: required for dangerous goods packed into an export box (IMDG Code 5.4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from data.definitions.unstated import is_stated
from data.vocabulary import Flow

TANKS: Final = frozenset(("TG", "TK", "TY", "VL", "VG", "VQ"))
"""Package codes of bulk goods and tanks, which are filled, not packed."""
TANK_BOX: Final = re.compile(r"..[TK][0-9A-Z]|..TK|\d\d7\d")
"""Size and type codes of tank boxes, ISO 6346 of today and of 1984."""
UNITS: Final = frozenset(("3359", "3536"))
"""UN numbers that are the box itself: fumigated units (5.5.2 applies alone) and units with installed batteries."""


def certificate_missing(
    certificate_no: str | None, flow: str | None, box_type: str | None, goods: Iterable[tuple[str | None, str | None]]
) -> bool:
    """Whether a packing certificate is required and none is stated.

    `goods` are UN number and package code of each line item of dangerous goods. None is required for tanks, which are
    filled, not packed (5.4.2, note).
    """
    if is_stated(certificate_no) or flow != Flow.EXPORT or TANK_BOX.fullmatch(box_type or ""):
        return False
    return any(un_no not in UNITS and packaging_code not in TANKS for un_no, packaging_code in goods)
