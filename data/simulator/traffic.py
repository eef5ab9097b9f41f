"""The boxes of the port: shipper, loading, partners and route, independent of false declarations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from data.simulator import seasons
from data.simulator.goods import regions
from data.simulator.oracle_posterior import Floats, Ints, pick
from data.simulator.partners import Partners
from data.simulator.shippers import Shippers
from data.vocabulary import Flow

LAST_FILING_DAYS: Final = 7
"""Largest number of days between filing and loading."""
_CALL_DAYS: Final = 7


@dataclass(frozen=True)
class Traffic:
    """One position per box, in order of loading."""

    shipper: Ints
    loading_day: Floats
    """Days since the start of the span."""
    port: Ints
    region: Ints
    packer: Ints
    forwarder: Ints
    declarant: Ints
    consignee: Ints
    vessel: Ints
    voyage: Ints
    flow: Ints
    """Position in the vocabulary Flow."""


def build(
    rng: np.random.Generator, shippers: Shippers, partners: Partners, boxes: int, start: date, days: int
) -> Traffic:
    """Draw `boxes` boxes over `days` days."""
    shipper = _draw(rng, shippers.share, boxes)
    span = days - LAST_FILING_DAYS - _CALL_DAYS
    filled = np.concatenate([[0.0], np.cumsum(seasons.volume(start, days))])
    low = np.interp(shippers.opens[shipper], np.arange(days + 1), filled)
    high = np.interp(shippers.closes[shipper], np.arange(days + 1), filled)
    ready = np.interp(rng.uniform(low, high), filled, np.arange(days + 1)) * span / days

    rows = np.arange(boxes)
    port = partners.ports[shipper, pick(rng, partners.port_weights[shipper])]
    region = partners.port_region[port]
    packer = partners.packers[shipper, pick(rng, partners.packer_weights[shipper])]
    forwarder = partners.forwarders[shipper, pick(rng, partners.forwarder_weights[shipper])]
    declarant = partners.forwarder_declarants[forwarder, (rng.random(boxes) < 0.25).astype(np.int64)]
    consignee = partners.consignees[shipper, rng.integers(0, partners.consignees.shape[1], boxes)]
    vessel = _vessels(rng, partners, region)

    earliest = np.ceil(ready + LAST_FILING_DAYS)
    wait = (partners.vessel_day[vessel] - earliest) % _CALL_DAYS
    loading_day = earliest + wait + 0.25 + (vessel % 16) / 24
    foreign_flow = np.array([list(Flow).index(f) for f in (Flow.IMPORT, Flow.TRANSHIPMENT, Flow.TRANSIT)])
    drawn = foreign_flow[_draw(rng, np.array([0.75, 0.2, 0.05]), boxes)]
    flow = np.where(shippers.domestic[shipper], list(Flow).index(Flow.EXPORT), drawn)
    order = np.lexsort((rows, loading_day))
    return Traffic(
        shipper=shipper[order],
        loading_day=loading_day[order],
        port=port[order],
        region=region[order],
        packer=packer[order],
        forwarder=forwarder[order],
        declarant=declarant[order],
        consignee=consignee[order],
        vessel=vessel[order],
        voyage=(loading_day[order] // _CALL_DAYS).astype(np.int64),
        flow=flow[order],
    )


def _draw(rng: np.random.Generator, share: Floats, count: int) -> Ints:
    return np.searchsorted(np.cumsum(share) / share.sum(), rng.random(count), side="right")


def _vessels(rng: np.random.Generator, partners: Partners, region: Ints) -> Ints:
    """Draw for each box a vessel that serves its region."""
    vessel = np.zeros(len(region), dtype=np.int64)
    for number in range(len(regions())):
        there = np.flatnonzero(region == number)
        sailing = np.flatnonzero(partners.vessel_region == number)
        vessel[there] = rng.choice(sailing, len(there))
    return vessel
