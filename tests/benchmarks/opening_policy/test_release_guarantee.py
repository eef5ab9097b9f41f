"""Protects the benchmark of the guarantee: lanes learn from recorded findings only, and the random sample does not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from benchmarks.opening_policy.guarantee_port import (
    EVALUATIONS,
    FIRST_WEEK,
    NEW_TIMES,
    RANDOM,
    Port,
    drifted,
    port_of,
    released,
)
from benchmarks.opening_policy.release_guarantee import RELEASE_TARGET, evaluations, measured


@cache
def _port() -> Port:
    return port_of(seed=3, boxes=3_000)


def test_a_shipper_that_was_caught_ranks_higher_once_it_is_recorded_and_not_before() -> None:
    port = _port()
    lanes = released(port, 3)
    raised = lanes.risk > port.risk
    assert raised.any()
    for place in np.flatnonzero(raised)[:50]:
        same = (port.shipper == port.shipper[place]) & port.violates & port.concludes
        assert (port.week[same] + port.known_weeks[same] < port.week[place]).any()
    assert not released(replace(port, violates=np.zeros_like(port.violates)), 3).risk[raised].max() > port.risk.max()


def test_the_sample_has_its_probabilities_and_a_planted_fraud_pattern_adds_violators_later_only() -> None:
    port = _port()
    assert set(np.unique(port.chance)) == {RANDOM, RANDOM * NEW_TIMES}
    for chance in np.unique(port.chance):
        here = port.chance == chance
        spread = np.sqrt(chance * (1 - chance) / here.sum())
        assert abs((port.draw < port.chance)[here].mean() - chance) < 4 * spread
    later = drifted(port, 3, 50, 0.2)
    assert (later.violates >= port.violates).all()
    assert np.array_equal(later.violates[port.week < 50], port.violates[port.week < 50])
    assert later.violates[port.week >= 50].mean() > port.violates[port.week >= 50].mean() + 0.1


def test_each_evaluation_uses_what_the_sample_had_shown_by_then() -> None:
    lanes = released(_port(), 3)
    seen = list(evaluations(lanes))
    assert [one["week"] for one in seen] == list(range(FIRST_WEEK, FIRST_WEEK + EVALUATIONS))
    assert all(one["lower"] <= one["upper"] <= one["declarations"] for one in seen)
    assert all(one["naive"] < one["spent"] < one["split"] for one in seen)
    shown = lanes.shown(lanes.green, 10)
    known_late = np.isnan(lanes.outcomes(10)) & lanes.green & (lanes.port.draw < lanes.port.chance)
    assert len(shown.unconcluded) == known_late.sum() > (~lanes.port.concludes[known_late]).sum()


def test_the_figures_are_whole_and_seeded() -> None:
    figures = measured(ports=2, boxes=2_000, threads=1)
    assert figures == measured(ports=2, boxes=2_000, threads=1)
    assert figures["run"]["target_rate"] == RELEASE_TARGET.rate
    assert figures["steady"]["upper_limit_right"]["ports"] <= 2
    assert sum(figures["steady"]["share_of_evaluations"].values()) > 0.999
    assert sum(figures["drift"]["at_the_end"].values()) > 0.999
