"""Features: numbers of discrepancies that the checks found."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from data.vocabulary import Family
from features.boxes import Numbers
from features.checks.check import Topic
from features.definitions.context import FeatureContext
from features.definitions.feature import Feature, Theme, Unit

# Families whose probability may only rise with the number of discrepancies, by topic.
_RISES: Final = {
    Topic.IDENTITY: (Family.DECLARATION, Family.PAPERS),
    Topic.PROPERTIES: (Family.DECLARATION, Family.PAPERS),
    Topic.QUANTITY: (Family.DECLARATION, Family.PACKING),
    Topic.BOX: (Family.PACKING,),
    Topic.PAPERS: (Family.PAPERS,),
    Topic.CONCERN: (Family.DECLARATION,),
    Topic.UNDECLARED: (Family.DECLARATION,),
}


def severe(context: FeatureContext) -> Numbers:
    """Severe discrepancies found by the checks."""
    return context.boxes.checks.severe.astype(np.float64)


def advisories(context: FeatureContext) -> Numbers:
    """Advisory discrepancies found by the checks."""
    return context.boxes.checks.advisories.astype(np.float64)


def of_topic(context: FeatureContext, topic: Topic) -> Numbers:
    """Faults and severe discrepancies of one topic."""
    return context.boxes.checks.of_topic(topic).astype(np.float64)


def undeclared_probability(context: FeatureContext) -> Numbers:
    """The highest probability that a line item of general cargo is dangerous goods, by its words and tariff code."""
    return context.boxes.checks.undeclared_probability


FEATURES: Final = (
    Feature("severe_discrepancies", Theme.PAPERS, "discrepancies", Unit.COUNT, severe,
            (Family.DECLARATION, Family.PAPERS)),
    Feature("advisories", Theme.PAPERS, "discrepancies", Unit.COUNT, advisories),
    *(
        Feature(f"{topic.value}_discrepancies", Theme.PAPERS, "discrepancies", Unit.COUNT,
                partial(of_topic, topic=topic), _RISES[topic])
        for topic in Topic
    ),
    Feature("undeclared_probability", Theme.SUBSTANCE, "suspected_goods", Unit.SHARE, undeclared_probability,
            (Family.DECLARATION,)),
)  # fmt: skip
