"""How much: masses, and how far the papers, the declared VGM and the weighbridge agree."""

from __future__ import annotations

import numpy as np

from features.boxes import Numbers
from features.view import View, shared


def mass_kg(view: View) -> Numbers:
    """Declared gross mass of the goods in the box."""
    return view.mass_kg


def net_share(view: View) -> Numbers:
    """Net mass as a share of the gross mass, in steps of 1 %."""
    return np.rint(_ratio(view.total("net_mass_kg"), view.total("gross_mass_kg")) * 100.0) / 100.0


def package_kg(view: View) -> Numbers:
    """Gross mass a package."""
    return _ratio(view.mass_kg, view.total("package_count"))


@shared
def vgm_excess(view: View) -> Numbers:
    """Declared VGM less tare and goods, as a share of the box's mass."""
    return _share(view.box("vgm_kg") - view.box("tare_kg") - view.mass_kg, _box_kg(view))


def vgm_disagreement(view: View) -> Numbers:
    """How far declared VGM and tare plus goods lie apart, as a share of the box's mass."""
    return np.abs(vgm_excess(view))


@shared
def weighed_excess(view: View) -> Numbers:
    """Weighbridge mass less declared VGM, as a share of the box's mass."""
    return _share(view.box("weighed_kg") - view.box("vgm_kg"), _box_kg(view))


def weighed_disagreement(view: View) -> Numbers:
    """How far weighbridge and declared VGM lie apart, as a share of the box's mass."""
    return np.abs(weighed_excess(view))


def manifest_disagreement(view: View) -> Numbers:
    """How far the goods' mass on the manifest and on the declaration lie apart, as a share of the declared."""
    return np.abs(_share(view.box("manifest_gross_mass_kg") - view.mass_kg, view.mass_kg))


def booking_disagreement(view: View) -> Numbers:
    """How far the goods' mass as booked and as declared lie apart, as a share of the declared."""
    return np.abs(_share(view.box("booking_gross_mass_kg") - view.mass_kg, view.mass_kg))


@shared
def _box_kg(view: View) -> Numbers:
    """Mass of the box with its goods: the VGM, else tare and goods."""
    vgm = view.box("vgm_kg")
    return np.where(np.isnan(vgm), view.mass_kg + np.nan_to_num(view.box("tare_kg")), vgm)


def _share(difference: Numbers, whole: Numbers) -> Numbers:
    """A difference as a share, in steps of 0.1 %: a kilogram more or less is no other box."""
    return np.rint(_ratio(difference, whole) * 1000.0) / 1000.0 + 0.0


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    """`part / whole`, NaN where the whole is not above 0."""
    ratio = np.full(len(whole), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
