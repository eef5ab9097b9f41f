"""OraclePosterior computes Bayes' rule with the probabilities that it draws with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.simulator.oracle_posterior import Floats, OraclePosterior, pick, stream

SIMPLEX = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda w: np.array([w]) / sum(w))


def _oracle_posterior(prior: Floats, boxes: int = 50, seed: int = 1) -> OraclePosterior:
    return OraclePosterior(stream(seed, "test"), np.repeat(prior, boxes, axis=0))


@given(SIMPLEX, SIMPLEX, SIMPLEX, SIMPLEX)
@settings(max_examples=60, deadline=None)
def test_posterior_by_hand(prior: Floats, a: Floats, b: Floats, c: Floats) -> None:
    """The posterior equals the one computed by hand, for any probabilities."""
    oracle_posterior = _oracle_posterior(prior)
    seen = oracle_posterior.observe((a, b, c))
    joint = prior * np.stack([a[0], b[0], c[0]], axis=1)[seen]
    assert oracle_posterior.posterior() == pytest.approx(joint / joint.sum(axis=1, keepdims=True))


@given(SIMPLEX, SIMPLEX)
@settings(max_examples=40, deadline=None)
def test_field_independent_of_state(prior: Floats, chances: Floats) -> None:
    """A field with the same probabilities in all states leaves the posterior as it is."""
    oracle_posterior = _oracle_posterior(prior)
    oracle_posterior.observe((chances, chances, chances))
    assert oracle_posterior.posterior() == pytest.approx(np.repeat(prior, 50, axis=0))


def test_weighings_are_calibrated() -> None:
    """The closed-form model of the scale is exact: among boxes with equal posterior, that share is in the state."""
    n = 40_000
    oracle_posterior = OraclePosterior(stream(3, "test"), np.tile([0.8, 0.1, 0.1], (n, 1)))
    oracle_posterior.observe_difference(
        np.ones(n, dtype=np.bool_), np.full(n, 0.004), np.full(n, 0.001), (0.02, 0.3, 0.3), 0.05, 0.02
    )
    expected = oracle_posterior.posterior()[:, 1:].sum(axis=1)
    for band in np.array_split(np.argsort(expected), 10):
        deviation = np.sqrt(expected[band].mean() / len(band))
        assert (oracle_posterior.state[band] > 0).mean() == pytest.approx(expected[band].mean(), abs=4 * deviation)


def test_box_not_weighed() -> None:
    """A missing weight leaves the posterior as it is."""
    oracle_posterior = _oracle_posterior(np.array([[0.5, 0.3, 0.2]]))
    ones = np.full(50, 0.01)
    steps = oracle_posterior.observe_difference(np.zeros(50, dtype=np.bool_), ones, ones, (0.0, 0.5, 1.0), 0.05, 0.02)
    assert (steps == 0).all()
    assert oracle_posterior.posterior() == pytest.approx(np.tile([0.5, 0.3, 0.2], (50, 1)))


def test_pick_skips_zero_weights() -> None:
    """A category with weight 0 is never drawn, also the first and the last one."""
    chances = np.tile([0.0, 2.0, 0.0, 1.0, 0.0], (20_000, 1))
    drawn = pick(stream(1, "test"), chances)
    assert set(drawn.tolist()) == {1, 3}
    assert (drawn == 1).mean() == pytest.approx(2 / 3, abs=0.02)
