"""Write a reason as a sentence: rounded numbers, the evidence beside the port norm, and lack of evidence as such."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from math import floor, log10
from typing import Any, Final, NamedTuple

import numpy as np

from data.texts import LANGUAGES, text
from data.vocabulary import Flow, ReasonKind
from features.definitions.catalogue import CATALOGUE
from features.definitions.context import LINKED
from features.definitions.feature import Feature, Unit

# Decayed counts below this are treated as no record.
NO_RECORD_BELOW: Final = 0.05
# Below half an inspection, or half a box, a history is lack of evidence.
TOO_LITTLE_BELOW: Final = 0.5
# An entity is little known with less than this share of the usual record, or if it was last seen longer ago.
LITTLE_KNOWN_SHARE: Final = 0.5
LONG_AGO_DAYS: Final = 180.0
# Decayed counts from this value on are written as whole numbers.
_WHOLE_FROM: Final = 10.0
# Smaller shares are written as 0.
NO_SHARE: Final = 1e-6
_FRACTIONS: Final = sorted({Fraction(part, whole) for whole in range(1, 11) for part in range(1, whole + 1)})
_SIMPLE: Final = [f"{one.numerator}/{one.denominator}" for one in _FRACTIONS]
_BETWEEN: Final = [float(one + other) / 2 for one, other in pairwise(_FRACTIONS)]
_COMPARISON: Final = re.compile(r"\[([^\]]*)\]")
_BY_NAME: Final = {feature.name: feature for feature in CATALOGUE}


class ReasonFacts(NamedTuple):
    """What the text of a reason states about its feature.

    `inspections` and `found` are the decayed counts of a history: inspections (or boxes), and those of them that count.
    `is_stated` is whether the declaration names the entity.
    """

    feature: Feature
    value: float | None
    norm: float | None
    inspections: float | None = None
    found: float | None = None
    is_stated: bool = True

    @property
    def kind(self) -> ReasonKind:
        """`risk` if something is known, `lack_of_evidence` if little or nothing is."""
        return ReasonKind.LACK_OF_EVIDENCE if self.is_lacking else ReasonKind.RISK

    @property
    def is_lacking(self) -> bool:
        """Whether the reason states that little is known."""
        feature, inspections = self.feature, self.inspections or 0.0
        if self.value is None:
            return True
        if feature.is_count:
            return max(inspections, self.found or 0.0) < TOO_LITTLE_BELOW
        if feature.key == "first_time":
            return self.value > 0
        if feature.entity == LINKED:
            # That no other firm shares the shipper's telephone is a fact, not lack of evidence.
            return False
        if self.norm is not None and (feature.evidence or feature.key == "first_seen"):
            if feature.unit is Unit.DAYS:
                return self.value < LITTLE_KNOWN_SHARE * self.norm
            return bool(np.expm1(self.value) < LITTLE_KNOWN_SHARE * np.expm1(self.norm))
        return feature.key == "last_seen" and self.value > LONG_AGO_DAYS

    @property
    def key(self) -> str:
        """The key of the sentence; a history without evidence has a sentence that states this."""
        feature, inspections, found = self.feature, self.inspections or 0.0, self.found or 0.0
        own = f"phrase.{feature.key or feature.name}"
        if self.value is None:
            return self._key_of_nothing()
        if not feature.is_count:
            return own
        if max(inspections, found) < TOO_LITTLE_BELOW:
            if not feature.family:
                return "phrase.no_boxes"
            return "phrase.no_evidence" if inspections < NO_RECORD_BELOW else "phrase.old_evidence"
        return "phrase.found_beyond" if feature.family and found > inspections + NO_RECORD_BELOW else own

    def _key_of_nothing(self) -> str:
        if not self.feature.entity:
            return "phrase.not_known"
        if not self.is_stated:
            return "phrase.not_named"
        return "phrase.never_seen" if self.feature.key in ("first_seen", "last_seen") else "phrase.too_little"

    def words(self) -> dict[str, str]:
        """The reason as a sentence, by language."""
        inspections, found = _counted(self.inspections or 0.0), _counted(self.found or 0.0)
        numbers = rounded(self.feature, self.value), rounded(self.feature, self.norm)
        return _sentences(self.key, self.feature.name, *numbers, inspections, found).copy()


@lru_cache(maxsize=65_536)
def _sentences(
    key: str, name: str, value: str | None, norm: str | None, inspections: str, found: str
) -> dict[str, str]:
    """A sentence by language. Numbers are already rounded, so that the cache serves many boxes."""
    numbers = {"value": value, "norm": norm, "tried": inspections, "found": found}
    templates, places = _templates(key, name, norm is not None)
    words = [_in_words(name, place, numbers[place]) for place in places]
    sentences = {}
    for language, template in templates.items():
        sentence = template.format(*(word[language] for word in words))
        sentences[language] = sentence[0].upper() + sentence[1:]
    return sentences


@cache
def _templates(key: str, name: str, has_norm: bool) -> tuple[dict[str, str], list[str]]:
    """The sentence of a feature by language with placeholders for numbers only, and the names of these numbers.

    A part in square brackets is the comparison with the norm; without a norm it is left out.
    """
    feature = _BY_NAME[name]
    written = {language: _COMPARISON.sub(r"\1" if has_norm else "", text(key, language)) for language in LANGUAGES}
    memory = feature.evidence.removeprefix("opened").removeprefix("inspected") if feature.family else ""
    places = [place for place in _WRITERS if any(f"{{{place}}}" in words for words in written.values())]
    numbers = {place: f"{{{position}}}" for position, place in enumerate(places)}
    templates = {}
    for language in LANGUAGES:
        fact = feature.describe(language).rstrip(".")
        templates[language] = written[language].format(
            **feature.words(language), fact=fact[0].lower() + fact[1:] if fact[1:2].islower() else fact,
            window=text(f"value.window{memory}", language), **numbers,
        )  # fmt: skip
    return templates, places


@lru_cache(maxsize=16_384)
def _in_words(name: str, place: str, number: str | None) -> dict[str, str]:
    """A number of a sentence, written for each language."""
    return {language: _WRITERS[place](_BY_NAME[name], number, language) for language in LANGUAGES}


def _tried(feature: Feature, count: str, language: str) -> str:
    """Inspections or boxes with their number: "41 openings"."""
    one, many = ("box", "boxes") if not feature.family else (
        ("opening", "openings") if feature.family.needs_opening else ("check", "checks")
    )  # fmt: skip
    return text(f"value.{one if count == '1' else many}", language, number=count)


def _found(feature: Feature, count: str, language: str) -> str:
    """Findings with their number: "6 findings", "about 6.2 findings"; for boxes the number alone."""
    number = text("value.about", language, number=count) if "." in count else count
    if not feature.family:
        return number
    key = {"0": "value.no_findings", "1": "value.finding"}.get(count, "value.findings")
    return text(key, language, number=number, family=feature.family.word(language))


def _counted(count: float) -> str:
    """A decayed count: whole if it is large or nearly whole, otherwise with one digit."""
    if not count:
        return "0"
    whole = abs(count - round(count)) < NO_RECORD_BELOW or count >= _WHOLE_FROM
    return f"{count:,.0f}" if whole else f"{count:.1f}"


def as_ratio(share: float) -> str:
    """A share as a fraction, "1/9": denominators up to ten from a tenth on, below it 1 in N (two digits)."""
    if share >= 0.1:
        return _SIMPLE[bisect(_BETWEEN, share)]
    if share < NO_SHARE:
        return "0"
    return f"1/{round(1 / share, 1 - floor(log10(1 / share))):,.0f}"


def rounded(feature: Feature, value: float | None) -> str | None:
    """A feature's value with the digits that a reader is shown, independent of language; None if unknown."""
    return None if value is None else _ROUNDINGS[feature.name](value)


