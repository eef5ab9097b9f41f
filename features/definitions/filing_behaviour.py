"""Filing behaviour of parties: late or contradictory papers, first boxes of a pair, changes in volume and frequency.

It comes from declarations alone, so it needs no opening.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from data.definitions.filing import is_late
from features.boxes import Numbers
from features.checks.results import CheckedBoxes
from features.definitions import papers, quantity, timing
from features.definitions.context import FeatureContext
from features.definitions.feature import Feature, Gathered, Theme, Unit
from features.definitions.shrinkage import place
from features.history.counters import HALF_LIVES_DAYS, NEVER, NO_PROFILES, YEAR_DAYS
from features.history.entities import INDEX

# Ratio of the two-month decayed count to the one-year count of a firm with constant volume.
_EVEN: Final = HALF_LIVES_DAYS["_short"] / YEAR_DAYS
# Decayed number of boxes below which no usual volume is assumed.
_LEAST: Final = 2.0
_PAIRS: Final = ("shipper_goods", "shipper_packer", "shipper_trade_lane", "packer_class")


def filing_behaviour(boxes: CheckedBoxes) -> dict[str, NDArray[np.bool_]]:
    """Counters of filing behaviour by name: whether each box adds to them, shape (n,)."""
    context = FeatureContext(boxes, NO_PROFILES)
    worded = (
        papers.booking_manifest_differ(context),
        papers.booking_declaration_differ(context),
        papers.manifest_un_differs(context),
    )
    return {
        "filed_late": is_late(timing.hours_before_loading(context)),
        "contradictory_papers": quantity.manifest_disagrees(context) | (np.fmax.reduce(worded) > 0),
        "weights_disagree": quantity.weighings_disagree(context),
    }


@dataclass(frozen=True)
class FirstTime(Gathered):
    """Whether this is the first box of a pair; 1 for each pair of a new party, NaN if the pair is missing."""

    entity: str

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All pairs at once."""
        entities = np.array([INDEX[column.entity] for column in columns])

        def first(context: FeatureContext) -> Numbers:
            never = context.profiles.last.take(entities, axis=1) == NEVER
            return np.where(context.unnamed.take(entities, axis=1), np.nan, never)

        return first


@dataclass(frozen=True)
class Growth(Gathered):
    """Boxes of the last two months relative to the usual number of the year: 1 if constant, more if growing."""

    entity: str

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All entities at once."""
        entities = np.array([INDEX[column.entity] for column in columns])
        yearly, recent = (_places(columns, name) for name in ("declared", "declared_short"))

        def growth(context: FeatureContext) -> Numbers:
            year, recently = context.sums_at(yearly, entities), context.sums_at(recent, entities)
            return np.where(year >= _LEAST, recently / (_EVEN * np.maximum(year, _LEAST)), np.nan)

        return growth


@dataclass(frozen=True)
class Pause(Gathered):
    """Days since the last event of the entity (box or outcome), relative to the usual interval between its boxes."""

    entity: str

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All entities at once."""
        entities, yearly = np.array([INDEX[column.entity] for column in columns]), _places(columns, "declared")

        def pause(context: FeatureContext) -> Numbers:
            year = context.sums_at(yearly, entities)
            usual_days = YEAR_DAYS / np.log(2) / np.maximum(year, _LEAST)
            days = context.days_from(context.profiles.last.take(entities, axis=1))
            return np.where(year >= _LEAST, days / usual_days, np.nan)

        return pause


def _places(columns: Sequence[Growth] | Sequence[Pause], name: str) -> NDArray[np.int64]:
    return np.array([place(column.entity, name) for column in columns])


FEATURES: Final = (
    *(
        Feature(f"{pair}_first_time", Theme.PAIRS, "first_time", Unit.YES_NO, FirstTime(pair),
                entity=pair, key="first_time")
        for pair in _PAIRS
    ),
    *(
        Feature(f"{entity}_growth", Theme.PARTIES, "cadence", Unit.NUMBER, Growth(entity),
                entity=entity, key="growth")
        for entity in ("shipper", "packer", "shipper_goods")
    ),
    *(
        Feature(f"{entity}_pause", Theme.PARTIES, "cadence", Unit.NUMBER, Pause(entity),
                entity=entity, key="pause")
        for entity in ("shipper", "shipper_goods")
    ),
)  # fmt: skip
