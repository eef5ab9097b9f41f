"""The widest green lane that is shown to keep a limit.

Learn then test (Angelopoulos, Bates, Candès, Jordan and Lei 2021), in a fixed sequence (Bauer 1991): cuts are tested
from the narrowest lane to the widest, each at the whole error, until one is not shown to keep the limit. The lane that
comes of it is wrong only if the first cut of the sequence that does not keep the limit is passed, which one test at
that error prevents, however many there are. The lot's own openings are the evidence, those of red and amber boxes too:
a cut that is wider than today's can be tested.
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
    """The lane of all declarations with a risk of at most `cut`; None where not even the narrowest is shown to keep it.

    `share` of the declarations is in it and at most `upper_rate` of those violate. `stopped_by` is what was found of
    the cut after it: not enough evidence or broken; guaranteed where none came after. `tested` cuts were looked at.
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
            "most": f"{np.ceil(1000 * self.upper_rate - 1e-9) / 10:.1f}",
            "limit": f"{100 * self.release_target.rate:g}",
            "sure": f"{100 * self.release_target.confidence:g}",
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
    """The widest lane among `cuts` that keeps `release_target.rate`; this one choice errs with 1 -
    `release_target.confidence`.

    `risks` (n,) are those of all declarations of a window, whatever their lane, when they were decided on; the other
    columns (n,) as in `models.guarantee.confidence_sequence.evidence_of`. `cuts` are risks, fixed before the window
    began. Narrow lanes hold few drawn ones, so the narrowest should hold half of the declarations or so. Raises
    InvalidInput without cuts.
    """
    if not len(cuts):
        raise InvalidInput("There is no lane to test.", "Give at least one cut.")
    cut, share, upper_rate = None, 0.0, 1.0
    for tested, candidate in enumerate(sorted(cuts), 1):
        inside = risks <= candidate
        evidence = evidence_of(draws[inside], probabilities[inside], violation[inside])
        state, upper, _ = rate_state(evidence, release_target.rate, 1 - release_target.confidence)
        if state is not GuaranteeState.MET:
            return ThresholdResult(cut, share, upper_rate, state, tested, release_target)
        cut, share, upper_rate = float(candidate), float(inside.mean()), upper / evidence.declarations
    return ThresholdResult(cut, share, upper_rate, GuaranteeState.MET, len(cuts), release_target)
