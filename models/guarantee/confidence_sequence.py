"""How many violators a population of declarations holds, from those of it that the lot drew.

Bets against a number. Say that K of the declarations violate. One that does, and has the chance q of being drawn,
multiplies a stake by 1 + t/q when it is drawn and leaves it when it is not, and the stake is divided by 1 + t either
way: a fair bet, whatever was drawn before. So after K violators of which some were found, the stake is

    (1 + t)^-K  times the product over the found ones of (1 + t/q)

a martingale that starts at 1, and it ever reaches 1/error with a chance of at most `error` (Ville 1939). The numbers K
for which it has not are the confidence sequence (Waudby-Smith and Ramdas 2024): t below 0 wins where too few were found
for K, and gives the upper limit; t above 0 wins where too many were, and gives the lower one. The bet need not be
guessed: the stake is spread evenly over many t (the mixture of Robbins 1970).

Only the draw is chance here, and only the draw is assumed: violators may come in any order and number, drift, answer to
what was found before, and chances may differ between declarations. The limits hold at all looks at once. The bets are
shares of the least chance, which is to be known beforehand: lower it between the looks, and it is another sequence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.errors import InvalidInput

Numbers = NDArray[np.float64]

# Shares of the largest bet that the stake is spread over.
_BET_FRACTIONS: Final = (np.arange(20) + 0.5) / 20


@dataclass(frozen=True)
class Evidence:
    """What the lot has shown of n declarations.

    `found` are the chances of being drawn of those that were drawn and violate, `unconcluded` of those drawn whose
    opening came to no conclusion; `min_probability` and `max_probability` are those of the n, `expected` the sum of
    all.
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
        """Violators there can be at most: all that are not known to comply."""
        return self.declarations - self.drawn + len(self.found) + len(self.unconcluded)

    @property
    def found_or_unconcluded(self) -> Numbers:
        """Chances of the found ones were every opening without a conclusion a violation."""
        return np.concatenate([self.found, self.unconcluded])


def evidence_of(draws: Numbers, probabilities: Numbers, violation: Numbers) -> Evidence:
    """The evidence on n declarations, all of shape (n,).

    `draws` from 0 to 1 are those of the lot, `probabilities` the shares it was held against, `violation` 1 or 0 as the
    opening concluded and NaN where none did; it is read where the lot drew and nowhere else, whoever else opened.
    Raises InvalidInput for shapes that differ and for chances that are none.
    """
    if not draws.shape == probabilities.shape == violation.shape:
        raise InvalidInput(
            f"{len(draws)} draws, {len(probabilities)} chances and {len(violation)} outcomes do not belong together.",
            "Give one of each for every declaration.",
        )
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise InvalidInput("A chance of being drawn lies outside 0 to 1.", "Give the random share of each declaration.")
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
    """Upper limit: the declarations hold more violators than this with a chance of at most `error`, at all looks.

    A drawn one without a conclusion counts as a violation. Where some cannot be drawn at all nothing is excluded.
    """
    found = evidence.found_or_unconcluded
    possible = range(len(found), evidence.possible_violators + 1)
    return len(found) + bisect_left(possible, 0.0, key=lambda k: log_stake_too_few(evidence, found, k, 1.0, error)) - 1


def violators_lower_limit(evidence: Evidence, error: float) -> int:
    """Lower limit: the declarations hold fewer violators than this with a chance of at most `error`, at all looks.

    A drawn one without a conclusion counts as compliant.
    """
    count = len(evidence.found)
    possible = range(count, evidence.possible_violators)
    return count + bisect_right(possible, 0.0, key=lambda k: -_log_stake_too_many(evidence, k, error))


def log_stake_too_few(evidence: Evidence, found: Numbers, violators: int, more: float, error: float) -> float:
    """Log of the stake won against `violators`, by too few found, less what excludes them: they are from 0 on.

    As it would be with `more` times the chances, and so many times more found.
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
