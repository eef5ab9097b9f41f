"""The chart of an assessment's reasons: diverging bars, one scale for all three families."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from data.vocabulary import Family, ReasonKind

# Smallest range of log-odds over the full width, so that negligible contributions have short bars.
LEAST_SPAN: Final = 0.5


@dataclass(frozen=True)
class Bar:
    """One reason: title, text, log-odds, and begin and length of its bar in percent of the width."""

    code: str
    kind: ReasonKind
    title: str
    words: str
    contribution: float
    x: float
    width: float

    @property
    def raises(self) -> bool:
        """Whether it raises the risk."""
        return self.contribution > 0

    @property
    def is_lacking(self) -> bool:
        """Whether the reason is lack of evidence."""
        return self.kind is ReasonKind.LACK_OF_EVIDENCE


@dataclass(frozen=True)
class Group:
    """The bars of one family, with the base probability and the probability of this box."""

    family: Family
    base: float
    probability: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """All groups, and the position of the zero line in percent of the width."""

    zero: float
    groups: tuple[Group, ...]


def chart(assessment: Mapping[str, Any], language: str) -> Chart:
    """The chart of an assessment's reasons in `language`.

    Bars of all families share one scale of log-odds, so their lengths are comparable. Families are ordered by
    probability, bars as the assessment orders its reasons: strongest first.
    """
    reasons: Sequence[Mapping[str, Any]] = assessment["reasons"]
    contributions = [float(reason["contribution"]) for reason in reasons]
    lowest, highest = min(contributions, default=0.0), max(contributions, default=0.0)
    lowest, highest = min(lowest, 0.0), max(highest, 0.0)
    scale = 100 / max(highest - lowest, LEAST_SPAN)
    zero = -lowest * scale

    def bar(reason: Mapping[str, Any]) -> Bar:
        contribution = float(reason["contribution"])
        length = abs(contribution) * scale
        return Bar(
            code=reason["code"],
            # Assessments stored before reasons had a kind lack it.
            kind=ReasonKind(reason.get("kind", ReasonKind.RISK)),
            title=reason.get("title", {}).get(language, ""),
            words=reason["text"][language],
            contribution=contribution,
            x=round(zero if contribution > 0 else zero - length, 2),
            width=round(length, 2),
        )

    groups = [
        Group(
            family,
            1 / (1 + math.exp(-float(assessment["base"][family]))),
            float(assessment["probability"][family]),
            tuple(bar(reason) for reason in reasons if reason["family"] == family),
        )
        for family in Family
    ]
    return Chart(round(zero, 2), tuple(sorted(groups, key=lambda group: -group.probability)))
