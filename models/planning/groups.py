"""Groups of boxes: by shipper known or not, firm size, origin, flow and terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Flow
from features.boxes import Boxes, Numbers
from features.definitions.catalogue import NAMES

# Upper bounds of the boxes that a firm declared before, as a decayed count: those of a year ago count half.
SIZES: Final = ((0.0, "none yet"), (10.0, "1 to 10"), (50.0, "11 to 50"), (np.inf, "over 50"))
# A shipper with fewer declared boxes is new to the port.
NEW_BELOW_BOXES: Final = 10.0
_SHIPPER_DECLARED: Final = NAMES.index("shipper_declared")
# Smaller groups are combined: their rates would be noise.
MIN_GROUP_BOXES: Final = 50
OTHERS: Final = "others"
NOT_NAMED: Final = "not named"
NOT_STATED: Final = "not stated"
# Each grouping with its groups; empty where the groups differ between ports.
GROUPINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "shipper": ("known", "never seen before", NOT_NAMED, OTHERS),
    "firm_size": (*(word for _, word in SIZES), NOT_NAMED, OTHERS),
    "origin": (),
    "flow": (*(flow.value for flow in Flow), NOT_STATED, OTHERS),
    "terminal": (),
}
Labels = NDArray[np.str_]


def shipper_boxes(features: Numbers) -> Numbers:
    """Boxes that each shipper declared before, as a decayed count, from features (n, k); NaN without a shipper."""
    return np.asarray(np.expm1(features[:, _SHIPPER_DECLARED]))


def new_shippers(features: Numbers) -> NDArray[np.bool_]:
    """Which boxes are of shippers new to the port, shape (n,); a declaration without a shipper counts as new."""
    return np.asarray(~(shipper_boxes(features).round(9) >= NEW_BELOW_BOXES))


def groupings(boxes: Boxes, features: Numbers) -> dict[str, Labels]:
    """The group of each of n boxes in each grouping, shape (n,).

    `features` (n, k) are those of the catalogue: what was known of the firm strictly before the box was declared.
    """
    declared = shipper_boxes(features)
    met = np.where(np.isnan(declared), NOT_NAMED, np.where(declared > 0, "known", "never seen before"))
    bounds = [bound for bound, _ in SIZES]
    words = [word for _, word in SIZES]
    size = np.array(words)[np.searchsorted(bounds, np.nan_to_num(declared).round(9))]
    return {
        "shipper": met.astype(str),
        "firm_size": np.where(np.isnan(declared), NOT_NAMED, size).astype(str),
        "origin": _texts([port[:2] if port else None for port in boxes.box["load_port"].tolist()]),
        "flow": _texts(boxes.box["flow"].tolist()),
        "terminal": _texts(boxes.box["terminal"].tolist()),
    }


def merged_small_groups(labels: Labels) -> Labels:
    """The same labels, shape (n,), with small groups combined as `others`."""
    names, counts = np.unique(labels, return_counts=True)
    return np.where(np.isin(labels, names[counts >= MIN_GROUP_BOXES]), labels, OTHERS)


def _texts(values: list[str | None]) -> Labels:
    return np.array([value or NOT_STATED for value in values])
