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
from data.vocabulary import Assurance
from models.guarantee.confidence_sequence import Numbers, evidence_of
from models.guarantee.release_guarantee import Promise, judged


@dataclass(frozen=True)
class Widest:
    """The lane of all declarations with a risk of at most `cut`; None where not even the narrowest is shown to keep it.

    `share` of the declarations is in it and at most `most_rate` of those violate. `stopped` is what was found of the
    cut after it: not enough evidence or broken; guaranteed where none came after. `tested` cuts were looked at.
    """

    cut: float | None
    share: float
    most_rate: float
    stopped: Assurance
    tested: int
    promise: Promise

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, with a sentence in both languages."""
        key = "none" if self.cut is None else self.stopped.value
        places = {
            "cut": "" if self.cut is None else f"{self.cut:.3g}",
            "share": f"{100 * self.share:.0f}",
            "most": f"{np.ceil(1000 * self.most_rate - 1e-9) / 10:.1f}",
            "limit": f"{100 * self.promise.rate:g}",
            "sure": f"{100 * self.promise.confidence:g}",
            "tested": self.tested,
        }
        return {
            "cut": self.cut,
            "share": self.share,
            "most_rate": self.most_rate,
            "stopped": self.stopped.value,
            "tested": self.tested,
            "limit": self.promise.rate,
            "confidence": self.promise.confidence,
            "text": both(f"widest.{key}", **places),
        }


def widest_lane(
    risks: Numbers, draws: Numbers, chances: Numbers, violation: Numbers, cuts: Sequence[float], promise: Promise
) -> Widest:
    """The widest lane among `cuts` that keeps `promise.rate`; this one choice errs with 1 - `promise.confidence`.

    `risks` (n,) are those of all declarations of a window, whatever their lane, when they were decided on; the other
    columns (n,) as in `models.guarantee.confidence_sequence.evidence_of`. `cuts` are risks, fixed before the window
    began. Narrow lanes hold few drawn ones, so the narrowest should hold half of the declarations or so. Raises
    InvalidInput without cuts.
    """
    if not len(cuts):
        raise InvalidInput("There is no lane to test.", "Give at least one cut.")
    cut, share, most_rate = None, 0.0, 1.0
    for tested, candidate in enumerate(sorted(cuts), 1):
        inside = risks <= candidate
        evidence = evidence_of(draws[inside], chances[inside], violation[inside])
        state, most, _ = judged(evidence, promise.rate, 1 - promise.confidence)
        if state is not Assurance.GUARANTEED:
            return Widest(cut, share, most_rate, state, tested, promise)
        cut, share, most_rate = float(candidate), float(inside.mean()), most / evidence.declarations
    return Widest(cut, share, most_rate, Assurance.GUARANTEED, len(cuts), promise)
