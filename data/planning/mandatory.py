"""Read the mandatory openings of a port: boxes that must be opened whatever their score, by a tip, law or order."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from data.errors import InvalidInput
from data.planning.rows import rows
from data.sources.models import canonical_box_no
from data.sources.values import plain
from data.vocabulary import SelectedBy

COLUMNS: Final = ("declaration_id", "box_no", "why")
WHY: Final = {"tip": SelectedBy.TIP, "mandatory": SelectedBy.RULE}

MandatoryOpenings = dict[tuple[str, str], SelectedBy]
"""The reason of each mandatory opening, by declaration_id and box_no."""


def read_mandatory_openings(path: Path) -> MandatoryOpenings:
    """The mandatory openings in a file.

    Raises InvalidInput for a `why` that is neither tip nor mandatory, and for a box that is listed as both.
    """
    mandatory: MandatoryOpenings = {}
    places: dict[tuple[str, str], str] = {}
    for place, cells in rows(path, COLUMNS):
        box, why = (cells["declaration_id"], str(canonical_box_no(cells["box_no"]))), WHY.get(plain(cells["why"]))
        if why is None:
            raise InvalidInput(f"{place}: why is {cells['why']!r}.", f"Write one of: {', '.join(WHY)}.")
        if mandatory.setdefault(box, why) != why:
            raise InvalidInput(
                f"{place} lists box {box[1]} of {box[0]} for another reason than {places[box]}.", "Keep one of them."
            )
        places.setdefault(box, place)
    return mandatory
