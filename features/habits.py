"""How a party goes about its papers: late, contradicting, amended; what it does for the first time, and how regularly.

None of it needs an opening: each declared box tells something of those behind it.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features import papers, quantity, timing
from features.boxes import Numbers
from features.checks.results import CheckedBoxes
from features.entities import INDEX
from features.feature import Feature, Theme, Unit
from features.ledger import HALF_LIVES_DAYS, LONG_DAYS, NEVER, NO_PROFILES
from features.view import View

LATE_HOURS: Final = 24.0
APART_SHARE: Final = 0.05
"""Share of the box's mass by which two weighings differ when they count as apart."""
MANIFEST_APART_SHARE: Final = 0.02
# A firm that sends evenly has this part of its year's decayed count in the two months' one.
_EVEN: Final = HALF_LIVES_DAYS["_short"] / LONG_DAYS
# Fewer boxes, decayed, than this make no habit.
_LEAST: Final = 2.0
_PAIRS: Final = ("shipper_goods", "shipper_packer", "shipper_lane", "packer_class")


def behaviour(boxes: CheckedBoxes) -> dict[str, NDArray[np.bool_]]:
    """What the ledger counts of each box's papers, shape (n,): filed late, contradicting, weighings apart."""
    view = View(boxes, NO_PROFILES)
    weighings = np.fmax(quantity.vgm_disagreement(view), quantity.weighed_disagreement(view))
    with np.errstate(invalid="ignore"):
        manifest = quantity.manifest_disagreement(view) > MANIFEST_APART_SHARE
        return {
            "late": timing.lead_hours(view) < LATE_HOURS,
            "contradicted": manifest | (_any(papers.booking_differs(view), papers.declared_differs(view),
                                             papers.manifest_un_differs(view)) > 0),
            "weights_apart": weighings > APART_SHARE,
        }  # fmt: skip


def _any(*columns: Numbers) -> Numbers:
    return np.asarray(np.fmax.reduce(columns))


def first_time(view: View, entity: str) -> Numbers:
    """Whether this is the first box of a pair (a party never seen before has none but first ones); NaN when unnamed."""
    place = view.profiles.last[:, INDEX[entity]]
    unnamed = view.boxes.keys[:, INDEX[entity]] == 0
    return np.where(unnamed, np.nan, (place == NEVER).astype(np.float64))


def growth(view: View, entity: str) -> Numbers:
    """Boxes of the last two months against the usual number of the year: 1 when even, more when growing."""
    year, lately = view.held(entity, "declared"), view.held(entity, "declared_short")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(year >= _LEAST, lately / (_EVEN * year), np.nan)


def pause(view: View, entity: str) -> Numbers:
    """Days since the party was last heard of (a box, an outcome) against the usual interval between its boxes."""
    year = view.held(entity, "declared")
    usual_days = LONG_DAYS / np.log(2) / np.maximum(year, _LEAST)
    return np.where(year >= _LEAST, view.seen_days(entity, "last") / usual_days, np.nan)


FEATURES: Final = (
    *(
        Feature(f"{pair}_first_time", Theme.PAIRS, "first_time", Unit.YES_NO, partial(first_time, entity=pair),
                entity=pair, key="first_time")
        for pair in _PAIRS
    ),
    *(
        Feature(f"{entity}_growth", Theme.PARTIES, "cadence", Unit.NUMBER, partial(growth, entity=entity),
                entity=entity, key="growth")
        for entity in ("shipper", "packer", "shipper_goods")
    ),
    *(
        Feature(f"{entity}_pause", Theme.PARTIES, "cadence", Unit.NUMBER, partial(pause, entity=entity),
                entity=entity, key="pause")
        for entity in ("shipper", "shipper_goods")
    ),
)  # fmt: skip
