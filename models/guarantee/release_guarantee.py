"""The promise about the green lane: at most so many of its declarations hold a violator, with what confidence.

It is about the declarations of a moving window, those that were in the lane, not about a rate that is taken to last: so
drift cannot make it wrong, only late. Windows begin on fixed Mondays, 13 weeks apart; the one that is told at an
instant is the last that is at least 26 weeks old, so it is 26 to 39 weeks long and each is told for 13 weeks. The
limits of a window hold at all looks (`models.guarantee.confidence_sequence`), so the error of a year is shared by the
four that are told in it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import Any, Final

from data.errors import InvalidInput
from data.texts import both
from data.vocabulary import Assurance
from models.guarantee.confidence_sequence import Evidence, few_found, fewest_violators, most_violators

DECIDED_WITHIN_DAYS: Final = 30.0
"""An assessment made later than this after the declaration decides nothing: the box is gone."""
LOOK_BACK: Final = timedelta(weeks=26)
STEP: Final = timedelta(weeks=13)
TOLD_IN_A_YEAR: Final = 4
_FIRST_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Promise:
    """At most `rate` of the declarations in the green lane violate; a year of statements errs with 1 - `confidence`."""

    rate: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name, value in (("rate", self.rate), ("confidence", self.confidence)):
            if not 0 < value < 1:
                raise InvalidInput(
                    f"A promise with a {name} of {value:g} says nothing.",
                    "Give shares between 0 and 1, for example a rate of 0.05 and a confidence of 0.95.",
                )

    @property
    def error(self) -> float:
        """The chance that the limit of one window is ever wrong, on either side."""
        return (1 - self.confidence) / TOLD_IN_A_YEAR


@dataclass(frozen=True)
class Window:
    """The declarations it speaks of were declared from `begins_at` on and before `ends_at`."""

    begins_at: datetime
    ends_at: datetime


def window_at(at: datetime, delay: timedelta) -> Window:
    """The window that is told at an instant; declarations younger than `delay` have no outcome yet and stay out."""
    ends_at = at - delay
    return Window(_FIRST_MONDAY + (ends_at - LOOK_BACK - _FIRST_MONDAY) // STEP * STEP, ends_at)


@dataclass(frozen=True)
class Guarantee:
    """Where a promise stands: `most` and `fewest` violators that the `evidence` leaves possible.

    `further` is how many more random openings would make it guaranteed if what is seen goes on: 0 where it is
    guaranteed, None where no number would. `predictable` says that anyone can predict the draws.
    """

    state: Assurance
    promise: Promise
    window: Window
    evidence: Evidence
    most: int
    fewest: int
    further: int | None
    predictable: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON: the numbers, `text` for the inspector and `manager` for whoever answers for the port."""
        shown = self.evidence
        most_rate, fewest_rate = _share(self.most, shown, 1.0), _share(self.fewest, shown, 0.0)
        numbers = {
            "promised_rate": self.promise.rate,
            "confidence": self.promise.confidence,
            "begins_at": self.window.begins_at.isoformat(),
            "ends_at": self.window.ends_at.isoformat(),
            "declarations": shown.declarations,
            "drawn": shown.drawn,
            "found": len(shown.found),
            "unconcluded": len(shown.unconcluded),
            "most_rate": most_rate,
            "fewest_rate": fewest_rate,
            "let_through_at_most": self.most - len(shown.found),
            "further_openings": self.further,
        }
        places = {
            **numbers,
            "promised": f"{100 * self.promise.rate:g}",
            "sure": f"{100 * self.promise.confidence:g}",
            "most": f"{ceil(1000 * most_rate - 1e-9) / 10:.1f}",
            "fewest": f"{floor(1000 * fewest_rate + 1e-9) / 10:.1f}",
            "begins": f"{self.window.begins_at:%Y-%m-%d}",
            "ends": f"{self.window.ends_at:%Y-%m-%d}",
        }
        told, case = self.state.value, self.state.value
        if self.predictable and self.state is not Assurance.BROKEN:
            told = case = "predictable"
        elif not shown.declarations:
            told = case = "nothing_yet"
        elif not shown.drawn:
            case = "none_drawn"
        elif self.state is Assurance.NOT_ENOUGH_EVIDENCE and self.further is None:
            case = "none_would"
        return {
            "state": self.state.value,
            **numbers,
            "text": both(f"guarantee.{told}", **places),
            "manager": both(f"guarantee.manager.{case}", **places),
        }


def guarantee(evidence: Evidence, promise: Promise, window: Window, predictable: bool = False) -> Guarantee:
    """Where the promise stands, by what the lot has shown of the green lane in a window.

    While the draws are predictable nothing limits the violators upwards: those who know them are not in the lot.
    """
    state, most, fewest = judged(evidence, promise.rate, promise.error)
    if predictable:
        state = state if state is Assurance.BROKEN else Assurance.NOT_ENOUGH_EVIDENCE
        return Guarantee(state, promise, window, evidence, evidence.declarations, fewest, None, predictable)
    further = 0 if state is Assurance.GUARANTEED else _further(evidence, promise)
    return Guarantee(state, promise, window, evidence, most, fewest, further)


def judged(evidence: Evidence, rate: float, error: float) -> tuple[Assurance, int, int]:
    """Whether a rate is kept, with the most and the fewest violators possible; of no declarations nothing is said."""
    most, fewest = most_violators(evidence, error), fewest_violators(evidence, error)
    if fewest > allowed(rate, evidence):
        return Assurance.BROKEN, most, fewest
    kept = evidence.declarations > 0 and most <= allowed(rate, evidence)
    return Assurance.GUARANTEED if kept else Assurance.NOT_ENOUGH_EVIDENCE, most, fewest


def allowed(rate: float, evidence: Evidence) -> int:
    """Violators that a rate allows among the declarations."""
    return floor(rate * evidence.declarations + 1e-9)


def _further(evidence: Evidence, promise: Promise) -> int | None:
    """More random openings in the window that would exclude one violator too many, were finds in proportion.

    The log of the stake is convex in their number and below the bar without any, so it crosses the bar once.
    """
    if not evidence.expected:
        return None
    one_too_many = allowed(promise.rate, evidence) + 1
    every = range(int(evidence.expected / evidence.greatest_chance - evidence.expected) + 1)

    def won(further: int) -> float:
        more = 1 + further / evidence.expected
        return few_found(evidence, evidence.worst, one_too_many, more, promise.error)

    further = bisect_left(every, 0.0, key=won)
    return further if further < len(every) else None


def _share(count: int, of: Evidence, otherwise: float) -> float:
    return count / of.declarations if of.declarations else otherwise
