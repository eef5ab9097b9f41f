"""Sum contributions by reason code, choose the groups to report, and the feature that describes each.

A group is ranked by its effect on the risk: its contribution times the slope of the risk in its family.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.catalogue import CATALOGUE
from models.scoring.expected_harm import FAMILY_WEIGHTS
from models.scoring.scorer import probability

MOST_REASONS: Final = 8
# Smaller contributions to the log-odds are not reported.
LEAST_CONTRIBUTION: Final = 0.02
# Effects are compared to nine digits; smaller differences are ties, reported in the order of the catalogue.
_SCALE: Final = 1e9
# Marks unused positions.
_NONE: Final = -1

CODES: Final = tuple(dict.fromkeys(feature.reason for feature in CATALOGUE))
"""The reason codes, in the order of the catalogue: the groups."""
_GROUP_OF: Final = np.array([CODES.index(feature.reason) for feature in CATALOGUE])
_WEIGHTS: Final = np.array([FAMILY_WEIGHTS[family] for family in Family])


def _table(rows: list[list[int]]) -> NDArray[np.int64]:
    """Lists of positions as one array, shape (lists, longest), padded with `_NONE`."""
    most = max(map(len, rows))
    return np.array([[*places, *[_NONE] * (most - len(places))] for places in rows], dtype=np.int64)


def _members() -> NDArray[np.int64]:
    """The features that can describe each group, shape (groups, most)."""
    own = [place for place, feature in enumerate(CATALOGUE) if not feature.explained_by]
    return _table([[place for place in own if CATALOGUE[place].reason == code] for code in CODES])


def _counted_with() -> NDArray[np.int64]:
    """Each feature and those that it explains (`Feature.explained_by`), shape (features, most)."""
    places: dict[str, list[int]] = {feature.name: [] for feature in CATALOGUE}
    for place, feature in enumerate(CATALOGUE):
        places[(feature.explained_by or feature).name].append(place)
    return _table(list(places.values()))


_MEMBERS: Final = _members()
_COUNTED_WITH: Final = _counted_with()


@dataclass(frozen=True)
class Chosen:
    """The r reported groups of n boxes, box by box, in each box by falling effect on the risk.

    `counts` (n) is the number of groups per box. The arrays have shape (r,): positions of box, family and group, the
    contribution of the group, and the position of the feature that describes it. `sums` (n, families) is the
    contribution of all groups, reported or not.
    """

    counts: list[int]
    rows: NDArray[np.int64]
    families: NDArray[np.int64]
    groups: NDArray[np.int64]
    contributions: Numbers
    headlines: NDArray[np.int64]
    sums: Numbers


def chosen(contributions: Numbers) -> Chosen:
    """The groups to report, from contributions (n, families, features + 1), base value last."""
    grouped, odds = _grouped(contributions, _GROUP_OF, len(CODES))
    totals = probability(odds)
    places = np.full((len(grouped), MOST_REASONS), _NONE)
    _write_places(grouped, _WEIGHTS * totals * (1 - totals), places)
    rows, turns = np.nonzero(places != _NONE)
    families, groups = np.divmod(places[rows, turns], len(CODES))
    headlines = np.empty(len(rows), dtype=np.int64)
    _write_headlines(contributions, grouped, rows, families, groups, _MEMBERS, _COUNTED_WITH, headlines)
    counts = np.bincount(rows, minlength=len(grouped)).tolist()
    return Chosen(counts, rows, families, groups, grouped[rows, families, groups], headlines, grouped.sum(axis=2))


@numba.njit(cache=True)
def _grouped(contributions: NDArray[Any], group_of: NDArray[Any], groups: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """What each group contributes, shape (n, families, groups), and the log-odds of each family, shape (n, families).

    Sums run from left to right, so that a box has the same bits alone and in a batch.
    """
    count, families, width = contributions.shape
    grouped, odds = np.zeros((count, families, groups)), np.zeros((count, families))
    for row in range(count):
        for family in range(families):
            for place in range(width - 1):
                grouped[row, family, group_of[place]] += contributions[row, family, place]
                odds[row, family] += contributions[row, family, place]
            odds[row, family] += contributions[row, family, width - 1]
    return grouped, odds


@numba.njit(cache=True)
def _rounded(value: float) -> float:
    """Round as `numpy.round` does."""
    return float(np.rint(value * _SCALE) / _SCALE)


@numba.njit(cache=True)
def _write_places(grouped: NDArray[Any], slopes: NDArray[Any], places: NDArray[Any]) -> None:
    """Write the reported groups of each box to `places` (n, MOST_REASONS), numbered family by family.

    `grouped` (n, families, groups) are contributions, `slopes` (n, families) those of the risk. The strongest group of
    each family is included if it is large enough, so that families of little weight have a reason too.
    """
    count, families, groups = grouped.shape
    moved, leads = np.empty(families * groups), np.empty(families * groups, dtype=np.bool_)
    for row in range(count):
        allocation = MOST_REASONS
        for family in range(families):
            lead, largest = 0, -1.0
            for group in range(groups):
                size, place = abs(grouped[row, family, group]), family * groups + group
                moved[place] = 0.0 if size < LEAST_CONTRIBUTION else _rounded(size * slopes[row, family])
                leads[place] = False
                if _rounded(size) > largest:
                    lead, largest = place, _rounded(size)
            leads[lead] = True
            allocation -= moved[lead] > 0
        # By falling effect on the risk, ties by position; `allocation` counts the places left for other groups.
        for turn in range(MOST_REASONS):
            best, most = _NONE, 0.0
            for place in range(families * groups):
                if moved[place] > most and (allocation > 0 or leads[place]):
                    best, most = place, moved[place]
            if best == _NONE:
                break
            places[row, turn] = best
            moved[best] = 0.0
            allocation -= not leads[best]


@numba.njit(cache=True)
def _write_headlines(
    contributions: NDArray[Any],
    grouped: NDArray[Any],
    rows: NDArray[Any],
    families: NDArray[Any],
    groups: NDArray[Any],
    members: NDArray[Any],
    counted_with: NDArray[Any],
    headlines: NDArray[Any],
) -> None:
    """Write to `headlines` (r,) the feature that describes each group.

    It is the one that contributes most in the direction of the group's sum, so that a reason which raises the risk is
    not described by a fact which lowers it. A feature's contribution includes those of the features that it explains.
    """
    for reason in range(len(rows)):
        row, family, group = rows[reason], families[reason], groups[reason]
        sign, most = (1.0 if grouped[row, family, group] > 0 else -1.0), -np.inf
        for member in members[group]:
            if member == _NONE:
                break
            total = 0.0
            for place in counted_with[member]:
                if place != _NONE:
                    total += contributions[row, family, place]
            if sign * _rounded(total) > most:
                headlines[reason], most = member, sign * _rounded(total)
