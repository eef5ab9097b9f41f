"""Quantities: net and gross mass, verified gross mass, weighbridge, and the rating of the container."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from data.definitions.masses import WEIGHINGS, disagree
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic, figure

BOX_MOST_KG: Final = 36_000.0
"""Greatest rating of ISO 668; the plate of an older box may state less."""
SMALL_BOX_MOST_KG: Final = 10_160.0
# Closed, ventilated and thermal boxes of 20 to 45 feet, in the codes of today and of 1984. Platforms, tanks, open
# tops and bulk boxes are built for more than ISO 668 has, and so are some of ten feet.
_RATED: Final = re.compile(r"[234L].[GVRH].|[234].[0-4]\d")
_RATED_SMALL: Final = re.compile(r"1.[GVRH].|1.[0-4]\d")


def net_above_gross(line: Line) -> Found | None:
    """The net mass is more than the gross mass."""
    if not line["net_mass_kg"] > line["gross_mass_kg"]:
        return None
    return Found(("net_mass_kg", "gross_mass_kg"), f"≤ {figure(line['gross_mass_kg'], 'kg')}",
                 figure(line["net_mass_kg"], "kg"))  # fmt: skip


def cargo_against_vgm(box: Box) -> Iterator[Found]:
    """The goods and the empty box weigh more than the verified gross mass."""
    # Less is lawful: general cargo, pallets and dunnage are on no line.
    declared = _declared(box) if box["vgm_kg"] == box["vgm_kg"] else 0.0
    if declared > box["vgm_kg"] and disagree(declared, box["vgm_kg"], WEIGHINGS):
        yield Found(("vgm_kg", "gross_mass_kg", "tare_kg"), both("expected.vgm_at_least", mass=figure(declared, "kg")),
                    figure(box["vgm_kg"], "kg"))  # fmt: skip


def vgm_against_weighbridge(box: Box) -> Iterator[Found]:
    """The terminal's scale shows another mass than the verified gross mass."""
    if disagree(box["weighed_kg"], box["vgm_kg"], WEIGHINGS):
        yield Found(("weighed_kg", "vgm_kg"), figure(box["vgm_kg"], "kg"), figure(box["weighed_kg"], "kg"))


def overloaded(box: Box) -> Iterator[Found]:
    """Heavier than the rating that ISO 668 gives a box of this type."""
    most = _most_kg(box["box_type"] or "")
    if most is None:
        return
    severity = Severity.ADVISORY if most == SMALL_BOX_MOST_KG else None
    weighed, vgm = box["weighed_kg"], box["vgm_kg"]
    if weighed != weighed and vgm != vgm:
        fields: tuple[str, ...] = ("gross_mass_kg", "tare_kg")
        mass = _declared(box)
    else:
        fields, mass = (("weighed_kg",), weighed) if weighed > most else (("vgm_kg",), vgm)
    if mass > most:
        yield Found((*fields, "box_type"), f"≤ {figure(most, 'kg')}", figure(mass, "kg"), severity=severity)


@lru_cache(maxsize=1024)
def _most_kg(box_type: str) -> float | None:
    """The greatest rating of a box of this type; None where ISO 668 has none."""
    if _RATED_SMALL.fullmatch(box_type):
        return SMALL_BOX_MOST_KG
    return BOX_MOST_KG if _RATED.fullmatch(box_type) else None


def _declared(box: Box) -> float:
    """Known mass of goods and empty box together; unknown masses can only add to it."""
    masses = [*(line["gross_mass_kg"] for line in box.lines), box["tare_kg"]]
    return sum([mass for mass in masses if mass == mass], 0.0)


_VERIFIED: Final = "SOLAS VI/2, MSC.1/Circ.1475"
CHECKS: Final = (
    Check("net_above_gross", Topic.QUANTITY, Severity.FAULT, "5.4.1.5.1", net_above_gross, over="line"),
    Check("cargo_against_vgm", Topic.QUANTITY, Severity.FAULT, _VERIFIED, cargo_against_vgm, over="box"),
    Check("vgm_against_weighbridge", Topic.QUANTITY, Severity.FAULT, _VERIFIED, vgm_against_weighbridge, over="box"),
    Check("overloaded", Topic.QUANTITY, Severity.SEVERE, "CSC, ISO 668", overloaded, over="box"),
)
