"""Reasons: the exact contributions of a score, summed by reason code and written as sentences.

For each family, base value plus all contributions (the group `other` included) is the log-odds of the family.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

import numpy as np

from data.texts import both
from data.vocabulary import Family, ReasonKind
from features.boxes import Numbers
from features.definitions.catalogue import CATALOGUE
from features.definitions.context import LINKED, FeatureContext
from features.definitions.feature import Feature
from features.definitions.linked_firms import observed
from features.history.counters import SUM
from features.history.entities import INDEX, LINKS
from models.explanation.reason_groups import CODES, Chosen, chosen
from models.explanation.reason_text import ReasonFacts

# Smaller remainders are rounding errors of a sum.
ROUNDING: Final = 1e-12
_FAMILIES: Final = [family.value for family in Family]
_RISK, _LACKING, _REST = (kind.value for kind in (ReasonKind.RISK, ReasonKind.LACK_OF_EVIDENCE, ReasonKind.REST))

# By feature: its entity, its decayed counters of inspections and findings, and which of the two it lacks.
_ENTITIES: Final = np.array([INDEX.get(feature.entity, 0) for feature in CATALOGUE])
_SUMS: Final = np.array([[SUM.get(feature.evidence, 0), SUM.get(feature.is_count, 0)] for feature in CATALOGUE])
_NONE: Final = np.array([[not feature.evidence, not (feature.evidence and feature.is_count)] for feature in CATALOGUE])
_OF_LINKED: Final = {place for place, one in enumerate(CATALOGUE) if one.entity == LINKED and one.evidence}


def reasons(
    context: FeatureContext, features: Numbers, contributions: Numbers, medians: Numbers
) -> list[tuple[list[dict[str, Any]], dict[str, float]]]:
    """The reasons of each of n boxes, strongest first, and the base value by family.

    features (n, k), contributions (n, families, k + 1) as the model returns them, medians (k,).
    """
    best = chosen(contributions)
    chosen_facts = zip(
        best.families.tolist(), best.groups.tolist(), best.contributions.tolist(),
        _facts(context, features, medians, best), strict=True,
    )  # fmt: skip
    found = []
    bases = contributions[:, :, -1].tolist()
    for count, sums, base in zip(best.counts, best.sums.tolist(), bases, strict=True):
        entries, shown = [], [0.0] * len(sums)
        for family, group, contribution, fact in islice(chosen_facts, count):
            shown[family] += contribution
            entries.append(_reason(CODES[group], _FAMILIES[family], contribution, fact))
        for family, total in enumerate(sums):
            if abs(total - shown[family]) > ROUNDING:
                entries.append(_rest(_FAMILIES[family], total - shown[family]))
        found.append((entries, dict(zip(_FAMILIES, base, strict=True))))
    return found


def _facts(context: FeatureContext, features: Numbers, medians: Numbers, best: Chosen) -> Iterator[ReasonFacts]:
    """What is reported of the feature that describes each chosen group."""
    rows, places, columns = best.rows, best.headlines, _Columns(context)
    values, norms = features[rows, places].tolist(), medians[places].tolist()
    inspections, found = _evidence(context, best).T.tolist()
    # One by one: thousands at once would burden the garbage collector.
    columns_of = (rows.tolist(), places.tolist(), values, norms, inspections, found)
    for row, place, value, norm, inspected, counted in zip(*columns_of, strict=True):
        feature = CATALOGUE[place]
        usual = columns.norm(feature)[row] if feature.is_count else norm
        # Whether the entity was named matters only where there is no value.
        named = value == value or columns.names(feature.entity)[row]
        yield ReasonFacts(feature, _number(value), _number(usual), _number(inspected), _number(counted), named)


def _evidence(context: FeatureContext, best: Chosen) -> Numbers:
    """Inspections and findings behind each chosen group, shape (r, 2); NaN where there are none."""
    rows, places = best.rows, best.headlines
    evidence = context.decayed_sums_at(rows[:, None], _ENTITIES[places][:, None], _SUMS[places])
    evidence[_NONE[places]] = np.nan
    for place in _OF_LINKED.intersection(places.tolist()):
        here = places == place
        evidence[here] = _of_linked(context, CATALOGUE[place])[rows[here]]
    return evidence


def _of_linked(context: FeatureContext, feature: Feature) -> Numbers:
    """Inspections and findings of the firms linked to each box's shipper, shape (n, 2)."""
    if feature.family:
        # From the link with the highest shrunk finding rate, which need not be the one with most inspections.
        found, inspections = observed(context, feature.family)
    else:
        found, inspections = np.full(len(context.boxes), np.nan), context.decayed_sum(LINKED, feature.evidence)
    return np.stack([inspections, found], axis=1)


def norm_of(context: FeatureContext, feature: Feature) -> Numbers:
    """The port's own rate or share, shape (n,), which a history is compared with."""
    return context.rate("port", feature.family) if feature.family else context.share("port", feature.is_count)


class _Columns:
    """Columns that the reasons of few boxes need, each read once, on first use."""

    def __init__(self, context: FeatureContext) -> None:
        self._context = context
        self._norms: dict[str, list[float]] = {}
        self._named: dict[str, list[bool]] = {}

    def norm(self, feature: Feature) -> list[float]:
        """By box, the norm that a history is compared with."""
        key = feature.family or feature.is_count
        if key not in self._norms:
            self._norms[key] = norm_of(self._context, feature).tolist()
        return self._norms[key]

    def names(self, entity: str) -> list[bool]:
        """Whether each box names the entity."""
        if entity not in self._named:
            columns = [INDEX[own] for own in LINKS.values()] if entity == LINKED else [INDEX[entity or "port"]]
            self._named[entity] = (self._context.boxes.keys[:, columns] != 0).any(axis=1).tolist()
        return self._named[entity]


def _reason(code: str, family: str, contribution: float, reported: ReasonFacts) -> dict[str, Any]:
    return {
        "code": code,
        "family": family,
        "contribution": contribution,
        "kind": _LACKING if reported.is_lacking else _RISK,
        "value": reported.value,
        "norm": reported.norm,
        "found": reported.found,
        "evidence": reported.inspections,
        "title": _title(code).copy(),
        "text": reported.words(),
        "feature": reported.feature.name,
    }


def _rest(family: str, contribution: float) -> dict[str, Any]:
    """The sum of the groups that are not reported."""
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
    """The title of a reason code, by language. Cached: copy it before handing it out."""
    return both(f"reason.{code}")


@cache
def _text_of_rest() -> dict[str, str]:
    return both("phrase.other")


def _number(value: float) -> float | None:
    return value if value == value else None
