"""The promise about the green lane: at most so many of its declarations hold a violator, with what confidence.

It is about the declarations of a moving window, those that were in the lane, not about a rate that is taken to last: so
drift cannot make it wrong, only late. Windows begin on fixed Mondays, 13 weeks apart; the one that is told at an
instant is the last that is at least 26 weeks old, so it is 26 to 39 weeks long and each is told for 13 weeks. The
limits of a window hold at all looks (`models.release_guarantee.confidence_sequence`), so the error of a year is shared
by the four that are told in it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import Any, Final

from data.errors import InvalidInput
from data.texts import both
from data.vocabulary import GuaranteeState
from models.guarantee.confidence_sequence import (
    Evidence,
    log_stake_too_few,
    violators_lower_limit,
    violators_upper_limit,
)

DECIDED_WITHIN_DAYS: Final = 30.0
"""An assessment made later than this after the declaration decides nothing: the box is gone."""
MIN_WINDOW: Final = timedelta(weeks=26)
STEP: Final = timedelta(weeks=13)
WINDOWS_PER_YEAR: Final = 4
_FIRST_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class ReleaseTarget:
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
        return (1 - self.confidence) / WINDOWS_PER_YEAR


@dataclass(frozen=True)
class Window:
    """The declarations it speaks of were declared from `begins_at` on and before `ends_at`."""

    begins_at: datetime
    ends_at: datetime


def window_at(at: datetime, delay: timedelta) -> Window:
    """The window that is told at an instant; declarations younger than `delay` have no outcome yet and stay out."""
    ends_at = at - delay
    return Window(_FIRST_MONDAY + (ends_at - MIN_WINDOW - _FIRST_MONDAY) // STEP * STEP, ends_at)


@dataclass(frozen=True)
class ReleaseGuarantee:
    """Where a promise stands: `upper` and `lower` violators that the `evidence` leaves possible.

    `additional` is how many more random openings would make it guaranteed if what is seen goes on: 0 where it is
    guaranteed, None where no number would. `predictable` says that anyone can predict the draws.
    """

    state: GuaranteeState
    release_target: ReleaseTarget
    window: Window
    evidence: Evidence
    upper: int
    lower: int
    additional: int | None
    predictable: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON: the numbers, `text` for the inspector and `manager` for whoever answers for the port."""
        shown = self.evidence
        upper_rate, lower_rate = _share(self.upper, shown, 1.0), _share(self.lower, shown, 0.0)
        numbers = {
            "target_rate": self.release_target.rate,
            "confidence": self.release_target.confidence,
            "begins_at": self.window.begins_at.isoformat(),
            "ends_at": self.window.ends_at.isoformat(),
            "declarations": shown.declarations,
            "drawn": shown.drawn,
            "found": len(shown.found),
            "unconcluded": len(shown.unconcluded),
            "upper_rate": upper_rate,
            "lower_rate": lower_rate,
            "missed_at_most": self.upper - len(shown.found),
            "additional_openings": self.additional,
        }
        places = {
            **numbers,
            "promised": f"{100 * self.release_target.rate:g}",
            "sure": f"{100 * self.release_target.confidence:g}",
            "most": f"{ceil(1000 * upper_rate - 1e-9) / 10:.1f}",
            "fewest": f"{floor(1000 * lower_rate + 1e-9) / 10:.1f}",
            "begins": f"{self.window.begins_at:%Y-%m-%d}",
            "ends": f"{self.window.ends_at:%Y-%m-%d}",
        }
        reported, case = self.state.value, self.state.value
        if self.predictable and self.state is not GuaranteeState.VIOLATED:
            reported = case = "predictable"
        elif not shown.declarations:
            reported = case = "nothing_yet"
        elif not shown.drawn:
            case = "none_drawn"
        elif self.state is GuaranteeState.NOT_ENOUGH_EVIDENCE and self.additional is None:
            case = "not_attainable"
        return {
            "state": self.state.value,
            **numbers,
            "text": both(f"guarantee.{reported}", **places),
            "manager": both(f"guarantee.manager.{case}", **places),
        }


def release_guarantee(
    evidence: Evidence, release_target: ReleaseTarget, window: Window, predictable: bool = False
) -> ReleaseGuarantee:
    """Where the promise stands, by what the lot has shown of the green lane in a window.

    While the draws are predictable nothing limits the violators upwards: those who know them are not in the lot.
    """
    state, upper, lower = rate_state(evidence, release_target.rate, release_target.error)
    if predictable:
        state = state if state is GuaranteeState.VIOLATED else GuaranteeState.NOT_ENOUGH_EVIDENCE
        return ReleaseGuarantee(
            state, release_target, window, evidence, evidence.declarations, lower, None, predictable
        )
    further = 0 if state is GuaranteeState.MET else _additional(evidence, release_target)
    return ReleaseGuarantee(state, release_target, window, evidence, upper, lower, further)


def rate_state(evidence: Evidence, rate: float, error: float) -> tuple[GuaranteeState, int, int]:
    """Whether a rate is kept, with the most and the fewest violators possible; of no declarations nothing is said."""
    upper, lower = violators_upper_limit(evidence, error), violators_lower_limit(evidence, error)
    if lower > allowed_violators(rate, evidence):
        return GuaranteeState.VIOLATED, upper, lower
    kept = evidence.declarations > 0 and upper <= allowed_violators(rate, evidence)
    return GuaranteeState.MET if kept else GuaranteeState.NOT_ENOUGH_EVIDENCE, upper, lower


def allowed_violators(rate: float, evidence: Evidence) -> int:
    """Violators that a rate allows among the declarations."""
    return floor(rate * evidence.declarations + 1e-9)


def _additional(evidence: Evidence, release_target: ReleaseTarget) -> int | None:
    """More random openings in the window that would exclude one violator too many, were finds in proportion.

    The log of the stake is convex in their number and below the bar without any, so it crosses the bar once.
    """
    if not evidence.expected:
        return None
    one_too_many = allowed_violators(release_target.rate, evidence) + 1
    every = range(int(evidence.expected / evidence.max_probability - evidence.expected) + 1)

    def won(further: int) -> float:
        more = 1 + further / evidence.expected
        return log_stake_too_few(evidence, evidence.found_or_unconcluded, one_too_many, more, release_target.error)

    further = bisect_left(every, 0.0, key=won)
    return further if further < len(every) else None


def _share(count: int, of: Evidence, otherwise: float) -> float:
    return count / of.declarations if of.declarations else otherwise
