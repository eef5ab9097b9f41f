"""When an emergency telephone is missing: dangerous goods without a number that can be called (5.4.3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

FUMIGATED: Final = "3359"
"""A fumigated cargo transport unit: the box itself, no package in it."""
_DIGITS: Final = re.compile(r"\D")
_LEAST_DIGITS: Final = 7


def phone_missing(phone: str | None, un_nos: Iterable[str | None]) -> bool:
    """Whether a telephone is asked for and none is given that can be called.

    `un_nos` are the UN numbers of the line items of dangerous goods; for a fumigated box none is asked for.
    """
    if all(un_no == FUMIGATED for un_no in un_nos):
        return False
    digits = _DIGITS.sub("", phone or "")
    return len(digits) < _LEAST_DIGITS or len(set(digits)) == 1
