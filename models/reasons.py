"""Reasons: the exact contributions of a score, grouped into reason codes and put into words.

For each family, base value plus all contributions (the group `other` included) is the family's log-odds.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from math import nan
from typing import Any, Final, NamedTuple

from data.texts import both
from data.vocabulary import Family, ReasonKind
from features.boxes import Numbers
from features.catalogue import CATALOGUE
from features.entities import INDEX, LINKS
from features.feature import Feature
from features.links import observed
from features.view import LINKED, View
from models.reason_groups import CODES, chosen
from models.wording import Told

# What is left over by less than this is the rounding of a sum.
ROUNDING: Final = 1e-12
_FAMILIES: Final = [family.value for family in Family]
_RISK, _LACKING, _REST = (kind.value for kind in (ReasonKind.RISK, ReasonKind.LACK_OF_EVIDENCE, ReasonKind.REST))


def reasons(
    view: View, features: Numbers, contributions: Numbers, medians: Numbers
) -> list[tuple[list[dict[str, Any]], dict[str, float]]]:
    """For each of n boxes its reasons, strongest first, and the base value by family.

    features (n, k), contributions (n, families, k + 1) as the model gives them, medians (k,).
    """
    best = chosen(contributions)
    records = _Records(view, medians)
    values = features[best.rows, best.headlines]
    arrays = (best.families, best.groups, best.contributions, best.headlines, values)
    told = zip(*(array.tolist() for array in arrays), strict=True)
    found = []
    bases = contributions[:, :, -1].tolist()
    for row, (count, sums, base) in enumerate(zip(best.counts, best.sums.tolist(), bases, strict=True)):
        entries, shown = [], [0.0] * len(sums)
        for family, group, contribution, headline, value in islice(told, count):
            shown[family] += contribution
            entries.append(_reason(CODES[group], _FAMILIES[family], contribution, records.told(headline, row, value)))
        for family, total in enumerate(sums):
            if abs(total - shown[family]) > ROUNDING:
                entries.append(_rest(_FAMILIES[family], total - shown[family]))
        found.append((entries, dict(zip(_FAMILIES, base, strict=True))))
    return found


def usual(view: View, feature: Feature, median: float) -> list[float]:
    """What a feature is compared with, by box: the port's own share of what it counts, else the training median."""
    if not feature.counted:
        return [median] * len(view.boxes)
    port = view.rate("port", feature.family) if feature.family else view.share("port", feature.counted)
    return port.tolist()


class _Record(NamedTuple):
    """What is on record behind a feature, by box: its norm, what was tried and what was found; NaN for nothing."""

    feature: Feature
    norm: list[float]
    tried: list[float]
    found: list[float]


class _Records:
    """What is on record behind the features that are told; each is read once, for all boxes."""

    def __init__(self, view: View, medians: Numbers) -> None:
        self._view = view
        self._medians = medians
        self._records: dict[int, _Record] = {}
        self._named: dict[str, list[bool]] = {}
        self._nothing = [nan] * len(view.boxes)

    def told(self, place: int, row: int, value: float) -> Told:
        """What is told of the feature at a place of the catalogue, in a box where it has a value."""
        record = self._records.get(place)
        if record is None:
            record = self._records[place] = self._read(CATALOGUE[place], float(self._medians[place]))
        feature, norms, tried, found = record
        # Only of what has no value must be known whether it was named.
        named = value == value or self._names(feature.entity)[row]
        return Told(feature, *map(_number, (value, norms[row], tried[row], found[row])), named)

    def _read(self, feature: Feature, median: float) -> _Record:
        norm = usual(self._view, feature, median)
        if not feature.evidence:
            return _Record(feature, norm, self._nothing, self._nothing)
        if feature.entity == LINKED and feature.family:
            # By the tie that says most, which need not be the one that holds most.
            found, tried = observed(self._view, feature.family)
            return _Record(feature, norm, tried.tolist(), found.tolist() if feature.counted else self._nothing)
        tried = self._view.held(feature.entity, feature.evidence)
        found = self._view.held(feature.entity, feature.counted).tolist() if feature.counted else self._nothing
        return _Record(feature, norm, tried.tolist(), found)

    def _names(self, entity: str) -> list[bool]:
        """Whether each box names the entity."""
        if entity not in self._named:
            columns = [INDEX[own] for own in LINKS.values()] if entity == LINKED else [INDEX[entity or "port"]]
            self._named[entity] = (self._view.boxes.keys[:, columns] != 0).any(axis=1).tolist()
        return self._named[entity]


def _reason(code: str, family: str, contribution: float, told: Told) -> dict[str, Any]:
    return {
        "code": code,
        "family": family,
        "contribution": contribution,
        "kind": _LACKING if told.is_lacking else _RISK,
        "value": told.value,
        "norm": told.norm,
        "found": told.found,
        "evidence": told.tried,
        "title": _title(code).copy(),
        "text": told.words(),
        "feature": told.feature.name,
    }


def _rest(family: str, contribution: float) -> dict[str, Any]:
    """What all groups that are not reported contribute."""
    return {
        "code": "other",
        "family": family,
        "contribution": contribution,
        "kind": _REST,
        "value": None,
        "norm": None,
        "found": None,
        "evidence": None,
        "title": _title("other").copy(),
        "text": _text_of_rest().copy(),
    }


@cache
def _title(code: str) -> dict[str, str]:
    """A reason code's title by language; whoever hands it out copies it."""
    return both(f"reason.{code}")


@cache
def _text_of_rest() -> dict[str, str]:
    return both("phrase.other")


def _number(value: float) -> float | None:
    return value if value == value else None
