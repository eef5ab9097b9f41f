"""Features of the Bayesian probit effects: the estimated effect of each factor of a box on findings, in log-odds.

The features of a family sum to the estimated log-odds of a finding. They make up half of the log-odds of the risk
model (`models.scoring.risk_model`). Officers see the fact or the finding rate in `Feature.explained_by` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.context import FeatureContext
from features.definitions.factors import FACTORS, LEARNED_FAMILIES
from features.definitions.feature import Feature, Gathered, Theme, Unit


@dataclass(frozen=True)
class Effect(Gathered):
    """Estimated effect of a factor in a family, given by their positions in FACTORS and LEARNED_FAMILIES."""

    family: int
    factor: int

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All effects at once."""
        families = np.array([column.family for column in columns])
        factors = np.array([column.factor for column in columns])
        return lambda context: context.factor_effects[:, families, factors]


def effect_name(factor: str, family: Family) -> str:
    """Name of the feature with the effect of a factor in a family."""
    return f"{factor}_{family.value}_effect"


def effect_features(explaining: Mapping[str, Feature]) -> Iterator[Feature]:
    """One feature per factor and family in which it has an effect; `explaining` are all other features, by name."""
    for place, family in enumerate(LEARNED_FAMILIES):
        for position, factor in enumerate(FACTORS):
            if family in factor.effects_by_family:
                explaining_feature = explaining[factor.effects_by_family[family].explained_by]
                yield Feature(
                    name=effect_name(factor.name, family),
                    theme=Theme.EFFECTS,
                    reason=explaining_feature.reason,
                    unit=Unit.NUMBER,
                    compute=Effect(place, position),
                    family=family,
                    explained_by=explaining_feature,
                    key="effect",
                )
