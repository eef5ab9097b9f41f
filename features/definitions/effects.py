"""Beliefs as features: what openings have taught about each trait of the box, in log-odds of a finding.

The features of a family add up to the log-odds of a finding as believed; the model takes half of its opinion from
them (`models.scoring.risk_model`). To an officer each is told by the fact or the record beside it (`Feature.told_by`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.context import View
from features.definitions.factors import LEARNED, TRAITS
from features.definitions.feature import Feature, Gathered, Theme, Unit


@dataclass(frozen=True)
class Effect(Gathered):
    """What is believed of a trait in a family, by their positions in TRAITS and LEARNED."""

    family: int
    trait: int

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[View], Numbers]:
        """All effects at once."""
        families = np.array([column.family for column in columns])
        traits = np.array([column.trait for column in columns])
        return lambda view: view.effects[:, families, traits]


def belief_name(trait: str, family: Family) -> str:
    """The name of the feature that holds the belief on a trait in a family."""
    return f"{trait}_{family.value}_belief"


def beliefs(told: Mapping[str, Feature]) -> Iterator[Feature]:
    """A feature for each trait in each family it has an effect in; `told` are the features that tell of them."""
    for place, family in enumerate(LEARNED):
        for position, trait in enumerate(TRAITS):
            if family in trait.told:
                teller = told[trait.told[family].by]
                yield Feature(
                    name=belief_name(trait.name, family),
                    theme=Theme.BELIEFS,
                    reason=teller.reason,
                    unit=Unit.NUMBER,
                    compute=Effect(place, position),
                    family=family,
                    told_by=teller,
                    key="belief",
                )
