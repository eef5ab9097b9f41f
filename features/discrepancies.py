"""What verification found in the box itself, and how clean the papers of its parties have been."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from data.vocabulary import Family
from features.boxes import Numbers
from features.checks.check import Topic
from features.feature import Feature, Theme, Unit
from features.view import View

# Declared boxes at which a party's share of flawed papers counts as much as the port's.
_STRENGTH: Final = 10.0
_FIRST_SHARE: Final = 0.1
_PARTIES: Final = ("shipper", "packer", "forwarder", "declarant")
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


def _flawed_share(view: View, entity: str) -> Numbers:
    """Share of an entity's boxes with flawed papers, shrunk to the port's."""
    port = (view.held("port", "flawed") + _STRENGTH * _FIRST_SHARE) / (view.held("port", "declared") + _STRENGTH)
    own = view.held(entity, "flawed") + _STRENGTH * port
    return np.asarray(own / (view.held(entity, "declared") + _STRENGTH))


def _flaws(topic: Topic) -> Feature:
    return Feature(f"{topic.value}_flaws", Theme.PAPERS, "discrepancies", Unit.COUNT,
                   partial(View.box, name=f"{topic.value}_flaws"), _RISES[topic])  # fmt: skip


FEATURES: Final = (
    Feature("severe_discrepancies", Theme.PAPERS, "discrepancies", Unit.COUNT, partial(View.box, name="severe"),
            (Family.DECLARATION, Family.PAPERS)),
    Feature("advisories", Theme.PAPERS, "discrepancies", Unit.COUNT, partial(View.box, name="advisories")),
    *(_flaws(topic) for topic in Topic),
    *(
        Feature(f"{entity}_flawed_share", Theme.PARTIES, "clean_papers", Unit.SHARE,
                partial(_flawed_share, entity=entity), (Family.PAPERS,), entity=entity, evidence="declared",
                key="flawed_share")
        for entity in _PARTIES
    ),
)  # fmt: skip
