"""The watch list: tariff codes and trade words that point to dangerous goods.

watchlist.csv has the columns `kind,key,un_nos`: a tariff code (a prefix of the declared one), an English or a Chinese
term. A term without UN numbers is a phrase that contains a listed term but names harmless goods ("charcoal grey"); it
precedes, because the longest phrase is used. A Chinese term that ends in `$` must not be followed by another Chinese
character ("硫酸" is on the list, "硫酸钡" is not); one that begins with `^` must not follow one, except a word of grade
("工业苯酚" is phenol, "五氯苯酚" is not). The UN numbers of a term are in order of likelihood. The list is advisory.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from data.reference.dangerous_goods import FOLDER

_HAN: Final = r"[\u4e00-\u9fff]"
_GRADE: Final = "[业级精粗浓稀用]"
_GLUE: Final = re.compile(r"[\s\-_]+")
_SPELLINGS: Final = (("sulph", "sulf"), ("aluminium", "aluminum"), ("flavour", "flavor"), ("colour", "color"))


class Term(NamedTuple):
    """One line of the list: `kind` is tariff, en or zh; without UN numbers it names harmless goods."""

    kind: str
    key: str
    un_nos: tuple[str, ...]


class Found(NamedTuple):
    """A term in a text: from `start` to `end`, with its UN numbers, most likely first."""

    start: int
    end: int
    un_nos: tuple[str, ...]


@dataclass(frozen=True)
class _Words:
    """One pattern for all terms of a language, and the UN numbers of each text that it matches."""

    pattern: re.Pattern[str]
    un_nos: Mapping[str, tuple[str, ...]]

    def found(self, text: str) -> Iterator[Found]:
        for match in self.pattern.finditer(text):
            yield Found(match.start(), match.end(), self.un_nos[_GLUE.sub("", match[0])])


class Terms:
    """A set of terms that can be searched in texts."""

    def __init__(self, terms: Iterable[Term]) -> None:
        listed = tuple(terms)
        self._english = _english([term for term in listed if term.kind == "en"])
        self._chinese = _chinese([term for term in listed if term.kind == "zh"])

    def found(self, text: str) -> list[Found]:
        """The longest terms in `text` (lower case), English ones first; harmless phrases without UN numbers."""
        found = list(self._english.found(text))
        if not text.isascii():
            found += self._chinese.found(text)
        return found


def concern_un_nos(hs_code: str, description: str) -> tuple[str, ...]:
    """UN numbers that the tariff code (4 to 10 digits) or a term in `description` points to, sorted."""
    by_tariff = _by_tariff(hs_code) if hs_code else ()
    by_words = _by_words(description) if description else ()
    return tuple(sorted({*by_tariff, *by_words})) if by_tariff and by_words else by_tariff or by_words


@cache
def cargoes_of_concern() -> frozenset[str]:
    """UN numbers of the cargoes of concern (concerns.csv, column `un_no`)."""
    with (FOLDER / "concerns.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(row["un_no"] for row in csv.DictReader(lines))


@cache
def terms() -> tuple[Term, ...]:
    """All lines of the list."""
    with (FOLDER / "watchlist.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(Term(row["kind"], row["key"], tuple(row["un_nos"].split())) for row in csv.DictReader(lines))


@cache
def all_terms() -> Terms:
    """All terms of the list, compiled for search."""
    return Terms(terms())


@cache
def _tariff() -> tuple[Mapping[str, tuple[str, ...]], tuple[int, ...]]:
    codes = {term.key: term.un_nos for term in terms() if term.kind == "tariff"}
    return codes, tuple(sorted({len(code) for code in codes}))


def _by_tariff(hs_code: str) -> tuple[str, ...]:
    codes, lengths = _tariff()
    return tuple(sorted({un_no for length in lengths for un_no in codes.get(hs_code[:length], ())}))


def _by_words(description: str) -> tuple[str, ...]:
    return tuple(sorted({un_no for term in all_terms().found(description.lower()) for un_no in term.un_nos}))


def _english(terms: Iterable[Term]) -> _Words:
    """A pattern of whole words, in both spellings, singular and plural, with or without hyphens and spaces."""
    forms: dict[str, tuple[str, ...]] = {}
    patterns: dict[str, str] = {}
    for term in terms:
        for spelling in _spellings(term.key):
            letters = _GLUE.sub("", spelling)
            stem, plural = (spelling[:-1], "(?:y|ies)") if spelling.endswith("y") else (spelling, "(?:e?s)?")
            patterns[letters] = r"[\s\-_]*".join(map(re.escape, stem.split())) + plural
            for form in (letters, letters + "s", letters + "es", letters[:-1] + "ies"):
                forms.setdefault(form, term.un_nos)
    return _Words(re.compile(rf"(?<![a-z0-9])(?:{_longest_first(patterns)})(?![a-z0-9])"), forms)


def _chinese(terms: Iterable[Term]) -> _Words:
    forms: dict[str, tuple[str, ...]] = {}
    patterns: dict[str, str] = {}
    for term in terms:
        word = term.key.strip("^$").lower()
        forms[word] = term.un_nos
        before = rf"(?:(?<!{_HAN}.)|(?<={_GRADE}.))" if term.key.startswith("^") else ""
        after = rf"(?!{_HAN})" if term.key.endswith("$") else ""
        patterns[word] = word[0] + before + re.escape(word[1:]) + after
    return _Words(re.compile(_longest_first(patterns)), forms)


def _longest_first(patterns: Mapping[str, str]) -> str:
    """One alternation of all patterns, grouped by first character for speed."""
    groups: dict[str, list[str]] = {}
    for text in sorted(patterns, key=lambda text: (-len(text), text)):
        groups.setdefault(text[0], []).append(patterns[text][1:])
    found = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(groups.items()))
    return found or "(?!)"


def _spellings(term: str) -> set[str]:
    found = {term}
    for here, there in _SPELLINGS:
        found |= {each.replace(here, there) for each in found}
    return found
