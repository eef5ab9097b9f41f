"""Link firms that may be re-registered to earlier ones. Linked firms are not merged.

A firm that first appears after another one stopped, with the same telephone, address or packer, may continue it. A
telephone, address or packer of many firms (a forwarder, a business park, a large packing yard) is no evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from data.parties.resolving import Entity

# Largest number of firms with one telephone, address or packer for which it is evidence.
MOST_FIRMS: Final = 3
# The later firm appears within a year, and the earlier one files for at most two weeks after that.
_LATEST: Final = timedelta(days=365)
_OVERLAP: Final = timedelta(days=14)
# Two firms share a telephone by chance less often than a packer.
_WEIGHTS: Final = {"telephone": 0.6, "address": 0.5, "packer": 0.25}


@dataclass(frozen=True)
class Link:
    """A firm that may continue an earlier one. `ties` are (kind, value) pairs, `strength` is 0 to 1."""

    earlier: Entity
    later: Entity
    ties: tuple[tuple[str, str], ...]
    strength: float


def links(entities: Sequence[Entity]) -> list[Link]:
    """Links between shippers, the strongest first."""
    shippers = [entity for entity in entities if any("shipper" in mention.roles for mention in entity.mentions)]
    found: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for kind, values_of in _TIES.items():
        for value, places in _behind(shippers, values_of).items():
            if len(places) > MOST_FIRMS:
                continue
            for earlier in places:
                for later in places:
                    if earlier != later and _follows(shippers[earlier], shippers[later]):
                        found[earlier, later][kind] = value
    linked = [
        Link(shippers[earlier], shippers[later], tuple(sorted(ties.items())), _strength(ties))
        for (earlier, later), ties in found.items()
    ]
    return sorted(linked, key=lambda link: (-link.strength, link.earlier.label, link.later.label))


_TIES: Final[dict[str, Callable[[Entity], set[str]]]] = {
    "telephone": lambda entity: {mention.telephone for mention in entity.mentions} - {""},
    "address": lambda entity: {mention.place for mention in entity.mentions} - {""},
    "packer": lambda entity: {packer for mention in entity.mentions for packer in mention.packers},
}


def _behind(entities: Sequence[Entity], values_of: Callable[[Entity], set[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, entity in enumerate(entities):
        for value in values_of(entity):
            found[value].append(place)
    return found


def _follows(earlier: Entity, later: Entity) -> bool:
    """Whether `later` first appears around or after the last filing of `earlier`, and within a year of it."""
    stopped, began = _last(earlier), _first(later)
    if stopped is None or began is None or _first(earlier) == began:
        return False
    return stopped - _OVERLAP <= began <= stopped + _LATEST


def _first(entity: Entity) -> datetime | None:
    return min(_known(mention.first_at for mention in entity.mentions), default=None)


def _last(entity: Entity) -> datetime | None:
    return max(_known(mention.last_at for mention in entity.mentions), default=None)


def _known(instants: Iterable[datetime | None]) -> list[datetime]:
    return [at for at in instants if at is not None]


def _strength(ties: dict[str, str]) -> float:
    """Strength of a link: 1 minus the product of 1 minus the weight of each tie."""
    remaining = 1.0
    for kind in ties:
        remaining *= 1 - _WEIGHTS[kind]
    return round(1 - remaining, 3)
