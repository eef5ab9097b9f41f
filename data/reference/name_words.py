"""A shipping name as the set of words that identify it, independent of how it is written.

Full width, case, British and American spelling, plural, word order, traditional characters, N.O.S. and bounds of
concentration are made uniform; UN number, class, packing group and amounts are left out. A Chinese word of state or
hazard becomes the English one. The words include four kinds of marks: `nos`; bounds such as `≥25`; the positions
in a molecule, in order (`#1.3.5`: 1-bromo-3-methyl is not 3-bromo-1-methyl); and the order of hazards where there
are several (`!flammable>toxic`), because FLAMMABLE LIQUID, TOXIC is not TOXIC LIQUID, FLAMMABLE. The words with a
meaning of their own are in name_words.csv.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from data.reference.dangerous_goods import FOLDER

NOS: Final = "nos"
_NUMBER: Final = r"\s*(?P<{}>\d[\d ]*(?:[.,]\d+)?)\s*(?:%|percent\b|°\s?c\b|degrees? c\b)?"
_MARKS: Final = re.compile(
    "|".join(
        (
            r"(?P<nos>\bn[.,]?\s?[o0][.,]?\s?s\b\.?|\bnot otherwise specified\b"
            r"|未(?:另作|另有|另行|另外|另)?(?:规定|列明|列名|说明)(?:的)?)",
            r"(?:\bnot less than|\bat least|\b(?:greater|more) than or equal to|不低于|不少于|不小于|[大高]于或等于)"
            + _NUMBER.format("ge"),
            r"(?:\b(?:lower|less) than or equal to|\bnot more than|\bnot exceeding"
            r"|不超过|不高于|不大于|不多于|[低小]于或等于)" + _NUMBER.format("le"),
            r"(?:\b(?:less|lower) than|\bbelow|低于|少于|小于)" + _NUMBER.format("lt"),
            r"(?:\b(?:more|greater) than|\babove|\bexceeding|高于|超过|大于|多于)" + _NUMBER.format("gt"),
            r"(?P<number>\bu\.?n\.?\s*(?:no\.?|number)?[\s.:#\-]*\d{4}(?!\d)|^\W*\d{4}(?=[\s,:/\-]+[^\d\W]{2}))",
            r"(?P<group>\(?\b(?:p\.?\s?g\.?|packing\s+group|pkg\.? ?gr(?:ou)?p)[\s:.\-]*(?:iii|ii|i|[123])\b\)?"
            r"|包装(?:类别|等级|组|类)?[\s:]*(?:iii|ii|i|[123一二三])(?![a-z])(?:类|级)?)",
            r"(?P<class>\(?\b(?:class|cl\.?|division|div\.?|imo|imdg|hazard class)[\s:.\-]*[1-9](?:\.\d)?[a-hjklns]?\b"
            r"(?:\s*\([\d., ]+\))?\)?|第?[1-9](?:\.\d)?[类项]|类别[\s:]*[1-9](?:\.\d)?)",
            r"(?P<trailing>(?<=[a-z\d)\u4e00-\u9fff\s,])\s[1-9](?:\.\d)?\s*,?\s*(?:iii|ii|i)\s*$"
            r"|[,;/]\s*[1-9](?:\.\d)?[a-hjklns]?\s*(?:\(\d[\d., ]*\))?\s*(?:,\s*(?:iii|ii|i))?\s*$)",
            r"(?P<remark>marine pollutant|海洋污染物|limited quantit(?:y|ies)|ltd\.? qty"
            r"|excepted quantit(?:y|ies)|有限数量"
            r"|inhalation hazard,? zone [a-d]|\b(?:flash ?point|f\.?p\.?)[\s:]*-?\d[\d.]*\s*°?\s*c?)",
            r"(?P<amount>[<>≤≥=~约]*\s*\d[\d.]*(?:\s*[-~–至到]\s*\d[\d.]*)?\s*(?:%|percent\b|°c?|ppm\b|kgs?\b|mpa\b|bar\b"
            r"|wh\b|m[lg]\b|μm|microns\b)(?:\s*(?:w/w|v/v|w/v|wt)\b)?)",
            r"(?P<refrigerant>\br[\s\-]?(?P<code>c?\d+[a-z]?\d*[a-z]*)\b)",
            r"(?P<either>\bwith or without\b|\b带或不带|\b含或不含)",
            r"(?P<without>\b(?:with[o0]ut|non|except|excluding|other than)[\s\-]+(?:an? )?(?=[a-z]{3}))",
            r"(?P<excepted>\bfissile[\s\-]+(?=excepted))",
            r"(?P<lettered>(?<![a-z])(?P<letter>[a-h])\s?型)",
            r"(?P<type>\btype\s+(?=[a-h]\b))",
            r"(?P<hyphened>\b(?:self|water)[\s\-]+(?=[a-z]{3,}(?:ing|tive)\b))",
            r"(?P<nitrogens>\bn\s*,\s*n'?\s*(?=[\-a-z\u4e00-\u9fff]))",
            r"(?P<one>\b[li](?=[,\-]\d|-[a-z]{4}))",
        )
    )
)
_BOUNDS: Final = {"ge": "≥", "le": "≤", "lt": "<", "gt": ">"}
_TOKENS: Final = re.compile(
    r"[\u4e00-\u9fff〇]+|[<>≤≥]\d+(?:\.\d+)?|[a-z\d]*[a-z]{3,}[a-z\d]*|[a-z]+\d*[a-z]*"
    r"|\d+(?=\s?[-,'.]|[\u4e00-\u9fff])|(?<=[-,.])\d+|\d+[a-z]\d*"
)
_BETWEEN_HAN: Final = re.compile(r"(?<=[\u4e00-\u9fff])[\s·・\-]+(?=[\u4e00-\u9fff])")
_JOINTS: Final = re.compile("[和与及或]")
_GREEK: Final = str.maketrans(
    {"α": "alpha-", "β": "beta-", "γ": "gamma-", "。": ",", "′": "'", "’": "'", "“": " ", "—": "-"}
)
_MISREAD: Final = str.maketrans("01", "ol")
_DRY_OR_WET: Final = {"干": "dry", "湿": "wetted"}


class Words(NamedTuple):
    """The identifying words of a text: in order, as written, and as a set with the marks."""

    order: tuple[str, ...]
    written: tuple[str, ...]
    all: frozenset[str]


@cache
def of_kind(kind: str) -> Mapping[str, str]:
    """The lines of one kind in name_words.csv: written word to meaning."""
    with (FOLDER / "name_words.csv").open(encoding="utf-8", newline="") as lines:
        return {row["written"]: row["meaning"] for row in csv.DictReader(lines) if row["kind"] == kind}


def plain(text: str) -> str:
    """`text` in lower case, half-width and simplified characters."""
    text = " ".join(unicodedata.normalize("NFKC", text).lower().translate(_GREEK).split())
    return text if text.isascii() or not _has_han(text) else _BETWEEN_HAN.sub("", _simplified()(text))


@lru_cache(maxsize=4096)
def words(text: str) -> Words:
    """The identifying words of `text`, which must be `plain`."""
    stop = of_kind("stop")
    order: list[str] = []
    written: list[str] = []
    positions: list[str] = []
    marks = set()
    for token in _TOKENS.findall(_MARKS.sub(_mark, text)):
        if token[0] >= "\u3007":
            order += _chinese(token)
            written += _chinese(token)
        elif token.isdigit():
            positions.append(token)
        elif token[0] in "<>≤≥":
            marks.add(token)
        elif token not in stop:
            order.append(one_word(token))
            written.append(token)
    if positions:
        marks.add("#" + ".".join(positions))
    return with_marks(order, Words((), tuple(written), frozenset(marks)))


def with_marks(order: Iterable[str], stated: Words) -> Words:
    """The words `order` with the marks of `stated`, except those of hazards and N.O.S., which are derived."""
    order = tuple(order)
    marks = {word for word in stated.all if is_mark(word) and word != NOS and word[0] != "!"}
    hazards = hazards_of(order)
    if len(hazards) > 1:
        marks.add("!" + ">".join(hazards))
    return Words(order, stated.written, frozenset(order) | marks)


def hazards_of(order: Iterable[str]) -> tuple[str, ...]:
    """The words of hazard among `order`, each once, in order."""
    return tuple(dict.fromkeys(word for word in order if word in of_kind("hazard")))


def is_mark(word: str) -> bool:
    """Whether `word` is a mark, not a word."""
    return word == NOS or word[0] in "#!<>≤≥"


def _has_han(text: str) -> bool:
    return any("\u3007" <= letter <= "\u9fff" for letter in text)


def _mark(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind in _BOUNDS:
        return f" {_BOUNDS[kind]}{match[kind].replace(' ', '').replace(',', '.')} "
    if kind == "refrigerant":
        return f" r{match['code']} "
    if kind == "lettered":
        return f" type{match['letter']} "
    if kind == "hyphened":
        return match[0].rstrip(" -")
    return _REPLACED.get(kind, " , ")


_REPLACED: Final = {
    "nos": " nos ",
    "without": "non",
    "nitrogens": "nn ",
    "one": "1",
    "excepted": "fissile",
    "type": "type",
}


@lru_cache(maxsize=8192)
def one_word(token: str) -> str:
    """A word in American spelling, singular."""
    if not token.isalpha() and len(token) > 4:
        token = token.translate(_MISREAD)
    token = american(token)
    if len(token) > 3 and token[-1] == "s" and token[-2] not in "suia":
        if token.endswith("ies"):
            token = token[:-3] + "y"
        else:
            token = token[:-2] if token.endswith(("shes", "ches", "sses", "xes", "oes")) else token[:-1]
    return of_kind("word").get(token, token)


def american(text: str) -> str:
    """`text` in American spelling."""
    pattern, spellings = _spellings()
    return pattern.sub(lambda match: spellings[match[0]], text)


@lru_cache(maxsize=8192)
def _chinese(run: str) -> tuple[str, ...]:
    """The words in a run of Chinese characters: those of state and hazard in English, the others unchanged."""
    for written, meaning in of_kind("zh").items():
        run = run.replace(written, meaning)
    found: list[str] = []
    for piece in _states().split(run):
        if piece in of_kind("zh_state"):
            found += of_kind("zh_state")[piece].split()
        else:
            found += (_DRY_OR_WET.get(part, part) for part in _JOINTS.split(piece) if part)
    return tuple(found)


@cache
def _states() -> re.Pattern[str]:
    return re.compile("(" + "|".join(sorted(of_kind("zh_state"), key=len, reverse=True)) + ")")


@cache
def _spellings() -> tuple[re.Pattern[str], Mapping[str, str]]:
    spellings = of_kind("spelling")
    return re.compile("|".join(spellings)), spellings


@cache
def _simplified() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert
