"""Lawful corrections of the papers of a box, and the box as it would be declared with them.

Only papers change: missing ones are supplied, contradicting ones are made to agree with the declaration. Class, UN
number, masses, parties, times and history cannot be corrected; changing them would declare something else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.records import GOODS_FACTS, GOODS_PAPERS
from data.vocabulary import Correction
from features.boxes import Boxes, box_mass_kg, corrected
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.definitions.context import FeatureContext
from features.definitions.papers import declared_words, differently_worded
from features.history.counters import NO_PROFILES

SUPPLIED: Final = "SUPPLIED"
"""Placeholder for a number that is not known yet; only its presence counts."""
SUPPLIED_PHONE: Final = "+86 411 0000 0001"
"""A telephone number without any history."""
COLUMNS: Final = frozenset(
    {"packing_certificate_no", "certificate_box_no", "certificate_on", "emergency_phone", "voyage_no"}
    | {"booking_description", "manifest_description"}
    | {f"{paper}_{fact}" for paper in GOODS_PAPERS for fact in GOODS_FACTS}
)
"""The only columns that a correction may change."""
_DESCRIBED: Final = {
    Correction.BOOKING_AGREES: ("booking", "booking_description"),
    Correction.MANIFEST_AGREES: ("manifest", "manifest_description"),
}


def changes(box: CheckedBoxes) -> dict[Correction, dict[str, Any]]:
    """The corrections that are possible for a single box: the columns that each would change, and the new values."""
    context = FeatureContext(box, NO_PROFILES)
    discrepancies = box.checks.discrepancies(0)
    found = {name for one in discrepancies for name in one.found.fields}
    codes = {one.code for one in discrepancies}
    open_to: dict[Correction, dict[str, Any]] = {}
    if "certificate_missing" in codes:
        open_to[Correction.CERTIFICATE_SUPPLIED] = {"packing_certificate_no": SUPPLIED}
    open_to[Correction.CERTIFICATE_CORRECTED] = dict(_certificate(box, found))
    if "emergency_phone" in codes:
        open_to[Correction.PHONE_SUPPLIED] = {"emergency_phone": SUPPLIED_PHONE}
    for correction, (paper, description) in _DESCRIBED.items():
        agreed = dict(_agreed(box, paper, found))
        words = declared_words(context)
        if differently_worded([box.box[description][0]], words)[0] == 1:
            agreed[description] = words[0]
        open_to[correction] = agreed
    if not box.box["voyage_no"][0]:
        open_to[Correction.VOYAGE_STATED] = {"voyage_no": SUPPLIED}
    return {correction: columns for correction, columns in open_to.items() if columns}


def with_corrections(box: CheckedBoxes, chosen: Collection[Collection[Correction]]) -> CheckedBoxes:
    """A single box, once for each choice of corrections, as it would have been declared with them."""
    open_to = changes(box)
    copies = box.take(np.zeros(len(chosen), dtype=np.int64))
    columns: dict[str, NDArray[Any]] = {}
    for place, corrections in enumerate(chosen):
        for correction in corrections:
            for name, value in open_to[correction].items():
                columns.setdefault(name, copies.box[name].copy())[place] = value
    return check(corrected(copies, columns))


def _certificate(box: Boxes, found: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Corrections of a wrong packing certificate: its box number, its date, its goods."""
    if "certificate_box_no" in found:
        yield "certificate_box_no", box.box["box_no"][0]
    if "certificate_on" in found:
        yield "certificate_on", box.box["packed_on"][0]
    yield from _agreed(box, "certificate", found)


def _agreed(box: Boxes, paper: str, found: Collection[str]) -> Iterator[tuple[str, Any]]:
    """The declared value of each fact of the goods that a paper contradicts."""
    for fact in GOODS_FACTS:
        if f"{paper}_{fact}" not in found:
            continue
        if fact == "gross_mass_kg":
            yield f"{paper}_{fact}", box_mass_kg(box)[0]
        elif fact == "package_count":
            yield f"{paper}_{fact}", box.line[fact].sum()
        else:
            yield f"{paper}_{fact}", " ".join(sorted({one for one in box.line[fact].tolist() if one}))
