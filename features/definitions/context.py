"""The feature context: the boxes, and the history of their entities strictly before each box."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from data.vocabulary import Family
from features.boxes import Numbers, box_mass_kg
from features.checks.results import CheckedBoxes
from features.definitions.shrinkage import (
    Places,
    RatePlaces,
    SharePlaces,
    place,
    rate_places,
    share_places,
    sums_of_named,
)
from features.history.counters import NEVER, SUM, Profiles
from features.history.entities import INDEX, LINKS

DAY_US: Final = 86_400e6
LINKED: Final = "linked"
"""The other firms that share telephone, address or core name with the shipper; computed, not a stored entity."""
_TIES: Final = np.array([INDEX[link] for link in LINKS])
_OWN: Final = np.array([INDEX[own] for own in LINKS.values()])
_T = TypeVar("_T")


class FeatureContext:
    """All that a feature function may read about n boxes. Arrays have shape (n,) unless stated; do not modify them."""

    def __init__(self, boxes: CheckedBoxes, profiles: Profiles) -> None:
        self.boxes = boxes
        self.profiles = profiles
        self._computed: dict[object, Any] = {}

    @property
    def instant(self) -> NDArray[np.int64]:
        """Known-as-of time of each box, microseconds; its history ends strictly before."""
        return self.profiles.at

    def once(self, function: Callable[[FeatureContext], _T]) -> _T:
        """The result of `function` for this context, computed at the first call and cached."""
        if function not in self._computed:
            self._computed[function] = function(self)
        return cast(_T, self._computed[function])

    @cached_property
    def single_lines(self) -> bool:
        """Whether every box has one line item, so that a line column is a box column."""
        return len(self.boxes.line["line_no"]) == len(self.boxes)

    def box(self, name: str) -> NDArray[np.float64]:
        """A numeric box column."""
        return self.boxes.box[name]

    def of_most_hazardous_line(self, name: str) -> NDArray[np.float64]:
        """A line column at the most hazardous line item of each box."""
        return self.boxes.line[name][self.boxes.most_hazardous_line]

    def highest(self, name: str) -> NDArray[np.float64]:
        """The highest known value of a line column; NaN when no line has one."""
        return self._over_lines(np.fmax, name)

    def lowest(self, name: str) -> NDArray[np.float64]:
        """The lowest known value of a line column; NaN when no line has one."""
        return self._over_lines(np.fmin, name)

    def _over_lines(self, chosen: np.ufunc, name: str) -> Numbers:
        if self.single_lines:
            return self.boxes.line[name]
        key = (chosen, name)
        if key not in self._computed:
            self._computed[key] = chosen.reduceat(self.boxes.line[name], self.boxes.start)
        return cast(Numbers, self._computed[key])

    def total(self, name: str) -> NDArray[np.float64]:
        """The sum of the known values of a line column; NaN when no line has one."""
        values = self.boxes.line[name]
        if self.single_lines:
            return values
        filled = np.where(np.isnan(values), 0.0, values)
        return np.where(np.isnan(self.highest(name)), np.nan, np.add.reduceat(filled, self.boxes.start))

    @property
    def mass_kg(self) -> NDArray[np.float64]:
        """Declared mass of the goods in the box, kg."""
        return _mass_kg(self)

    @cached_property
    def unnamed(self) -> NDArray[np.bool_]:
        """Entities that are missing in each box, shape (n, entities)."""
        return np.asarray(self.boxes.keys == 0)

    @cached_property
    def _sums(self) -> Numbers:
        """The decayed sums of all entities, one row a box, shape (n, entities * sums)."""
        boxes, entities, sums = self.profiles.sums.shape
        return self.profiles.sums.reshape(boxes, entities * sums)

    def sums_at(self, places: Places, entities: Places) -> Numbers:
        """Decayed sums at k places (`shrinkage.place`) of `entities` (k,), shape (n, k), a new array.

        0 for an entity never seen, NaN for an entity that is missing in the box.
        """
        return sums_of_named(self._sums, places, self.unnamed, entities)

    def decayed_sum(self, entity: str, name: str) -> NDArray[np.float64]:
        """One decayed sum of an entity. 0 for an entity never seen, NaN for an entity that is missing in the box.

        For `linked`, the firms linked to the shipper: the largest sum over the kinds of link.
        """
        if entity == LINKED:
            return np.asarray(np.fmax.reduce(self.decayed_sum_of_linked[:, :, SUM[name]], axis=1))
        values = np.maximum(self._sums[:, place(entity, name)], 0.0)
        values[self.unnamed[:, INDEX[entity]]] = np.nan
        return values

    @cached_property
    def decayed_sum_of_linked(self) -> Numbers:
        """Decayed sums of all other firms that share a link with the shipper, shape (n, links, sums).

        NaN if the shipper or the link is missing. Exactly 0 if no other firm shares the link: then the sums of the link
        and those of the shipper's pair with it come from the same events.
        """
        ties, own = self.profiles.sums.take(_TIES, axis=1), self.profiles.sums.take(_OWN, axis=1)
        values = np.maximum(np.subtract(ties, own, out=ties), 0.0, out=ties)
        values[self.unnamed.take(_OWN, axis=1)] = np.nan
        return values

    @cached_property
    def factor_effects(self) -> Numbers:
        """Estimated effect of each factor, in log-odds of a finding, shape (n, learned families, factors).

        They sum to the log-odds of the predicted probability, which is that of a normally distributed sum of probits.
        """
        probits = self.profiles.effects
        total = probits.sum(axis=2)
        margin = total / np.sqrt(1.0 + self.profiles.posterior_variance)
        odds = log_ndtr(margin) - log_ndtr(-margin)
        none = total == 0
        return probits * np.where(none, 0.0, odds / np.where(none, 1.0, total))[:, :, None]

    def decayed_sums_at(
        self, rows: NDArray[np.intp], entities: NDArray[np.intp], sums: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Decayed sums at given rows, entities and sums, with the values of `decayed_sum`; not for `linked`.

        The three index arrays are broadcast together; the result has their common shape.
        """
        values = np.maximum(self.profiles.sums[rows, entities, sums], 0.0)
        return np.where(self.boxes.keys[rows, entities] == 0, np.nan, values)

    def days_from(self, instants: NDArray[np.int64]) -> Numbers:
        """Days from `instants` (n, k) of the history to the known-as-of time of each box; NaN for NEVER."""
        return _days(self.instant, instants)

    def rate(self, entity: str, family: Family, memory: str = "") -> NDArray[np.float64]:
        """Share of the entity's inspections with a finding of the family, shrunk to the share of its parent.

        `memory` is a key of HALF_LIVES_DAYS: "" (about a year), "_short" (two months) or "_long" (four years).
        """
        return self.rates(rate_places(((entity, family, memory),)))[:, 0]

    def rates(self, chosen: RatePlaces) -> Numbers:
        """Several finding rates at once, shape (n, k); see `rate`."""
        return chosen.shrunk(self._sums, self.unnamed)

    def share(self, entity: str, name: str) -> NDArray[np.float64]:
        """Share of the entity's declared boxes that the counter `name` counts, shrunk to the share of the port."""
        return self.shares(share_places(((entity, name),)))[:, 0]

    def shares(self, chosen: SharePlaces) -> Numbers:
        """Several shares at once, shape (n, k); see `share`."""
        return chosen.shrunk(self.sums_at(chosen.places, chosen.entities))


