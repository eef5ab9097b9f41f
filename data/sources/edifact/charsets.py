"""Character sets of interchanges: UNOA to UNOY of UNB, and GB18030, which systems in China write under UNOC."""

from __future__ import annotations

import io
import re
from typing import Final

# Character sets that are not ASCII or UTF-8. Valid UTF-8 is read as UTF-8, whatever UNB states.
_CHARSETS: Final = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
}
SYNTAXES: Final = tuple(f"UNO{letter}" for letter in "ABCDEFGHIJKWXY")
# Characters of UNOA and UNOB besides letters and digits.
_MARKS: Final = re.escape(" .,-()/=!\"%&*;<>'+:?\r\n")
_BEYOND: Final = {"UNOA": re.compile(rf"[^A-Z0-9{_MARKS}]"), "UNOB": re.compile(rf"[^A-Za-z0-9{_MARKS}]")}
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
# Bytes in a run of Chinese text; accented letters of Latin 1 occur alone or in pairs.
_SHORTEST_CHINESE: Final = 4


def encoding_of_interchange(content: bytes) -> str:
    """The encoding of an interchange: UTF-8, else GB18030 or the character set of its UNB, else a detected one."""
    from data.sources.encoding import encoding_of

    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        start = content.find(b"UNB")
        charset = _CHARSETS.get(content[start + 4 : start + 8].decode("ascii", "replace")) if start >= 0 else None
        if charset == "iso8859-1" and _is_chinese(content):
            return "gb18030"
        return charset or encoding_of(lambda: io.BytesIO(content)).name
    return "utf-8-sig"


def _is_chinese(content: bytes) -> bool:
    """Whether all non-ASCII bytes are characters of GB 2312, with at least one run of two."""
    runs = [run[0] for run in _HIGH.finditer(content)]
    try:
        for run in runs:
            run.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return any(len(run) >= _SHORTEST_CHINESE for run in runs)


def beyond(text: str, charset: str, service: str = "") -> str:
    """The first character of a text outside of its character set, except service characters; else empty.

    Only UNOA and UNOB are checked; in the others such characters cannot be decoded.
    """
    pattern = _BEYOND.get(charset)
    if pattern is None:
        return ""
    return next((found[0] for found in pattern.finditer(text) if found[0] not in service), "")
