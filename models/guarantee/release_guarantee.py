"""The release guarantee: at most a given share of the declarations in the green lane are violators.

The statement concerns the declarations that were in the lane during a moving window, not a rate that is assumed to be
constant; drift can delay it but not make it wrong. Windows begin on fixed Mondays, 13 weeks apart. The reported window
is the last one that is at least 26 weeks old, so it is 26 to 39 weeks long, and each is reported for 13 weeks. The
limits of a window hold at all weekly evaluations (`models.guarantee.confidence_sequence`), so the error of a year is
divided among the four windows that are reported in it.
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
"""Assessments made later than this after the declaration do not count: the box has left."""
MIN_WINDOW: Final = timedelta(weeks=26)
STEP: Final = timedelta(weeks=13)
WINDOWS_PER_YEAR: Final = 4
_FIRST_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class ReleaseTarget:
    """At most `rate` of the declarations in the green lane are violators.

    The statements of a year are all right with probability `confidence`.
    """

    rate: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name, value in (("rate", self.rate), ("confidence", self.confidence)):
            if not 0 < value < 1:
                raise InvalidInput(
                    f"The {name} of the release target is {value:g}; it must be above 0 and below 1.",
                    "Give for example a rate of 0.05 and a confidence of 0.95.",
                )

    @property
    def error(self) -> float:
        """Probability that the limit of one window is ever wrong, on either side."""
        return (1 - self.confidence) / WINDOWS_PER_YEAR


@dataclass(frozen=True)
class Window:
    """Declarations made from `begins_at` on and before `ends_at`."""

    begins_at: datetime
    ends_at: datetime


def window_at(at: datetime, delay: timedelta) -> Window:
    """The window reported at an instant; declarations younger than `delay` have no outcome yet and are left out."""
    ends_at = at - delay
    return Window(_FIRST_MONDAY + (ends_at - MIN_WINDOW - _FIRST_MONDAY) // STEP * STEP, ends_at)


@dataclass(frozen=True)
class ReleaseGuarantee:
    """State of the guarantee: the evidence leaves between `lower` and `upper` violators possible.

    `additional` is the number of further random openings that would meet the target if finds stay in proportion: 0 if
    it is met, None if no number would. `predictable` states that anyone can predict the draws.
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
        """Plain JSON: the numbers, `text` for the inspector, and `manager` for the person responsible for the port."""
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
            # Shares in percent; limits are rounded outwards.
            "target_rate": f"{100 * self.release_target.rate:g}",
            "confidence": f"{100 * self.release_target.confidence:g}",
            "upper_rate": f"{ceil(1000 * upper_rate - 1e-9) / 10:.1f}",
            "lower_rate": f"{floor(1000 * lower_rate + 1e-9) / 10:.1f}",
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
    """State of the guarantee, from what the random sample has shown of the green lane in a window.

    While the draws are predictable, the number of violators has no upper limit: those who know the draws avoid them.
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
    """Whether a rate is met, with the upper and lower limit of violators; without declarations there is no evidence."""
    upper, lower = violators_upper_limit(evidence, error), violators_lower_limit(evidence, error)
    if lower > allowed_violators(rate, evidence):
        return GuaranteeState.VIOLATED, upper, lower
    kept = evidence.declarations > 0 and upper <= allowed_violators(rate, evidence)
    return GuaranteeState.MET if kept else GuaranteeState.NOT_ENOUGH_EVIDENCE, upper, lower


def allowed_violators(rate: float, evidence: Evidence) -> int:
    """Violators that a rate allows among the declarations."""
    return floor(rate * evidence.declarations + 1e-9)


def _additional(evidence: Evidence, release_target: ReleaseTarget) -> int | None:
    """Further random openings that would exclude one violator more than allowed, if finds stay in proportion.

    The log of the stake is convex in their number and below the threshold at 0, so it crosses the threshold once.
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
