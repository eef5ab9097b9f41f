"""Protects the arithmetic of the ledger against a plain-Python account of the same events."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.history import History
from features.ledger import DECAY_PER_US, SUM, SUMS, Ledger
from features.outcomes import Inspected
from tests.worlds import dataset

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
    profiles = Ledger(rates, slots=1).replay(times, keys, amounts, np.arange(len(events)))
    for row, (day, key, _, _) in enumerate(events):
        for place, wanted in enumerate((key, 7)):
            earlier = [
                (then, amount)
                for then, other, adds, amount in events
                if adds and then < day and wanted != 0 and wanted in (other, 7)
            ]
            decayed = sum(amount * 0.5 ** ((day - then) / 10.0) for then, amount in earlier)
            assert np.isclose(profiles.sums[row, place, 0], decayed, rtol=1e-9)
            assert np.isclose(profiles.sums[row, place, 1], sum(amount for _, amount in earlier), rtol=1e-9)


def _history(*rows: Inspected) -> tuple[History, int]:
    boxes = dataset().boxes.take(np.array([10]))
    history = History()
    history.add(boxes, rows)
    return history, int(boxes.declared_at[0])


def _row(recorded_at: int, outcome: str, findings: str = "", inspection_id: str = "I1") -> Inspected:
    boxes = dataset().boxes
    return Inspected(
        inspection_id, boxes.box["declaration_id"][10], boxes.box["box_no"][10], recorded_at, "box", outcome, findings
    )


def _sum_after(history: History, at: int, name: str) -> float:
    box = dataset().boxes.take(np.array([10]))
    box.box["declared_at"] = np.array([at])
    return float(history.read(box).sums[0, 1, SUM[name]])


def test_an_outcome_counts_from_recorded_at_on_and_not_before() -> None:
    start = int(dataset().boxes.declared_at[10])
    history, _ = _history(_row(start + 5 * _DAY, "violation", "misdeclared"))
    assert _sum_after(history, start + 5 * _DAY, "found_declaration") == 0.0
    assert _sum_after(history, start + 5 * _DAY + 1, "found_declaration") > 0.99


def test_a_correction_leaves_what_the_right_outcome_would_have_left() -> None:
    start = int(dataset().boxes.declared_at[10])
    wrong, _ = _history(
        _row(start + 5 * _DAY, "violation", "misdeclared"), _row(start + 9 * _DAY, "violation", "securing")
    )
    right, _ = _history(_row(start + 5 * _DAY, "violation", "securing"))
    for name in SUMS:
        assert np.isclose(
            _sum_after(wrong, start + 20 * _DAY, name), _sum_after(right, start + 20 * _DAY, name), atol=1e-12
        )
    assert _sum_after(wrong, start + 7 * _DAY, "found_declaration") > 0.9


def test_a_pending_outcome_adds_nothing_until_it_is_concluded() -> None:
    start = int(dataset().boxes.declared_at[10])
    history, _ = _history(_row(start + 5 * _DAY, "pending"), _row(start + 9 * _DAY, "compliant"))
    assert _sum_after(history, start + 8 * _DAY, "opened") == 0.0
    assert _sum_after(history, start + 9 * _DAY + 1, "opened") > 0.9


def test_an_inspection_that_arrives_before_its_declaration_waits_for_it() -> None:
    boxes = dataset().boxes.take(np.array([10]))
    start = int(boxes.declared_at[0])
    history = History()
    history.add(None, [_row(start + 5 * _DAY, "violation", "misdeclared")])
    history.add(boxes)
    assert _sum_after(history, start + 6 * _DAY, "found_declaration") > 0.9


def test_decay_halves_in_the_half_life() -> None:
    assert np.isclose(np.exp(-DECAY_PER_US[SUM["opened"]] * 365 * _DAY), 0.5)
    assert np.isclose(np.exp(-DECAY_PER_US[SUM["opened_short"]] * 60 * _DAY), 0.5)
