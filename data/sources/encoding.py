"""Detect the encoding of a text: UTF-8, UTF-16 or GB18030.

Bytes that cannot be decoded become lone surrogates (PEP 383), so that only the cell with them is refused, with row and
column.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

# Share of the non-ASCII text that must be plausible for an encoding to be accepted, and the runs that are sampled.
_ACCEPTED_FROM: Final = 0.9
_SAMPLED_RUNS: Final = 20_000
_BYTES_AT_ONCE: Final = 2**20
# Bytes of non-ASCII lines that are sampled when a text is not UTF-8.
_EVIDENCE_BYTES: Final = 4 * 2**20
# Share of zero bytes at even or odd positions from which a text is UTF-16 without byte order mark.
_ZEROS: Final = 0.3

# Bytes that could not be decoded (PEP 383).
_UNREAD: Final = "".join(map(chr, range(0xDC80, 0xDD00)))
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True)
class Encoding:
    """The encoding of a text, and whether its lines end with \\r alone, as on old Macintoshes."""

    name: str
    old_line_ends: bool = False

    @property
    def of_rows(self) -> str:
        """The encoding of a single row, without the byte order mark of a whole file."""
        return "utf-8" if self.name.startswith("utf-") else self.name


def encoding_of(opened: Callable[[], BinaryIO]) -> Encoding:
    """Detect the encoding of a whole text, in one pass and bounded memory."""
    with opened() as stream:
        head = stream.read(_BYTES_AT_ONCE)
        name = _utf16(head)
        if name is None:
            name = "utf-8-sig" if _is_utf8(head, stream) else None
    if name is None:
        with opened() as stream:
            name = _by_evidence(_evidence(stream))
    return Encoding(name, old_line_ends=b"\n" not in head and b"\r" in head)


def decode(content: bytes) -> str:
    """The text of `content`, without a byte order mark."""
    import io

    return content.decode(encoding_of(lambda: io.BytesIO(content)).name, "surrogateescape")


def on_errors(name: str) -> str:
    """Error handler for bytes that cannot be decoded: keep them as surrogates; replace them in UTF-16."""
    return "replace" if name.startswith("utf-16") else "surrogateescape"


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    few = head[:4096]
    if len(few) < 8 or 0 not in few:
        return None
    even, unusual = (few[place::2].count(0) / (len(few) / 2) for place in (0, 1))
    if unusual > _ZEROS and even < 0.01:
        return "utf-16-le"
    return "utf-16-be" if even > _ZEROS and unusual < 0.01 else None


def _is_utf8(head: bytes, stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        part = head
        while part:
            decoder.decode(part)
            part = stream.read(_BYTES_AT_ONCE)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _evidence(stream: BinaryIO) -> bytes:
    """The lines with non-ASCII bytes, up to _EVIDENCE_BYTES."""
    found: list[bytes] = []
    size = 0
    for line in _lines(stream):
        if not line.isascii():
            found.append(line)
            size += len(line)
            if size > _EVIDENCE_BYTES:
                break
    return b"".join(found)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(_BYTES_AT_ONCE):
        yield line


def _by_evidence(content: bytes) -> str:
    utf8 = content.decode("utf-8-sig", "surrogateescape")
    if _share(utf8, _readable) < _ACCEPTED_FROM:
        chinese = content.decode("gb18030", "surrogateescape")
        if _share(chinese, _plausible_chinese) >= _ACCEPTED_FROM:
            return "gb18030"
    return "utf-8-sig"


def _share(text: str, makes_sense: Callable[[re.Match[str]], int]) -> float:
    """The share of non-ASCII characters that are plausible; `makes_sense` counts them in a run.

    Undecoded bytes at the end are ignored, because a truncated file may end within a character.
    """
    total = good = 0
    for run in islice(_BEYOND_ASCII.finditer(text.rstrip(_UNREAD)), _SAMPLED_RUNS):
        total += len(run.group())
        good += makes_sense(run)
    return good / total if total else 1.0


def _readable(run: re.Match[str]) -> int:
    return sum(character not in _UNREAD for character in run.group())


def _plausible_chinese(run: re.Match[str]) -> int:
    """Number of characters in GB 2312, the common set, into which text of another encoding seldom falls.

    A single one between two Latin letters is not counted: it may be "Größe" decoded as "Gr鲞e".
    """
    text, beside = run.string, (run.start() - 1, run.end())
    letters = all(0 <= place < len(text) and text[place].isascii() and text[place].isalpha() for place in beside)
    if letters and len(run.group()) == 1:
        return 0
    return len(run.group().encode("gb2312", "ignore").decode("gb2312"))
