"""Words in names of firms: legal forms, places and trades, in Chinese and Latin script.

Legal forms come from cleanco and from legal_forms.csv, which adds Chinese ones and combinations ("Co., Ltd."). Very
short ones that are also Chinese syllables (Da, Ee) are left out.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent
_MARKS: Final = re.compile(r"[^\w]+|_+")
_LEAST_LETTERS: Final = 3
# Terms of cleanco that are left out, because names of firms end in them for other reasons.
_NOT_FORMS: Final = frozenset({"private", "dat", "gie", "ses", "fie", "teo", "unlimited", "mutual fund", "company"})
HAN: Final = "\u3400-\u9fff\uf900-\ufaff"


def plain(text: str) -> str:
    """Fold width and case, remove accents, simplify traditional characters; punctuation is kept."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return folded
    if any("\u3400" <= letter <= "\u9fff" for letter in folded):
        folded = _to_simplified().convert(folded)
    bare = unicodedata.normalize("NFKD", folded)
    kept = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", kept).replace("ß", "ss").replace("ø", "o").replace("ł", "l")


def bare_words(text: str) -> list[str]:
    """The words of plain text without punctuation; separate initials become one word (S.A., S A)."""
    words: list[str] = []
    initials = False
    for word in _MARKS.sub(" ", text.replace("&", " and ").replace("'", "").replace("’", "")).split():
        single = len(word) == 1 and word.isascii() and word.isalpha()
        if single and initials:
            words[-1] += word
        else:
            words.append(word)
        initials = single
    return words


@cache
def legal_endings() -> frozenset[tuple[str, ...]]:
    """Legal forms at the end of a Latin name, as tuples of words."""
    from cleanco.termdata import terms_by_type

    known = {tuple(bare_words(plain(form))) for forms in terms_by_type.values() for form in forms}
    known = {form for form in known if sum(map(len, form)) >= _LEAST_LETTERS and " ".join(form) not in _NOT_FORMS}
    return frozenset(known | {tuple(bare_words(row["form"])) for row in _rows("legal_forms") if _latin(row["form"])
                              and row["where"] != "start"})  # fmt: skip


@cache
def legal_beginnings() -> frozenset[tuple[str, ...]]:
    """Legal forms before a Latin name (PT, OOO), as tuples of words."""
    return frozenset(
        tuple(bare_words(row["form"])) for row in _rows("legal_forms") if _latin(row["form"]) and row["where"] != "end"
    )


@cache
def eastern_forms() -> tuple[tuple[str, bool], ...]:
    """Chinese, Japanese and Korean legal forms, the longest first, and whether they may be in front."""
    forms = [(row["form"], row["where"] == "either") for row in _rows("legal_forms") if not _latin(row["form"])]
    return tuple(sorted(((plain(form), front) for form, front in forms), key=lambda form: (-len(form[0]), form)))


@cache
def places() -> Mapping[str, tuple[str, bool]]:
    """Chinese provinces and cities: Chinese name to (its Latin name, whether a province)."""
    return {row["zh"]: (row["en"], row["level"] == "province") for row in _rows("places")}


@cache
def latin_places() -> Mapping[str, bool]:
    """The places by Latin name, with whether it is the name of a province only."""
    found: dict[str, bool] = {}
    for latin, province in places().values():
        found[latin] = found.get(latin, True) and province
    return found


@cache
def trades() -> tuple[tuple[str, str], ...]:
    """Words for trades in Chinese and English, the longest Chinese ones first."""
    return tuple(sorted(((row["zh"], row["en"]) for row in _rows("trade_words")), key=lambda pair: -len(pair[0])))


@cache
def trade_variants() -> Mapping[tuple[str, ...], str]:
    """Other English words for a trade, as tuples of words, to the one that is used."""
    return {tuple(form.split()): row["en"] for row in _rows("trade_words") for form in row["also"].split(";") if form}


@lru_cache(maxsize=65_536)
def spelled(text: str) -> str:
    """Chinese characters as pinyin without tones, joined; other letters as they are."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text, v_to_u=False)).replace("ü", "v")


def _latin(form: str) -> bool:
    return form.isascii()


@cache
def _to_simplified() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
