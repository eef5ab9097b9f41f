"""Features of time: hours before loading, hour and weekday of filing, season."""

from __future__ import annotations

from typing import Final

import numpy as np

from data.definitions import filing
from data.place import local_us
from features.boxes import Numbers
from features.columns import UNKNOWN
from features.definitions.context import DAY_US, FeatureContext, of_papers

_YEAR_DAYS: Final = 365.2425


@of_papers
def _local_days(context: FeatureContext) -> Numbers:
    return local_us(context.boxes.declared_at) / DAY_US


@of_papers
def hours_before_loading(context: FeatureContext) -> Numbers:
    """Hours from filing to planned loading; a short time leaves little time for checks."""
    loading = context.boxes.box["loading_at"]
    known = np.where(loading == UNKNOWN, np.nan, loading)
    return filing.hours_before_loading(context.boxes.declared_at.astype(np.float64), known)


def filed_hour(context: FeatureContext) -> Numbers:
    """Local hour of filing."""
    return np.floor(_local_days(context) % 1 * 24)


def filed_weekday(context: FeatureContext) -> Numbers:
    """Local weekday of filing, Monday 0."""
    return (np.floor(_local_days(context)) + 3) % 7


def filed_month(context: FeatureContext) -> Numbers:
    """Month of filing, as twelfths of the year, 0 to 11."""
    return np.floor(_local_days(context) % _YEAR_DAYS / _YEAR_DAYS * 12)


def season_sine(context: FeatureContext) -> Numbers:
    """Season, as the sine of the day of the year."""
    return np.sin(2 * np.pi * _local_days(context) / _YEAR_DAYS)


def season_cosine(context: FeatureContext) -> Numbers:
    """Season, as the cosine of the day of the year."""
    return np.cos(2 * np.pi * _local_days(context) / _YEAR_DAYS)


@of_papers
def days_since_packing(context: FeatureContext) -> Numbers:
    """Days from packing to filing; negative if packed after filing."""
    packed = context.boxes.box["packed_on"]
    days = np.floor(_local_days(context)) - packed
    return np.where(packed == UNKNOWN, np.nan, days)
