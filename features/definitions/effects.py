"""Features of the Bayesian probit effects: what openings have shown about each factor of a box, in log-odds.

The features of a family add up to the log-odds of a finding as estimated; the model takes half of its opinion from
them (`models.scoring.risk_model`). To an officer each is explaining by the fact or the record beside it
(`Feature.explained_by`).
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
    """What is estimated of a factor in a family, by their positions in FACTORS and LEARNED."""

    family: int
    factor: int

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All effects at once."""
        families = np.array([column.family for column in columns])
        factors = np.array([column.factor for column in columns])
        return lambda context: context.factor_effects[:, families, factors]


def effect_name(factor: str, family: Family) -> str:
    """The name of the feature that holds the effect of a factor in a family."""
    return f"{factor}_{family.value}_effect"


def effect_features(explaining: Mapping[str, Feature]) -> Iterator[Feature]:
    """A feature for each factor in each family it has an effect in; `explaining` are the features that tell of them."""
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
