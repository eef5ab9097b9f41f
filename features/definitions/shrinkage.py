"""Shrinkage: finding rates of entities towards their parent's or the port's rate, shares of filing behaviour towards
the port's share. Many are computed at once from the decayed sums; their indices are resolved beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Numbers
from features.history.counters import SUM, SUMS
from features.history.entities import INDEX

Places = NDArray[np.int64]

# A pair's rate is shrunk to the rate of one of its halves; that half must not be a pair.
_PARENTS: Final = {
    "shipper_goods": "shipper",
    "shipper_class": "shipper",
    "shipper_trade_lane": "shipper",
    "shipper_packer": "packer",
    "packer_class": "packer",
    "packer_goods": "packer",
    "forwarder_route": "forwarder",
    "forwarder_trade_lane": "forwarder",
    "goods_trade_lane": "goods",
}
# Prior rate of the port, and its weight in openings.
_FIRST_RATE: Final = 0.05
_PORT_STRENGTH: Final = 20.0
# Weight of the parent's rate, in openings.
_STRENGTH: Final = 4.0
# Weight of the port's share of filing behaviour, in declared boxes; then the prior share of the port.
_BEHAVIOUR_STRENGTH: Final = 10.0
_FIRST_SHARE: Final = 0.1

Rate = tuple[str, Family, str]
"""Entity, family and memory (one of `counters.HALF_LIVES_DAYS`) of a finding rate."""
Share = tuple[str, str]
"""Entity and counter of a share of declared boxes."""


def place(entity: str, name: str) -> int:
    """Index of a decayed sum of an entity in a row of all sums of all entities."""
    return INDEX[entity] * len(SUMS) + SUM[name]


@dataclass(frozen=True)
class RatePlaces:
    """Indices for k finding rates and the m rates needed to shrink them.

    `places` (2m,) are those of the numbers of findings, then those of the numbers of inspections: each first of the
    port, then of entities, then of pairs. `entities` (k,) are the entities of the k rates.
    """

    places: Places
    entities: Places
    _port: int
    _parents: Places
    _chosen: Places

    def shrunk(self, sums: Numbers, unnamed: NDArray[np.bool_]) -> Numbers:
        """Shrunk rates, shape (n, k), from `sums` (n, all): (findings + s * parent) / (inspections + s).

        NaN for an entity that is missing in the box, by `unnamed` (n, entities).
        """
        return _shrunk_rates(sums, self.places, self._parents, self._port, self._chosen, unnamed, self.entities)


@numba.njit(cache=True)
def sums_of_named(
    sums: NDArray[Any], places: NDArray[Any], unnamed: NDArray[Any], entities: NDArray[Any]
) -> NDArray[Any]:
    """The sums (n, all) at `places` (k,), shape (n, k): at least 0, NaN where `unnamed` (n, entities) is true."""
    found = np.empty((len(sums), len(places)))
    for row in range(len(sums)):
        for column in range(len(places)):
            value = sums[row, places[column]]
            found[row, column] = np.nan if unnamed[row, entities[column]] else 0.0 if value < 0.0 else value
    return found


@numba.njit(cache=True)
def _shrunk_rates(
    sums: NDArray[Any],
    places: NDArray[Any],
    parents: NDArray[Any],
    port: int,
    chosen: NDArray[Any],
    unnamed: NDArray[Any],
    entities: NDArray[Any],
) -> NDArray[Any]:
    """`RatePlaces.shrunk`: the first `port` rates are the port's, each other is shrunk to that in `parents`."""
    count = len(places) // 2
    shrunk, rates = np.empty(count), np.empty((len(sums), len(chosen)))
    for row in range(len(sums)):
        for place in range(count):
            found, inspections = sums[row, places[place]], sums[row, places[count + place]]
            found, inspections = 0.0 if found < 0.0 else found, 0.0 if inspections < 0.0 else inspections
            if place < port:
                shrunk[place] = (found + _PORT_STRENGTH * _FIRST_RATE) / (inspections + _PORT_STRENGTH)
            else:
                shrunk[place] = (found + _STRENGTH * shrunk[parents[place - port]]) / (inspections + _STRENGTH)
        for column in range(len(chosen)):
            rates[row, column] = np.nan if unnamed[row, entities[column]] else shrunk[chosen[column]]
    return rates


@lru_cache(maxsize=1_024)
def rate_places(chosen: tuple[Rate, ...]) -> RatePlaces:
    """Indices of the chosen rates, and of the parents' and the port's rates that they are shrunk to."""
    parents = [(_PARENTS[entity], family, memory) for entity, family, memory in chosen if entity in _PARENTS]
    port: list[Rate] = list(dict.fromkeys(("port", family, memory) for _, family, memory in chosen))
    entities = list(dict.fromkeys(rate for rate in [*chosen, *parents] if rate[0] not in ("port", *_PARENTS)))
    pairs = list(dict.fromkeys(rate for rate in chosen if rate[0] in _PARENTS))
    rates = [*port, *entities, *pairs]
    at = {rate: position for position, rate in enumerate(rates)}
    found = [place(entity, f"found_{family.value}{memory}") for entity, family, memory in rates]
    inspections = [
        place(entity, f"{'opened' if family.needs_opening else 'inspected'}{memory}")
        for entity, family, memory in rates
    ]
    return RatePlaces(
        np.array([*found, *inspections]),
        np.array([INDEX[entity] for entity, _, _ in chosen]),
        len(port),
        np.array(
            [at[_PARENTS.get(entity, "port"), family, memory] for entity, family, memory in [*entities, *pairs]],
            dtype=np.int64,
        ),
        np.array([at[rate] for rate in chosen]),
    )


@dataclass(frozen=True)
class SharePlaces:
    """Indices for k shares: `places` and `entities` (4k,) of the boxes counted, and declared, for each entity, then of
    those for the port."""

    places: Places
    entities: Places

    def shrunk(self, sums: Numbers) -> Numbers:
        """Shrunk shares, shape (n, k), from the sums at `places`; NaN if the entity is missing."""
        count = sums.shape[1] // 4
        counted, declared, port_counted, port_declared = (
            sums[:, part * count : (part + 1) * count] for part in range(4)
        )
        port = (port_counted + _BEHAVIOUR_STRENGTH * _FIRST_SHARE) / (port_declared + _BEHAVIOUR_STRENGTH)
        return np.asarray((counted + _BEHAVIOUR_STRENGTH * port) / (declared + _BEHAVIOUR_STRENGTH))


@lru_cache(maxsize=1_024)
def share_places(chosen: tuple[Share, ...]) -> SharePlaces:
    """Indices of the chosen shares and of the port's shares."""
    wanted = [
        *chosen,
        *((entity, "declared") for entity, _ in chosen),
        *(("port", name) for _, name in chosen),
        *(("port", "declared") for _ in chosen),
    ]
    return SharePlaces(
        np.array([place(entity, name) for entity, name in wanted]), np.array([INDEX[entity] for entity, _ in wanted])
    )
