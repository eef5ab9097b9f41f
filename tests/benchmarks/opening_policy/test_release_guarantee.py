"""Protects the benchmark of the guarantee: lanes learn in time only, the random sample does not, and a year tells
four windows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from benchmarks.opening_policy.guarantee_port import (
    FIRST_LOOK,
    LOOKS,
    NEW_TIMES,
    RANDOM,
    Port,
    drifted,
    port_of,
    released,
)
from benchmarks.opening_policy.release_guarantee import RELEASE_TARGET, looks, measured


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


def test_the_lot_keeps_its_chances_and_a_planted_scheme_only_adds_violators_later() -> None:
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


def test_a_year_of_looks_tells_what_the_lot_knew_then() -> None:
    lanes = released(_port(), 3)
    seen = list(looks(lanes))
    assert [one["look"] for one in seen] == list(range(FIRST_LOOK, FIRST_LOOK + LOOKS))
    assert all(one["fewest"] <= one["most"] <= one["declarations"] for one in seen)
    assert all(one["naive"] < one["spent"] < one["split"] for one in seen)
    shown = lanes.shown(lanes.green, 10)
    known_late = np.isnan(lanes.outcomes(10)) & lanes.green & (lanes.port.draw < lanes.port.chance)
    assert len(shown.unconcluded) == known_late.sum() > (~lanes.port.concludes[known_late]).sum()


def test_the_figures_are_whole_and_seeded() -> None:
    figures = measured(ports=2, boxes=2_000, threads=1)
    assert figures == measured(ports=2, boxes=2_000, threads=1)
    assert figures["run"]["guarantee"] == RELEASE_TARGET.rate
    assert figures["steady"]["promise_held"]["ports"] <= 2
    assert sum(figures["steady"]["share_of_looks"].values()) > 0.999
    assert sum(figures["drift"]["at_the_end"].values()) > 0.999
