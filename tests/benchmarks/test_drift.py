"""Protects the drift benchmark: the loop learns only from what it opened and in time, and recovery is counted right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.simulated_port.drift_loop import CAPACITY, _before, _outcome, audited, port
from benchmarks.simulated_port.drift_table import ONSET, STEP, recovery, shares
from data.vocabulary import Step
from features.definitions.context import DAY_US
from models.policy.lanes import Policy

_FIRST = int(ONSET) - 6 * STEP


def _run(*found: float) -> list[dict[str, Any]]:
    return [
        {"day": _FIRST + STEP * place, "found": share, "oracle": 1.0, "late_found": max(place - 6, 0), "late_oracle": 5}
        for place, share in enumerate(found)
    ]


def test_recovery_is_the_end_of_the_first_window_that_is_back() -> None:
    reported = recovery([_run(*[0.8] * 6, 0.5, 0.5, 0.7, 0.8, 0.8, 0.8)])
    assert (reported["before"], reported["worst"], reported["worst_by_day"]) == (pytest.approx(0.8), 0.5, 30)
    assert reported["recovered_days"] == 75
    assert reported["new_fraud_recovered_days"] == 90


def test_a_share_that_never_fell_has_recovered_at_once_and_one_that_stays_low_never() -> None:
    assert recovery([_run(*[0.8] * 12)])["recovered_days"] == 0
    assert recovery([_run(*[0.8] * 6, *[0.5] * 6)])["recovered_days"] is None


def test_runs_are_pooled_by_what_there_was_to_find() -> None:
    first, second = _run(1.0, 1.0), _run(0.0, 0.0)
    second = [{**row, "oracle": 3.0} for row in second]
    assert shares([first, second]) == [(_FIRST + 2 * STEP - int(ONSET), 0.25)]


def test_the_loop_opens_its_capacity_and_learns_from_nothing_else() -> None:
    small = port(seed=7, boxes=4_000, days=240, late_fraud_start=0.75)
    first = small.epoch_us + 180 * DAY_US
    earlier, chances, reasons = _before(small, first)
    declared = dict(zip(small.boxes.box["declaration_id"].tolist(), small.boxes.declared_at.tolist(), strict=True))
    assert len(earlier) == len(chances) == len(reasons)
    assert all(declared[row.declaration_id] < first for row in earlier if row.step == Step.BOX)
    for position in range(0, len(small.boxes), 97):
        row = _outcome(small, position, 180)
        assert small.boxes.declared_at[position] + DAY_US < row.recorded_at
    policy = Policy(CAPACITY, 0.01, 0.0, "test")
    for reported in audited(small, lambda period: period.planned(policy), 1, range(180, 210, 15), 1):
        assert abs(reported["opened"] - CAPACITY * reported["boxes"]) < 0.03 * reported["boxes"]
        assert 0 < reported["found"] <= reported["opened"]
        assert reported["ranked"] <= reported["oracle"]


def test_every_box_has_its_own_truth() -> None:
    small = port(seed=7, boxes=4_000, days=240, late_fraud_start=0.75)
    reported = np.array([("misdeclared" in found) or ("securing" in found) for found in small.findings])
    assert small.oracle[reported].mean() > 3 * small.oracle[~reported].mean()
    assert not small.late[small.boxes.declared_at < small.epoch_us + 150 * DAY_US].any()
