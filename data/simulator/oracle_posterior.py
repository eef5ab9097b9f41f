"""The exact posterior of the true state of each box, given its declaration and all hidden behaviour.

A box is in one of three states. Every field that depends on the state is drawn through `OraclePosterior.observe` or
`OraclePosterior.observe_difference`, which add the logarithm of the probability used for the draw, for all three
states. So the posterior is exact by construction: no field can be drawn without being scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HONEST: Final = 0
CARELESS: Final = 1
"""Declared falsely by carelessness: the shipper's usual goods, and few fields that differ."""
DELIBERATE: Final = 2
"""Declared falsely on purpose, as cover goods, with more fields that differ."""


def stream(seed: int, name: str) -> np.random.Generator:
    """Random generator of one stage. Each stage has its own, so a change in one does not change the draws of others."""
    return np.random.default_rng([seed, *name.encode()])


def pick(rng: np.random.Generator, chances: Floats) -> Ints:
    """Draw one column per row: (n, k) non-negative weights to (n,) column numbers."""
    sums = np.cumsum(chances, axis=1)
    thresholds = rng.random((len(chances), 1)) * sums[:, -1:]
    columns: Ints = np.minimum((sums <= thresholds).sum(axis=1), chances.shape[1] - 1)
    return columns


def sigmoid(log_odds: Floats) -> Floats:
    """Probability of log-odds."""
    return 1 / (1 + np.exp(-log_odds))


class OraclePosterior:
    """The true state of each of n boxes, and the log joint probability of every state and all fields drawn so far."""

    def __init__(self, rng: np.random.Generator, prior: Floats) -> None:
        """`prior` is (n, 3), rows summing to 1."""
        self._rng = rng
        self.state = pick(rng, prior)
        with np.errstate(divide="ignore"):
            self.log_joint = np.log(prior)

    def observe(self, chances: Sequence[Floats]) -> Ints:
        """Draw a category for each box by its true state, and score it under all states. Returns (n,) categories.

        `chances` holds per state the category probabilities, each (n, k) or (1, k), rows summing to 1.
        """
        rows = np.arange(len(self.state))
        n = len(rows)
        tables = np.stack([np.broadcast_to(table, (n, table.shape[1])) for table in chances])
        seen = pick(self._rng, tables[self.state, rows])
        with np.errstate(divide="ignore"):
            self.log_joint = self.log_joint + np.log(tables[:, rows, seen].T)
        return seen

    def observe_difference(
        self,
        shown: Flags,
        scale: Floats,
        step: Floats,
        outlier_share: Sequence[float],
        outlier_shift: float,
        outlier_scale: float,
    ) -> Floats:
        """Draw a relative difference between two weighings, rounded to steps of the scale, and score it.

        In each state it is a mixture: with probability `outlier_share[state]` a Student t (3 degrees of freedom)
        around `outlier_shift` with `outlier_scale`, otherwise around zero with the box's own `scale` (n,). `step` (n,)
        is one step of the scale relative to the load. Returns the number of steps, cut at 30 % of the load; where
        not `shown` it is zero and is not scored.
        """
        n = len(self.state)
        odd = self._rng.random(n) < np.asarray(outlier_share)[self.state]
        noise = self._rng.standard_t(3, n)
        limit = np.maximum(np.floor(0.3 / step), 1)
        steps = np.clip(
            np.rint(np.where(odd, outlier_shift + outlier_scale * noise, scale * noise) / step), -limit, limit
        )
        low = np.where(steps <= -limit, -np.inf, (steps - 0.5) * step)
        high = np.where(steps >= limit, np.inf, (steps + 0.5) * step)
        plain = _t3(high / scale) - _t3(low / scale)
        outlier_probability = _t3((high - outlier_shift) / outlier_scale) - _t3((low - outlier_shift) / outlier_scale)
        mixed = [share * outlier_probability + (1 - share) * plain for share in outlier_share]
        self.log_joint = self.log_joint + np.where(shown[:, None], np.log(np.stack(mixed, axis=1)), 0.0)
        return np.where(shown, steps, 0.0)

    def posterior(self) -> Floats:
        """Probability of each state given all fields drawn so far: (n, 3), rows summing to 1."""
        joint = np.exp(self.log_joint - self.log_joint.max(axis=1, keepdims=True))
        posterior: Floats = joint / joint.sum(axis=1, keepdims=True)
        return posterior


def _t3(x: Floats) -> Floats:
    """Distribution function of Student's t with 3 degrees of freedom, in closed form."""
    y = x / np.sqrt(3)
    with np.errstate(invalid="ignore"):
        ratio = np.where(np.isinf(y), 0.0, y / (1 + y * y))
    chances: Floats = 0.5 + (ratio + np.arctan(y)) / np.pi
    return chances
