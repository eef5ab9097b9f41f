"""What verification found in the box itself."""

from __future__ import annotations

from functools import partial
from typing import Final

from data.vocabulary import Family
from features.checks.check import Topic
from features.checks.counting import LIKELY
from features.feature import Feature, Theme, Unit
from features.view import View

# What may only raise a probability, by topic.
_RISES: Final = {
    Topic.IDENTITY: (Family.DECLARATION, Family.PAPERS),
    Topic.PROPERTIES: (Family.DECLARATION, Family.PAPERS),
    Topic.QUANTITY: (Family.DECLARATION, Family.PACKING),
    Topic.BOX: (Family.PACKING,),
    Topic.PAPERS: (Family.PAPERS,),
    Topic.CONCERN: (Family.DECLARATION,),
    Topic.UNDECLARED: (Family.DECLARATION,),
}


def _flaws(topic: Topic) -> Feature:
    return Feature(f"{topic.value}_flaws", Theme.PAPERS, "discrepancies", Unit.COUNT,
                   partial(View.box, name=f"{topic.value}_flaws"), _RISES[topic])  # fmt: skip


FEATURES: Final = (
    Feature("severe_discrepancies", Theme.PAPERS, "discrepancies", Unit.COUNT, partial(View.box, name="severe"),
            (Family.DECLARATION, Family.PAPERS)),
    Feature("advisories", Theme.PAPERS, "discrepancies", Unit.COUNT, partial(View.box, name="advisories")),
    *(_flaws(topic) for topic in Topic),
    Feature(LIKELY, Theme.SUBSTANCE, "suspected_goods", Unit.SHARE, partial(View.box, name=LIKELY),
            (Family.DECLARATION,)),
)  # fmt: skip
