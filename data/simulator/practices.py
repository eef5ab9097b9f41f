"""Hidden practices of packers and forwarders. No table of the port contains them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.simulator.goods import CLASS_GROUPS, goods
from data.simulator.oracle_posterior import Flags, Floats, Ints
from data.simulator.parameters import Parameters
from data.simulator.partners import Partners
from data.simulator.shippers import Shippers, members

SOUND: Final = 0
SLOPPY: Final = 1
ONE_KIND: Final = 2


@dataclass(frozen=True)
class HiddenPractices:
    """The practice of each packer before and after the day on which it changes, and the practices of forwarders."""

    packer_before: Ints
    packer_after: Ints
    packer_changes: Floats
    """Day of the change; infinite when there is none."""
    packer_kind: Ints
    """Class group that a ONE_KIND packer packs badly."""
    careless_routes: Flags
    """Forwarder and region pairs where goods are declared carelessly: (forwarders, regions)."""
    weighing: Floats
    """Each forwarder's relative error between verified and weighed mass."""
    vague: Floats
    """Each forwarder's share of bookings in vague or trade words."""


def build(
    rng: np.random.Generator, shippers: Shippers, partners: Partners, days: int, parameters: Parameters
) -> HiddenPractices:
    """Draw practices whose shares of the expected boxes are those of the parameters."""
    share = partners.packer_share
    practice = np.full(len(share), SOUND)
    sloppy = members(rng, share, parameters.sloppy_packer_share, 2.5, 10)
    practice[sloppy] = SLOPPY
    practice[members(rng, share, parameters.kind_packer_share, 2.5, 10, ~sloppy)] = ONE_KIND

    bad = practice != SOUND
    improves = members(rng, share, parameters.packer_change_share * float(share[bad].sum()), 0, np.inf, bad)
    lost = float(share[improves].sum())
    worsens = members(rng, share, lost, 2.5, 10, ~bad)
    after = practice.copy()
    after[improves] = SOUND
    after[worsens] = ONE_KIND
    changes = np.where(improves | worsens, rng.uniform(0.25, 0.85, len(share)) * days, np.inf)

    kinds = _kinds(shippers, partners)
    kinds[:, 0] = 0.0
    flat = partners.route_share.ravel()
    careless_routes = members(rng, flat, parameters.careless_route_share, 0.6, 6).reshape(partners.route_share.shape)
    forwarders = len(partners.route_share)
    return HiddenPractices(
        packer_before=practice,
        packer_after=after,
        packer_changes=changes,
        packer_kind=kinds.argmax(axis=1),
        careless_routes=careless_routes,
        weighing=rng.choice([0.003, 0.005, 0.009], forwarders, p=[0.5, 0.35, 0.15]),
        vague=rng.choice([0.06, 0.15, 0.35], forwarders, p=[0.5, 0.35, 0.15]),
    )


def _kinds(shippers: Shippers, partners: Partners) -> Floats:
    """Expected boxes by packer and class group: (packers, groups)."""
    volume = np.zeros((len(partners.packer_share), len(CLASS_GROUPS)))
    groups = goods().class_group[shippers.slots]
    for i in range(partners.packers.shape[1]):
        for slot in range(groups.shape[1]):
            boxes = shippers.share * partners.packer_weights[:, i] * shippers.honest[:, slot]
            np.add.at(volume, (partners.packers[:, i], groups[:, slot]), boxes)
    return volume
