"""Factors: the properties of a box whose effect on findings is estimated, and the feature that explains each.

A factor is an entity of the box (a party, a pair, the goods), or a fact of the papers in steps (hours before loading,
weights that differ). `prior_variance` is the variance of its effect on a finding before any opening, in squared
probits. The variances were selected on simulated ports that no benchmark reports.
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
from features.definitions.context import FeatureContext
from features.history.counters import NO_PROFILES
from features.history.entities import INDEX, hash_of, paired

LEARNED_FAMILIES: Final = tuple(family for family in Family if family.needs_opening)
"""Families whose findings need an opening; effects are estimated for these only."""
_APART: Final = (0.005, ON_PAPERS["manifest"].share, WEIGHINGS.share, 0.1)
_MONTHS: Final = 12
_CERTIFICATE: Final = "certificate_missing"


@dataclass(frozen=True)
class PriorEffect:
    """Prior variance of a factor's effect in one family, and the feature that officers see in its place."""

    prior_variance: float
    explained_by: str


@dataclass(frozen=True)
class Factor:
    """An entity of that name, or a `value` from the papers, binned at `edges` (without edges: rounded to integers)."""

    name: str
    declaration: PriorEffect | None = None
    packing: PriorEffect | None = None
    value: Callable[[FeatureContext], Numbers] | None = None
    edges: tuple[float, ...] = ()

    @property
    def effects_by_family(self) -> Mapping[Family, PriorEffect]:
        """Prior effect for each family in which the factor has one."""
        both = {Family.DECLARATION: self.declaration, Family.PACKING: self.packing}
        return MappingProxyType({family: one for family, one in both.items() if one})


def _class_month(context: FeatureContext) -> Numbers:
    return _or(substance.hazard_class(context), 0.0) * 10 * _MONTHS + timing.filed_month(context)


def _size_and_mass(context: FeatureContext) -> Numbers:
    tonnes = np.floor(np.minimum(np.maximum(quantity.mass_kg(context) / 5_000.0, 0.0), 5.0))
    return _or(route.box_size(context), -1.0) * 10 + _or(tonnes, -1.0)


def _or(values: Numbers, unknown: float) -> Numbers:
    return np.where(np.isnan(values), unknown, values)


def _class(context: FeatureContext) -> Numbers:
    return substance.hazard_class(context) * 10


