"""The watch list: tariff codes and trade words that point to dangerous goods, whatever the papers say.

watchlist.csv holds `kind,key,un_nos`: a tariff code (a prefix of the declared one), an English or a Chinese term.
A term without UN numbers is a phrase that holds a listed term but names harmless goods ("charcoal grey"); it wins
because the longest phrase does. A Chinese term that ends in `$` must not be followed by another Chinese character
("硫酸" is on the list, "硫酸钡" is not). The list is advisory: it raises questions, it proves nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from data.reference.dangerous_goods import FOLDER
from data.vocabulary import Vocabulary

_GLUE: Final = re.compile(r"[\s\-_]+")
_SPELLINGS: Final = (("sulph", "sulf"), ("aluminium", "aluminum"), ("flavour", "flavor"), ("colour", "color"))


class Concern(Vocabulary):
    """Cargoes of concern of the Cargo Integrity Group, as far as they are dangerous goods."""

    CHARCOAL = "charcoal"
    HYPOCHLORITE = "hypochlorite"
    BATTERIES = "batteries"
    SEED_CAKE = "seed_cake"
    FISH_MEAL = "fish_meal"
    COTTON_AND_WOOL = "cotton_and_wool"
    METAL_SCRAP = "metal_scrap"


@dataclass(frozen=True)
class _Words:
    """One pattern for all terms of a language, and the UN numbers of each text it can match."""

    pattern: re.Pattern[str]
    un_nos: Mapping[str, tuple[str, ...]]

    def hits(self, text: str) -> Iterator[str]:
        for found in self.pattern.findall(text):
            yield from self.un_nos[_GLUE.sub("", found)]


def concern_un_nos(hs_code: str, description: str) -> tuple[str, ...]:
    """UN numbers that the tariff code (4 to 10 digits) or a term in `description` points to, sorted."""
    by_tariff = _by_tariff(hs_code) if hs_code else ()
    by_words = _by_words(description) if description else ()
    return tuple(sorted({*by_tariff, *by_words})) if by_tariff and by_words else by_tariff or by_words


@cache
def cargoes_of_concern() -> frozenset[str]:
    """UN numbers of the cargoes of concern."""
    return frozenset(_concerns())


def concern_of(un_no: str) -> Concern | None:
    """The cargo of concern that `un_no` belongs to, if any."""
    return _concerns().get(un_no)


@cache
def _concerns() -> Mapping[str, Concern]:
    with (FOLDER / "concerns.csv").open(encoding="utf-8", newline="") as lines:
        return {row["un_no"]: Concern(row["concern"]) for row in csv.DictReader(lines)}


@cache
def _rows(kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    with (FOLDER / "watchlist.csv").open(encoding="utf-8", newline="") as lines:
        return tuple((row["key"], tuple(row["un_nos"].split())) for row in csv.DictReader(lines) if row["kind"] == kind)


@cache
def _tariff() -> tuple[Mapping[str, tuple[str, ...]], tuple[int, ...]]:
    codes = dict(_rows("tariff"))
    return codes, tuple(sorted({len(code) for code in codes}))


def _by_tariff(hs_code: str) -> tuple[str, ...]:
    codes, lengths = _tariff()
    return tuple(sorted({un_no for length in lengths for un_no in codes.get(hs_code[:length], ())}))


def _by_words(description: str) -> tuple[str, ...]:
    hits = set(_english().hits(description.lower()))
    if not description.isascii():
        hits.update(_chinese().hits(description))
    return tuple(sorted(hits))


@cache
def _english() -> _Words:
    """Whole words, in both spellings, singular and plural, with or without hyphens and spaces inside."""
    forms: dict[str, tuple[str, ...]] = {}
    patterns: dict[str, str] = {}
    for term, un_nos in _rows("en"):
        for spelling in _spellings(term):
            letters = _GLUE.sub("", spelling)
            stem, plural = (spelling[:-1], "(?:y|ies)") if spelling.endswith("y") else (spelling, "(?:e?s)?")
            patterns[letters] = r"[\s\-_]*".join(map(re.escape, stem.split())) + plural
            for form in (letters, letters + "s", letters + "es", letters[:-1] + "ies"):
                forms.setdefault(form, un_nos)
    return _Words(re.compile(rf"(?<![a-z0-9])(?:{_longest_first(patterns)})(?![a-z0-9])"), forms)


@cache
def _chinese() -> _Words:
    terms = {term.removesuffix("$"): un_nos for term, un_nos in _rows("zh")}
    alone = {term.removesuffix("$") for term, _ in _rows("zh") if term.endswith("$")}
    patterns = {term: re.escape(term) + (r"(?![\u4e00-\u9fff])" if term in alone else "") for term in terms}
    return _Words(re.compile(_longest_first(patterns)), terms)


def _longest_first(patterns: Mapping[str, str]) -> str:
    """One alternation of all patterns, grouped by first character: few branches to try at each place."""
    groups: dict[str, list[str]] = {}
    for text in sorted(patterns, key=lambda text: (-len(text), text)):
        groups.setdefault(text[0], []).append(patterns[text][1:])
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(groups.items()))


def _spellings(term: str) -> set[str]:
    found = {term}
    for here, there in _SPELLINGS:
        found |= {each.replace(here, there) for each in found}
    return found
