"""How long an opening holds a box, by its size and type: the table that a backtest counts clearance hours with.

The hours are judgement, stated here so that a port can put its own: a forty-foot box has twice the goods to move, and
what is cooled or liquid needs a place and people of its own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers

# By the first character of the ISO 6346 code: twenty feet; all longer ones, and boxes of unknown length, are held LONG.
HOURS: Final = {"2": 4.0}
LONG_HOURS: Final = 7.0
# By the third character: refrigerated, thermal, tanks.
MORE_HOURS: Final = {"R": 2.0, "H": 2.0, "T": 3.0, "K": 3.0}


def opening_hours(box_types: NDArray[np.object_]) -> Numbers:
    """Hours that an opening holds each box, from its ISO 6346 size and type codes (n,), None where unknown."""
    return np.array(
        [
            HOURS.get((code or " ")[0], LONG_HOURS) + MORE_HOURS.get((code or "   ")[2:3], 0.0)
            for code in box_types.tolist()
        ]
    )
