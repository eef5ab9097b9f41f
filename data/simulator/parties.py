"""Names and ids of every party of the simulated port; a re-registered firm has two of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.simulator.goods import regions, trades
from data.simulator.identity import Registry, vessel_numbers, words
from data.simulator.oracle_posterior import Flags, Floats, Ints
from data.simulator.partners import Partners
from data.simulator.shippers import Shippers

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Parties:
    """Per role (ids, names), each an array of texts."""

    shipper: tuple[Texts, Texts]
    """By identity; see `identity_of`."""
    first_identity: Ints
    phone: Texts
    """By shipper: a re-registered firm keeps its emergency telephone."""
    packer: tuple[Texts, Texts]
    forwarder: tuple[Texts, Texts]
    declarant: tuple[Texts, Texts]
    consignee: tuple[Texts, Texts]
    carrier: tuple[Texts, Texts]
    box_prefixes: list[str]
    vessel_imo: Texts

    def identity_of(self, shipper: Ints, day: Floats, reregistered_on: Floats) -> Ints:
        """The identity under which each shipper trades on a day."""
        return self.first_identity[shipper] + (day >= reregistered_on[shipper])


def build(rng: np.random.Generator, shippers: Shippers, partners: Partners) -> Parties:
    """Draw names and ids of all parties."""
    registry = Registry(rng)
    identities = 1 + np.isfinite(shippers.reregistered_on).astype(np.int64)
    owner = np.repeat(np.arange(len(identities)), identities)
    dealing = [trades()[trade] for trade in shippers.trade[owner]]
    places = [regions()[i] for i in rng.integers(0, len(regions()), len(owner))]
    shipper = _named(registry, dealing, shippers.domestic[owner].tolist(), places)
    consignees = int(partners.consignees.max()) + 1
    carriers = [english for _, _, english in words("carrier")]
    return Parties(
        shipper=shipper,
        first_identity=np.concatenate([[0], np.cumsum(identities)[:-1]]),
        phone=_texts([registry.phone(bool(home)) for home in shippers.domestic]),
        packer=_named(registry, ["packer"] * len(partners.packer_domestic), partners.packer_domestic.tolist()),
        forwarder=_named(registry, ["forwarder"] * len(partners.route_share)),
        declarant=_named(registry, ["declarant"] * (int(partners.forwarder_declarants.max()) + 1)),
        consignee=_named(registry, ["consignee"] * consignees, (rng.random(consignees) < 0.4).tolist()),
        carrier=(
            _texts([f"C{i:03d}" for i in range(1, len(carriers) + 1)]),
            _texts([f"{name} Line" for name in carriers]),
        ),
        box_prefixes=[f"{name[0]}X{name[-1].upper()}U" for name in carriers],
        vessel_imo=_texts(vessel_numbers(rng, len(partners.vessel_carrier))),
    )


def _named(
    registry: Registry, trading: list[str], domestic: list[bool] | None = None, places: list[str] | None = None
) -> tuple[Texts, Texts]:
    domestic = domestic or [True] * len(trading)
    places = places or [regions()[i % len(regions())] for i in range(len(trading))]
    ids = _texts([registry.number(home) for home in domestic])
    names = _texts([registry.name(*who) for who in zip(trading, domestic, places, strict=True)])
    return ids, names


def _texts(values: list[str]) -> Texts:
    return np.array(values, dtype=object)


def only(present: Flags, values: NDArray[Any]) -> Texts:
    """`values` where `present`, None elsewhere."""
    texts = np.full(present.shape, None, dtype=object)
    texts[present] = values[present]
    return texts
