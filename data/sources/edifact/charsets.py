"""Character sets of interchanges, UNOA to UNOY, and the encodings that Chinese port systems use under these names."""

from __future__ import annotations

import io
import re
from typing import Final

# Repertoires that are not ASCII or UTF-8. Where the bytes are valid UTF-8 they are read so, whatever UNB says.
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
# Repertoires of the first two levels, besides letters and digits.
_MARKS: Final = re.escape(" .,-()/=!\"%&*;<>'+:?\r\n")
_BEYOND: Final = {"UNOA": re.compile(rf"[^A-Z0-9{_MARKS}]"), "UNOB": re.compile(rf"[^A-Za-z0-9{_MARKS}]")}
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
# Chinese text runs over several characters; an accented letter of Latin 1 stands alone, or beside one other.
_SHORTEST_CHINESE: Final = 4


def encoding_of_interchange(content: bytes) -> str:
    """How an interchange is written: UTF-8, else the repertoire that its UNB names, else what the bytes show."""
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
    """Whether all bytes beyond ASCII come in pairs that are Chinese characters of everyday use, some in a row."""
    runs = [run[0] for run in _HIGH.finditer(content)]
    try:
        for run in runs:
            run.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return any(len(run) >= _SHORTEST_CHINESE for run in runs)


def beyond(text: str, charset: str, service: str = "") -> str:
    """The first character of a text that its repertoire does not have, the service characters apart; else empty.

    Only UNOA and UNOB are looked at: of the others, what is not in the repertoire cannot be decoded.
    """
    pattern = _BEYOND.get(charset)
    if pattern is None:
        return ""
    return next((found[0] for found in pattern.finditer(text) if found[0] not in service), "")
