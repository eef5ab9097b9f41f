"""The partners of each shipper: packers, forwarders, declarants, consignees, ports, and the vessels to these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.simulator.goods import fraud_patterns, regions, rows, trades
from data.simulator.identity import words
from data.simulator.oracle_posterior import Flags, Floats, Ints, pick
from data.simulator.parameters import Parameters
from data.simulator.shippers import Shippers

VESSELS_AT_60K: Final = 120
PACKER_AFFINITY: Final = 12.0
"""Factor on the weight of packers that specialise in the trade of the shipper."""
TERMINALS: Final = ("DCT", "DICT", "DPT", "NPT")


@dataclass(frozen=True)
class Partners:
    """Partners of each shipper, (n, k), with their weights, and the vessels."""

    packer_domestic: Flags
    packers: Ints
    packer_weights: Floats
    forwarders: Ints
    forwarder_weights: Floats
    forwarder_declarants: Ints
    """The declarants a forwarder uses: (forwarders, 2)."""
    ports: Ints
    port_weights: Floats
    port_region: Ints
    consignees: Ints
    vessel_carrier: Ints
    vessel_region: Ints
    vessel_terminal: Ints
    vessel_day: Ints
    """Day of the week on which the vessel calls, 0 to 6."""
    packer_share: Floats
    """Expected share of all boxes, by packer: (packers,)."""
    route_share: Floats
    """Expected share of all boxes, by forwarder and region: (forwarders, regions)."""


def build(rng: np.random.Generator, shippers: Shippers, boxes: int, parameters: Parameters) -> Partners:
    """Draw the partners of every shipper. The number of parties grows with the number of boxes, but more slowly."""
    growth = (boxes / 60_000) ** parameters.growth
    packer_count = max(12, round(parameters.packers * growth))
    forwarder_count = max(8, round(parameters.forwarders * growth))
    declarant_count = max(6, round(parameters.declarants * growth))
    consignee_count = max(30, round(parameters.consignees * growth))
    carrier_count = len(words("carrier"))
    vessel_count = max(2 * carrier_count, round(VESSELS_AT_60K * growth**0.6))
    count = len(shippers.share)

    packer_domestic = np.arange(packer_count) < max(6, round(packer_count * 0.6))
    packer_size = rng.lognormal(0, 1.1, packer_count)
    same_side = packer_domestic[None, :] == shippers.domestic[:, None]
    specialty = rng.integers(0, len(trades()), packer_count)
    affinity = np.where(specialty[None, :] == shippers.trade[:, None], PACKER_AFFINITY, 1.0)
    packers = np.stack([pick(rng, same_side * packer_size * affinity) for _ in range(3)], axis=1)
    _gather_fraudulent(rng, packers, packer_domestic, shippers)
    packer_weights = _few(rng, count, 3)

    forwarder_size = rng.lognormal(0, 0.8, forwarder_count)
    forwarders = np.stack([pick(rng, np.broadcast_to(forwarder_size, (count, forwarder_count))) for _ in range(3)], 1)
    forwarder_weights = _few(rng, count, 3)

    port_table = rows("ports")
    port_region = np.array([regions().index(row["region"]) for row in port_table])
    port_share = np.array([float(row["share"]) for row in port_table])
    ports = np.stack([pick(rng, np.broadcast_to(port_share, (count, len(port_share)))) for _ in range(3)], axis=1)
    port_weights = _few(rng, count, 3)

    vessel_region = np.arange(vessel_count) % len(regions())
    vessel_carrier = rng.integers(0, carrier_count, vessel_count)
    route_share = np.zeros((forwarder_count, len(regions())))
    packer_share = np.zeros(packer_count)
    for i in range(3):
        np.add.at(packer_share, packers[:, i], shippers.share * packer_weights[:, i])
        for j in range(3):
            volume = shippers.share * forwarder_weights[:, i] * port_weights[:, j]
            np.add.at(route_share, (forwarders[:, i], port_region[ports[:, j]]), volume)
    return Partners(
        packer_domestic=packer_domestic,
        packers=packers,
        packer_weights=packer_weights,
        forwarders=forwarders,
        forwarder_weights=forwarder_weights,
        forwarder_declarants=rng.integers(0, declarant_count, (forwarder_count, 2)),
        ports=ports,
        port_weights=port_weights,
        port_region=port_region,
        consignees=rng.integers(0, consignee_count, (count, 4)),
        vessel_carrier=vessel_carrier,
        vessel_region=vessel_region,
        vessel_terminal=rng.integers(0, len(TERMINALS), vessel_count),
        vessel_day=rng.integers(0, 7, vessel_count),
        packer_share=packer_share,
        route_share=route_share,
    )


def _few(rng: np.random.Generator, count: int, most: int) -> Floats:
    """Weights of one to `most` partners, the first the heaviest: (count, most), rows summing to 1."""
    used = np.arange(most) <= rng.integers(0, most, count)[:, None]
    weights = np.array([1.0, 0.4, 0.2])[:most] * rng.uniform(0.5, 1.5, (count, most)) * used
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _gather_fraudulent(rng: np.random.Generator, packers: Ints, packer_domestic: Flags, shippers: Shippers) -> None:
    """Make one of three packers the main packer of two thirds of the shippers of each fraud pattern, in place."""
    for number in range(len(fraud_patterns())):
        for domestic in (True, False):
            accomplices = rng.choice(np.flatnonzero(packer_domestic == domestic), 3, replace=False)
            joined = np.flatnonzero((shippers.fraud_pattern == number) & (shippers.domestic == domestic))
            joined = joined[rng.random(len(joined)) < 2 / 3]
            packers[joined, 0] = rng.choice(accomplices, len(joined))
