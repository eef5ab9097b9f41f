"""Openings: inspections of the box itself, not of its papers alone."""

from __future__ import annotations

from typing import Final

import pandas as pd

from data.vocabulary import Outcome, Step

OPENING: Final = Step.BOX
"""The step of an inspection that opens the box, for SQL that cannot call the functions below."""


def is_opening(step: str) -> bool:
    """Whether an inspection opened the box, whatever the outcome."""
    return step == OPENING


def is_concluded_opening(step: str, outcome: str) -> bool:
    """Whether an inspection opened the box and is not pending."""
    return is_opening(step) and outcome != Outcome.PENDING


def openings(inspections: pd.DataFrame) -> pd.DataFrame:
    """The rows of an inspections frame that opened a box, whatever the outcome."""
    return inspections[inspections["step"] == OPENING]
