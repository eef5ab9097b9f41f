"""The arms of the learning loop: openings by score alone, with a random sample, or with an uncertainty share.

`random_share` is the product's own policy. The others open exactly as many boxes in each period as it did (its random
sample makes that vary a little), and differ in which boxes they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulated_port.drift_loop import CAPACITY, Decide, Period
from data.vocabulary import Lane, SelectedBy
from features.boxes import Numbers
from features.definitions.catalogue import NAMES
from models.policy.lanes import Decision, Policy

# Of all boxes, as the product's default: drawn at random, or used for the most uncertain boxes.
SHARE: Final = 0.01
ARMS: Final = ("random_share", "greedy", "uncertain_share")
_EVIDENCE: Final = [NAMES.index(name) for name in ("shipper_openings", "packer_openings")]


@dataclass(frozen=True)
class Arms:
    """The arms of one port: `salt` of random sample and ties, and the openings of each period by its day, once
    known."""

    salt: str
    openings: Mapping[int, int]

    def decide(self, arm: str) -> Decide:
        """The function that decides in an arm; all but `random_share` need the openings."""
        return {
            "random_share": self._random_share,
            "greedy": self._greedy,
            "uncertain_share": self._uncertain_share,
        }[arm]

    def _random_share(self, period: Period) -> Decision:
        return period.planned(Policy(CAPACITY, SHARE, 0.0, self.salt))

    def _greedy(self, period: Period) -> Decision:
        return period.planned(self._by_score(period, self.openings[period.day]))

    def _uncertain_share(self, period: Period) -> Decision:
        """By score but for a hundredth of the boxes, which go to those below the cut with the largest `uncertainty`.

        A rule chooses them, so each is logged with 1 and every other box with 0: from such a log nothing can be
        estimated without bias about the boxes left closed.
        """
        openings = self.openings[period.day]
        queried = min(round(SHARE * len(period.boxes)), openings)
        policy = self._by_score(period, openings - queried)
        decision = period.planned(policy)
        certain = np.array([lane is Lane.RED for lane in decision.lanes])
        boxes = zip(period.boxes.box["declaration_id"].tolist(), period.boxes.box["box_no"].tolist(), strict=True)
        ties = policy.draws([f"{name}\0{box_no}" for name, box_no in boxes], "tie")
        order = np.lexsort((ties, -uncertainty(period.scores, period.features), certain))
        return _with(decision, order[:queried])

    def _by_score(self, period: Period, openings: int) -> Policy:
        return Policy(openings / max(len(period.boxes), 1), 0.0, 0.0, self.salt)


def uncertainty(scores: Numbers, features: Numbers) -> Numbers:
    """Uncertainty of the model about each box, shape (n,): p (1 - p) / (1 + s + k).

    p is the score (n,), s and k the decayed openings of the shipper and of the packer (those of a year ago count
    half), from `features` (n, features); a firm the papers do not name has none. It is the variance of
    a rate p observed in as many openings, and in one more that represents all other boxes.
    """
    evidence = np.nan_to_num(np.expm1(features[:, _EVIDENCE])).sum(axis=1)
    return np.asarray(scores * (1 - scores) / (1 + evidence))


def _with(decision: Decision, places: NDArray[np.int64]) -> Decision:
    """The decision with some more boxes opened by rule."""
    lanes, selected_by = list(decision.lanes), list(decision.selected_by)
    chance = decision.selection_probability.copy()
    for place in places.tolist():
        lanes[place], selected_by[place], chance[place] = Lane.RED, SelectedBy.RULE, 1.0
    return replace(decision, lanes=lanes, selected_by=selected_by, selection_probability=chance)