FACTORS: Final = (
    Factor("port", PriorEffect(4.0, "port_declaration_rate_short"), PriorEffect(4.0, "port_packing_rate_short")),
    Factor("shipper", PriorEffect(0.4, "shipper_declaration_rate_long")),
    Factor("same_address", PriorEffect(0.15, "shipper_declaration_rate_long")),
    Factor("same_phone", PriorEffect(0.05, "shipper_declaration_rate_long")),
    Factor("shipper_goods", PriorEffect(0.1, "shipper_goods_declaration_rate_long")),
    Factor("forwarder", PriorEffect(0.05, "forwarder_declaration_rate_long")),
    Factor("forwarder_route", PriorEffect(0.03, "forwarder_route_declaration_rate")),
    Factor("forwarder_trade_lane", PriorEffect(0.05, "forwarder_trade_lane_declaration_rate_long")),
    Factor("packer", PriorEffect(0.02, "packer_declaration_rate_long"), PriorEffect(0.1, "packer_packing_rate_long")),
    Factor(
        "packer_class",
        PriorEffect(0.1, "packer_goods_declaration_rate"),
        PriorEffect(0.4, "packer_class_packing_rate_long"),
    ),
    Factor("packer_goods", PriorEffect(0.2, "packer_goods_declaration_rate")),
    Factor("substance", PriorEffect(0.3, "substance_declaration_rate"), PriorEffect(0.02, "substance_packing_rate")),
    Factor("tariff", PriorEffect(0.05, "tariff_declaration_rate")),
    Factor("goods", packing=PriorEffect(0.02, "goods_packing_rate")),
    Factor("goods_trade_lane", PriorEffect(0.1, "goods_trade_lane_declaration_rate")),
    Factor(
        "certificate_missing",
        PriorEffect(0.4, _CERTIFICATE),
        PriorEffect(0.2, _CERTIFICATE),
        papers.certificate_missing,
    ),
    Factor("manifest_un_differs", PriorEffect(0.8, "manifest_un_differs"), value=papers.manifest_un_differs),
    Factor(
        "booking_manifest_differ", PriorEffect(0.1, "booking_manifest_differ"), value=papers.booking_manifest_differ
    ),
    Factor(
        "weighed_disagreement",
        PriorEffect(0.4, "weighed_disagreement"),
        value=quantity.weighed_disagreement,
        edges=_APART,
    ),
    Factor("vgm_disagreement", PriorEffect(0.4, "vgm_disagreement"), value=quantity.vgm_disagreement, edges=_APART),
    Factor(
        "manifest_disagreement",
        PriorEffect(0.8, "manifest_disagreement"),
        value=quantity.manifest_disagreement,
        edges=_APART,
    ),
    Factor("suspected_goods", PriorEffect(0.03, "suspected_goods"), value=substance.suspected_goods),
    Factor(
        "undeclared_probability",
        PriorEffect(0.03, "undeclared_probability"),
        value=discrepancies.undeclared_probability,
        edges=(0.05, 0.2, 0.5, 0.9),
    ),
    Factor("cargo_of_concern", PriorEffect(0.03, "cargo_of_concern"), value=substance.cargo_of_concern),
    Factor(
        "hours_before_loading",
        PriorEffect(0.05, "hours_before_loading"),
        value=timing.hours_before_loading,
        edges=(FILED_BEFORE_HOURS, 48.0, 72.0, 120.0),
    ),
    Factor("class_month", PriorEffect(0.02, "season_sine"), value=_class_month),
    Factor("hazard_class", packing=PriorEffect(0.02, "hazard_class"), value=_class),
    Factor("packing_group", packing=PriorEffect(0.03, "packing_group"), value=substance.packing_group),
    Factor("size_and_mass", packing=PriorEffect(0.15, "mass_kg"), value=_size_and_mass),
    Factor("line_count", packing=PriorEffect(1.0, "line_count"), value=substance.line_count),
    Factor(
        "days_since_packing",
        packing=PriorEffect(0.4, "days_since_packing"),
        value=timing.days_since_packing,
        edges=(0.5, 1.5, 3.5),
    ),
)
PRIOR_VARIANCES: Final[Numbers] = np.array(
    [
        [
            factor.effects_by_family[family].prior_variance if family in factor.effects_by_family else 0.0
            for factor in FACTORS
        ]
        for family in LEARNED_FAMILIES
    ]
)
"""Prior variance of each effect, shape (learned families, factors); 0: the factor has no effect in the family."""
DECAYS: Final[NDArray[np.bool_]] = np.array([factor.value is None and factor.name != "port" for factor in FACTORS])
"""Effects that decay towards their prior, shape (factors,): those of firms, goods and routes. Facts of the papers and
the port itself have so many openings that decay would only add noise."""
# Bins are numbered from here, so that none is 0, which means a missing entity.
_FIRST: Final = 1_000
_UNKNOWN_VALUE: Final = 1
_NAMED: Final = np.array([column for column, factor in enumerate(FACTORS) if factor.value is None])
_NAMED_AT: Final = np.array([INDEX[factor.name] for factor in FACTORS if factor.value is None])
_PAPER_FACTORS: Final = np.array([column for column, factor in enumerate(FACTORS) if factor.value])
_MEASURES: Final = [factor.value for factor in FACTORS if factor.value]
_STEPPED: Final = np.array([place for place, column in enumerate(_PAPER_FACTORS) if FACTORS[column].edges])
# Edges of each binned factor, shape (binned factors, largest number of edges), filled up with infinity.
_EDGES: Final = np.array(
    list(zip_longest(*(FACTORS[_PAPER_FACTORS[place]].edges for place in _STEPPED), fillvalue=np.inf))
).T
_KINDS: Final[NDArray[np.int64]] = np.array([hash_of(f"factor:{FACTORS[column].name}") for column in _PAPER_FACTORS])


def factors_of(boxes: CheckedBoxes) -> NDArray[np.int64]:
    """Key of each factor of n boxes, shape (n, factors); 0 for an entity that is missing in the box."""
    keys = np.empty((len(boxes), len(FACTORS)), dtype=np.int64)
    if not len(boxes):
        return keys
    context = FeatureContext(boxes, NO_PROFILES)
    keys[:, _NAMED] = boxes.keys.take(_NAMED_AT, axis=1)
    values = np.empty((len(boxes), len(_PAPER_FACTORS)))
    for place, measure in enumerate(_MEASURES):
        values[:, place] = measure(context)
    unknown = np.isnan(values)
    values[unknown] = 0.0
    steps = np.rint(values).astype(np.int64)
    # Number of edges that a value reaches.
    steps[:, _STEPPED] = (values.take(_STEPPED, axis=1)[:, :, None] >= _EDGES).sum(axis=2)
    steps += _FIRST
    steps[unknown] = _UNKNOWN_VALUE
    keys[:, _PAPER_FACTORS] = paired(_KINDS, steps)
    return keys
