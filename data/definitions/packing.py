"""When a packing certificate is due: dangerous goods packed into a box that is loaded here (5.4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from data.definitions.unstated import is_stated
from data.vocabulary import Flow

TANKS: Final = frozenset(("TG", "TK", "TY", "VL", "VG", "VQ"))
"""Package codes of goods that are filled, not packed."""
TANK_BOX: Final = re.compile(r"..[TK][0-9A-Z]|..TK|\d\d7\d")
"""Types of tank boxes, in the codes of today and of 1984."""
UNITS: Final = frozenset(("3359", "3536"))
"""Fumigated units, subject to 5.5.2 alone, and units with batteries fixed in them: nobody packs these into a box."""


def certificate_missing(
    certificate_no: str | None, flow: str | None, box_type: str | None, goods: Iterable[tuple[str | None, str | None]]
) -> bool:
    """Whether a packing certificate is due and none is stated.

    `goods` are UN number and package code of each line item of dangerous goods. Tanks are filled, not packed: no
    certificate is asked for (5.4.2, note).
    """
    if is_stated(certificate_no) or flow != Flow.EXPORT or TANK_BOX.fullmatch(box_type or ""):
        return False
    return any(un_no not in UNITS and packaging_code not in TANKS for un_no, packaging_code in goods)
