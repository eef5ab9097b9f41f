"""Protects what the kernel's benchmark compares: the sums are those of the definition, whatever the parts read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.history_kernel import ENTITIES, Rows, by_kernel, differing, keys_of
from features.history.counters import DECAY_PER_US


def _rows(count: int = 300) -> Rows:
    """Few instants and few parties, so that many rows share both."""
    random = np.random.default_rng(3)
    times = np.sort(random.integers(0, 40, count)) * 86_400_000_000 + np.arange(count)
    keys = random.integers(0, 4, (count, 2)) * np.array([1, 10])
    amounts = random.gamma(2.0, 1.0, (count, len(DECAY_PER_US)))
    return Rows(times, np.ascontiguousarray(keys), amounts)


def test_sums_are_of_strictly_earlier_rows_of_the_entity() -> None:
    rows = _rows()
    _, sums = by_kernel(rows, np.arange(len(rows)))
    expected = np.zeros_like(sums)
    for row in range(len(rows)):
        for entity in range(rows.keys.shape[1]):
            same = (rows.keys[:, entity] == rows.keys[row, entity]) & (rows.times < rows.times[row])
            if rows.keys[row, entity]:
                left = np.exp(-np.outer(rows.times[row] - rows.times[same], DECAY_PER_US))
                expected[row, entity] = (rows.amounts[same] * left).sum(axis=0)
    assert differing(expected, sums) < 1e-12


def test_parts_do_not_divide_an_instant() -> None:
    rows = _rows()
    _, whole = by_kernel(rows, np.arange(len(rows)))
    _, parts = by_kernel(rows, np.arange(len(rows)), chunk=7)
    assert np.array_equal(whole, parts)


def test_keys_differ_by_kind_of_party_and_zero_is_no_party() -> None:
    table = pd.DataFrame({"shipper_id": ["A", "A", None], "packer_id": ["A", "B", "A"]})
    shippers, packers = keys_of(table, ("shipper_id",)), keys_of(table, ("packer_id",))
    assert shippers[0] == shippers[1] != packers[0] == packers[2]
    assert (shippers[2], keys_of(table, ("shipper_id", "packer_id"))[2]) == (0, 0)
    assert keys_of(table, ()).tolist() == [1, 1, 1]
    assert len(set(ENTITIES)) == 30
