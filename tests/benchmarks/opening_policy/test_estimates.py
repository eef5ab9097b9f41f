"""Protects the benchmark of the off-policy estimates: figures by hand, and a run over every policy and estimator."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.opening_policy import without_log
from benchmarks.opening_policy.estimates import QUANTITIES, figures_of, measured
from training.off_policy.estimators import ESTIMATORS


def test_figures_by_hand() -> None:
    """Two logs with a truth of 10: one is 2 too high and its interval contains 10, the other is right and does not."""
    reported = figures_of(np.array([[12.0, 8.0, 14.0, 10.0], [10.0, 10.5, 12.5, 10.0]]))
    assert reported["bias"] == pytest.approx(1.0)
    assert reported["bias_error"] == pytest.approx(1.0)
    assert reported["coverage"] == 0.5
    assert reported["width"] == pytest.approx(4.0)
    assert reported["rmse"] == pytest.approx(2**0.5, abs=1e-4)


def test_a_small_run_reports_every_policy_quantity_and_estimator() -> None:
    reported = measured(ports=1, draws=3, boxes=4_000)
    assert set(reported["policies"]) == {"cut", "capacity", "score", "share"}
    for quantities in reported["policies"].values():
        assert set(quantities) == set(QUANTITIES)
        for by_estimator in quantities.values():
            assert set(by_estimator) == set(ESTIMATORS)
            assert len({row["truth"] for row in by_estimator.values()}) == 1
    assert reported["run"]["logs"] == 3
    assert abs(reported["policies"]["capacity"]["released"]["naive"]["bias"]) > 0


def test_inspections_are_drawn_anew_for_each_log() -> None:
    reported = without_log.measured(ports=1, logs=3, boxes=4_000)
    assert set(reported["quantities"]) == set(without_log.QUANTITIES)
    for by_estimator in reported["quantities"].values():
        assert set(by_estimator) == set(ESTIMATORS)
    released = reported["quantities"]["released"]["doubly_robust"]
    assert abs(released["bias"]) < released["truth"]
    assert reported["run"]["openings"] > 50
