"""Firms that re-registered under another name: links, not merges.

A firm that is first met after another fell silent, with its telephone, its address or its packer, may be the same
people. The tie must be a narrow one: what many firms share (a forwarder's telephone, a business park, a large packing
yard) ties nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from data.parties.resolving import Entity

# Firms behind one telephone, address or packer up to which it is a narrow tie.
MOST_FIRMS: Final = 3
# The new firm comes within a year, and the old one sends nothing more than a last few boxes after that.
_LATEST: Final = timedelta(days=365)
_OVERLAP: Final = timedelta(days=14)
# A telephone is harder to share by chance than a packer.
_WEIGHTS: Final = {"telephone": 0.6, "address": 0.5, "packer": 0.25}


@dataclass(frozen=True)
class Link:
    """A firm that may continue another. `strength` is 0 to 1, from the ties they share."""

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
    """Whether one is first met when the other had fallen silent, or was about to, and not too long after."""
    silent, began = _last(earlier), _first(later)
    if silent is None or began is None or _first(earlier) == began:
        return False
    return silent - _OVERLAP <= began <= silent + _LATEST


def _first(entity: Entity) -> datetime | None:
    return min(_known(mention.first_at for mention in entity.mentions), default=None)


def _last(entity: Entity) -> datetime | None:
    return max(_known(mention.last_at for mention in entity.mentions), default=None)


def _known(instants: Iterable[datetime | None]) -> list[datetime]:
    return [at for at in instants if at is not None]


def _strength(ties: dict[str, str]) -> float:
    """How unlikely it is that all ties are chance: 1 less the product of what each leaves open."""
    left = 1.0
    for kind in ties:
        left *= 1 - _WEIGHTS[kind]
    return round(1 - left, 3)
