"""Protects the arithmetic of the counters against a plain-Python account of the same events."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.checks.results import CheckedBoxes
from features.history.counters import DECAY_PER_US, NEVER, SUM, SUMS, DecayedCounters
from features.history.entities import INDEX
from features.history.events import declared_events
from features.history.outcomes import Inspected
from features.history.state import History
from tests.features.arriving import Arrived, concluded, declared, instant

_DAY = 86_400_000_000
_event = st.tuples(st.integers(0, 30), st.integers(0, 4), st.booleans(), st.floats(0, 9))


@settings(max_examples=60, deadline=None)
@given(st.lists(_event, min_size=1, max_size=60))
def test_kernel_equals_a_plain_account(events: list[tuple[int, int, bool, float]]) -> None:
    events = sorted(events, key=lambda event: event[0])
    times = np.array([day * _DAY for day, _, _, _ in events])
    keys = np.array([[key, 7] for _, key, _, _ in events])
    amounts = np.array([[amount] * 2 if adds else [np.nan] * 2 for _, _, adds, amount in events])
    rates = np.array([np.log(2) / (10.0 * _DAY), 0.0])
    profiles = DecayedCounters(rates, slots=1).replay(times, keys, amounts, np.arange(len(events)))
    for row, (day, key, _, _) in enumerate(events):
        for place, wanted in enumerate((key, 7)):
            earlier = [
                (then, amount)
                for then, other, adds, amount in events[:row]
                if adds and wanted != 0 and wanted in (other, 7)
            ]
            decayed = sum(amount * 0.5 ** ((day - then) / 10.0) for then, amount in earlier)
            assert np.isclose(profiles.sums[row, place, 0], decayed, rtol=1e-9)
            assert np.isclose(profiles.sums[row, place, 1], sum(amount for _, amount in earlier), rtol=1e-9)


def _arrived(*rows: CheckedBoxes | Inspected) -> Arrived:
    return Arrived(declared("B", 0, packer_id="P"), *rows)


def _sum_on(arrived: Arrived, day: float, name: str) -> float:
    return float(arrived.read(day, packer_id="P").sums[0, INDEX["packer"], SUM[name]])


def test_a_correction_leaves_what_the_right_outcome_would_have_left() -> None:
    wrong = _arrived(concluded("B", 5), concluded("B", 9, findings="securing"))
    right = _arrived(concluded("B", 5, findings="securing"))
    for name in SUMS:
        assert np.isclose(_sum_on(wrong, 20, name), _sum_on(right, 20, name), atol=1e-12)


def test_a_pending_outcome_adds_nothing_until_it_is_concluded() -> None:
    arrived = _arrived(concluded("B", 5, "pending", ""))
    assert _sum_on(arrived, 8, "opened") == 0.0
    arrived.arrive(concluded("B", 9, "compliant", ""))
    assert _sum_on(arrived, 9.1, "opened") > 0.9


def test_a_box_on_record_is_read_without_its_own_declaration() -> None:
    """Later events still count; without other events an entity is as if never seen."""
    first, again = declared("A", 0, packer_id="P"), declared("B", 2, packer_id="P", shipper_id="NEW")
    arrived = Arrived(first, again, concluded("A", 5))
    profiles = arrived.history.read_again(again, declared_events(again), instant(6))
    assert profiles.sums[0, INDEX["packer"], SUM["found_declaration"]] > 0.9
    assert profiles.sums[0, INDEX["packer"], SUM["declared"]] == pytest.approx(0.5 ** (6 / 365), rel=1e-12)
    assert profiles.first[0, INDEX["shipper"]] == profiles.last[0, INDEX["shipper"]] == NEVER
    assert not profiles.sums[0, INDEX["shipper"]].any()
    assert arrived.read(6, packer_id="P").sums[0, INDEX["packer"], SUM["declared"]] > 1.9


def test_a_snapshot_gives_the_same_history_back() -> None:
    arrived = _arrived(concluded("B", 5), declared("C", 7, packer_id="P"), concluded("D", 8, inspection_id="J"))
    kept = {name: held.copy() for name, held in arrived.history.arrays().items()}
    again = deepcopy(arrived)
    again.history = History.of_arrays(kept)
    for one in (arrived, again):
        one.arrive(concluded("B", 9, "compliant", ""))
        one.arrive(declared("E", 10, packer_id="Q"))
    for name, held in arrived.history.arrays().items():
        assert np.array_equal(held, again.history.arrays()[name]), name


def test_decay_halves_in_the_half_life() -> None:
    assert np.isclose(np.exp(-DECAY_PER_US[SUM["opened"]] * 365 * _DAY), 0.5)
    assert np.isclose(np.exp(-DECAY_PER_US[SUM["opened_short"]] * 60 * _DAY), 0.5)
