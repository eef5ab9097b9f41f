"""Reasons: the exact contributions of a score, grouped into reason codes and put into words.

For each family, base value plus all contributions (the group `other` included) is the family's log-odds.
Reasons are sorted by how much they move the risk: contribution times the slope of the risk in that family.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.texts import LANGUAGES, text
from data.vocabulary import Family, Flow
from features.catalogue import CATALOGUE
from features.feature import Feature, Unit
from features.view import View
from models.harm import FAMILY_WEIGHTS
from models.scorer import Numbers, probability

MOST_REASONS: Final = 8
# What is left over by less than this is the rounding of a sum.
ROUNDING: Final = 1e-12
# A group that moves the log-odds by less than this is not worth an officer's time.
LEAST_CONTRIBUTION: Final = 0.02

_GROUPS: Final = tuple(dict.fromkeys(feature.reason for feature in CATALOGUE))
_GROUP_OF: Final = np.array([_GROUPS.index(feature.reason) for feature in CATALOGUE])
_MEMBERS: Final = tuple(np.flatnonzero(group == _GROUP_OF) for group in range(len(_GROUPS)))
_SUMMING: Final = (_GROUP_OF[:, None] == np.arange(len(_GROUPS))).astype(np.float64)
_RATES: Final = {
    family: [i for i, f in enumerate(CATALOGUE) if f.unit is Unit.SHARE and f.family is family] for family in Family
}
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
    usual = norms(view, medians)
    grouped = contributions[:, :, :-1] @ _SUMMING
    totals = probability(contributions.sum(axis=2))
    slopes = _WEIGHTS * totals * (1 - totals)
    return [
        (
            _box_reasons(view, row, features[row], usual[row], contributions[row], grouped[row], slopes[row]),
            dict(zip((family.value for family in Family), contributions[row, :, -1].tolist(), strict=True)),
        )
        for row in range(len(features))
    ]


def _box_reasons(
    view: View, row: int, values: Numbers, usual: Numbers, contributions: Numbers, grouped: Numbers, slopes: Numbers
) -> list[dict[str, Any]]:
    moved = np.abs(grouped) * slopes[:, None]
    moved[np.abs(grouped) < LEAST_CONTRIBUTION] = 0.0
    ranked = np.argsort(-moved, axis=None, kind="stable")[:MOST_REASONS]
    chosen = [divmod(int(place), len(_GROUPS)) for place in ranked if moved.flat[place] > 0]
    found = [_reason(view, row, family, group, values, usual, contributions, grouped) for family, group in chosen]
    for index, family in enumerate(Family):
        shown = [grouped[index, group] for chosen_family, group in chosen if chosen_family == index]
        rest = float(grouped[index].sum() - sum(shown))
        if abs(rest) > ROUNDING:
            words = {language: text("phrase.other", language) for language in LANGUAGES}
            found.append(_entry("other", family, rest, None, None, None, words))
    return found


def _reason(
    view: View, row: int, family: int, group: int, values: Numbers, usual: Numbers,
    contributions: Numbers, grouped: Numbers,
) -> dict[str, Any]:  # fmt: skip
    members = _MEMBERS[group]
    headline = int(members[np.argmax(np.abs(contributions[family, members]))])
    feature = CATALOGUE[headline]
    value, norm = _number(values[headline]), _number(usual[headline])
    seen = _number(view.held(feature.entity, feature.evidence)[row]) if feature.evidence else None
    words = {language: phrase(feature, value, norm, seen, language) for language in LANGUAGES}
    code = _GROUPS[group]
    return _entry(code, list(Family)[family], float(grouped[family, group]), value, norm, seen, words) | {
        "feature": feature.name
    }


def _entry(
    code: str, family: Family, contribution: float, value: float | None, norm: float | None,
    evidence: float | None, words: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    return {
        "code": code,
        "family": family.value,
        "contribution": contribution,
        "value": value,
        "norm": norm,
        "evidence": evidence,
        "title": {language: text(f"reason.{code}", language) for language in LANGUAGES},
        "text": words,
    }


def phrase(feature: Feature, value: float | None, norm: float | None, evidence: float | None, language: str) -> str:
    """One reason in words. A history without evidence says so instead of accusing."""
    words = feature.words(language)
    usual = written(feature, norm, language)
    if feature.entity and value is None:
        key = "phrase.not_named"
    elif feature.unit is Unit.SHARE and feature.entity and (evidence or 0.0) < 0.5:
        key = "phrase.no_evidence"
    else:
        key = f"phrase.{feature.key or feature.name}"
    seen = f"{evidence or 0.0:.0f}"
    sentence = text(key, language, **words, value=written(feature, value, language), norm=usual, evidence=seen)
    return sentence[0].upper() + sentence[1:]


def written(feature: Feature, value: float | None, language: str) -> str:
    """A feature's value as a reader of `language` writes it."""
    if value is None:
        return text("value.unknown", language)
    if feature.name == "flow":
        return list(Flow)[int(value)].word(language)
    if feature.unit is Unit.YES_NO:
        return text("value.yes" if value else "value.no", language)
    if feature.unit is Unit.CLASS:
        return f"{value:g}" if value else text("value.general_cargo", language)
    if feature.unit is Unit.SHARE:
        return f"{value:.1%}"
    if feature.unit is Unit.COUNT:
        return f"{np.expm1(value) if feature.evidence else value:.0f}"
    if feature.unit is Unit.NUMBER:
        return f"{value:.2g}"
    number = f"{value:,.0f}"
    return text(f"value.{feature.unit.value}", language, number=number)


def _number(value: NDArray[np.float64] | float) -> float | None:
    return None if np.isnan(value) else float(value)
