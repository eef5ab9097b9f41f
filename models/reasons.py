"""Reasons: the exact contributions of a score, grouped into reason codes and put into words.

For each family, base value plus all contributions (the group `other` included) is the family's log-odds.
Reasons are sorted by how much they move the risk: contribution times the slope of the risk in that family. Each family
has its strongest told, if any is worth it.
"""

from __future__ import annotations

from functools import cache
from math import isnan, nan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.texts import both
from data.vocabulary import Family, ReasonKind
from features.boxes import Numbers
from features.catalogue import CATALOGUE
from features.entities import INDEX, LINKS
from features.feature import Feature
from features.links import observed
from features.view import LINKED, View
from models.harm import FAMILY_WEIGHTS
from models.scorer import probability
from models.wording import Told

MOST_REASONS: Final = 8
# What is left over by less than this is the rounding of a sum.
ROUNDING: Final = 1e-12
# A group that moves the log-odds by less than this is not worth an officer's time.
LEAST_CONTRIBUTION: Final = 0.02
# Digits in which effects are compared: what differs by less is a tie, told in the order of the catalogue.
_DIGITS: Final = 9

_GROUPS: Final = tuple(dict.fromkeys(feature.reason for feature in CATALOGUE))
_GROUP_OF: Final = np.array([_GROUPS.index(feature.reason) for feature in CATALOGUE])
_TELLS: Final = np.array([not feature.told_by for feature in CATALOGUE])
_MEMBERS: Final = tuple(np.flatnonzero((group == _GROUP_OF) & _TELLS) for group in range(len(_GROUPS)))
_SUMMING: Final = (_GROUP_OF[:, None] == np.arange(len(_GROUPS))).astype(np.float64)
_PLACE_OF: Final = {feature.name: place for place, feature in enumerate(CATALOGUE)}
_TELLERS: Final = [_PLACE_OF[(feature.told_by or feature).name] for feature in CATALOGUE]
# What a feature contributes counts with the feature that tells of it, shape (features, features).
_TELLING: Final = (np.array(_TELLERS)[:, None] == np.arange(len(CATALOGUE))).astype(np.float64)
_RATES: Final = {family: [i for i, f in enumerate(CATALOGUE) if f.counted and f.family is family] for family in Family}
_HABITS: Final = {
    name: [i for i, f in enumerate(CATALOGUE) if f.counted == name]
    for name in dict.fromkeys(f.counted for f in CATALOGUE if f.counted and f.family is None)
}
_FAMILIES: Final = [family.value for family in Family]
_WEIGHTS: Final = np.array([FAMILY_WEIGHTS[family] for family in Family])


def norms(view: View, medians: Numbers) -> Numbers:
    """What each feature is compared with, shape (n, features): the port's own share, else the training median."""
    usual = np.repeat(medians[None, :], len(view.boxes), axis=0)
    for family, positions in _RATES.items():
        usual[:, positions] = view.rate("port", family)[:, None]
    for name, positions in _HABITS.items():
        usual[:, positions] = view.share("port", name)[:, None]
    return usual


def reasons(
    view: View, features: Numbers, contributions: Numbers, medians: Numbers
) -> list[tuple[list[dict[str, Any]], dict[str, float]]]:
    """For each of n boxes its reasons, strongest first, and the base value by family.

    features (n, k), contributions (n, families, k + 1) as the model gives them, medians (k,).
    """
    grouped = contributions[:, :, :-1] @ _SUMMING
    totals = probability(contributions.sum(axis=2))
    slopes = _WEIGHTS * totals * (1 - totals)
    moved = np.abs(grouped) * slopes[:, :, None]
    moved[np.abs(grouped) < LEAST_CONTRIBUTION] = 0.0
    moved = np.round(moved.reshape(len(features), -1), _DIGITS)
    strongest = _chosen(moved, np.abs(grouped))
    counts = (np.take_along_axis(moved, strongest, axis=1) > 0).sum(axis=1).tolist()
    teller = _Teller(view, features, norms(view, medians), contributions)
    bases = contributions[:, :, -1].tolist()
    sums = grouped.sum(axis=2).tolist()
    told = []
    for row, (parts, places) in enumerate(zip(grouped.tolist(), strongest.tolist(), strict=True)):
        rests = sums[row]
        shown = [0.0] * len(rests)
        found = []
        for place in places[: counts[row]]:
            family, group = divmod(place, len(_GROUPS))
            shown[family] += parts[family][group]
            found.append(teller.reason(row, family, group, parts[family][group]))
        for family, (rest, part) in enumerate(zip(rests, shown, strict=True)):
            if abs(rest - part) > ROUNDING:
                found.append(_entry("other", family, rest - part, None))
        told.append((found, dict(zip(_FAMILIES, bases[row], strict=True))))
    return told


