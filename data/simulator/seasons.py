"""Seasons of the port: volume, temperature and freight index by day."""

from __future__ import annotations

from datetime import date

import numpy as np

from data.simulator.oracle_posterior import Floats


def day_of_year(start: date, days: int) -> Floats:
    """Day of the year, 0 to 365, of each day of the span: (days,)."""
    first = np.datetime64(start, "D")
    dates = first + np.arange(days)
    since_new_year: Floats = (dates - dates.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.float64)
    return since_new_year


def volume(start: date, days: int) -> Floats:
    """Share of all boxes on each day, summing to 1: high before the new year and in autumn, low in February."""
    angle = 2 * np.pi * day_of_year(start, days) / 365.25
    weekday = (np.datetime64(start, "D").astype(int) + 3 + np.arange(days)) % 7
    shape = 1 + 0.15 * np.cos(angle - 5.6) - 0.25 * np.exp(-(((angle - 0.75) / 0.15) ** 2))
    shape = shape * np.where(weekday >= 5, 0.7, 1.0)
    shares: Floats = shape / shape.sum()
    return shares


def heat(start: date, days: int) -> Floats:
    """Season from -1 (January) to 1 (July, hot and rainy): (days,)."""
    season: Floats = -np.cos(2 * np.pi * (day_of_year(start, days) - 15) / 365.25)
    return season


def freight(rng: np.random.Generator, start: date, days: int, regions: int) -> Floats:
    """Freight index of each day and region, standardised (mean 0, deviation 1 over the span): (days, regions).

    A season, a slow random walk drawn back to its mean, and a few shocks that decay over two months; a shock
    reaches the regions unequally.
    """
    angle = 2 * np.pi * day_of_year(start, days) / 365.25
    index = np.empty((days, regions))
    common = _walk(rng, days)
    shocks = rng.integers(0, days, max(2, days // 150))
    age = np.arange(days)[:, None] - shocks
    pulses = np.where(age >= 0, np.exp(-np.maximum(age, 0) / 60), 0.0) * rng.uniform(0.8, 2.0, len(shocks))
    for region in range(regions):
        reach = rng.uniform(0.2, 1.0, len(shocks))
        index[:, region] = 0.5 * np.sin(angle - 3.5) + 0.5 * common + 0.4 * _walk(rng, days) + pulses @ reach
    standardised: Floats = (index - index.mean(axis=0)) / np.maximum(index.std(axis=0), 1e-9)
    return standardised


def _walk(rng: np.random.Generator, days: int) -> Floats:
    steps = rng.normal(0, 0.12, days)
    walk = np.empty(days)
    level = rng.normal()
    for day in range(days):
        level = 0.99 * level + steps[day]
        walk[day] = level
    return walk
