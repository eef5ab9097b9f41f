"""What a feature may look at: the boxes, and what the ledger knew of their entities strictly before."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from data.vocabulary import Family
from features.boxes import Boxes, Numbers, box_mass_kg
from features.columns import UNKNOWN
from features.entities import INDEX, LINKS
from features.ledger import HALF_LIVES_DAYS, NEVER, SUM, Profiles

DAY_US: Final = 86_400e6
FAMILIES: Final = tuple(Family)
_COLUMN: Final = {family: column for column, family in enumerate(Family)}

# A pair's rate is shrunk to that of one half, which must be no pair itself: both are worked out at once.
_PARENTS: Final = {
    "shipper_goods": "shipper",
    "shipper_class": "shipper",
    "shipper_lane": "shipper",
    "shipper_packer": "packer",
    "packer_class": "packer",
    "packer_goods": "packer",
    "forwarder_route": "forwarder",
    "forwarder_lane": "forwarder",
    "goods_lane": "goods",
}
LINKED: Final = "linked"
"""Not an entity of its own: the other firms that share telephone, address or core name with the shipper."""
_BELOW: Final = np.array([INDEX[entity] for entity in _PARENTS])
_ABOVE: Final = np.array([INDEX[parent] for parent in _PARENTS.values()])
_FOUND: Final = {
    memory: np.array([SUM[f"found_{family.value}{memory}"] for family in FAMILIES]) for memory in HALF_LIVES_DAYS
}
_TRIED: Final = {
    memory: np.array([SUM[f"{'opened' if family.needs_opening else 'checked'}{memory}"] for family in FAMILIES])
    for memory in HALF_LIVES_DAYS
}
# Rate assumed where the port itself has no openings yet, and how many openings that assumption is worth.
_FIRST_RATE: Final = 0.05
_PORT_STRENGTH: Final = 20.0
# An entity's rate counts as much as its parent's once it has this many openings.
_STRENGTH: Final = 4.0
# Declared boxes at which an entity's share of boxes that were filed late, or the like, counts as much as the port's.
_HABIT_STRENGTH: Final = 10.0
_FIRST_SHARE: Final = 0.1


class View:
    """n boxes as features see them. All arrays have shape (n,) unless said otherwise."""

    def __init__(self, boxes: Boxes, profiles: Profiles) -> None:
        self.boxes = boxes
        self.profiles = profiles
        self._rates: dict[str, Numbers] = {}

    def box(self, name: str) -> NDArray[np.float64]:
        """A numeric box column."""
        return self.boxes.box[name]

    def lead(self, name: str) -> NDArray[np.float64]:
        """A line column at the line that decides how dangerous the box is."""
        return self.boxes.line[name][self.boxes.lead]

    def highest(self, name: str) -> NDArray[np.float64]:
        """The highest known value of a line column; NaN when no line has one."""
        return np.fmax.reduceat(self.boxes.line[name], self.boxes.start)

    def lowest(self, name: str) -> NDArray[np.float64]:
        """The lowest known value of a line column; NaN when no line has one."""
        return np.fmin.reduceat(self.boxes.line[name], self.boxes.start)

    def total(self, name: str) -> NDArray[np.float64]:
        """The sum of the known values of a line column; NaN when no line has one."""
        values = self.boxes.line[name]
        known = np.fmax.reduceat(values, self.boxes.start)
        filled = np.where(np.isnan(values), 0.0, values)
        return np.where(np.isnan(known), np.nan, np.add.reduceat(filled, self.boxes.start))

    def given(self, name: str) -> NDArray[np.bool_]:
        """Whether a text box column is filled."""
        return np.asarray(self.boxes.box[name] != None, dtype=bool)  # noqa: E711 (by element)

    def days_since(self, name: str) -> NDArray[np.float64]:
        """Days from a box instant to the declaration; negative when it lies ahead, NaN when unknown."""
        instant = self.boxes.box[name]
        days = (self.boxes.declared_at - instant) / DAY_US
        return np.where(instant == UNKNOWN, np.nan, days)

    @cached_property
    def mass_kg(self) -> NDArray[np.float64]:
        """Declared mass of the goods in the box, kg."""
        return box_mass_kg(self.boxes)

    def held(self, entity: str, name: str) -> NDArray[np.float64]:
        """One decayed sum of an entity. 0 for an entity never seen, NaN for one the box does not name.

        `linked` stands for the other firms tied to the shipper, by the tie that holds most.
        """
        if entity == LINKED:
            return np.asarray(np.fmax.reduce([self.others(link, name) for link in LINKS]))
        column = INDEX[entity]
        values = np.maximum(self.profiles.sums[:, column, SUM[name]], 0.0)
        values[self.boxes.keys[:, column] == 0] = np.nan
        return values

    def others(self, link: str, name: str) -> NDArray[np.float64]:
        """One decayed sum of all other firms that share `link` with the shipper; NaN where either is not named.

        Exactly 0 where no other firm does: the sums of the link and of the shipper's own part of it are then made of
        the same events.
        """
        own = INDEX[LINKS[link]]
        sums = self.profiles.sums[:, :, SUM[name]]
        values = np.maximum(sums[:, INDEX[link]] - sums[:, own], 0.0)
        values[self.boxes.keys[:, own] == 0] = np.nan
        return values

    @cached_property
    def effects(self) -> Numbers:
        """What is believed of each trait, in log-odds of a finding, shape (n, learned families, traits).

        They add up to the log-odds of the probability that moment matching gives: of a normal sum, in probits.
        """
        probits = self.profiles.effects
        total = probits.sum(axis=2)
        margin = total / np.sqrt(1.0 + self.profiles.doubt)
        odds = log_ndtr(margin) - log_ndtr(-margin)
        none = total == 0
        return probits * np.where(none, 0.0, odds / np.where(none, 1.0, total))[:, :, None]

    def held_at(
        self, rows: NDArray[np.intp], entities: NDArray[np.intp], sums: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Decayed sums of chosen boxes, entities and names by their places, as `held` gives them; not of `linked`.

        The shape is that of the places together.
        """
        values = np.maximum(self.profiles.sums[rows, entities, sums], 0.0)
        return np.where(self.boxes.keys[rows, entities] == 0, np.nan, values)

    def seen_days(self, entity: str, which: str) -> NDArray[np.float64]:
        """Days since the entity was first or last seen; NaN when never."""
        instant = getattr(self.profiles, which)[:, INDEX[entity]]
        days = (self.boxes.declared_at - instant.astype(np.float64)) / DAY_US
        return np.where(instant == NEVER, np.nan, days)

    def rate(self, entity: str, family: Family, memory: str = "") -> NDArray[np.float64]:
        """Share of the entity's inspections with a finding of the family, shrunk to its parent's share.

        `memory` is one of HALF_LIVES_DAYS: over about a year, two months ("_short") or four years ("_lasting").
        """
        if memory not in self._rates:
            self._rates[memory] = self._shrunk(_FOUND[memory], _TRIED[memory])
        return self._rates[memory][:, INDEX[entity], _COLUMN[family]]

    def share(self, entity: str, name: str) -> NDArray[np.float64]:
        """Share of the entity's declared boxes that a sum of the ledger counts, shrunk to the port's share."""
        port = (self.held("port", name) + _HABIT_STRENGTH * _FIRST_SHARE) / (
            self.held("port", "declared") + _HABIT_STRENGTH
        )
        own = self.held(entity, name) + _HABIT_STRENGTH * port
        return np.asarray(own / (self.held(entity, "declared") + _HABIT_STRENGTH))

    def _shrunk(self, found_at: NDArray[np.int64], tried_at: NDArray[np.int64]) -> Numbers:
        """Rates of all entities, shape (n, entities, families): (found + s * parent) / (tried + s)."""
        found = np.maximum(self.profiles.sums[:, :, found_at], 0.0)
        tried = np.maximum(self.profiles.sums[:, :, tried_at], 0.0)
        port = INDEX["port"]
        port_rate = (found[:, port] + _PORT_STRENGTH * _FIRST_RATE) / (tried[:, port] + _PORT_STRENGTH)
        rates = (found + _STRENGTH * port_rate[:, None, :]) / (tried + _STRENGTH)
        rates[:, port] = port_rate
        above = rates[:, _ABOVE]
        rates[:, _BELOW] = (found[:, _BELOW] + _STRENGTH * above) / (tried[:, _BELOW] + _STRENGTH)
        rates[self.boxes.keys == 0] = np.nan
        return rates
