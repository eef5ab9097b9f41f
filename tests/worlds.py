"""Small simulated worlds that many tests share."""

from __future__ import annotations

from functools import cache

from data.simulator import SimulatedPort, simulate
from training.dataset import Dataset, dataset_of


@cache
def world(boxes: int = 4_000, days: int = 365, seed: int = 7) -> SimulatedPort:
    """A small port, made once a test run."""
    return simulate(boxes=boxes, days=days, seed=seed)


@cache
def dataset(boxes: int = 4_000, days: int = 365, seed: int = 7) -> Dataset:
    """Its dataset."""
    small = world(boxes, days, seed)
    return dataset_of(small.declarations, small.inspections)
