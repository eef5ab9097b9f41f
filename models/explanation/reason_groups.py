"""Contributions grouped into reason codes: which groups of a box are reported, and which feature stands for each.

A group is reported by how much it moves the risk: its contribution times the slope of the risk in its family.
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
# A group that moves the log-odds by less than this is not worth an officer's time.
LEAST_CONTRIBUTION: Final = 0.02
# Effects are compared in nine digits: what differs by less is a tie, reported in the order of the catalogue.
_SCALE: Final = 1e9
# Fills places that are not used.
_NONE: Final = -1

CODES: Final = tuple(dict.fromkeys(feature.reason for feature in CATALOGUE))
"""The reason codes, in the order of the catalogue: the groups."""
_GROUP_OF: Final = np.array([CODES.index(feature.reason) for feature in CATALOGUE])
_WEIGHTS: Final = np.array([FAMILY_WEIGHTS[family] for family in Family])


def _table(rows: list[list[int]]) -> NDArray[np.int64]:
    """Lists of places as one array, shape (lists, longest), filled up with `_NONE`."""
    most = max(map(len, rows))
    return np.array([[*places, *[_NONE] * (most - len(places))] for places in rows], dtype=np.int64)


def _members() -> NDArray[np.int64]:
    """The features that can stand for each group, shape (groups, most)."""
    own = [place for place, feature in enumerate(CATALOGUE) if not feature.explained_by]
    return _table([[place for place in own if CATALOGUE[place].reason == code] for code in CODES])


def _counted_with() -> NDArray[np.int64]:
    """Each feature and those that it stands for (`Feature.explained_by`), shape (features, most)."""
    places: dict[str, list[int]] = {feature.name: [] for feature in CATALOGUE}
    for place, feature in enumerate(CATALOGUE):
        places[(feature.explained_by or feature).name].append(place)
    return _table(list(places.values()))


_MEMBERS: Final = _members()
_COUNTED_WITH: Final = _counted_with()


@dataclass(frozen=True)
class Chosen:
    """The r groups that are reported of n boxes, box by box, in each the one that moves the risk most first.

    `counts` (n) is how many of them each box has. The arrays have shape (r,): box, family and group by their place,
    what the group contributes, and the place of the feature that stands for it. `sums` (n, families) is what all
    groups contribute, reported or not.
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
    """As `numpy.round` does it."""
    return float(np.rint(value * _SCALE) / _SCALE)


@numba.njit(cache=True)
def _write_places(grouped: NDArray[Any], slopes: NDArray[Any], places: NDArray[Any]) -> None:
    """Write to `places` (n, MOST_REASONS) the groups of each box that are reported, counted family by family.

    `grouped` (n, families, groups), `slopes` (n, families) of the risk. The strongest group of each family is among
    them, if it is worth it: a family of little weight has its reason too.
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
        # What moves the risk more comes first, the earlier of equals; `allocation` is what leads leave to others.
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
    """Write to `headlines` (r,) the feature that stands for each group: the one that contributes most in the direction
    of its sum.

    A reason that raises the risk is not told by a fact that lowers it. What a feature contributes counts with the
    feature that tells of it.
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
