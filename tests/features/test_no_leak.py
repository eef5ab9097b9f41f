"""Protects the rule that a feature uses only what was recorded strictly before the known-as-of time of the box."""

from __future__ import annotations

import numpy as np

from features.definitions.catalogue import NAMES, matrix
from features.definitions.context import FeatureContext
from features.history.counters import SUM
from features.history.effects import NO_OPENINGS
from features.history.events import Log
from features.history.state import replay
from tests.worlds import dataset


def test_no_feature_changes_when_the_log_is_cut_at_the_boxs_own_instant() -> None:
    everything = dataset()
    count = len(everything.boxes)
    for position in np.random.default_rng(1).choice(count, 60, replace=False):
        box = everything.boxes.take(np.array([position]))
        cut = everything.log.before(int(box.known_at[0]))
        with_future = matrix(FeatureContext(box, replay(box, everything.log)))[0]
        without_future = matrix(FeatureContext(box, replay(box, cut)))[0]
        changed = [name for name, a, b in zip(NAMES, with_future, without_future, strict=True) if a != b and a == a]
        assert not changed, f"box {position}: {changed} look into the future"


def test_the_cut_test_can_fail() -> None:
    """An outcome one microsecond before the box changes its features, so that the test above can fail."""
    everything = dataset()
    log = everything.log
    events = log.events
    opened = np.flatnonzero(events.amounts.any(axis=1) & (events.amounts[:, SUM["opened"]] == 1))[-1]
    latest = everything.boxes.take(np.array([int(np.argmax(everything.boxes.known_at))]))
    latest.box["known_at"] = np.array([events.times[opened]])
    latest.keys[:] = events.keys[opened]
    before = matrix(FeatureContext(latest, replay(latest, log)))
    latest.box["known_at"] = latest.box["known_at"] + 1
    after = matrix(FeatureContext(latest, replay(latest, log)))
    assert not np.array_equal(before, after, equal_nan=True)


def test_a_box_does_not_see_its_own_declaration() -> None:
    everything = dataset()
    box = everything.boxes.take(np.array([500]))
    events = everything.log.events
    own = Log(events.where((events.times == box.known_at[0]) & (events.kinds == 0)), NO_OPENINGS)
    assert not replay(box, own).sums[0].any()
    assert replay(box.known_from(box.known_at + 1), own).sums[0].any()
