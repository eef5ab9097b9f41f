"""Normalise telephones, addresses and identifiers, so that two spellings of one are equal.

Placeholders (N/A, 000000) give an empty text, because they would merge all firms that write them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from data.parties import words

_CACHED: Final = 1 << 18
_LEAST_DIGITS: Final = 7
_MOST_DIGITS: Final = 15  # ITU-T E.164
_HOME: Final = "86"
_EXTENSION: Final = re.compile(r"(?:ext|extension|x|转|分机)[.:\s]*\d+.*$|(?<=\d{7})-\d{1,5}$")
_MULTIPLE: Final = re.compile(r"[/;,、；|]|\bor\b|或")
_LEAST_ADDRESS: Final = 5
_NO_ADDRESS: Final = frozenset(
    {"na", "none", "null", "nil", "unknown", "sameasabove", "sameasconsignee", "同上", "不详"}
)
_SHORT: Final = {
    "rd": "road", "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "blvd": "boulevard",
    "bldg": "building", "bld": "building", "rm": "room", "fl": "floor", "flr": "floor", "dist": "district",
    "prov": "province", "no": "", "ste": "suite", "apt": "apartment", "indl": "industrial", "ind": "industrial",
    "pr": "", "prc": "", "pobox": "box", "china": "", "cn": "",
}  # fmt: skip
_NUMBERED: Final = re.compile(r"^(?:no|nr|num)(\d+\w*)$")
_CODE_LABEL: Final = re.compile(r"^(?:usci|uscc|统一社会信用代码|社会信用代码|信用代码|税号|taxid|tax|id|vat|eori)+")
_NO_ID: Final = frozenset({"", "na", "none", "null", "nil", "unknown", "tba", "tbn", "无", "暂无", "不详", "x"})
_CODE_LENGTH: Final = 18


@lru_cache(maxsize=_CACHED)
def telephone(text: str) -> str:
    """The first telephone number in a text: digits with the country code, 86 where none is given.

    Empty for fewer than 7 or more than 15 digits, and for placeholders (all digits equal, 1234567…).
    """
    flat = words.plain(text)
    for part in _MULTIPLE.split(flat):
        part = _EXTENSION.sub("", part.strip())
        foreign = part.lstrip("( tel:.").startswith(("+", "00"))
        digits = re.sub(r"\(0\)", "", part) if foreign else part
        digits = re.sub(r"\D", "", digits)
        digits = digits.removeprefix("00") if foreign else digits
        if not foreign and digits.startswith(_HOME) and len(digits) >= len(_HOME) + 10:
            foreign = True
        if foreign and digits.startswith(f"{_HOME}0"):
            digits = _HOME + digits[3:]
        if not foreign:
            digits = f"{_HOME}{digits.removeprefix('0')}" if len(digits) >= _LEAST_DIGITS else ""
        own = digits.removeprefix(_HOME)
        if _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS and len(set(own)) > 1 and own not in "12345678901234567890":
            return digits
    return ""


@lru_cache(maxsize=_CACHED)
def address(text: str) -> str:
    """An address without punctuation, country and province, with abbreviations expanded.

    Empty where it has no house number, because many firms share a street or a town.
    """
    flat = words.plain(text)
    expanded = [_SHORT.get(word, word) for word in (_NUMBERED.sub(r"\1", word) for word in words.bare_words(flat))]
    joined = (
        "".join(expanded)
        if any("\u3400" <= letter <= "\u9fff" for letter in flat)
        else " ".join(filter(None, expanded))
    )
    joined = joined.removeprefix("中国").removeprefix("中华人民共和国")
    for place, (_, province) in words.places().items():
        if province and joined.startswith(f"{place}省"):
            joined = joined.removeprefix(f"{place}省")
    compact = joined.replace(" ", "")
    if (
        compact in _NO_ADDRESS
        or len(compact) < _LEAST_ADDRESS
        or not re.search(r"\d|[一二三四五六七八九十]号", compact)
    ):
        return ""
    return joined


@lru_cache(maxsize=_CACHED)
def identifier(text: str) -> str:
    """The id of a firm without label and punctuation, in half-width capitals; empty for a placeholder."""
    joined = "".join(words.bare_words(words.plain(text)))
    joined = joined if len(joined) == _CODE_LENGTH else _CODE_LABEL.sub("", joined)
    return "" if joined in _NO_ID or set(joined) <= {"0"} else joined.upper()
