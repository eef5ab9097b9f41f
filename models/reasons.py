"""Reasons: the exact contributions of a score, grouped into reason codes and put into words.

For each family, base value plus all contributions (the group `other` included) is the family's log-odds.
Reasons are sorted by how much they move the risk: contribution times the slope of the risk in that family.
"""

from __future__ import annotations

from functools import cache, lru_cache
from math import isnan
from typing import Any, Final, cast

import numpy as np

from data.texts import LANGUAGES, both, text
from data.vocabulary import Family, Flow
from features.boxes import Numbers
from features.catalogue import CATALOGUE
from features.feature import Feature, Unit
from features.view import View
from models.harm import FAMILY_WEIGHTS
from models.scorer import probability

MOST_REASONS: Final = 8
# What is left over by less than this is the rounding of a sum.
ROUNDING: Final = 1e-12
# A group that moves the log-odds by less than this is not worth an officer's time.
LEAST_CONTRIBUTION: Final = 0.02

_BY_NAME: Final = {feature.name: feature for feature in CATALOGUE}
_GROUPS: Final = tuple(dict.fromkeys(feature.reason for feature in CATALOGUE))
_GROUP_OF: Final = np.array([_GROUPS.index(feature.reason) for feature in CATALOGUE])
_MEMBERS: Final = tuple(np.flatnonzero(group == _GROUP_OF) for group in range(len(_GROUPS)))
_SUMMING: Final = (_GROUP_OF[:, None] == np.arange(len(_GROUPS))).astype(np.float64)
_RATES: Final = {
    family: [i for i, f in enumerate(CATALOGUE) if f.unit is Unit.SHARE and f.family is family] for family in Family
}
_FAMILIES: Final = [family.value for family in Family]
_WEIGHTS: Final = np.array([FAMILY_WEIGHTS[family] for family in Family])


def norms(view: View, medians: Numbers) -> Numbers:
    """What each feature is compared with, shape (n, features): the port's own rate, else the training median."""
    usual = np.repeat(medians[None, :], len(view.boxes), axis=0)
    for family, positions in _RATES.items():
        usual[:, positions] = view.rate("port", family)[:, None]
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
    moved = moved.reshape(len(features), -1)
    strongest = np.argsort(-moved, axis=1, kind="stable")[:, :MOST_REASONS]
    counts = (np.take_along_axis(moved, strongest, axis=1) > 0).sum(axis=1).tolist()
    teller = _Teller(view, features, norms(view, medians), _headlines(contributions))
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
                found.append(_entry("other", family, rest - part, None, None, None, dict(_fixed("phrase.other"))))
        told.append((found, dict(zip(_FAMILIES, bases[row], strict=True))))
    return told


def _headlines(contributions: Numbers) -> list[list[list[int]]]:
    """By row, family and group the feature that contributes most to the group, shape (n, families, groups)."""
    size = np.abs(contributions)
    strongest = np.stack([members[np.argmax(size[:, :, members], axis=2)] for members in _MEMBERS], axis=2)
    return cast(list[list[list[int]]], strongest.tolist())


class _Teller:
    """Puts groups of contributions into words; what all rows share is read once."""

    def __init__(self, view: View, features: Numbers, usual: Numbers, headlines: list[list[list[int]]]) -> None:
        self._view = view
        self._values: list[list[float]] = features.tolist()
        self._usual: list[list[float]] = usual.tolist()
        self._headlines = headlines
        self._held: dict[tuple[str, str], list[float]] = {}

    def reason(self, row: int, family: int, group: int, contribution: float) -> dict[str, Any]:
        """The reason of a group in a family: told by the feature that contributes most to it."""
        headline = self._headlines[row][family][group]
        feature = CATALOGUE[headline]
        value, norm = _number(self._values[row][headline]), _number(self._usual[row][headline])
        seen = self._seen(feature)[row] if feature.evidence else None
        evidence = None if seen is None else _number(seen)
        words = phrase(feature, value, norm, evidence)
        entry = _entry(_GROUPS[group], family, contribution, value, norm, evidence, words)
        entry["feature"] = feature.name
        return entry

    def _seen(self, feature: Feature) -> list[float]:
        name = (feature.entity, feature.evidence)
        if name not in self._held:
            self._held[name] = self._view.held(*name).tolist()
        return self._held[name]


def _entry(
    code: str, family: int, contribution: float, value: float | None, norm: float | None,
    evidence: float | None, words: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    return {
        "code": code,
        "family": _FAMILIES[family],
        "contribution": contribution,
        "value": value,
        "norm": norm,
        "evidence": evidence,
        "title": dict(_fixed(f"reason.{code}")),
        "text": words,
    }


@cache
def _fixed(key: str) -> dict[str, str]:
    """A text without places, by language; whoever hands it out copies it."""
    return both(key)


def phrase(feature: Feature, value: float | None, norm: float | None, evidence: float | None) -> dict[str, str]:
    """One reason in words, by language. A history without evidence says so instead of accusing."""
    if feature.entity and value is None:
        key = "phrase.not_named"
    elif feature.unit is Unit.SHARE and feature.entity and (evidence or 0.0) < 0.5:
        key = "phrase.no_evidence"
    else:
        key = f"phrase.{feature.key or feature.name}"
    return dict(
        _sentences(key, feature.name, rounded(feature, value), rounded(feature, norm), f"{evidence or 0.0:.0f}")
    )


@lru_cache(maxsize=65_536)
def _sentences(key: str, name: str, value: str | None, norm: str | None, evidence: str) -> dict[str, str]:
    """A sentence by language. Numbers come rounded, so that the same one serves many boxes."""
    feature, sentences = _BY_NAME[name], {}
    for language in LANGUAGES:
        told, usual = written(feature, value, language), written(feature, norm, language)
        sentence = text(key, language, **feature.words(language), value=told, norm=usual, evidence=evidence)
        sentences[language] = sentence[0].upper() + sentence[1:]
    return sentences


def rounded(feature: Feature, value: float | None) -> str | None:
    """A feature's value with the digits that a reader is shown, in no language yet; empty for no and for none."""
    unit = feature.unit
    if value is None:
        return None
    if unit is Unit.SHARE:
        return f"{value:.1%}"
    if unit is Unit.COUNT:
        return f"{np.expm1(value) if feature.evidence else value:.0f}"
    if unit is Unit.YES_NO or unit is Unit.CLASS:
        return f"{value:g}" if value else ""
    if unit is Unit.NUMBER and feature.name != "flow":
        return f"{value:.2g}"
    return f"{value:,.0f}"


def written(feature: Feature, value: str | None, language: str) -> str:
    """A rounded value as a reader of `language` writes it."""
    if value is None:
        return text("value.unknown", language)
    if feature.name == "flow":
        return list(Flow)[int(value)].word(language)
    if feature.unit is Unit.YES_NO:
        return text("value.yes" if value else "value.no", language)
    if feature.unit is Unit.CLASS:
        return value or text("value.general_cargo", language)
    if feature.unit in (Unit.SHARE, Unit.COUNT, Unit.NUMBER):
        return value
    return text(f"value.{feature.unit.value}", language, number=value)


def _number(value: float) -> float | None:
    return None if isnan(value) else value
