"""Missing emergency telephone: dangerous goods without a number that can be called (IMDG Code 5.4.3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

FUMIGATED: Final = "3359"
"""UN number of a fumigated cargo transport unit: the box itself, not a package in it."""
_DIGITS: Final = re.compile(r"\D")
_LEAST_DIGITS: Final = 7


def phone_missing(phone: str | None, un_nos: Iterable[str | None]) -> bool:
    """Whether an emergency telephone is required and none is stated that can be called.

    `un_nos` are the UN numbers of the line items of dangerous goods. None is required for a fumigated box.
    """
    if set(un_nos) <= {FUMIGATED}:
        return False
    return not phone or not _can_be_called(phone)


@lru_cache(maxsize=16_384)
def _can_be_called(phone: str) -> bool:
    digits = _DIGITS.sub("", phone)
    return len(digits) >= _LEAST_DIGITS and len(set(digits)) > 1
