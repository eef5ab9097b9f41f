"""Features of masses: differences between papers, declared VGM and weighbridge."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from data.definitions import masses
from data.definitions.unstated import NEVER_ZERO
from features.boxes import Numbers
from features.definitions.context import FeatureContext, of_papers

Flags = NDArray[np.bool_]


def mass_kg(context: FeatureContext) -> Numbers:
    """Declared gross mass of the goods in the box."""
    return context.mass_kg


def net_mass_share(context: FeatureContext) -> Numbers:
    """Net mass as a share of the gross mass, in steps of 1 %."""
    return _ratio(context.total("net_mass_kg"), context.total("gross_mass_kg"), 100.0)


def package_kg(context: FeatureContext) -> Numbers:
    """Gross mass per package."""
    return _ratio(context.mass_kg, context.total("package_count"), 0.0)


@of_papers
def vgm_excess(context: FeatureContext) -> Numbers:
    """Declared VGM less tare and goods, as a share of the box's mass."""
    return _share(_vgm_kg(context) - context.box("tare_kg") - context.mass_kg, _box_kg(context))


@of_papers
def vgm_disagreement(context: FeatureContext) -> Numbers:
    """Absolute difference of declared VGM and tare plus goods, as a share of the box's mass."""
    return np.abs(vgm_excess(context))


@of_papers
def weighed_excess(context: FeatureContext) -> Numbers:
    """Weighbridge mass less declared VGM, as a share of the box's mass."""
    return _share(_known(context, "weighed_kg") - _vgm_kg(context), _box_kg(context))


@of_papers
def weighed_disagreement(context: FeatureContext) -> Numbers:
    """Absolute difference of weighbridge mass and declared VGM, as a share of the box's mass."""
    return np.abs(weighed_excess(context))


@of_papers
def manifest_disagreement(context: FeatureContext) -> Numbers:
    """Absolute difference of the goods' mass on manifest and declaration, as a share of the declared mass."""
    return np.abs(_share(_known(context, "manifest_gross_mass_kg") - context.mass_kg, context.mass_kg))


def booking_disagreement(context: FeatureContext) -> Numbers:
    """Absolute difference of the goods' mass on booking and declaration, as a share of the declared mass."""
    return np.abs(_share(_known(context, "booking_gross_mass_kg") - context.mass_kg, context.mass_kg))


def weighings_disagree(context: FeatureContext) -> Flags:
    """Whether declared VGM differs from the weighbridge, or from tare plus goods, by more than the tolerance."""
    vgm = _vgm_kg(context)
    scale = masses.disagree(_known(context, "weighed_kg"), vgm, masses.WEIGHINGS)
    goods = masses.disagree(context.box("tare_kg") + context.mass_kg, vgm, masses.WEIGHINGS)
    return np.asarray(scale | goods)


def manifest_disagrees(context: FeatureContext) -> Flags:
    """Whether the manifest's gross mass differs from that of all goods and from that of the dangerous goods alone."""
    gross, dangerous, start = (
        context.boxes.line["gross_mass_kg"],
        context.boxes.line["class_no"] != 0,
        context.boxes.start,
    )
    stated, tolerance = _known(context, "manifest_gross_mass_kg"), masses.ON_PAPERS["manifest"]
    # A sum that contains an unknown mass is NaN, and disagrees with nothing.
    every = masses.disagree(stated, np.add.reduceat(gross, start), tolerance)
    alone = masses.disagree(stated, np.add.reduceat(np.where(dangerous, gross, 0.0), start), tolerance)
    return np.asarray(every & (alone | ~np.logical_or.reduceat(dangerous, start)))


def _known(context: FeatureContext, name: str) -> Numbers:
    """A mass column; NaN for zero where zero cannot be a mass, since systems write 0 for a missing value."""
    mass = context.box(name)
    return np.where(mass == 0.0, np.nan, mass) if name in NEVER_ZERO else mass


@of_papers
def _vgm_kg(context: FeatureContext) -> Numbers:
    return _known(context, "vgm_kg")


@of_papers
def _box_kg(context: FeatureContext) -> Numbers:
    """Mass of the laden box: declared VGM, else tare and goods."""
    vgm = _vgm_kg(context)
    tare = context.box("tare_kg")
    return np.where(np.isnan(vgm), context.mass_kg + np.where(np.isnan(tare), 0.0, tare), vgm)


def _share(difference: Numbers, whole: Numbers) -> Numbers:
    """A difference as a share, rounded to 0.1 %, so that a difference of a kilogram is ignored."""
    return _ratio(difference, whole, 1000.0)


@numba.njit(cache=True)
def _ratio(part: NDArray[Any], whole: NDArray[Any], steps: float) -> NDArray[Any]:
    """`part / whole` rounded to 1 / `steps` (0: not rounded), shape (n,); NaN unless `whole` is above 0."""
    ratios = np.full(len(whole), np.nan)
    for row in range(len(whole)):
        if whole[row] > 0:
            ratio = part[row] / whole[row]
            ratios[row] = np.rint(ratio * steps) / steps + 0.0 if steps else ratio
    return ratios