def _rounding(feature: Feature) -> Callable[[float], str]:
    unit = feature.unit
    if feature.is_count:
        return as_ratio
    if unit is Unit.SHARE:
        return "{:.1%}".format
    if unit is Unit.COUNT:
        return (lambda value: _counted(float(np.expm1(value)))) if feature.evidence else "{:.0f}".format
    if unit is Unit.YES_NO or unit is Unit.CLASS:
        return lambda value: f"{value:g}" if value else ""
    if unit is Unit.NUMBER and feature.name != "flow":
        return "{:.2g}".format
    return "{:,.0f}".format


_ROUNDINGS: Final = {feature.name: _rounding(feature) for feature in CATALOGUE}


def formatted(feature: Feature, value: str | None, language: str) -> str:
    """A rounded value as written in `language`."""
    if value is None:
        return text("value.unknown", language)
    if feature.is_count and "/" in value:
        part, whole = value.split("/")
        return text("value.one_in", language, part=part, whole=whole)
    if feature.name == "flow":
        return list(Flow)[int(value)].word(language)
    if feature.unit is Unit.YES_NO:
        return text("value.yes" if value else "value.no", language)
    if feature.unit is Unit.CLASS:
        return value or text("value.general_cargo", language)
    if feature.unit in (Unit.SHARE, Unit.COUNT, Unit.NUMBER):
        return value
    one = feature.unit in (Unit.DAYS, Unit.HOURS) and value in ("1", "-1")
    return text(f"value.{feature.unit.value.removesuffix('s') if one else feature.unit.value}", language, number=value)


_WRITERS: Final[dict[str, Callable[[Feature, Any, str], str]]] = {
    "value": formatted, "norm": formatted, "tried": _tried, "found": _found,
}  # fmt: skip
"""The function that writes each number of a sentence."""
