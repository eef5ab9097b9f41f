"""Names of goods for comparison with a description: listed names, trade names, tariff texts, everyday goods."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from data.reference.dangerous_goods import FOLDER, entries
from data.reference.watchlist import Term, concern_un_nos

_WORD: Final = re.compile(r"[a-z]+[0-9]*|[0-9]+(?:\.[0-9]+)*|[\u4e00-\u9fff]+")
_SPELLINGS: Final = (("sulph", "sulf"), ("aluminium", "aluminum"))
_STATES: Final = (
    "compressed|refrigerated liquid|dissolved|stabilized|anhydrous|solid|liquid|solution|molten|crude|refined|dry"
)
_STATE: Final = re.compile(rf", (?:{_STATES})\b|^(?:固态|液态|无水|压缩|熔融|溶解|粗制|精制)(?=..)", re.IGNORECASE)
_ALTERNATIVES: Final = re.compile(r" or |或")
_ASIDE: Final = re.compile(r"[(（][^)）]*[)）]")
# Conditions after a name; and fragments after "or" that are not names of goods.
_CONDITION: Final = re.compile(
    r",? (?:with|containing|in|for|of|having|obtained|at|by|not|N\.O\.S|n\.o\.s)\b.*"
    r"|，(?:含|按|装有|湿|干|稳定|未另|闪点|易燃|毒性|腐蚀).*"
)
_FRAGMENT: Final = re.compile(
    r"[a-z]{4}|(?:DRY|UNDER|IN|SOLUTION|ARTICLES|SUSPENSION|GEL|WITHOUT|HYDRAULIC|VEGETABLE|YELLOW)\b"
    r"|[湿等含例醇不在高浸潮粉带推发溶棒植物凝悬增装与]|空气|液化气体$|香料$|急救箱"
)
_PACKING: Final = re.compile(
    r"(?:kgs?|mt|ltr|ml|pcs|ctns?|cbm|drums?|bags?|cartons?|pallets?|packages?|pkgs?|ibcs?|bulk|packing|packed|net|gross"
    r"|weight|mah|wh|mm|cm|grade|quality|purity|brand|new|industrial|technical|tech|reagent|in|of|the|and|for|with|[0-9.]{2,})"
)
_FORM: Final = re.compile(
    r"flakes?|granul(?:es?|ar)|pellets?|powder|briquettes?|lumps?|tablets?|crystals?|pearls?|prills?|liquid|solution|cubes?"
)
_QUANTITY: Final = re.compile(
    r"\d+(?:\.\d+)?(?:公斤|千克|克|吨|升|毫升|箱|件|袋|桶)(?:/?[装每]?[袋桶箱包])?"
    r"|(?:工业|食品|试剂|电池|农业|优|一|化学纯|分析纯)级(?:品)?|优质|高纯度?|(?:袋|桶|箱|散|罐)装"
)


class Name(NamedTuple):
    """A known name of goods in the form of `prepared`; its UN numbers, most likely first; none for harmless goods."""

    text: str
    un_nos: tuple[str, ...]
    listed: bool = False


def words_of(text: str) -> list[str]:
    """The words of a prepared text, Latin or Chinese, without numbers, quantities and packaging."""
    return [word for word in _WORD.findall(text) if not _is_uninformative(word)]


@lru_cache(maxsize=65_536)
def _is_uninformative(word: str) -> bool:
    return _PACKING.fullmatch(word) is not None


def substance_of(text: str) -> str:
    """The words of a prepared text without those for the form of the goods (powder, liquid, …)."""
    return " ".join(word for word in words_of(text) if not _FORM.fullmatch(word))


def pieces_of(word: str) -> list[str]:
    """Character n-grams of a word with marked ends: 3 to 5 letters of Latin, 1 to 3 characters of Chinese."""
    marked = f"<{word}>"
    if word < "\u4e00":
        return [marked, *(marked[i : i + size] for size in (3, 4, 5) for i in range(len(marked) - size + 1))]
    return [*word, *(marked[i : i + size] for size in (2, 3) for i in range(len(marked) - size + 1))]


def prepared(text: str) -> str:
    """Normalised text: lower case, half width, one spelling, without Chinese quantities and grades."""
    plain = text.lower()
    if not plain.isascii():
        plain = _QUANTITY.sub(" ", unicodedata.normalize("NFKC", plain))
    for here, there in _SPELLINGS:
        plain = plain.replace(here, there)
    return plain


def trade_names(terms: Iterable[Term]) -> list[Name]:
    """The terms of the watch list as names; its harmless phrases have no UN numbers."""
    return [Name(prepared(term.key.strip("^$")), term.un_nos) for term in terms if term.kind != "tariff"]


@cache
def listed_names() -> tuple[Name, ...]:
    """Names from the list of dangerous goods: alternatives separated, with and without the physical state."""
    found: dict[str, set[str]] = {}
    for entry in entries():
        for name in (entry.name_en, entry.name_zh):
            first, *others = map(str.strip, _ALTERNATIVES.split(_ASIDE.sub(" ", name)))
            for part in (first, *(other for other in others if not _FRAGMENT.match(other))):
                whole = _CONDITION.sub("", part)
                for text in (whole, _STATE.sub("", whole)):
                    found.setdefault(" ".join(words_of(prepared(text))), set()).add(entry.un_no)
    return tuple(Name(text, tuple(sorted(un_nos)), True) for text, un_nos in found.items() if len(text) > 1)


@cache
def tariff_texts() -> Mapping[str, str]:
    """The texts of the Harmonized System by six-digit code."""
    with (FOLDER / "tariff.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["text"] for row in csv.DictReader(lines)}


@cache
def harmless_tariff_texts() -> Mapping[str, str]:
    """`tariff_texts` without the codes of the watch list, and without texts that contain a listed name."""
    names = {name.text for name in listed_names() if len(name.text) > 2}
    longest = max(name.count(" ") for name in names) + 1
    texts = tariff_texts().items()
    return {
        code: text for code, text in texts if not concern_un_nos(code, "") and names.isdisjoint(_runs(text, longest))
    }


@cache
def everyday_names() -> Mapping[str, str]:
    """Names of harmless goods as traders write them, with their language."""
    with (FOLDER / "everyday.csv").open(encoding="utf-8", newline="") as lines:
        return {row["text"]: row["language"] for row in csv.DictReader(lines)}


def _runs(text: str, longest: int) -> Iterator[str]:
    words = words_of(prepared(text))
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            yield " ".join(words[start:end])


def bag(texts: Sequence[str]) -> tuple[Any, list[str]]:
    """Word counts of texts: a sparse matrix, shape (texts, words), and the words."""
    import numpy as np
    from scipy.sparse import csr_array

    places: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns += [places.setdefault(word, len(places)) for word in words_of(text)]
        ends.append(len(columns))
    shape = (len(texts), len(places))
    return csr_array((np.ones(len(columns)), columns, ends), shape=shape), list(places)
