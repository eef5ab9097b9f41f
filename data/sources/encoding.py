"""Bytes become text: UTF-8 or GB18030, told apart by evidence; never a silent guess.

Bytes that cannot be read stand in the text as lone surrogates (PEP 383), so that the one cell they are in is
refused, by row and column, and its neighbours are kept.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from itertools import islice
from typing import Final

from data.errors import InvalidInput

# Share of the text beyond ASCII that must make sense before an encoding is believed, and how much of it is looked at.
_BELIEVED: Final = 0.9
_RUNS_LOOKED_AT: Final = 20_000

# Bytes that could not be read (PEP 383).
_UNREAD: Final = "".join(map(chr, range(0xDC80, 0xDD00)))
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")


def decode(content: bytes, name: str) -> str:
    """The text of `content`, without a byte order mark. `name` is what errors call it.

    Raises InvalidInput for UTF-16 and for what is no text at all.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InvalidInput(f"{name} is UTF-16 text.", "Save it as UTF-8 (in Excel: CSV UTF-8).")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    utf8 = content.decode("utf-8-sig", "surrogateescape")
    if _share(utf8, _readable) < _BELIEVED:
        chinese = content.decode("gb18030", "surrogateescape")
        if _share(chinese, _plausible_chinese) >= _BELIEVED:
            return chinese
    return utf8


def _share(text: str, makes_sense: Callable[[re.Match[str]], int]) -> float:
    """The share of characters beyond ASCII that make sense, by a count for each run of them.

    The end does not count: a file that was cut ends in half a character.
    """
    total = good = 0
    for run in islice(_BEYOND_ASCII.finditer(text.rstrip(_UNREAD)), _RUNS_LOOKED_AT):
        total += len(run.group())
        good += makes_sense(run)
    return good / total if total else 1.0


def _readable(run: re.Match[str]) -> int:
    return sum(character not in _UNREAD for character in run.group())


def _plausible_chinese(run: re.Match[str]) -> int:
    """Characters of GB 2312, the everyday set; text of another encoding seldom falls into it.

    One such character between two Latin letters is no Chinese either: it is "Größe" misread as "Gr鲞e".
    """
    text, beside = run.string, (run.start() - 1, run.end())
    letters = all(0 <= place < len(text) and text[place].isascii() and text[place].isalpha() for place in beside)
    if letters and len(run.group()) == 1:
        return 0
    return len(run.group().encode("gb2312", "ignore").decode("gb2312"))
