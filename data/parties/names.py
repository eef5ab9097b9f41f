"""Normalise names of firms: script, width, case, punctuation and legal form are removed.

The place is kept, wherever it is written (大连海润, 海润（大连）), and so is 集团, because a group and a firm in it are
two firms. All functions are pure and cached.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from data.parties import words
from data.parties.words import HAN

_CACHED: Final = 1 << 18
_BRACKETED: Final = re.compile(r"[(\[【〔<]([^()\[\]【】〔〕<>]*)[)\]】〕>]")
_HAN: Final = re.compile(f"[{HAN}]")
# A name in two languages: Chinese (which may contain Latin letters), a separator, the other language; or reversed.
_CHINESE_FIRST: Final = re.compile(rf"^(.*[{HAN}][)\]]?)\s*[ /|,;\-(]\s*([^{HAN}]*)$")
_CHINESE_LAST: Final = re.compile(rf"^([^{HAN}]*[^{HAN}\s])\s*[ /|,;\-(]\s*([{HAN}].*)$")
_BRANCH: Final = re.compile(rf"(?<=公司)([{HAN}\w]{{1,12}}(?:分公司|办事处|分厂))$")
_PLACE_ENDS: Final = ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "自治州", "省", "市")
_LEAST_CORE: Final = 2
_PLACEHOLDER_NAMES: Final = frozenset(
    [
        "na",
        "n/a",
        "none",
        "null",
        "nil",
        "unknown",
        "tba",
        "tbn",
        "tbd",
        "toorder",
        "order",
        "toorderof",
        "toorderofshipper",
        "sameasconsignee",
        "sameasshipper",
        "sameasabove",
        "sameasnotify",
        "无",
        "暂无",
        "不详",
        "未知",
        "待定",
        "凭指示",
        "同上",
        "同收货人",
        "同发货人",
    ]
)
# Legal forms that Japanese and Korean firms write as one character in brackets.
_IN_BRACKETS: Final = re.compile(r"[(]\s*[株有合주유]\s*[)]")
_TITLES: Final = ("m s", "messrs", "messieurs", "the")


@dataclass(frozen=True)
class Name:
    """The parts of a name. `place` is a Chinese city or province, empty where the name has none."""

    place: str
    core: str
    """The name without place and legal form: Chinese without spaces, Latin as words."""
    branch: str = ""

    @property
    def canonical(self) -> str:
        """The canonical form, which is equal for two spellings of one name."""
        return " ".join(part for part in (self.place, self.core, self.branch) if part)


@lru_cache(maxsize=_CACHED)
def names(text: str) -> tuple[Name, ...]:
    """The names in a text, one for each language, the Chinese one first; empty for placeholders."""
    flat = words.plain(text)
    if (
        "".join(flat.split()).strip(".-*/") in _PLACEHOLDER_NAMES
        or flat.replace(" ", "").rstrip(".") in _PLACEHOLDER_NAMES
    ):
        return ()
    if not _HAN.search(flat):
        return tuple(name for name in (_latin(flat),) if name.core)
    chinese, other = _by_language(flat.strip())
    found = (_eastern(chinese), _latin(other)) if other else (_eastern(chinese),)
    return tuple(name for name in found if name.core)


@lru_cache(maxsize=_CACHED)
def canonical(text: str) -> str:
    """The canonical form of a name; of the Chinese one where it is given in two languages; empty for placeholders."""
    found = names(text)
    return found[0].canonical if found else ""


@lru_cache(maxsize=_CACHED)
def core(text: str) -> str:
    """The core name without place and legal form, in Latin letters: Chinese as pinyin, trades in English.

    大连海润化工有限公司 and "Hairun Chemicals (Dalian) Co., Ltd." both give "hairunchemical". Different firms with the
    same pinyin share it, so it is used for links and proposals only, never for a merge by itself.
    """
    found = names(text)
    return _romanised(found[0]) if found else ""


@lru_cache(maxsize=_CACHED)
def romanised(text: str) -> str:
    """As `core`, with the place in front: equal for the Chinese and the English name of one firm."""
    found = names(text)
    if not found:
        return ""
    place = found[0].place
    return words.places().get(place, (place, False))[0].replace(" ", "") + _romanised(found[0])


def _romanised(name: Name) -> str:
    if not _HAN.search(name.core):
        return "".join(_trade_words(name.core.split()))
    rest, trades = name.core, []
    for chinese, english in words.trades():
        at = rest.find(chinese)
        if at >= 0:
            trades.append((len(rest) - at, english))
            rest = rest[:at] + " " * len(chinese) + rest[at + len(chinese) :]
    brand = words.spelled(rest.replace(" ", ""))
    if not brand:
        brand = words.places().get(name.place, ("", False))[0].replace(" ", "")
    ordered = [english for _, english in sorted(trades, key=lambda trade: -trade[0])]
    return brand + "".join(_trade_words(" ".join(ordered).split()))


def _trade_words(parts: list[str]) -> list[str]:
    """Latin words in singular, with one word for each trade, without "and", "of" and "the"."""
    unified: list[str] = []
    at = 0
    variants = words.trade_variants()
    while at < len(parts):
        for width in (4, 3, 2, 1):
            known = variants.get(tuple(parts[at : at + width])) if at + width <= len(parts) else None
            if known:
                unified += known.split()
                at += width
                break
        else:
            unified.append(parts[at])
            at += 1
    singular = (
        word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word for word in unified
    )
    return [word for word in singular if word not in ("and", "of", "the")]


def _by_language(flat: str) -> tuple[str, str]:
    """The Chinese name and the one in another language; the second is empty where it is a single name (3M中国)."""
    for pattern, chinese, other in ((_CHINESE_FIRST, 1, 2), (_CHINESE_LAST, 2, 1)):
        found = pattern.match(flat)
        if found and len(words.bare_words(found[other])) > 1:
            return found[chinese], found[other]
    return flat, ""


def _eastern(text: str) -> Name:
    """The parts of a Chinese, Japanese or Korean name."""
    place = ""
    for inside in _BRACKETED.findall(text):
        bracketed = _place_of(words_joined(inside))
        if bracketed and not bracketed[1]:
            place = bracketed[0]
            text = text.replace(inside, "", 1)
    joined = words_joined(_IN_BRACKETS.sub("", text))
    branch = ""
    if found := _BRANCH.search(joined):
        branch, joined = found[1], joined[: found.start()]
    joined = _without_form(joined)
    if not place and (found_place := _place_of(joined)) and len(found_place[1]) >= _LEAST_CORE:
        place, joined = found_place
    return Name(place, joined, branch)


def words_joined(text: str) -> str:
    """Plain text without punctuation and spaces."""
    return "".join(words.bare_words(text))


def _without_form(joined: str) -> str:
    changed = True
    while changed:
        changed = False
        if any(joined == form for form, _ in words.eastern_forms()):
            return ""
        for form, front in words.eastern_forms():
            for rest in (joined.removesuffix(form), joined.removeprefix(form) if front else joined):
                if rest != joined and rest:
                    joined, changed = rest, True
                    break
    return joined


def _place_of(joined: str) -> tuple[str, str] | None:
    """The place at the start and the rest; the city where province and city are given (辽宁省大连市海润: 大连)."""
    joined = joined.removeprefix("中国") if len(joined) > 4 else joined
    for width in (4, 3, 2):
        known = words.places().get(joined[:width])
        if known is None:
            continue
        rest = joined[width:]
        for ending in _PLACE_ENDS:
            if rest.startswith(ending) and (len(rest) - len(ending) != 1):
                rest = rest.removeprefix(ending)
                break
        if known[1] and (inner := _place_of(rest)) and (len(inner[1]) >= _LEAST_CORE or not inner[1]):
            return inner
        return joined[:width], rest
    return None


def _latin(text: str) -> Name:
    """The parts of a name in Latin, Cyrillic or other letters; the place in its Latin form."""
    place = ""
    for inside in _BRACKETED.findall(text):
        bracketed = " ".join(word for word in words.bare_words(inside) if word != "city")
        if bracketed in words.latin_places():
            place, text = bracketed, text.replace(f"{inside}", " ", 1)
    parts = words.bare_words(text)
    for polite in _TITLES:
        if " ".join(parts[: len(polite.split())]) == polite.replace("m s", "ms") and len(parts) > 1:
            parts = parts[1:]
    parts = _without_latin_form(parts)
    while not place and len(parts) > 1 and (found := _latin_place(parts)):
        province = words.latin_places()[found]
        rest = parts[len(found.split()) :]
        rest = rest[1:] if rest[0] in ("city", "province") and len(rest) > 1 else rest
        inner = _latin_place(rest) if province and len(rest) > 1 else ""
        parts, place = rest, "" if inner else found
    return Name(place, " ".join(parts))


def _latin_place(parts: list[str]) -> str:
    for width in (2, 1):
        place = " ".join(parts[:width])
        if place in words.latin_places() and len(parts) > width:
            return place
    return ""


def _without_latin_form(parts: list[str]) -> list[str]:
    if tuple(parts) in words.legal_endings():
        return []
    changed = True
    while changed and len(parts) > 1:
        changed = False
        for width in (4, 3, 2, 1):
            if len(parts) > width and tuple(parts[-width:]) in words.legal_endings():
                parts, changed = parts[:-width], True
                break
            if len(parts) > width and tuple(parts[:width]) in words.legal_beginnings():
                parts, changed = parts[width:], True
                break
    return parts
