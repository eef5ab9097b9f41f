"""Contributions grouped into reason codes: which groups of a box are reported, and which feature stands for each.

A group is reported by how much it moves the risk: its contribution times the slope of the risk in its family.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Numbers
from features.catalogue import CATALOGUE
from models.harm import FAMILY_WEIGHTS
from models.scorer import probability

MOST_REASONS: Final = 8
# A group that moves the log-odds by less than this is not worth an officer's time.
LEAST_CONTRIBUTION: Final = 0.02
# Digits in which effects are compared: what differs by less is a tie, reported in the order of the catalogue.
_DIGITS: Final = 9

CODES: Final = tuple(dict.fromkeys(feature.reason for feature in CATALOGUE))
"""The reason codes, in the order of the catalogue: the groups."""
_PLACE_OF: Final = {feature.name: place for place, feature in enumerate(CATALOGUE)}
_GROUP_OF: Final = np.array([CODES.index(feature.reason) for feature in CATALOGUE])
_SUMMING: Final = (_GROUP_OF[:, None] == np.arange(len(CODES))).astype(np.float64)
_FAMILIES_AT: Final = np.arange(len(Family)) * len(CODES)
_WEIGHTS: Final = np.array([FAMILY_WEIGHTS[family] for family in Family])


def _members() -> NDArray[np.intp]:
    """The features that can stand for each group, shape (groups, most members); the first again where there are fewer.

    Among equals the first is taken, so that a repeated one changes nothing.
    """
    own = [place for place, feature in enumerate(CATALOGUE) if not feature.told_by]
    members = [[place for place in own if _GROUP_OF[place] == group] for group in range(len(CODES))]
    most = max(map(len, members))
    return np.array([places + places[:1] * (most - len(places)) for places in members])


def _counted_with() -> NDArray[np.intp]:
    """For each feature itself and those that it stands for (`Feature.told_by`), shape (features, most of these).

    Filled up with the place after the last feature, where a zero stands.
    """
    places: dict[str, list[int]] = {}
    for place, feature in enumerate(CATALOGUE):
        places.setdefault((feature.told_by or feature).name, []).append(place)
    most = max(map(len, places.values()))
    none = [len(CATALOGUE)]
    own = [places.get(feature.name, []) for feature in CATALOGUE]
    return np.array([each + none * (most - len(each)) for each in own])


_MEMBERS: Final = _members()
_COUNTED_WITH: Final = _counted_with()[_MEMBERS]
"""Shape (groups, most members, most features that count together)."""


@dataclass(frozen=True)
class Chosen:
    """The r groups that are reported of n boxes, box by box, in each the one that moves the risk most first.

    `counts` (n) is how many of them each box has. The arrays have shape (r,): box, family and group by their place,
    what the group contributes, and the place of the feature that stands for it. `sums` (n, families) is what all
    groups contribute, reported or not.
    """

    counts: list[int]
    rows: NDArray[np.intp]
    families: NDArray[np.intp]
    groups: NDArray[np.intp]
    contributions: Numbers
    headlines: NDArray[np.intp]
    sums: Numbers


def chosen(contributions: Numbers) -> Chosen:
    """The groups to report, from contributions (n, families, features + 1), base value last."""
    grouped = contributions[:, :, :-1] @ _SUMMING
    places = _strongest(grouped, probability(contributions.sum(axis=2)))
    counts = list(map(len, places))
    rows = np.repeat(np.arange(len(places)), counts)
    families, groups = np.divmod(np.array(list(chain.from_iterable(places)), dtype=np.intp), len(CODES))
    amounts = grouped[rows, families, groups]
    headlines = _headlines(contributions, rows, families, groups, amounts)
    return Chosen(counts, rows, families, groups, amounts, headlines, grouped.sum(axis=2))


def _strongest(grouped: Numbers, totals: Numbers) -> list[list[int]]:
    """For each box the places (family by family) of the groups that are reported, the strongest first.

    `grouped` (n, families, groups), `totals` (n, families) the probabilities. The strongest of each family is among
    them, if it is worth it: a family of little weight has its reason too.
    """
    sizes = np.abs(grouped)
    moved = sizes * (_WEIGHTS * totals * (1 - totals))[:, :, None]
    moved[sizes < LEAST_CONTRIBUTION] = 0.0
    moved = moved.round(_DIGITS).reshape(len(grouped), -1)
    leading = (_FAMILIES_AT + sizes.round(_DIGITS).argmax(axis=2)).tolist()
    counts = (moved > 0).sum(axis=1).tolist()
    order = (-moved).argsort(axis=1, kind="stable")[:, : max(counts, default=0)].tolist()
    return [_first(ranked[:count], leaders) for ranked, count, leaders in zip(order, counts, leading, strict=True)]


def _first(ranked: list[int], leaders: list[int]) -> list[int]:
    """The first of `ranked`, among them all `leaders` that stand there."""
    first = ranked[:MOST_REASONS]
    late = [place for place in ranked[MOST_REASONS:] if place in leaders]
    if not late:
        return first
    others = [place for place in first if place not in leaders]
    dropped = others[-len(late) :]
    return [place for place in first if place not in dropped] + late


def _headlines(
    contributions: Numbers,
    rows: NDArray[np.intp],
    families: NDArray[np.intp],
    groups: NDArray[np.intp],
    amounts: Numbers,
) -> NDArray[np.intp]:
    """The feature that stands for each group, shape (r,): the one that contributes most in the direction of its sum.

    A reason that raises the risk is not told by a fact that lowers it.
    """
    parts = contributions.copy()
    parts[:, :, -1] = 0.0
    effects = parts[rows[:, None, None], families[:, None, None], _COUNTED_WITH[groups]].sum(axis=2)
    effects = effects.round(_DIGITS) * np.sign(amounts)[:, None]
    return _MEMBERS[groups, effects.argmax(axis=1)]
