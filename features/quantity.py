"""How much: masses, and how far the papers, the declared VGM and the weighbridge agree."""

from __future__ import annotations

import numpy as np

from features.boxes import Numbers
from features.view import View


def mass_kg(view: View) -> Numbers:
    """Declared gross mass of the goods in the box."""
    return view.mass_kg


def net_share(view: View) -> Numbers:
    """Net mass as a share of the gross mass."""
    gross = view.total("gross_mass_kg")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gross > 0, view.total("net_mass_kg") / gross, np.nan)


def package_kg(view: View) -> Numbers:
    """Gross mass a package."""
    count = view.total("package_count")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0, view.mass_kg / count, np.nan)


def vgm_excess_kg(view: View) -> Numbers:
    """Declared VGM less tare and goods."""
    return view.box("vgm_kg") - view.box("tare_kg") - view.mass_kg


def vgm_disagreement_kg(view: View) -> Numbers:
    """How far declared VGM and tare plus goods lie apart."""
    return np.abs(vgm_excess_kg(view))


def weighed_excess_kg(view: View) -> Numbers:
    """Weighbridge mass less declared VGM."""
    return view.box("weighed_kg") - view.box("vgm_kg")


def weighed_disagreement_kg(view: View) -> Numbers:
    """How far weighbridge and declared VGM lie apart."""
    return np.abs(weighed_excess_kg(view))


def manifest_disagreement_kg(view: View) -> Numbers:
    """How far the goods' mass on the manifest and on the declaration lie apart."""
    return np.abs(view.box("manifest_gross_mass_kg") - view.mass_kg)


def mass_z(view: View) -> Numbers:
    """Mass against what is usual for these goods, in standard deviations of the logarithm (at least 5 boxes)."""
    count = view.held("substance", "weighed")
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = view.held("substance", "log_mass") / count
        variance = view.held("substance", "log_mass_squared") / count - mean**2
        z = (np.log1p(view.mass_kg) - mean) / np.sqrt(np.maximum(variance, 0.01))
    return np.where(count >= 5, z, np.nan)