def _chosen(moved: Numbers, sizes: Numbers) -> NDArray[np.int64]:
    """Places of the groups that are told, by how much they move the risk, shape (n, MOST_REASONS).

    The strongest of each family is among them: a family of little weight has its reason too.
    """
    families = np.arange(sizes.shape[1]) * sizes.shape[2]
    first = families + np.argmax(np.round(sizes, _DIGITS), axis=2)
    rank = moved.copy()
    np.put_along_axis(rank, first, np.where(np.take_along_axis(moved, first, axis=1) > 0, np.inf, 0.0), axis=1)
    places = np.sort(np.argsort(-rank, axis=1, kind="stable")[:, :MOST_REASONS], axis=1)
    order = np.argsort(-np.take_along_axis(moved, places, axis=1), axis=1, kind="stable")
    return np.take_along_axis(places, order, axis=1)


class _Teller:
    """Puts groups of contributions into words; what all rows share is read once."""

    def __init__(self, view: View, features: Numbers, usual: Numbers, contributions: Numbers) -> None:
        self._view = view
        self._values: list[list[float]] = features.tolist()
        self._usual: list[list[float]] = usual.tolist()
        self._told = contributions[:, :, :-1] @ _TELLING
        self._held: dict[tuple[str, str], list[float]] = {}
        self._named: dict[str, list[bool]] = {}
        self._nothing = [nan] * len(features)

    def reason(self, row: int, family: int, group: int, contribution: float) -> dict[str, Any]:
        """The reason of a group in a family, told by its headline."""
        headline = self._headline(row, family, group, contribution)
        feature = CATALOGUE[headline]
        found, tried = (_number(values[row]) for values in self._evidence(feature))
        value, norm = _number(self._values[row][headline]), _number(self._usual[row][headline])
        told = Told(feature, value, norm, tried, found, self._names(feature.entity)[row])
        return {**_entry(_GROUPS[group], family, contribution, told), "feature": feature.name}

    def _headline(self, row: int, family: int, group: int, contribution: float) -> int:
        """The feature that tells a group: the one that contributes most in the direction of the group's sum.

        A reason that raises the risk is not told by a fact that lowers it.
        """
        members = _MEMBERS[group]
        parts = self._told[row, family, members]
        return int(members[np.argmax(np.round(parts if contribution > 0 else -parts, _DIGITS))])

    def _evidence(self, feature: Feature) -> tuple[list[float], list[float]]:
        """What is counted, and of how much, by row; NaN for what has no history."""
        if not feature.evidence:
            return self._nothing, self._nothing
        counted, tried = (feature.entity, feature.counted), (feature.entity, feature.evidence)
        if feature.entity == LINKED and feature.family:
            # By the tie that tells most, which need not be the one that holds most.
            counted, tried = (feature.name, "found"), (feature.name, "tried")
            if counted not in self._held:
                found, of = observed(self._view, feature.family)
                self._held[counted], self._held[tried] = found.tolist(), of.tolist()
        return self._sum(*counted) if feature.counted else self._nothing, self._sum(*tried)

    def _sum(self, entity: str, name: str) -> list[float]:
        if (entity, name) not in self._held:
            self._held[entity, name] = self._view.held(entity, name).tolist()
        return self._held[entity, name]

    def _names(self, entity: str) -> list[bool]:
        """Whether each box names the entity."""
        if entity not in self._named:
            columns = [INDEX[own] for own in LINKS.values()] if entity == LINKED else [INDEX[entity or "port"]]
            self._named[entity] = (self._view.boxes.keys[:, columns] != 0).any(axis=1).tolist()
        return self._named[entity]


def _entry(code: str, family: int, contribution: float, told: Told | None) -> dict[str, Any]:
    return {
        "code": code,
        "family": _FAMILIES[family],
        "contribution": contribution,
        "kind": (told.kind if told else ReasonKind.REST).value,
        "value": told.value if told else None,
        "norm": told.norm if told else None,
        "found": told.found if told else None,
        "evidence": told.tried if told else None,
        "title": dict(_fixed(f"reason.{code}")),
        "text": told.words() if told else dict(_fixed(f"phrase.{code}")),
    }


@cache
def _fixed(key: str) -> dict[str, str]:
    """A text without places, by language; whoever hands it out copies it."""
    return both(key)


def _number(value: float) -> float | None:
    return None if isnan(value) else value
