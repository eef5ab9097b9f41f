"""Alternative shipping names, derived from the one printed name of an entry in each language.

"A or B" is two names, an alias in brackets is another, and lower-case qualifiers (in Chinese, clauses of amount and
contents) may be left out or added. Names that cannot be derived by rule are in further_names.csv, with names from other
sources.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from data.reference.dangerous_goods import FOLDER, Entry, by_un_no
from data.reference.name_words import Words, of_kind, plain, words

BRACKETS: Final = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_PART_OF_NAME: Final = re.compile(r"LSA|SCO|[A-Z]$")
_HAN: Final = re.compile(r"[\u3007-\u9fff]")
_QUALIFIERS: Final = re.compile(
    r"(?:(?<=[\s,;(])|^)(?![a-z\-]*-[A-Z\d])(?:[a-z][a-z\-]*|\d[\d.]*%)[\s,;)].*?"
    r"(?=(?<!% )(?:\(?\b[A-Z]{3,}(?!\d)|\bN\.O\.S)|$)"
    r"|(?:(?<=[\s,;(])|^)[a-z][a-z\-]+$"
)
_QUALIFIER: Final = re.compile(
    r"[<>≤≥%℃]|\d+(?:bar|kg)|^(?:LC|按|含|闪点|带|不带|装有|装备|没有|粒径|吸入毒性低|温度等|相对密度|包括|必要时|从|用作|爆破用|船舶用"
    r"|油井用|干的或湿|不含|非易裂变|例外的|有固定|且|充有|被|在|浸|每个|防自热|会放出|厚度|成卷|精整|低于|不低于|高于|不超过)"
)
_OR: Final = re.compile(
    r",?\s*\bor (?!WITHOUT)(?=\(?[A-Z]{2})|[，；]?(?<![于带含有水])或(?!不|等于|湿|例外|推进|发射|潮|空气)"
)
_CHINESE_STATES: Final = re.compile("液态|固态|无水|压缩|熔融")
# Names in which "or" is between parts of one name; their alternatives are in further_names.csv.
_UNDIVIDED: Final = frozenset(("1373", "1381", "1656", "2557", "2793", "2909", "2911", "3164", "3292", "3375"))


class Alternative(NamedTuple):
    """One name of an entry: its words, the required ones, and the allowed ones."""

    words: Words
    required: frozenset[str]
    allowed: frozenset[str]


@cache
def alternatives(un_no: str) -> tuple[Alternative, ...]:
    """The names of `un_no` in both languages, and those of further_names.csv."""
    names = dict.fromkeys(name for entry in by_un_no(un_no) for name in (entry.name_en, entry.name_zh))
    found = [*(one for name in names for one in _parsed(un_no, name)), *map(_whole, _further().get(un_no, ()))]
    found += [one for entry in by_un_no(un_no) for one in _heads(entry)]
    return tuple(dict.fromkeys(one for one in found if one.required))


@cache
def states() -> frozenset[str]:
    """The words of state and hazard, which alone are not a name."""
    return frozenset((*of_kind("state"), *of_kind("hazard")))


@cache
def _further() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    with (FOLDER / "further_names.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["un_no"]] = (*found.get(row["un_no"], ()), row["name"])
    return found


def _whole(name: str) -> Alternative:
    stated = words(plain(name))
    return Alternative(stated, stated.all, stated.all)


def _parsed(un_no: str, name: str) -> Iterator[Alternative]:
    """The alternatives of a name of the list: "A or B" gives both; qualifiers of one are allowed with all."""
    yield _whole(name)
    pieces = _either(name) if un_no not in _UNDIVIDED else [name]
    named = [[words(plain(one)) for one in _with_aliases(_unqualified(piece))] for piece in pieces]
    beside = words(plain(name)).all.difference(*(stated.all for piece in named for stated in piece))
    for piece in named:
        for stated in piece:
            if len(pieces) == 1 or not stated.all <= states():
                yield Alternative(stated, stated.all, stated.all | piece[0].all | beside)


def _heads(entry: Entry) -> Iterator[Alternative]:
    """The Chinese name without its last clauses, if the English name has qualifiers in lower case."""
    english = _unqualified(entry.name_en)
    if english == entry.name_en or entry.un_no in _UNDIVIDED:
        return
    kept = 1 + _either(english)[0].replace("N.O.S.", "").strip(" ,").count(",")
    clauses = re.split(r"[，；;]", entry.name_zh)
    if kept < len(clauses):
        allowed = words(plain(entry.name_zh)).all
        for name in _either("，".join(clauses[:kept])):
            stated = words(plain(name))
            if not stated.all <= states():
                yield Alternative(stated, stated.all, stated.all | allowed)


def _either(name: str) -> list[str]:
    """The name split at "or" outside of brackets."""
    closed = BRACKETS.sub(lambda found: found[0].replace(" or ", " / ").replace("或", "、"), name)
    return [piece for piece in _OR.split(closed) if piece]


def _unqualified(name: str) -> str:
    """`name` without lower-case qualifiers; in Chinese, without clauses of amount and contents."""
    if not _HAN.search(name):
        return _QUALIFIERS.sub(" ", name)
    clauses = re.split(r"[，；;]", BRACKETS.sub(lambda found: found[0].replace("，", "、"), name))
    return "，".join(clause for at, clause in enumerate(clauses) if not at or not _QUALIFIER.search(clause))


def _with_aliases(name: str) -> Iterator[str]:
    """`name`; without its brackets; and with each alias in brackets in place of the text before."""
    yield name
    bracket = BRACKETS.search(name)
    if not bracket:
        return
    before, after = name[: bracket.start()], name[bracket.end() :]
    inner = bracket[1] or ""
    if before.endswith(("-", "PERFLUORO ")) or _PART_OF_NAME.match(inner):
        return
    inside_word = _HAN.match(after) and after[0] not in "和与"
    yield from _with_aliases(f"{before}{'' if inside_word else ' '}{after}")
    if inside_word or (len(inner) < 3 and inner.isascii()) or _QUALIFIER.search(inner):
        return
    joint = max(before.rfind(" AND "), before.rfind("和"), before.rfind("含有"))
    states = " ".join(_CHINESE_STATES.findall(before))
    for alias in re.split(r"[;；，,、]", inner):
        yield from _with_aliases(f"{states} {alias} {after}")
        if joint > 0:
            yield from _with_aliases(f"{before[:joint]} , {alias} {after}")
