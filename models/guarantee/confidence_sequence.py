"""Confidence sequence for the number of violators in a population, from the declarations that the random sample drew.

The method is betting. Suppose that K declarations are violators. A violator with probability q of being drawn
multiplies a stake by 1 + t/q if it is drawn and by 1 if not, divided by 1 + t in both cases: a fair bet, whatever was
drawn before. After K violators, some of them found, the stake is

    (1 + t)^-K  times the product over the found ones of (1 + t/q)

This is a martingale that starts at 1; it ever reaches 1/error with a probability of at most `error` (Ville 1939). The
numbers K for which it has not reached 1/error form the confidence sequence (Waudby-Smith and Ramdas 2024). Bets with t
< 0 win if too few were found for K and give the upper limit; bets with t > 0 win if too many were found and give the
lower limit. The stake is divided evenly over many t (mixture, Robbins 1970), so no t has to be chosen.

Only the draw is assumed to be random. Violators may come in any order and number, may drift or react to earlier finds,
and probabilities may differ between declarations. The limits hold at all evaluations together. The bets are fractions
of the smallest probability, which must be fixed beforehand: lowering it between evaluations starts a new sequence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.errors import InvalidInput

Numbers = NDArray[np.float64]

# The stake is divided evenly over these fractions of the largest bet.
_BET_FRACTIONS: Final = (np.arange(20) + 0.5) / 20


@dataclass(frozen=True)
class Evidence:
    """What the random sample has shown of n declarations.

    `found` are the sample probabilities of the drawn violators, `unconcluded` those of the drawn declarations without
    an outcome. `min_probability`, `max_probability` and `expected` are the minimum, maximum and sum over all n.
    """

    declarations: int
    drawn: int
    expected: float
    min_probability: float
    max_probability: float
    found: Numbers
    unconcluded: Numbers

    @property
    def possible_violators(self) -> int:
        """The largest possible number of violators: all declarations that are not known to comply."""
        return self.declarations - self.drawn + len(self.found) + len(self.unconcluded)

    @property
    def found_or_unconcluded(self) -> Numbers:
        """Sample probabilities of the found violators if each opening without an outcome were a violation."""
        return np.concatenate([self.found, self.unconcluded])


def evidence_of(draws: Numbers, probabilities: Numbers, violation: Numbers) -> Evidence:
    """The evidence on n declarations, all of shape (n,).

    `draws` from 0 to 1 are those of the random sample, `probabilities` the sample probabilities. `violation` is 1 or 0
    as the opening concluded, NaN without an outcome; it is read only where the random sample drew, whatever other
    openings there were. Raises InvalidInput for different shapes and for probabilities outside 0 to 1.
    """
    if not draws.shape == probabilities.shape == violation.shape:
        raise InvalidInput(
            f"{len(draws)} draws, {len(probabilities)} probabilities and {len(violation)} outcomes differ in number.",
            "Give one of each per declaration.",
        )
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise InvalidInput("A sample probability lies outside 0 to 1.", "Give the random share of each declaration.")
    drawn = draws < probabilities
    return Evidence(
        declarations=len(draws),
        drawn=int(drawn.sum()),
        expected=float(probabilities.sum()),
        min_probability=float(probabilities.min(initial=1.0)),
        max_probability=float(probabilities.max(initial=0.0)),
        found=probabilities[drawn & (violation > 0)],
        unconcluded=probabilities[drawn & np.isnan(violation)],
    )


def violators_upper_limit(evidence: Evidence, error: float) -> int:
    """The largest number of violators that the evidence does not exclude.

    The true number is ever above it, over all evaluations, with a probability of at most `error`. A drawn declaration
    without an outcome counts as a violation. If some declarations cannot be drawn at all, nothing is excluded.
    """
    found = evidence.found_or_unconcluded
    possible = range(len(found), evidence.possible_violators + 1)
    return len(found) + bisect_left(possible, 0.0, key=lambda k: log_stake_too_few(evidence, found, k, 1.0, error)) - 1


def violators_lower_limit(evidence: Evidence, error: float) -> int:
    """The smallest number of violators that the evidence does not exclude.

    The true number is ever below it, over all evaluations, with a probability of at most `error`. A drawn declaration
    without an outcome counts as compliant.
    """
    count = len(evidence.found)
    possible = range(count, evidence.possible_violators)
    return count + bisect_right(possible, 0.0, key=lambda k: -_log_stake_too_many(evidence, k, error))


def log_stake_too_few(evidence: Evidence, found: Numbers, violators: int, more: float, error: float) -> float:
    """Log of the stake won against `violators` because too few were found, plus log(error); excluded from 0 on.

    `more` scales the sample probabilities and the number found: 1 is the actual sample.
    """
    bets = _BET_FRACTIONS * evidence.min_probability
    log_stakes = more * np.log1p(-bets[:, None] / found).sum(axis=1) - violators * np.log1p(-bets * more)
    return _mean_stake(log_stakes) + float(np.log(error))


def _log_stake_too_many(evidence: Evidence, violators: int, error: float) -> float:
    bets = _BET_FRACTIONS / (1 - _BET_FRACTIONS) * evidence.min_probability
    log_stakes = np.log1p(bets[:, None] / evidence.found).sum(axis=1) - violators * np.log1p(bets)
    return _mean_stake(log_stakes) + float(np.log(error))


def _mean_stake(log_stakes: Numbers) -> float:
    return float(np.logaddexp.reduce(log_stakes) - np.log(len(log_stakes)))