def shared(function: Callable[[FeatureContext], _T]) -> Callable[[FeatureContext], _T]:
    """Decorator: compute a function once per context, for values that several features use."""

    @wraps(function)
    def once(context: FeatureContext) -> _T:
        return context.once(function)

    return once


def of_papers(function: Callable[[FeatureContext], _T]) -> Callable[[FeatureContext], _T]:
    """Decorator: compute a function once per set of boxes, for facts of the papers, which do not depend on the history.

    Factors, counters and features use them in separate contexts.
    """

    @wraps(function)
    def once(context: FeatureContext) -> _T:
        facts = context.boxes.paper_facts
        if function not in facts:
            facts[function] = function(context)
        return cast(_T, facts[function])

    return once


@of_papers
def _mass_kg(context: FeatureContext) -> Numbers:
    return box_mass_kg(context.boxes)


@numba.njit(cache=True)
def _days(at: NDArray[Any], instants: NDArray[Any]) -> NDArray[Any]:
    """Days from instants (n, k) to `at` (n,), both microseconds, shape (n, k); NaN for NEVER."""
    count, width = instants.shape
    days = np.empty((count, width))
    for row in range(count):
        for column in range(width):
            instant = instants[row, column]
            days[row, column] = np.nan if instant == NEVER else (at[row] - float(instant)) / DAY_US
    return days
