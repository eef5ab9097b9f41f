"""Features of firms linked to the shipper by telephone, address or core name; linked firms are never merged.

The sums of the other firms are those of the link less those of the shipper's pair with it, as of the box's own time.
A link that many firms share, such as a forwarder's telephone, is weak evidence; the link with the fewest firms is used.
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

# Number of openings at which the linked firms' rate has the same weight as the port's rate.
_STRENGTH: Final = 4.0
# Decayed number of boxes up to which a link counts as having no other firm.
_LEAST: Final = 0.05
# Ratio of the two-month decayed count to the one-year count of a firm with constant volume.
_EVEN: Final = HALF_LIVES_DAYS["_short"] / YEAR_DAYS
# Linked firms stopped filing if their activity is below half of the usual: 72 days after constant volume ends.
_SILENT: Final = 0.5
_SILENT_DAYS: Final = 45.0
_NEW_DAYS: Final = 365.0
# Links that identify a re-registered firm; an equal core name is not enough.
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
    """Highest finding rate of linked firms over the kinds of link, each shrunk to the port's rate."""

    family: Family

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """The rates of all families at once."""
        places = np.array([_FAMILIES.index(column.family) for column in columns])
        return lambda context: _highest(context)[:, places, 0]


def observed(context: FeatureContext, family: Family) -> tuple[Numbers, Numbers]:
    """Findings and inspections of linked firms for the link with the highest rate, shape (n,) each; NaN if none."""
    highest = _highest(context)[:, _FAMILIES.index(family)]
    return highest[:, 1], highest[:, 2]


@shared
def _highest(context: FeatureContext) -> Numbers:
    """Rate, findings and inspections of the link with the highest shrunk rate, shape (n, families, 3)."""
    return np.asarray(_highest_of(context.decayed_sum_of_linked, _FOUND_AT, _TRIED_AT, context.rates(_PORT)))


@numba.njit(cache=True)
def _highest_of(sums: NDArray[Any], found_at: NDArray[Any], tried_at: NDArray[Any], port: NDArray[Any]) -> NDArray[Any]:
    """`_highest` from the sums of linked firms (n, links, sums) and the port's rates (n, families)."""
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
    """Openings on record of firms linked to the shipper by telephone, address or name, logarithm."""
    return np.log1p(context.decayed_sum(LINKED, "opened"))


def declared(context: FeatureContext) -> Numbers:
    """Boxes of the firms under the link (telephone, address, name) with the fewest firms, logarithm; 0 without any."""
    return np.log1p(_narrowest(context)[0])


def activity(context: FeatureContext) -> Numbers:
    """Activity of the firms under the link with the fewest firms, relative to the usual; 0: they stopped."""
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
    """`reregistered` from sums of linked firms (n, links, sums), first and last seen (n, entities), instants (n,)."""
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
            # The shipper never used the link, so its last use was by other firms.
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
    """Declared boxes of linked firms over a year and two months, under the link with the fewest; NaN without a link."""
    found = _narrowest_of(context.decayed_sum_of_linked)
    return found[0], found[1]


@numba.njit(cache=True)
def _narrowest_of(sums: NDArray[Any]) -> NDArray[Any]:
    """`_narrowest` from the sums of linked firms (n, links, sums), shape (2, n)."""
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
