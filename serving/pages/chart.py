"""The reasons of an assessment as a picture: diverging bars, one scale for all three families."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from data.vocabulary import Family, ReasonKind

# Log-odds across the whole width, at least: where nothing matters, no bar should look as if it did.
LEAST_SPAN: Final = 0.5


@dataclass(frozen=True)
class Bar:
    """One reason: its title and words, its log-odds, and where its bar runs, in percent of the width."""

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
        """Whether it tells how little is known, not that anything is wrong."""
        return self.kind is ReasonKind.LACK_OF_EVIDENCE


@dataclass(frozen=True)
class Group:
    """The bars of one family, from the base probability to the one this box was given."""

    family: Family
    base: float
    probability: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """All groups and the place of the zero line, in percent of the width."""

    zero: float
    groups: tuple[Group, ...]


def chart(assessment: Mapping[str, Any], language: str) -> Chart:
    """The picture of an assessment's reasons in `language`.

    Bars of all families share one scale of log-odds, so their lengths compare; families stand in the order of
    their probability, bars in the order of their weight.
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
            # Assessments made before kinds were told are kept as they are.
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
