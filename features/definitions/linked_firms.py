"""Features of firms linked to the shipper by telephone, address or core name. Links, never merges.

Everything is read as of the box's own instant: the sums of a tie less the shipper's own part of them. A forwarder's
telephone has many others behind it and says little; the narrowest tie, with the fewest others, says most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numba
import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.context import DAY_US, LINKED, FeatureContext, shared
from features.definitions.feature import Feature, Gathered, Theme, Unit
from features.definitions.shrinkage import rate_places
from features.history.counters import HALF_LIVES_DAYS, NEVER, SUM, YEAR_DAYS
from features.history.entities import INDEX, LINKS

# Openings of others at which their share counts as much as the port's.
_STRENGTH: Final = 4.0
# Less than this part of a declared box, decayed, is as good as nobody.
_LEAST: Final = 0.05
# Boxes in about two months, of those in about a year, of a firm that has been sending evenly for years.
_EVEN: Final = HALF_LIVES_DAYS["_short"] / YEAR_DAYS
# Another firm has come to an end when it now sends less than half of its usual; evenly, that is after 72 days.
_SILENT: Final = 0.5
_SILENT_DAYS: Final = 45.0
_NEW_DAYS: Final = 365.0
# The ties by which a firm that came back is known: a name alone is not enough.
_TRACES: Final = ("same_phone", "same_address")
_TRACES_AT: Final = np.array([list(LINKS).index(link) for link in _TRACES])
_TIES: Final = np.array([INDEX[link] for link in _TRACES])
_OWN: Final = np.array([INDEX[LINKS[link]] for link in _TRACES])
_DECLARED: Final = SUM["declared"]
_DECLARED_SHORT: Final = SUM["declared_short"]
_FAMILIES: Final = (Family.DECLARATION, Family.PACKING)
_PORT: Final = rate_places(tuple(("port", family, "") for family in _FAMILIES))
_FOUND_AT: Final = np.array([SUM[f"found_{family.value}"] for family in _FAMILIES])
_TRIED_AT: Final = np.array([SUM["opened" if family.needs_opening else "inspected"] for family in _FAMILIES])


@dataclass(frozen=True)
class LinkedRate(Gathered):
    """The highest share of inspections with a finding among others, by any tie, each shrunk to the port's share."""

    family: Family

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """The shares of all families at once."""
        places = np.array([_FAMILIES.index(column.family) for column in columns])
        return lambda context: _highest(context)[:, places, 0]


def observed(context: FeatureContext, family: Family) -> tuple[Numbers, Numbers]:
    """Findings and inspections of others under the tie whose share is the highest, shape (n,) each; NaN without one."""
    highest = _highest(context)[:, _FAMILIES.index(family)]
    return highest[:, 1], highest[:, 2]


@shared
def _highest(context: FeatureContext) -> Numbers:
    """Of the tie with the highest shrunk share: share, findings and inspections, shape (n, families, 3)."""
    return np.asarray(_highest_of(context.decayed_sum_of_linked, _FOUND_AT, _TRIED_AT, context.rates(_PORT)))


@numba.njit(cache=True)
def _highest_of(sums: NDArray[Any], found_at: NDArray[Any], tried_at: NDArray[Any], port: NDArray[Any]) -> NDArray[Any]:
    """`_highest`, from the sums of others (n, ties, sums) and the port's rates (n, families)."""
    count, ties, _ = sums.shape
    highest = np.full((count, len(found_at), 3), np.nan)
    for row in range(count):
        for family in range(len(found_at)):
            for tie in range(ties):
                found, inspections = sums[row, tie, found_at[family]], sums[row, tie, tried_at[family]]
                rate = (found + _STRENGTH * port[row, family]) / (inspections + _STRENGTH)
                best = highest[row, family, 0]
                if rate > best or (np.isnan(best) and not np.isnan(rate)):
                    highest[row, family, 0] = rate
                    highest[row, family, 1] = found
                    highest[row, family, 2] = inspections
    return highest


def openings(context: FeatureContext) -> Numbers:
    """Openings on record of other firms tied to the shipper by telephone, address or name, logarithm."""
    return np.log1p(context.decayed_sum(LINKED, "opened"))


