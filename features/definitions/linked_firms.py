"""What ties a shipper to other firms: one telephone, one address, one core name. Links, never merges.

Everything is read as of the box's own instant: the sums of a tie less the shipper's own part of them. A forwarder's
telephone has many others behind it and says little; the narrowest tie, with the fewest others, says most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

import numpy as np

from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.context import DAY_US, LINKED, FeatureContext, shared
from features.definitions.feature import Feature, Gathered, Theme, Unit
from features.definitions.shrinkage import rate_places
from features.history.counters import HALF_LIVES_DAYS, LONG_DAYS, NEVER, SUM
from features.history.entities import INDEX, LINKS

# Openings of others at which their share counts as much as the port's.
_STRENGTH: Final = 4.0
# Less than this part of a declared box, decayed, is as good as nobody.
_LEAST: Final = 0.05
# Boxes in about two months, of those in about a year, of a firm that has been sending evenly for years.
_EVEN: Final = HALF_LIVES_DAYS["_short"] / LONG_DAYS
# Another firm has come to an end when it now sends less than half of its usual; evenly, that is after 72 days.
_SILENT: Final = 0.5
_SILENT_DAYS: Final = 45.0
_NEW_DAYS: Final = 365.0
# The ties by which a firm that came back is known: a name alone is not enough.
_TRACES: Final = ("same_phone", "same_address")
_TRACES_AT: Final = np.array([list(LINKS).index(link) for link in _TRACES])
_TIES: Final = np.array([INDEX[link] for link in _TRACES])
_OWN: Final = np.array([INDEX[LINKS[link]] for link in _TRACES])


@dataclass(frozen=True)
class LinkedRate(Gathered):
    """The highest share of inspections with a finding among others, by any tie, each shrunk to the port's share."""

    family: Family

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """The shares of all families at once."""
        by_tie = _by_tie(tuple(column.family for column in columns))
        return lambda context: np.asarray(np.fmax.reduce(by_tie(context)[2], axis=1))


def observed(context: FeatureContext, family: Family) -> tuple[Numbers, Numbers]:
    """Findings and inspections of others under the tie whose share is the highest, shape (n,) each; NaN without one."""
    found, inspections, rates = (values[:, :, 0] for values in _by_tie((family,))(context))
    highest = np.argmax(np.where(np.isnan(rates), -np.inf, rates), axis=1)[:, None]
    return np.take_along_axis(found, highest, 1)[:, 0], np.take_along_axis(inspections, highest, 1)[:, 0]


@cache
def _by_tie(families: tuple[Family, ...]) -> Callable[[FeatureContext], tuple[Numbers, Numbers, Numbers]]:
    """Findings, inspections and shrunk shares of others, shape (n, ties, families) each."""
    found_at = np.array([SUM[f"found_{family.value}"] for family in families])
    tried_at = np.array([SUM["opened" if family.needs_opening else "checked"] for family in families])
    port = rate_places(tuple(("port", family, "") for family in families))

    def by_tie(context: FeatureContext) -> tuple[Numbers, Numbers, Numbers]:
        found, inspections = (
            context.decayed_sum_of_linked.take(found_at, axis=2),
            context.decayed_sum_of_linked.take(tried_at, axis=2),
        )
        return found, inspections, (found + _STRENGTH * context.rates(port)[:, None]) / (inspections + _STRENGTH)

    return by_tie


def openings(context: FeatureContext) -> Numbers:
    """Openings on record of other firms tied to the shipper by telephone, address or name, logarithm."""
    return np.log1p(context.held(LINKED, "opened"))


def declared(context: FeatureContext) -> Numbers:
    """Boxes of others under the shipper's narrowest tie (telephone, address or name), logarithm; 0 without any."""
    return np.log1p(_narrowest(context)[0])


def recent(context: FeatureContext) -> Numbers:
    """How active the others under the narrowest tie still are: 1 when as usual, near 0 when they fell silent."""
    others, recently = _narrowest(context)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(others > _LEAST, recently / (_EVEN * others), np.nan)


def reregistered(context: FeatureContext) -> Numbers:
    """Whether a new shipper has the telephone or address of firms that were there before and have fallen silent."""
    others, recently = (
        context.decayed_sum_of_linked[:, _TRACES_AT, SUM[name]] for name in ("declared", "declared_short")
    )
    first, before = context.profiles.first.take(_OWN, axis=1), context.profiles.first.take(_TIES, axis=1)
    unseen = first == NEVER
    now = context.instant[:, None]
    # The sums of one who never used the tie are nobody's: its last use was the others'.
    quiet_days = (now - context.profiles.last.take(_TIES, axis=1).astype(np.float64)) / DAY_US
    silent = np.where(unseen, quiet_days > _SILENT_DAYS, recently < _SILENT * _EVEN * others)
    new = unseen | ((now - first.astype(np.float64)) / DAY_US < _NEW_DAYS)
    back = (others > _LEAST) & silent & new & (before != NEVER) & (unseen | (before < first))
    unknown = np.isnan(others).all(axis=1)
    return np.where(unknown, np.nan, back.any(axis=1))


@shared
def _narrowest(view: FeatureContext) -> tuple[Numbers, Numbers]:
    """Declared boxes of others, over a year and two months, under the tie with the fewest; NaN without any tie."""
    by_link = view.decayed_sum_of_linked[:, :, SUM["declared"]]
    rank = np.where(by_link > _LEAST, by_link, np.inf)
    boxes, chosen = np.arange(len(rank)), rank.argmin(axis=1)
    others, short = (view.decayed_sum_of_linked[boxes, chosen, SUM[name]] for name in ("declared", "declared_short"))
    none, tied = np.isinf(rank).all(axis=1), ~np.isnan(by_link).all(axis=1)
    return np.where(none, np.where(tied, 0.0, np.nan), others), np.where(none, np.nan, short)


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
    Feature("linked_recent", Theme.PARTIES, "linked_evidence", Unit.NUMBER, recent),
    Feature("came_back", Theme.PARTIES, "came_back", Unit.YES_NO, reregistered, (Family.DECLARATION,)),
)  # fmt: skip
