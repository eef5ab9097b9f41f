"""Find the highest risk threshold up to which the release lane is shown to meet the target rate.

Learn then test (Angelopoulos, Bates, Candès, Jordan and Lei 2021) with a fixed sequence (Bauer 1991): thresholds are
tested from low to high, each at the full error, until one is not shown to meet the target. The result is wrong only if
the first threshold that exceeds the target passes its test, so one error covers the whole sequence. The random sample
also draws red and amber boxes, so a threshold above today's can be tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.errors import InvalidInput
from data.texts import both
from data.vocabulary import GuaranteeState
from models.guarantee.confidence_sequence import Numbers, evidence_of
from models.guarantee.release_guarantee import ReleaseTarget, rate_state


@dataclass(frozen=True)
class ThresholdResult:
    """The lane of all declarations with a risk of at most `cut`; None if not even the lowest threshold is shown.

    `share` of the declarations is in it, of which at most `upper_rate` are violators. `stopped_by` is the state of the
    next threshold (not enough evidence, or violated), `met` if there was none. `tested` is the number of thresholds
    tested.
    """

    cut: float | None
    share: float
    upper_rate: float
    stopped_by: GuaranteeState
    tested: int
    release_target: ReleaseTarget

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, with a sentence in both languages."""
        key = "none" if self.cut is None else self.stopped_by.value
        places = {
            "cut": "" if self.cut is None else f"{self.cut:.3g}",
            "share": f"{100 * self.share:.0f}",
            "upper_rate": f"{np.ceil(1000 * self.upper_rate - 1e-9) / 10:.1f}",
            "target_rate": f"{100 * self.release_target.rate:g}",
            "confidence": f"{100 * self.release_target.confidence:g}",
            "tested": self.tested,
        }
        return {
            "cut": self.cut,
            "share": self.share,
            "upper_rate": self.upper_rate,
            "stopped": self.stopped_by.value,
            "tested": self.tested,
            "limit": self.release_target.rate,
            "confidence": self.release_target.confidence,
            "text": both(f"threshold.{key}", **places),
        }


def search_threshold(
    risks: Numbers,
    draws: Numbers,
    probabilities: Numbers,
    violation: Numbers,
    cuts: Sequence[float],
    release_target: ReleaseTarget,
) -> ThresholdResult:
    """The highest threshold among `cuts` that is shown to meet `release_target.rate`.

    The choice is wrong with a probability of at most 1 - `release_target.confidence`. `risks` (n,) are those of all
    declarations of a window, whatever their lane, when they were decided; the other columns (n,) are as in
    `models.guarantee.confidence_sequence.evidence_of`. `cuts` are risks that were fixed before the window began. Small
    lanes contain few drawn declarations, so the lowest cut should cover about half of the declarations. Raises
    InvalidInput without cuts.
    """
    if not len(cuts):
        raise InvalidInput("There is no threshold to test.", "Give at least one cut.")
    cut, share, upper_rate = None, 0.0, 1.0
    for tested, candidate in enumerate(sorted(cuts), 1):
        inside = risks <= candidate
        evidence = evidence_of(draws[inside], probabilities[inside], violation[inside])
        state, upper, _ = rate_state(evidence, release_target.rate, 1 - release_target.confidence)
        if state is not GuaranteeState.MET:
            return ThresholdResult(cut, share, upper_rate, state, tested, release_target)
        cut, share, upper_rate = float(candidate), float(inside.mean()), upper / evidence.declarations
    return ThresholdResult(cut, share, upper_rate, GuaranteeState.MET, len(cuts), release_target)
