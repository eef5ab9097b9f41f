"""Typing and scanning errors in shipping names: broken or joined words, wrong, missing or doubled letters.

A word of the list is never read as another one, nor a chemical ending as another, nor methyl as ethyl.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from data.reference.name_words import Words, american, hazards_of, is_mark, of_kind, one_word

_RUN: Final = 4
_LONG: Final = 5
_LONG_CHINESE: Final = 4
_ENDINGS: Final = ("ane", "ene", "yne", "ine", "ide", "ite", "ate", "ole", "one", "ol", "al", "yl", "ic", "ous")
_NUMERALS: Final = frozenset("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸")
# Ranges of characters whose radical marks an element or compound: metals, gases, stones, and 酉.
_CHEMICAL: Final = (("\u9485", "\u9576"), ("\u6c14", "\u6c32"), ("\u77f3", "\u7926"), ("\u9149", "\u91cd"))


def repaired(
    name: Words, missing: Set[str], stated: Words, extra: Set[str], vocabulary: frozenset[str]
) -> tuple[str, ...] | None:
    """The corrected words of `stated`, if its `extra` words are the `missing` words of `name` misspelled; else None.

    `vocabulary` are the words of the list. Broken or joined words are regrouped first.
    """
    if any(is_mark(word) and word[0] != "!" for word in (*missing, *extra)):
        return None
    wanted = [word for word in dict.fromkeys(name.order) if word in missing]
    places = [at for at, word in enumerate(stated.order) if word in extra and not _is_small_word(word)]
    found = [stated.order[at] for at in places]
    joined = american("".join(stated.written[at] for at in places))
    corrected = list(stated.order)
    regrouped = next((run for run in _runs(name.order, missing) if found and _is_regrouped(joined, run)), ())
    if regrouped:
        corrected[places[0] : places[-1] + 1] = regrouped
    elif any(word in vocabulary for word in found) and joined not in of_kind("stop"):
        return None
    elif len(found) == len(wanted) or not wanted:
        for place, word in zip(places, wanted or found, strict=True):
            candidates = [word] if wanted else name.order
            meant = next((one for one in candidates if is_misspelling(stated.order[place], one, vocabulary)), None)
            if meant is None and joined not in of_kind("stop"):
                return None
            corrected[place] = meant or joined
    elif is_misspelling(joined, "".join(wanted), vocabulary):
        corrected[places[0] : places[-1] + 1] = wanted
    else:
        return None
    needed = hazards_of(name.order)
    kept = tuple(hazard for hazard in hazards_of(corrected) if hazard in needed)
    return tuple(word for word in corrected if word not in of_kind("stop")) if kept == needed else None


def _is_small_word(stated: str) -> bool:
    return len(stated) > _LONG and is_near(stated, (word for word in of_kind("stop") if len(word) > _LONG))


def _runs(order: tuple[str, ...], missing: Set[str]) -> list[tuple[str, ...]]:
    """Runs of up to four neighbouring words of `order` that contain all missing ones; first, the missing ones alone."""
    words = {word for word in missing if not is_mark(word)}
    runs = [
        order[at : at + size] for size in range(max(1, len(words)), _RUN + 1) for at in range(len(order) - size + 1)
    ]
    found = [run for run in runs if words.issubset(run)]
    return [tuple(word for word in dict.fromkeys(order) if word in words), *found] if words else found


def _is_regrouped(joined: str, wanted: tuple[str, ...]) -> bool:
    """Whether the letters of `joined` are those of the `wanted` words, also with plurals and small words between."""
    whole = "".join(wanted)
    if joined == whole:
        return True
    if (
        not joined.isascii()
        or not -1 <= len(joined) - len(whole) <= 10 + 2 * len(wanted)
        or wanted[0][:3] not in joined
    ):
        return False
    return one_word(joined) == whole or bool(_joined(wanted).fullmatch(joined))


@lru_cache(maxsize=1024)
def _joined(wanted: tuple[str, ...]) -> re.Pattern[str]:
    small = "(?:containing|and|of|for|in|with|or|by|an?|to|from|the)?"
    return re.compile(small + f"(?:e?s)?{small}".join(map(re.escape, wanted)) + f"(?:e?s)?{small}")


def is_near(stated: str, words: Iterable[str]) -> bool:
    """Whether `stated` differs by at most one edit from one of `words`."""
    return any(OSA.distance(stated, word, score_cutoff=1) <= 1 for word in words)


@lru_cache(maxsize=4096)
def is_misspelling(stated: str, word: str, vocabulary: frozenset[str]) -> bool:
    """Whether `stated`, not a word of the list, differs by one edit from `word` and from no other word of the list."""
    if not stated.isascii():
        return _is_chinese_misspelling(stated, word, vocabulary)
    if len(word) < _LONG or _is_other_substance(stated, word):
        return False
    if min(OSA.distance(stated, spelled, score_cutoff=1) for spelled in (word, _british(word))) > 1:
        return False
    near = extract(stated, vocabulary, scorer=OSA.distance, score_cutoff=1, limit=3)
    return all(other == word for other, _, _ in near)


@lru_cache(maxsize=4096)
def _british(word: str) -> str:
    for british, here in of_kind("spelling").items():
        word = word.replace(here, british)
    return word


def _is_other_substance(stated: str, word: str) -> bool:
    if stated.replace("meth", "eth") == word.replace("meth", "eth"):
        return True
    endings = [next((ending for ending in _ENDINGS if text.endswith(ending)), "") for text in (stated, word)]
    return endings[0] != endings[1] and all(endings)


def _is_chinese_misspelling(stated: str, word: str, vocabulary: frozenset[str]) -> bool:
    """Whether one character is doubled, or replaced by one that is in no name of the list and not of an element."""
    if len(stated) == len(word) + 1:
        return any(
            stated[at] == stated[at + 1] and stated[at] not in _NUMERALS and stated[:at] + stated[at + 1 :] == word
            for at in range(len(word))
        )
    if len(stated) != len(word) or len(word) < _LONG_CHINESE:
        return False
    wrong = [here for here, there in zip(stated, word, strict=True) if here != there]
    return len(wrong) == 1 and not _is_chemical(wrong[0]) and wrong[0] not in _characters(vocabulary)


def _is_chemical(letter: str) -> bool:
    return letter in _NUMERALS or any(first <= letter <= last for first, last in _CHEMICAL)


@lru_cache(maxsize=2)
def _characters(vocabulary: frozenset[str]) -> frozenset[str]:
    return frozenset("".join(vocabulary))
