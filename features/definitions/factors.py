"""What openings may teach about: the traits of a box that beliefs are held on, and what tells an officer of each.

A trait is a party, a pair or the goods (an entity of the box), or what the papers show in steps (late filing, weights
that differ). `spread` is the variance of its effect on a finding before anything was seen, in probits: how far
parties, goods or papers usually differ in it. The spreads were chosen on simulated ports that no benchmark reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.definitions.filing import FILED_BEFORE_HOURS
from data.definitions.masses import ON_PAPERS, WEIGHINGS
from data.vocabulary import Family
from features.boxes import Numbers
from features.checks.results import CheckedBoxes
from features.definitions import discrepancies, papers, quantity, route, substance, timing
from features.definitions.context import View
from features.history.counters import NO_PROFILES
from features.history.entities import INDEX, hash_of, paired

LEARNED: Final = tuple(family for family in Family if family.needs_opening)
"""The families that only openings show: beliefs are held on these."""
_APART: Final = (0.005, ON_PAPERS["manifest"].share, WEIGHINGS.share, 0.1)
_MONTHS: Final = 12
_CERTIFICATE: Final = "certificate_missing"


@dataclass(frozen=True)
class Told:
    """The spread of a trait's effect in one family, and the feature that tells an officer of it."""

    spread: float
    by: str


@dataclass(frozen=True)
class Trait:
    """A trait: an entity of that name, or a `value` from the papers, cut into steps at `edges` (whole numbers as they
    stand where there are none)."""

    name: str
    declaration: Told | None = None
    packing: Told | None = None
    value: Callable[[View], Numbers] | None = None
    edges: tuple[float, ...] = ()

    @property
    def told(self) -> Mapping[Family, Told]:
        """The families it has an effect in."""
        both = {Family.DECLARATION: self.declaration, Family.PACKING: self.packing}
        return MappingProxyType({family: one for family, one in both.items() if one})


def _class_month(view: View) -> Numbers:
    return _or(substance.hazard_class(view), 0.0) * 10 * _MONTHS + timing.filed_month(view)


def _load(view: View) -> Numbers:
    tonnes = np.floor(np.minimum(np.maximum(quantity.mass_kg(view) / 5_000.0, 0.0), 5.0))
    return _or(route.box_size(view), -1.0) * 10 + _or(tonnes, -1.0)


def _or(values: Numbers, unknown: float) -> Numbers:
    return np.where(np.isnan(values), unknown, values)


def _class(view: View) -> Numbers:
    return substance.hazard_class(view) * 10


