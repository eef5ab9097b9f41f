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
_SPREAD: Final = (np.arange(20) + 0.5) / 20


@dataclass(frozen=True)
class Evidence:
    """What the lot has shown of n declarations.

    `found` are the chances of being drawn of those that were drawn and violate, `unconcluded` of those drawn whose
    opening came to no conclusion; `least_chance` and `greatest_chance` are those of the n, `expected` the sum of all.
    """

    declarations: int
    drawn: int
    expected: float
    least_chance: float
    greatest_chance: float
    found: Numbers
    unconcluded: Numbers

    @property
    def most_possible(self) -> int:
        """Violators there can be at most: all that are not known to comply."""
        return self.declarations - self.drawn + len(self.found) + len(self.unconcluded)

    @property
    def worst(self) -> Numbers:
        """Chances of the found ones were every opening without a conclusion a violation."""
        return np.concatenate([self.found, self.unconcluded])


def evidence_of(draws: Numbers, chances: Numbers, violation: Numbers) -> Evidence:
    """The evidence on n declarations, all of shape (n,).

    `draws` from 0 to 1 are those of the lot, `chances` the shares it was held against, `violation` 1 or 0 as the
    opening concluded and NaN where none did; it is read where the lot drew and nowhere else, whoever else opened.
    Raises InvalidInput for shapes that differ and for chances that are none.
    """
    if not draws.shape == chances.shape == violation.shape:
        raise InvalidInput(
            f"{len(draws)} draws, {len(chances)} chances and {len(violation)} outcomes do not belong together.",
            "Give one of each for every declaration.",
        )
    if not ((chances >= 0) & (chances <= 1)).all():
        raise InvalidInput("A chance of being drawn lies outside 0 to 1.", "Give the random share of each declaration.")
    drawn = draws < chances
    return Evidence(
        declarations=len(draws),
        drawn=int(drawn.sum()),
        expected=float(chances.sum()),
        least_chance=float(chances.min(initial=1.0)),
        greatest_chance=float(chances.max(initial=0.0)),
        found=chances[drawn & (violation > 0)],
        unconcluded=chances[drawn & np.isnan(violation)],
    )


def most_violators(evidence: Evidence, error: float) -> int:
    """Upper limit: the declarations hold more violators than this with a chance of at most `error`, at all looks.

    A drawn one without a conclusion counts as a violation. Where some cannot be drawn at all nothing is excluded.
    """
    found = evidence.worst
    possible = range(len(found), evidence.most_possible + 1)
    return len(found) + bisect_left(possible, 0.0, key=lambda k: few_found(evidence, found, k, 1.0, error)) - 1


def fewest_violators(evidence: Evidence, error: float) -> int:
    """Lower limit: the declarations hold fewer violators than this with a chance of at most `error`, at all looks.

    A drawn one without a conclusion counts as compliant.
    """
    count = len(evidence.found)
    possible = range(count, evidence.most_possible)
    return count + bisect_right(possible, 0.0, key=lambda k: -_many_found(evidence, k, error))


def few_found(evidence: Evidence, found: Numbers, violators: int, more: float, error: float) -> float:
    """Log of the stake won against `violators`, by too few found, less what excludes them: they are from 0 on.

    As it would be with `more` times the chances, and so many times more found.
    """
    bets = _SPREAD * evidence.least_chance
    won = more * np.log1p(-bets[:, None] / found).sum(axis=1) - violators * np.log1p(-bets * more)
    return _mean_stake(won) + float(np.log(error))


def _many_found(evidence: Evidence, violators: int, error: float) -> float:
    bets = _SPREAD / (1 - _SPREAD) * evidence.least_chance
    won = np.log1p(bets[:, None] / evidence.found).sum(axis=1) - violators * np.log1p(bets)
    return _mean_stake(won) + float(np.log(error))


def _mean_stake(won: Numbers) -> float:
    return float(np.logaddexp.reduce(won) - np.log(len(won)))
