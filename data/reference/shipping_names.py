"""Match declared shipping names against the names of a UN number, and find the entries that a text names.

All identifying words of one of its names must be declared, and no words that the entry does not have. Only words that
are not in the list may be misspellings. The exact name of another UN number never agrees.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from data.reference import misspellings
from data.reference.dangerous_goods import FOLDER, by_un_no, entries, is_known
from data.reference.name_additions import keeps_safe, without_additions, without_isomer
from data.reference.name_alternatives import BRACKETS, Alternative, alternatives, states
from data.reference.name_ranges import contradicts
from data.reference.name_words import NOS, Words, is_mark, of_kind, one_word, plain, with_marks, words

_ENGLISH_RUN: Final = re.compile(r"[^\u3007-\u9fff]*[a-z]{3}[^\u3007-\u9fff]*")
_HAN: Final = re.compile(r"[\u3007-\u9fff]")
_MAX_MISSPELLINGS: Final = 6
# Characters of a declared name that are read; the longest name of the list has about 350.
_LONGEST: Final = 600
_DILUTED: Final = frozenset(("solution", "mixture"))
_UNDILUTED: Final = frozenset(("solid", "anhydrous", "dry", "compressed", "liquefied", "refrigerated", "molten"))
# Words of state that declarants often leave out. "Wetted" and words of hazard are not among them: a name without these
# is that of another substance.
_OF_STATE: Final = frozenset(
    ("solid", "liquid", "dry", "anhydrous", "stabilized", "solution", "aqueous", "molten", "compressed", "liquefied",
     "dissolved", "refrigerated", "hydrated")
)  # fmt: skip
_WASTE: Final = re.compile(r"(?<![\u4e00-\u9fff])废(?:弃物?|物|料|品)?[,:]?(?=[\u4e00-\u9fffa-z\d])")


class Index(NamedTuple):
    """Index of the list: UN numbers by exact set of words, all correct words, UN numbers of solutions and mixtures."""

    owners: Mapping[frozenset[str], frozenset[str]]
    vocabulary: frozenset[str]
    diluted: Mapping[frozenset[str], frozenset[str]]


@lru_cache(maxsize=16384)
def agrees(un_no: str, declared: str) -> bool | None:
    """Whether `declared` is a name of `un_no` (four digits).

    None when the list has no such number, or `declared` has no letters.
    """
    if not is_known(un_no) or not any(map(str.isalpha, declared)):
        return None
    text = plain(declared[:_LONGEST])
    if contradicts(un_no, text):
        return False
    if _stated_with_additions(un_no, text):
        return True
    english = " ".join(_ENGLISH_RUN.findall(text))
    if not english or not _HAN.search(text):
        return False
    return _stated(un_no, english) and _stated(un_no, _ENGLISH_RUN.sub(" ", text))


def is_generic(un_no: str) -> bool:
    """Whether the name of the entry is generic: N.O.S., or with a required technical name."""
    return any(entry.technical_name_required or "N.O.S" in entry.name_en for entry in by_un_no(un_no))


def specific_entries(text: str) -> tuple[str, ...]:
    """UN numbers, sorted, whose entry is not generic and is named exactly by `text`."""
    named = owners(words(plain(text[:_LONGEST])))
    return tuple(sorted(un_no for un_no in named if not is_generic(un_no)))


@lru_cache(maxsize=16384)
def entries_named(text: str) -> tuple[str, ...]:
    """UN numbers, sorted, of all entries that are named exactly by `text`."""
    return tuple(sorted(owners(words(plain(text[:_LONGEST])))))


@lru_cache(maxsize=16384)
def lacks_state(un_no: str, declared: str) -> bool:
    """Whether `declared` is a name of `un_no` without its words of state (solid, dry, stabilized)."""
    if not is_known(un_no) or contradicts(un_no, declared):
        return False
    text = plain(declared[:_LONGEST])
    return any(_lacks_state(un_no, words(one)) for one in dict.fromkeys((text, without_isomer(un_no, text))))


def _lacks_state(un_no: str, stated: Words) -> bool:
    named = frozenset(word for word in stated.all if word not in of_kind("ignore"))
    return bool(named) and any(
        named <= one.allowed and one.required - named <= _OF_STATE and not named <= _OF_STATE
        for one in alternatives(un_no)
    )


def _stated(un_no: str, text: str) -> bool:
    """Whether `text` names `un_no`, with or without the texts in brackets."""
    whole = words(text)
    named = owners(whole)
    if named:
        return un_no in named
    if not whole.all:
        return False
    if any(_fits(un_no, one, whole) for one in alternatives(un_no)):
        return True
    unmarked = BRACKETS.sub(_unless_remark, text)
    if unmarked == text:
        return False
    stripped = words(unmarked)
    named = owners(stripped)
    return un_no in named if named else any(_fits(un_no, one, stripped) for one in alternatives(un_no))


def _stated_with_additions(un_no: str, text: str) -> bool:
    """Whether `text` names `un_no`, possibly with additions for waste or residues, or for one of its isomers."""
    if _stated(un_no, text) or _stated_for_waste(un_no, text):
        return True
    unmarked = without_additions(un_no, text)
    if unmarked != text and (_stated(un_no, unmarked) or _stated_for_waste(un_no, unmarked)):
        return True
    if owners(words(unmarked)):
        return False
    isomer = without_isomer(un_no, unmarked)
    return isomer != unmarked and _stated(un_no, isomer)


def _stated_for_waste(un_no: str, text: str) -> bool:
    return "废" in text and not owners(words(text)) and _stated(un_no, _WASTE.sub("", text, count=1))


def _unless_remark(bracket: re.Match[str]) -> str:
    """Replacement of a bracket: its words of state or hazard, which belong to the name; other texts are left out."""
    inner = bracket[1] or bracket[2] or bracket[3] or ""
    stated = words(inner).all
    return (
        f", {inner} " if stated and all(is_mark(word) or word in states() or len(word) == 1 for word in stated) else " "
    )


def _fits(un_no: str, name: Alternative, stated: Words) -> bool:
    missing = name.required - stated.all
    extra = beyond = stated.all - name.allowed
    if extra:
        extra = frozenset(word for word in extra if word not in of_kind("ignore"))
    if missing == {NOS}:
        missing = frozenset()
    if not missing and (
        not extra
        or _is_diluted(un_no, name, extra)
        or keeps_safe(un_no, extra)
        or ((NOS in stated.all or _asks_technical_name(un_no)) and _is_technical_name(name, stated, extra))
    ):
        return True
    if len(missing) > _MAX_MISSPELLINGS or len(extra) > _MAX_MISSPELLINGS:
        return False
    return any(_is_repaired(un_no, name, missing, stated, found) for found in dict.fromkeys((beyond, extra)) if found)


def _is_repaired(un_no: str, name: Alternative, missing: frozenset[str], stated: Words, extra: frozenset[str]) -> bool:
    corrected = misspellings.repaired(name.words, missing, stated, extra, _index().vocabulary)
    if corrected is None:
        return False
    named = owners(with_marks(corrected, stated))
    return not named or un_no in named


def _is_diluted(un_no: str, name: Alternative, extra: frozenset[str]) -> bool:
    """Whether the `extra` words are only "solution" or "mixture", and no other UN number is for that solution."""
    if not extra <= _DILUTED or name.required & _UNDILUTED or by_un_no(un_no)[0].hazard_class[:1] in "127":
        return False
    return not _index().diluted.get(name.required, frozenset()) - {un_no}


def _is_technical_name(name: Alternative, stated: Words, extra: frozenset[str]) -> bool:
    """Whether the extra words follow after the name, and none of them is a word of state or hazard."""
    if any((is_mark(word) and word[0] not in "#") or word in states() for word in extra):
        return False
    end = max((stated.order.index(word) for word in {*name.required, NOS} if word in stated.order), default=-1)
    return all(
        at > end and not misspellings.is_near(word, states()) for at, word in enumerate(stated.order) if word in extra
    )


@cache
def _asks_technical_name(un_no: str) -> bool:
    return any(entry.technical_name_required for entry in by_un_no(un_no))


def owners(stated: Words) -> frozenset[str]:
    """UN numbers with exactly these words as a name."""
    known = _index().owners
    found = known.get(stated.all)
    if found is None:
        found = known.get(frozenset(word for word in stated.all if word not in of_kind("ignore")), frozenset())
    return found


def _harmless_words() -> frozenset[str]:
    """Words of the tariff and of harmless goods, which are no misspellings: citric is not nitric."""
    found: set[str] = set()
    for name in ("tariff.csv", "everyday.csv"):
        with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
            texts = (row["text"] for row in csv.DictReader(lines) if row.get("language") != "zh")
            found.update(re.findall("[a-z]{5,}", " ".join(texts).lower()))
    return frozenset(map(one_word, found))


@cache
def _index() -> Index:
    owners: dict[frozenset[str], set[str]] = {}
    diluted: dict[frozenset[str], set[str]] = {}
    vocabulary: set[str] = set()
    for un_no in dict.fromkeys(entry.un_no for entry in entries()):
        for one in alternatives(un_no):
            owners.setdefault(one.required, set()).add(un_no)
            owners.setdefault(one.allowed, set()).add(un_no)
            vocabulary |= one.allowed
            if one.required & _DILUTED:
                diluted.setdefault(one.required - _DILUTED - {"aqueous", "flammable"}, set()).add(un_no)
    vocabulary |= _harmless_words()
    return Index(
        {key: frozenset(found) for key, found in owners.items()},
        frozenset(vocabulary),
        {key: frozenset(found) for key, found in diluted.items()},
    )