TRAITS: Final = (
    Trait("port", Told(4.0, "port_declaration_rate_short"), Told(4.0, "port_packing_rate_short")),
    Trait("shipper", Told(0.4, "shipper_declaration_rate_lasting")),
    Trait("same_address", Told(0.15, "shipper_declaration_rate_lasting")),
    Trait("same_phone", Told(0.05, "shipper_declaration_rate_lasting")),
    Trait("shipper_goods", Told(0.1, "shipper_goods_declaration_rate_lasting")),
    Trait("forwarder", Told(0.05, "forwarder_declaration_rate_lasting")),
    Trait("forwarder_route", Told(0.03, "forwarder_route_declaration_rate")),
    Trait("forwarder_lane", Told(0.05, "forwarder_lane_declaration_rate_lasting")),
    Trait("packer", Told(0.02, "packer_declaration_rate_lasting"), Told(0.1, "packer_packing_rate_lasting")),
    Trait("packer_class", Told(0.1, "packer_goods_declaration_rate"), Told(0.4, "packer_class_packing_rate_lasting")),
    Trait("packer_goods", Told(0.2, "packer_goods_declaration_rate")),
    Trait("substance", Told(0.3, "substance_declaration_rate"), Told(0.02, "substance_packing_rate")),
    Trait("tariff", Told(0.05, "tariff_declaration_rate")),
    Trait("goods", packing=Told(0.02, "goods_packing_rate")),
    Trait("goods_lane", Told(0.1, "goods_lane_declaration_rate")),
    Trait("certificate", Told(0.4, _CERTIFICATE), Told(0.2, _CERTIFICATE), papers.certificate_missing),
    Trait("manifest_un", Told(0.8, "manifest_un_differs"), value=papers.manifest_un_differs),
    Trait("booking", Told(0.1, "booking_differs"), value=papers.booking_differs),
    Trait("weighed", Told(0.4, "weighed_disagreement"), value=quantity.weighed_disagreement, edges=_APART),
    Trait("vgm", Told(0.4, "vgm_disagreement"), value=quantity.vgm_disagreement, edges=_APART),
    Trait("manifest_mass", Told(0.8, "manifest_disagreement"), value=quantity.manifest_disagreement, edges=_APART),
    Trait("suspected", Told(0.03, "suspected"), value=substance.suspected),
    Trait(
        "likely",
        Told(0.03, "undeclared_probability"),
        value=discrepancies.undeclared_probability,
        edges=(0.05, 0.2, 0.5, 0.9),
    ),
    Trait("concern", Told(0.03, "concern"), value=substance.concern),
    Trait("lead", Told(0.05, "lead_hours"), value=timing.lead_hours, edges=(FILED_BEFORE_HOURS, 48.0, 72.0, 120.0)),
    Trait("class_month", Told(0.02, "season_sine"), value=_class_month),
    Trait("class", packing=Told(0.02, "hazard_class"), value=_class),
    Trait("group", packing=Told(0.03, "packing_group"), value=substance.packing_group),
    Trait("load", packing=Told(0.15, "mass_kg"), value=_load),
    Trait("lines", packing=Told(1.0, "line_count"), value=substance.line_count),
    Trait("packed", packing=Told(0.4, "packed_days"), value=timing.packed_days, edges=(0.5, 1.5, 3.5)),
)
SPREADS: Final[Numbers] = np.array(
    [[trait.told[family].spread if family in trait.told else 0.0 for trait in TRAITS] for family in LEARNED]
)
"""Variance of each trait's effect before anything was seen, shape (learned families, traits); 0: no effect."""
FADES: Final[NDArray[np.bool_]] = np.array([trait.value is None and trait.name != "port" for trait in TRAITS])
"""Which effects may change and are slowly forgotten, shape (traits,): those of firms, goods and routes. What papers
show, and the port as a whole, are seen so often that forgetting would only add noise."""
# A category is counted from here, so that none is 0, which means unknown.
_FIRST: Final = 1_000
_NOT_TOLD: Final = 1
_NAMED: Final = np.array([column for column, trait in enumerate(TRAITS) if trait.value is None])
_NAMED_AT: Final = np.array([INDEX[trait.name] for trait in TRAITS if trait.value is None])
_SHOWN: Final = np.array([column for column, trait in enumerate(TRAITS) if trait.value])
_MEASURES: Final = [trait.value for trait in TRAITS if trait.value]
_STEPPED: Final = np.array([place for place, column in enumerate(_SHOWN) if TRAITS[column].edges])
# The edges of each stepped trait, shape (stepped, most edges); beyond all values where a trait has fewer.
_EDGES: Final = np.array(list(zip_longest(*(TRAITS[_SHOWN[place]].edges for place in _STEPPED), fillvalue=np.inf))).T
_KINDS: Final[NDArray[np.int64]] = np.array([hash_of(f"trait:{TRAITS[column].name}") for column in _SHOWN])


def traits_of(boxes: CheckedBoxes) -> NDArray[np.int64]:
    """The key of each trait of n boxes, shape (n, traits); 0 for a party or pair that the box does not name."""
    keys = np.empty((len(boxes), len(TRAITS)), dtype=np.int64)
    if not len(boxes):
        return keys
    view = View(boxes, NO_PROFILES)
    keys[:, _NAMED] = boxes.keys.take(_NAMED_AT, axis=1)
    values = np.empty((len(boxes), len(_SHOWN)))
    for place, measure in enumerate(_MEASURES):
        values[:, place] = measure(view)
    unknown = np.isnan(values)
    values[unknown] = 0.0
    steps = np.rint(values).astype(np.int64)
    # How many edges a value has reached.
    steps[:, _STEPPED] = (values.take(_STEPPED, axis=1)[:, :, None] >= _EDGES).sum(axis=2)
    steps += _FIRST
    steps[unknown] = _NOT_TOLD
    keys[:, _SHOWN] = paired(_KINDS, steps)
    return keys
