"""Contributions grouped into reason codes: which groups of a box are reported, and which feature stands for each.

A group is reported by how much it moves the risk: its contribution times the slope of the risk in its family.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
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
    """The features that can stand for each group, shape (groups, most members); the first again where there are less.

    Among equals the first is taken, so that a repeated one changes nothing.
    """
    own = [place for place, feature in enumerate(CATALOGUE) if not feature.told_by]
    members = [[place for place in own if _GROUP_OF[place] == group] for group in range(len(CODES))]
    most = max(map(len, members))
    return np.array([[*places, *places[:1] * (most - len(places))] for places in members])


def _spoken_for() -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Pairs of columns (spokesmen, features they also stand for); no spokesman twice in a pair."""
    behind: dict[int, list[int]] = defaultdict(list)
    for place, feature in enumerate(CATALOGUE):
        if feature.told_by:
            behind[_PLACE_OF[feature.told_by.name]].append(place)
    pairs = []
    for turn in range(max(map(len, behind.values()), default=0)):
        several = [(own, others[turn]) for own, others in behind.items() if len(others) > turn]
        pairs.append((np.array([own for own, _ in several]), np.array([other for _, other in several])))
    return pairs


_MEMBERS: Final = _members()
_SPOKEN_FOR: Final = _spoken_for()


@dataclass(frozen=True)
class Chosen:
    """The r groups that are reported of n boxes, box by box, in each the one that moves the risk most first.

    `counts` (n) says how many of them are each box's; the other lists have r items: the family and the group by
    their place, what the group contributes, and the place of the feature that stands for it. `sums` (n, families) is
    what all groups contribute, reported or not.
    """

    counts: list[int]
    families: list[int]
    groups: list[int]
    contributions: list[float]
    headlines: NDArray[np.intp]
    sums: list[list[float]]

    @property
    def rows(self) -> NDArray[np.intp]:
        """The box of each group, shape (r,)."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


def chosen(contributions: Numbers) -> Chosen:
    """The groups to report, from contributions (n, families, features + 1), base value last."""
    parts = contributions[:, :, :-1]
    grouped = parts @ _SUMMING
    places = _strongest(grouped, probability(contributions.sum(axis=2)))
    counts = list(map(len, places))
    rows = np.repeat(np.arange(len(places)), counts)
    families, groups = np.divmod(np.array([place for own in places for place in own], dtype=np.intp), len(CODES))
    amounts = grouped[rows, families, groups]
    headlines = _headlines(parts, rows, families, groups, amounts)
    sums = grouped.sum(axis=2).tolist()
    return Chosen(counts, families.tolist(), groups.tolist(), amounts.tolist(), headlines, sums)


def _strongest(grouped: Numbers, totals: Numbers) -> list[list[int]]:
    """For each box the places (family by family) of the groups that are reported, the strongest first.

    `grouped` (n, families, groups), `totals` (n, families) the probabilities. The strongest of each family is among
    them, if it is worth it: a family of little weight has its reason too.
    """
    sizes = np.abs(grouped)
    slopes = _WEIGHTS * totals * (1 - totals)
    moved = sizes * slopes[:, :, None]
    moved[sizes < LEAST_CONTRIBUTION] = 0.0
    moved = moved.round(_DIGITS).reshape(len(grouped), -1)
    leading = _FAMILIES_AT + sizes.round(_DIGITS).argmax(axis=2)
    worth_it = moved > 0
    leads = worth_it[np.arange(len(moved))[:, None], leading].sum(axis=1).tolist()
    counts = worth_it.sum(axis=1)
    order = np.argsort(-moved, axis=1, kind="stable")[:, : counts.max(initial=0)]
    found = []
    for ranked, count, leaders, lead in zip(order.tolist(), counts.tolist(), leading.tolist(), leads, strict=True):
        ranked = ranked[:count]
        if count > MOST_REASONS:
            others = [place for place in ranked if place not in leaders][: MOST_REASONS - lead]
            ranked = [place for place in ranked if place in leaders or place in others]
        found.append(ranked)
    return found


def _headlines(
    parts: Numbers, rows: NDArray[np.intp], families: NDArray[np.intp], groups: NDArray[np.intp], amounts: Numbers
) -> NDArray[np.intp]:
    """The feature that stands for each group, shape (r,): the one that contributes most in the direction of its sum.

    A reason that raises the risk is not told by a fact that lowers it. What a feature contributes counts with the
    feature that tells of it (`Feature.told_by`).
    """
    told = parts.copy()
    for own, others in _SPOKEN_FOR:
        told[:, :, own] += told[:, :, others]
    members = _MEMBERS[groups]
    effects = told[rows[:, None], families[:, None], members].round(_DIGITS)
    best = np.where(amounts[:, None] > 0, effects, -effects).argmax(axis=1)
    return members[np.arange(len(members)), best]