def declared(context: FeatureContext) -> Numbers:
    """Boxes of the firms under the link (telephone, address, name) with the fewest firms, logarithm; 0 without any."""
    return np.log1p(_narrowest(context)[0])


def activity(context: FeatureContext) -> Numbers:
    """Activity of the firms under the link with the fewest firms: 1 as usual, near 0 when they stopped filing."""
    others, recently = _narrowest(context)
    return np.where(others > _LEAST, recently / (_EVEN * np.maximum(others, _LEAST)), np.nan)


def reregistered(context: FeatureContext) -> Numbers:
    """Whether a new shipper has the telephone or address of firms that were known before and stopped filing."""
    profiles = context.profiles
    return np.asarray(_reregistered(context.decayed_sum_of_linked, profiles.first, profiles.last, context.instant))


@numba.njit(cache=True)
def _reregistered(
    sums: NDArray[Any], firsts: NDArray[Any], lasts: NDArray[Any], instants: NDArray[Any]
) -> NDArray[Any]:
    """`reregistered`, from the sums of others (n, ties, sums), first and last seen (n, entities) and instants (n,)."""
    found = np.full(len(sums), np.nan)
    for row in range(len(sums)):
        for trace in range(len(_TRACES_AT)):
            others = sums[row, _TRACES_AT[trace], _DECLARED]
            if np.isnan(others):
                continue
            if np.isnan(found[row]):
                found[row] = 0.0
            first, before = firsts[row, _OWN[trace]], firsts[row, _TIES[trace]]
            unseen = first == NEVER
            # The sums of one who never used the tie are nobody's: its last use was the others'.
            if unseen:
                silent = (instants[row] - float(lasts[row, _TIES[trace]])) / DAY_US > _SILENT_DAYS
            else:
                silent = sums[row, _TRACES_AT[trace], _DECLARED_SHORT] < _SILENT * _EVEN * others
            new = unseen or (instants[row] - float(first)) / DAY_US < _NEW_DAYS
            if others > _LEAST and silent and new and before != NEVER and (unseen or before < first):
                found[row] = 1.0
    return found


@shared
def _narrowest(context: FeatureContext) -> tuple[Numbers, Numbers]:
    """Declared boxes of others, over a year and two months, under the tie with the fewest; NaN without any tie."""
    found = _narrowest_of(context.decayed_sum_of_linked)
    return found[0], found[1]


@numba.njit(cache=True)
def _narrowest_of(sums: NDArray[Any]) -> NDArray[Any]:
    """`_narrowest`, from the sums of others (n, ties, sums), shape (2, n)."""
    count, ties, _ = sums.shape
    found = np.full((2, count), np.nan)
    for row in range(count):
        fewest = np.inf
        for tie in range(ties):
            others = sums[row, tie, _DECLARED]
            if not np.isnan(others) and fewest == np.inf:
                found[0, row] = 0.0
            if others > _LEAST and others < fewest:
                fewest = others
                found[1, row] = sums[row, tie, _DECLARED_SHORT]
        if fewest < np.inf:
            found[0, row] = fewest
    return found


def _linked_rate(family: Family) -> Feature:
    return Feature(
        name=f"{LINKED}_{family.value}_rate", theme=Theme.PARTIES, reason="linked_history", unit=Unit.SHARE,
        compute=LinkedRate(family), rises_with=(family,), entity=LINKED, family=family, evidence="opened",
        is_count=f"found_{family.value}", key="linked_rate",
    )  # fmt: skip


FEATURES: Final = (
    _linked_rate(Family.DECLARATION),
    _linked_rate(Family.PACKING),
    Feature("linked_openings", Theme.PARTIES, "linked_evidence", Unit.COUNT, openings, entity=LINKED,
            evidence="opened", key="linked_openings"),
    Feature("linked_declared", Theme.PARTIES, "linked_evidence", Unit.COUNT, declared, evidence="declared",
            entity=LINKED, key="linked_declared"),
    Feature("linked_activity", Theme.PARTIES, "linked_evidence", Unit.NUMBER, activity),
    Feature("reregistered", Theme.PARTIES, "reregistered", Unit.YES_NO, reregistered, (Family.DECLARATION,)),
)  # fmt: skip
