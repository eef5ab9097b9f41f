"""Entities whose history is kept: parties, goods, places, and pairs of them.

Each entity of a box has an int64 key, a hash of the entity's name and the identifier that is the same in every process;
0 if the box does not state it. A party is identified by its id, else by the canonical form of its name.

Links between firms are entities too: a shipper's telephone, address and core name, each also as a pair with the
shipper. The sums of the telephone less those of the pair are the sums of all other firms with this telephone, as of the
same time. So linked firms need no list of identities, which could contain later knowledge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from data.parties import contacts
from data.parties.names import canonical
from data.records import PARTIES

ENTITIES: Final = (
    "port",
    *PARTIES,
    "substance",
    "tariff",
    "goods",
    "route",
    "trade_lane",
    "terminal",
    "vessel",
    "emergency_phone",
    "shipper_goods",
    "shipper_class",
    "shipper_trade_lane",
    "shipper_packer",
    "packer_class",
    "packer_goods",
    "forwarder_route",
    "forwarder_trade_lane",
    "goods_trade_lane",
    "same_phone",
    "same_address",
    "same_name",
    "own_phone",
    "own_address",
    "own_name",
)
INDEX: Final = {entity: position for position, entity in enumerate(ENTITIES)}

_PAIRS: Final = {
    "shipper_goods": ("shipper", "goods"),
    "shipper_class": ("shipper", "class"),
    "shipper_trade_lane": ("shipper", "trade_lane"),
    "shipper_packer": ("shipper", "packer"),
    "packer_class": ("packer", "class"),
    "packer_goods": ("packer", "goods"),
    "forwarder_route": ("forwarder", "route"),
    "forwarder_trade_lane": ("forwarder", "trade_lane"),
    "goods_trade_lane": ("goods", "trade_lane"),
    "own_phone": ("shipper", "same_phone"),
    "own_address": ("shipper", "same_address"),
    "own_name": ("shipper", "same_name"),
}
LINKS: Final = {"same_phone": "own_phone", "same_address": "own_address", "same_name": "own_name"}
"""What linked firms share, and its pair with the shipper."""
_SINGLE: Final = (*(entity for entity in ENTITIES if entity not in _PAIRS), "class")
"""Entities that are not pairs, and `class`, which occurs only in pairs."""
_SINGLE_AT: Final = np.array([INDEX[entity] for entity in _SINGLE if entity in INDEX])
_PAIRS_AT: Final = np.array([INDEX[pair] for pair in _PAIRS])
_HALVES: Final = tuple(np.array([_SINGLE.index(pair[half]) for pair in _PAIRS.values()]) for half in (0, 1))
_NOT_WORD = re.compile(r"[\W_]+")
# A cached key takes a few hundred bytes, the cache at most some tens of MB.
_KEYS_REMEMBERED: Final = 1 << 18
_Keys = NDArray[np.int64]


def normalised(text: str) -> str:
    """Letters and digits only, width and case folded; used to compare names and goods."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def hash_of(text: str) -> int:
    """A 64-bit hash of text, the same on every machine; never 0, which means missing."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True) or 1


def party_of(identifier: str | None, name: str | None) -> str | None:
    """Identity of a party: its identifier, else the canonical form of its name; None if it has neither."""
    return contacts.identifier(identifier or "") or canonical(name or "") or None


@lru_cache(maxsize=_KEYS_REMEMBERED)
def key_of(entity: str, name: str | None) -> int:
    """The key of one entity by name; 0 for None and for text without a letter or digit."""
    plain = normalised(name or "")
    return hash_of(f"{entity}:{plain}") if plain else 0


def hashes(entity: str, names: Sequence[str | None]) -> _Keys:
    """Keys of one entity by name, shape (n,)."""
    return np.array([key_of(entity, name) for name in names], dtype=np.int64)


def paired(first: _Keys, second: _Keys) -> _Keys:
    """Keys of pairs, of the shape of `second`, to which `first` is broadcast; 0 if either half is missing.

    Mixing after splitmix64 (Steele 2014).
    """
    keys = np.empty(second.shape, dtype=np.int64)
    _pair(np.broadcast_to(first, second.shape).ravel(), second.ravel(), keys.reshape(-1))
    return keys


@numba.njit(cache=True)
def _pair(first: NDArray[Any], second: NDArray[Any], keys: NDArray[Any]) -> None:
    for place in range(len(keys)):
        one, other = first[place], second[place]
        # Unsigned products wrap around, as splitmix64 requires.
        mixed = np.uint64(one) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(other)
        mixed ^= mixed >> np.uint64(30)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(27)
        mixed *= np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
        keys[place] = 0 if one == 0 or other == 0 else 1 if mixed == 0 else np.int64(mixed)


def keys_of(names: Mapping[str, Sequence[str | None]]) -> _Keys:
    """The key matrix, shape (n, len(ENTITIES)), from n names of each single entity and of `class`."""
    single = np.array([[key_of(entity, name) for name in names[entity]] for entity in _SINGLE], dtype=np.int64)
    keys = np.empty((single.shape[1], len(ENTITIES)), dtype=np.int64)
    keys[:, _SINGLE_AT] = single[:-1].T
    keys[:, _PAIRS_AT] = paired(single[_HALVES[0]], single[_HALVES[1]]).T
    return keys
