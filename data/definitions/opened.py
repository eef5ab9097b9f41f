"""When a box counts as opened: by an inspection of the box itself, not of its papers alone."""

from __future__ import annotations

from typing import Final

import pandas as pd

from data.vocabulary import Outcome, Step

OPENING: Final = Step.BOX
"""The step of an inspection that opens the box; SQL compares with it where it cannot call the functions below."""


def is_opening(step: str) -> bool:
    """Whether an inspection opened the box, whatever came of it."""
    return step == OPENING


def is_concluded_opening(step: str, outcome: str) -> bool:
    """Whether an inspection opened the box and came to a conclusion."""
    return is_opening(step) and outcome != Outcome.PENDING


def openings(inspections: pd.DataFrame) -> pd.DataFrame:
    """The rows of an inspections frame that opened their box, whatever came of it."""
    return inspections[inspections["step"] == OPENING]
