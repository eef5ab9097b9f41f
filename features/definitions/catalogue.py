"""Catalogue of all features, in the order of the model's columns.

To add a feature, write a pure function in the file of its theme, list it here, and add its texts to
data/texts/features.csv. Tests verify that it does not leak, has both languages, and is equal in a batch and alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions import (
    discrepancies,
    filing_behaviour,
    linked_firms,
    papers,
    quantity,
    route,
    substance,
    timing,
)
from features.definitions.context import FeatureContext
from features.definitions.effects import effect_features
from features.definitions.feature import Feature, Gathered, Theme, Unit
from features.definitions.inspection_rates import MassDeviation, age, rates, shares, volume

DECLARATION, PACKING, PAPERS = Family.DECLARATION, Family.PACKING, Family.PAPERS
_S, _Q, _P, _B, _R, _T, _D, _ = Theme
_ALL: Final = tuple(Family)
_OPENING: Final = (DECLARATION, PACKING)

_SEEN: Final[tuple[Feature, ...]] = (
    Feature("hazard_class", _S, "goods", Unit.CLASS, substance.hazard_class),
    Feature("packing_group", _S, "goods", Unit.NUMBER, substance.packing_group),
    Feature("declared_dangerous", _S, "goods", Unit.YES_NO, substance.declared_dangerous),
    Feature("cargo_of_concern", _S, "concern", Unit.YES_NO, substance.cargo_of_concern),
    Feature("suspected_goods", _S, "suspected_goods", Unit.YES_NO, substance.suspected_goods, (DECLARATION,)),
    Feature("line_count", _S, "mixed_load", Unit.COUNT, substance.line_count),
    Feature("class_range", _S, "mixed_load", Unit.NUMBER, substance.class_range),
    Feature("limited_quantity", _S, "goods", Unit.YES_NO, substance.limited_quantity),
    Feature("marine_pollutant", _S, "goods", Unit.YES_NO, substance.marine_pollutant),
    Feature("flash_point_c", _S, "goods", Unit.CELSIUS, substance.flash_point_c),
    *rates("substance", _S, _ALL, (DECLARATION,)),
    *rates("tariff", _S, _OPENING, (DECLARATION,)),
    *rates("goods", _S, _OPENING, (DECLARATION,), _OPENING),
    volume("goods", _S),
    Feature("mass_kg", _Q, "mass", Unit.KG, quantity.mass_kg),
    Feature("net_mass_share", _Q, "mass", Unit.SHARE, quantity.net_mass_share),
    Feature("package_kg", _Q, "mass", Unit.KG, quantity.package_kg),
    Feature("mass_z_substance", _Q, "mass_unusual", Unit.NUMBER, MassDeviation("substance")),
    Feature("mass_z_goods", _Q, "mass_unusual", Unit.NUMBER, MassDeviation("goods")),
    Feature("mass_z_shipper_goods", _Q, "mass_unusual", Unit.NUMBER, MassDeviation("shipper_goods")),
    Feature("vgm_excess", _Q, "weights_disagree", Unit.SHARE, quantity.vgm_excess),
    Feature("vgm_disagreement", _Q, "weights_disagree", Unit.SHARE, quantity.vgm_disagreement, (DECLARATION,)),
    Feature("weighed_excess", _Q, "weights_disagree", Unit.SHARE, quantity.weighed_excess),
    Feature("weighed_disagreement", _Q, "weights_disagree", Unit.SHARE, quantity.weighed_disagreement, (DECLARATION,)),
    Feature("booking_disagreement", _Q, "weights_disagree", Unit.SHARE, quantity.booking_disagreement),
    Feature("manifest_disagreement", _Q, "weights_disagree", Unit.SHARE, quantity.manifest_disagreement),
    *rates("shipper", _P, _ALL, _OPENING, _OPENING),
    *shares("shipper", ("filed_late", "contradictory_papers", "weights_disagree", "amended", "faulty_papers")),
    volume("shipper", _P),
    *age("shipper", _P),
    *rates("packer", _P, _ALL, _OPENING, _OPENING),
    *shares("packer", ("contradictory_papers", "faulty_papers")),
    volume("packer", _P),
    *age("packer", _P),
    *rates("forwarder", _P, _ALL, (DECLARATION,), (DECLARATION,)),
    *shares("forwarder", ("contradictory_papers", "weights_disagree", "faulty_papers")),
    *rates("declarant", _P, (DECLARATION, PAPERS)),
    *shares("declarant", ("filed_late", "faulty_papers")),
    *rates("consignee", _P, _OPENING),
    volume("consignee", _P),
    *rates("carrier", _P, _OPENING),
    *rates("emergency_phone", _P, _OPENING),
    *linked_firms.FEATURES,
    *discrepancies.FEATURES,
    *filing_behaviour.FEATURES,
    *rates("shipper_goods", _B, (DECLARATION,), (DECLARATION,), (DECLARATION,)),
    volume("shipper_goods", _B),
    *rates("shipper_class", _B, _OPENING),
    *rates("shipper_trade_lane", _B, (DECLARATION,)),
    *rates("shipper_packer", _B, _OPENING),
    volume("shipper_packer", _B),
    *rates("packer_class", _B, (PACKING,), (PACKING,), (PACKING,)),
    *rates("packer_goods", _B, _OPENING, (), (PACKING,)),
    volume("packer_goods", _B),
    *rates("forwarder_route", _B, _OPENING),
    *rates("forwarder_trade_lane", _B, (DECLARATION,), (), (DECLARATION,)),
    *rates("goods_trade_lane", _B, (DECLARATION,), (DECLARATION,)),
    Feature("flow", _R, "route", Unit.NUMBER, route.flow),
    Feature("box_size", _R, "route", Unit.NUMBER, route.box_size),
    *rates("route", _R, _ALL, (DECLARATION,)),
    *rates("trade_lane", _R, _OPENING, (DECLARATION,)),
    *rates("terminal", _R, (PACKING,)),
    *rates("vessel", _R, (PACKING,)),
    Feature("hours_before_loading", _T, "filed_late", Unit.HOURS, timing.hours_before_loading),
    Feature("filed_hour", _T, "filing_time", Unit.NUMBER, timing.filed_hour),
    Feature("filed_weekday", _T, "filing_time", Unit.NUMBER, timing.filed_weekday),
    Feature("season_sine", _T, "filing_time", Unit.NUMBER, timing.season_sine),
    Feature("season_cosine", _T, "filing_time", Unit.NUMBER, timing.season_cosine),
    Feature("days_since_packing", _T, "packing_date", Unit.DAYS, timing.days_since_packing),
    *rates("port", _T, (), _OPENING),
    Feature("amendments", _D, "amended", Unit.COUNT, papers.amendments),
    Feature("certificate_missing", _D, "papers_missing", Unit.YES_NO, papers.certificate_missing, (PAPERS,)),
    Feature("phone_missing", _D, "papers_missing", Unit.YES_NO, papers.phone_missing, (PAPERS,)),
    Feature("fields_missing", _D, "papers_missing", Unit.COUNT, papers.fields_missing),
    Feature(
        "booking_manifest_differ", _D, "papers_contradict", Unit.YES_NO, papers.booking_manifest_differ, (DECLARATION,)
    ),
    Feature(
        "booking_declaration_differ",
        _D,
        "papers_contradict",
        Unit.YES_NO,
        papers.booking_declaration_differ,
        (DECLARATION,),
    ),
    Feature("manifest_un_differs", _D, "papers_contradict", Unit.YES_NO, papers.manifest_un_differs, (DECLARATION,)),
)

CATALOGUE: Final[tuple[Feature, ...]] = (*_SEEN, *effect_features({feature.name: feature for feature in _SEEN}))
NAMES: Final = tuple(feature.name for feature in CATALOGUE)


def _blocks() -> Iterator[tuple[NDArray[np.int64], Callable[[FeatureContext], Numbers]]]:
    """Features that are computed together, by kind: positions, and the function that computes all of them."""
    kinds: dict[type[Gathered], dict[int, Gathered]] = {}
    for position, feature in enumerate(CATALOGUE):
        if isinstance(feature.compute, Gathered):
            kinds.setdefault(type(feature.compute), {})[position] = feature.compute
    for kind, columns in kinds.items():
        yield np.array(list(columns)), kind.together(tuple(columns.values()))


_BLOCKS: Final = tuple(_blocks())
_ALONE: Final = tuple(feature.compute for feature in CATALOGUE if not isinstance(feature.compute, Gathered))
_ALONE_AT: Final = np.array([place for place, one in enumerate(CATALOGUE) if not isinstance(one.compute, Gathered)])


def matrix(context: FeatureContext) -> Numbers:
    """All features of n boxes, shape (n, len(CATALOGUE)), NaN where unknown; the same code for one box or many."""
    values = np.empty((len(context.boxes), len(CATALOGUE)))
    for positions, together in _BLOCKS:
        values[:, positions] = together(context)
    values[:, _ALONE_AT] = np.array([compute(context) for compute in _ALONE]).T
    return values
