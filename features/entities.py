"""Whom and what the ledger keeps a history of: parties, goods, places and telling pairs of them.

Each entity of a box has an int64 key, the same in every process and year: a hash of the entity's name and
the identifier, 0 when the box does not say. A party is known by its id, else by the canonical form of its name.

Links between firms are entities too: a shipper's telephone, address and core name, each also as a pair with the
shipper. The sums of the telephone less those of the pair are those of all other firms with this telephone, as of
then: no list of who is who, made later, is needed.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import Final

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
    "lane",
    "terminal",
    "vessel",
    "phone",
    "shipper_goods",
    "shipper_class",
    "shipper_lane",
    "shipper_packer",
    "packer_class",
    "packer_goods",
    "forwarder_route",
    "forwarder_lane",
    "goods_lane",
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
    "shipper_lane": ("shipper", "lane"),
    "shipper_packer": ("shipper", "packer"),
    "packer_class": ("packer", "class"),
    "packer_goods": ("packer", "goods"),
    "forwarder_route": ("forwarder", "route"),
    "forwarder_lane": ("forwarder", "lane"),
    "goods_lane": ("goods", "lane"),
    "own_phone": ("shipper", "same_phone"),
    "own_address": ("shipper", "same_address"),
    "own_name": ("shipper", "same_name"),
}
LINKS: Final = {"same_phone": "own_phone", "same_address": "own_address", "same_name": "own_name"}
"""What firms may share, and the pair of it with the shipper himself."""
_NOT_WORD = re.compile(r"[\W_]+")
_Keys = NDArray[np.int64]


def normalised(text: str) -> str:
    """Letters and digits only, width and case folded: the form in which names and goods are compared."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def hash_of(text: str) -> int:
    """A 64-bit hash of text, the same on every machine; never 0, which means unknown."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True) or 1


def party_of(identifier: str | None, name: str | None) -> str | None:
    """What a party is known by: its number, else the canonical form of its name; None for nobody."""
    return contacts.identifier(identifier or "") or canonical(name or "") or None


def hashes(entity: str, names: list[str | None]) -> _Keys:
    """Keys of one entity by name, shape (n,); None and text without a letter or digit give 0."""
    known: dict[str | None, int] = {None: 0}
    keys = np.empty(len(names), dtype=np.int64)
    for position, name in enumerate(names):
        key = known.get(name)
        if key is None:
            plain = normalised(name or "")
            key = known[name] = hash_of(f"{entity}:{plain}") if plain else 0
        keys[position] = key
    return keys


def paired(first: _Keys, second: _Keys) -> _Keys:
    """Keys of pairs, of any shape; 0 where either half is unknown. Mixing after splitmix64 (Steele 2014)."""
    with np.errstate(over="ignore"):
        mixed = first.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ second.astype(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    keys = mixed.astype(np.int64)
    keys[keys == 0] = 1
    return np.where((first == 0) | (second == 0), np.int64(0), keys)


def keys_of(single: dict[str, _Keys]) -> _Keys:
    """The key matrix, shape (n, len(ENTITIES)), from the keys of the single entities and of `class`."""
    keys = np.empty((len(single["port"]), len(ENTITIES)), dtype=np.int64)
    for entity, column in INDEX.items():
        if entity not in _PAIRS:
            keys[:, column] = single[entity]
    halves = [np.stack([single[pair[half]] for pair in _PAIRS.values()], axis=1) for half in (0, 1)]
    keys[:, [INDEX[entity] for entity in _PAIRS]] = paired(*halves)
    return keys
