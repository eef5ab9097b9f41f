"""How much: masses, and how far the papers, the declared VGM and the weighbridge agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.definitions import masses
from data.definitions.unstated import NEVER_ZERO
from features.boxes import Numbers
from features.view import View

Flags = NDArray[np.bool_]


def mass_kg(view: View) -> Numbers:
    """Declared gross mass of the goods in the box."""
    return view.mass_kg


def net_share(view: View) -> Numbers:
    """Net mass as a share of the gross mass, in steps of 1 %."""
    gross = view.total("gross_mass_kg")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gross > 0, np.round(view.total("net_mass_kg") / gross, 2), np.nan)


def package_kg(view: View) -> Numbers:
    """Gross mass a package."""
    count = view.total("package_count")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0, view.mass_kg / count, np.nan)


def vgm_excess(view: View) -> Numbers:
    """Declared VGM less tare and goods, as a share of the box's mass."""
    return _share(_known(view, "vgm_kg") - view.box("tare_kg") - view.mass_kg, _box_kg(view))


def vgm_disagreement(view: View) -> Numbers:
    """How far declared VGM and tare plus goods lie apart, as a share of the box's mass."""
    return np.abs(vgm_excess(view))


def weighed_excess(view: View) -> Numbers:
    """Weighbridge mass less declared VGM, as a share of the box's mass."""
    return _share(_known(view, "weighed_kg") - _known(view, "vgm_kg"), _box_kg(view))


def weighed_disagreement(view: View) -> Numbers:
    """How far weighbridge and declared VGM lie apart, as a share of the box's mass."""
    return np.abs(weighed_excess(view))


def manifest_disagreement(view: View) -> Numbers:
    """How far the goods' mass on the manifest and on the declaration lie apart, as a share of the declared."""
    return np.abs(_share(_known(view, "manifest_gross_mass_kg") - view.mass_kg, view.mass_kg))


def booking_disagreement(view: View) -> Numbers:
    """How far the goods' mass as booked and as declared lie apart, as a share of the declared."""
    return np.abs(_share(_known(view, "booking_gross_mass_kg") - view.mass_kg, view.mass_kg))


def weighings_disagree(view: View) -> Flags:
    """Whether weighbridge and declared VGM, or tare plus goods and declared VGM, differ by more than is allowed."""
    vgm = _known(view, "vgm_kg")
    scale = masses.disagree(_known(view, "weighed_kg"), vgm, masses.WEIGHINGS)
    goods = masses.disagree(view.box("tare_kg") + view.mass_kg, vgm, masses.WEIGHINGS)
    return np.asarray(scale | goods)


def manifest_disagrees(view: View) -> Flags:
    """Whether the manifest has another gross mass than all the goods and than the dangerous ones of them."""
    gross, dangerous, start = view.boxes.line["gross_mass_kg"], view.boxes.line["class_no"] != 0, view.boxes.start
    said, tolerance = _known(view, "manifest_gross_mass_kg"), masses.ON_PAPERS["manifest"]
    # A sum with an unknown mass in it disagrees with nothing.
    every = masses.disagree(said, np.add.reduceat(gross, start), tolerance)
    alone = masses.disagree(said, np.add.reduceat(np.where(dangerous, gross, 0.0), start), tolerance)
    return np.asarray(every & (alone | ~np.logical_or.reduceat(dangerous, start)))


def _known(view: View, name: str) -> Numbers:
    """A mass of a laden box or on another paper: systems write zero where they know none."""
    mass = view.box(name)
    return np.where(mass == 0.0, np.nan, mass) if name in NEVER_ZERO else mass


def _box_kg(view: View) -> Numbers:
    """Mass of the box with its goods: the VGM, else tare and goods."""
    vgm = _known(view, "vgm_kg")
    return np.where(np.isnan(vgm), view.mass_kg + np.nan_to_num(view.box("tare_kg")), vgm)


def _share(difference: Numbers, whole: Numbers) -> Numbers:
    """A difference as a share, in steps of 0.1 %: a kilogram more or less is no other box."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, np.round(difference / whole, 3) + 0.0, np.nan)


def mass_z(view: View) -> Numbers:
    """Mass against what is usual for this substance, in standard deviations of the logarithm (at least 5 boxes)."""
    return _z(view, "substance")


def mass_z_goods(view: View) -> Numbers:
    """Mass against what is usual for goods so described, in standard deviations of the logarithm (at least 5 boxes)."""
    return _z(view, "goods")


def mass_z_shipper(view: View) -> Numbers:
    """Mass against what this shipper usually sends of these goods, in standard deviations (at least 5 boxes)."""
    return _z(view, "shipper_goods")


def _z(view: View, entity: str) -> Numbers:
    count = view.held(entity, "weighed")
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = view.held(entity, "log_mass") / count
        variance = view.held(entity, "log_mass_squared") / count - mean**2
        z = (np.log1p(view.mass_kg) - mean) / np.sqrt(np.maximum(variance, 0.01))
    return np.where(count >= 5, z, np.nan)
