"""Features of the history of an entity: finding rates, shares, counts, days since first and last seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numba
import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.context import FeatureContext
from features.definitions.feature import Feature, Gathered, Theme, Unit
from features.definitions.reason_groups import evidence_reason, history_reason
from features.definitions.shrinkage import place, rate_places, share_places
from features.history.entities import INDEX


@dataclass(frozen=True)
class Rate(Gathered):
    """Finding rate of an entity (`FeatureContext.rate`)."""

    entity: str
    family: Family
    memory: str = ""

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All rates at once, with the parents' and the port's rates that they are shrunk to."""
        places = rate_places(tuple((column.entity, column.family, column.memory) for column in columns))
        return lambda context: context.rates(places)


@dataclass(frozen=True)
class Share(Gathered):
    """Share of an entity's declared boxes (`FeatureContext.share`)."""

    entity: str
    name: str

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All shares at once, with the port's shares that they are shrunk to."""
        places = share_places(tuple((column.entity, column.name) for column in columns))
        return lambda context: context.shares(places)


@dataclass(frozen=True)
class LogCount(Gathered):
    """A decayed sum of an entity, as log(1 + sum)."""

    entity: str
    name: str

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All counts at once."""
        places = np.array([place(column.entity, column.name) for column in columns])
        entities = np.array([INDEX[column.entity] for column in columns])
        return lambda context: np.log1p(context.sums_at(places, entities))


@dataclass(frozen=True)
class SeenDays(Gathered):
    """Days since an entity was first seen (`first`) or last seen."""

    entity: str
    first: bool

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All of them at once."""
        entities = np.array([INDEX[column.entity] for column in columns])
        first = np.array([column.first for column in columns])

        def days(context: FeatureContext) -> Numbers:
            firsts, lasts = context.profiles.first.take(entities, axis=1), context.profiles.last.take(entities, axis=1)
            return context.days_from(np.where(first, firsts, lasts))

        return days


@dataclass(frozen=True)
class MassDeviation(Gathered):
    """Deviation of the log mass from the entity's mean, in its standard deviations; NaN with fewer than 5 boxes."""

    entity: str

    @classmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """All entities at once."""
        names = ("with_mass", "log_mass", "log_mass_squared")
        places = np.array([place(column.entity, name) for name in names for column in columns])
        entities = np.array([INDEX[column.entity] for _ in names for column in columns])
        return lambda context: _deviations(context.sums_at(places, entities), np.log1p(context.mass_kg))


@numba.njit(cache=True)
def _deviations(sums: NDArray[Any], log_mass: NDArray[Any]) -> NDArray[Any]:
    """z-scores of log masses (n,) among the boxes of k entities, shape (n, k).

    `sums` (n, 3k) has the numbers of boxes, the sums of their log masses, and the sums of the squares.
    """
    width = sums.shape[1] // 3
    deviations = np.full((len(sums), width), np.nan)
    for row in range(len(sums)):
        for column in range(width):
            count = sums[row, column]
            if count >= 5:
                mean = sums[row, width + column] / count
                variance = sums[row, 2 * width + column] / count - mean * mean
                deviations[row, column] = (log_mass[row] - mean) / np.sqrt(max(variance, 0.01))
    return deviations


def rates(
    entity: str,
    theme: Theme,
    families: Sequence[Family],
    short: Sequence[Family] = (),
    lasting: Sequence[Family] = (),
) -> Iterator[Feature]:
    """Shrunk finding rates of an entity over a year (`families`), two months (`short`) and four years (`long`).

    The last feature is the number of openings, so that a model can distinguish "unknown" from "good".
    """
    for memory, chosen in (("", families), ("_short", short), ("_long", lasting)):
        for family in chosen:
            inspections = "opened" if family.needs_opening else "inspected"
            yield Feature(
                name=f"{entity}_{family.value}_rate{memory}",
                theme=theme,
                reason=history_reason(entity),
                unit=Unit.SHARE,
                compute=Rate(entity, family, memory),
                rises_with=(family,),
                entity=entity,
                family=family,
                evidence=f"{inspections}{memory}",
                is_count=f"found_{family.value}{memory}",
                key=f"rate{memory}",
            )
    if entity != "port":
        yield _evidence(entity, theme)


def shares(entity: str, names: Sequence[str], rises: Sequence[Family] = ()) -> Iterator[Feature]:
    """Filing behaviour of an entity: shares of its boxes that the counters `names` count."""
    for name in names:
        yield Feature(
            name=f"{entity}_{name}_share",
            theme=Theme.PARTIES,
            reason=f"{entity}_filing_behaviour",
            unit=Unit.SHARE,
            compute=Share(entity, name),
            rises_with=tuple(rises),
            entity=entity,
            evidence="declared",
            is_count=name,
            key=f"{name}_share",
        )


def _evidence(entity: str, theme: Theme) -> Feature:
    return Feature(
        name=f"{entity}_openings",
        theme=theme,
        reason=evidence_reason(entity),
        unit=Unit.COUNT,
        compute=LogCount(entity, "opened"),
        entity=entity,
        evidence="opened",
        key="openings",
    )


def volume(entity: str, theme: Theme) -> Feature:
    """Number of boxes declared for the entity in about a year, log(1 + number)."""
    return Feature(
        name=f"{entity}_declared",
        theme=theme,
        reason=evidence_reason(entity),
        unit=Unit.COUNT,
        compute=LogCount(entity, "declared"),
        entity=entity,
        evidence="declared",
        key="declared",
    )


def age(entity: str, theme: Theme) -> Iterator[Feature]:
    """Days since the entity was first and last seen."""
    for which in ("first", "last"):
        yield Feature(
            name=f"{entity}_{which}_seen_days",
            theme=theme,
            reason=evidence_reason(entity),
            unit=Unit.DAYS,
            compute=SeenDays(entity, first=which == "first"),
            entity=entity,
            key=f"{which}_seen",
        )
