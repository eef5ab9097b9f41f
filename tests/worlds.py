"""Small simulated ports that many tests share."""

from __future__ import annotations

from functools import cache

from data.simulator import SimulatedPort, simulate
from training.dataset import Dataset, dataset_of


@cache
def world(boxes: int = 4_000, days: int = 365, seed: int = 7) -> SimulatedPort:
    """A small simulated port, made once per test process."""
    return simulate(boxes=boxes, days=days, seed=seed)


@cache
def dataset(boxes: int = 4_000, days: int = 365, seed: int = 7) -> Dataset:
    """The training dataset of the port."""
    small = world(boxes, days, seed)
    return dataset_of(small.declarations, small.inspections)
