"""One door for files: `read` finds the format and the table from the content, and never mixes good rows with bad."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from data.errors import InvalidInput
from data.sources.delimited import scan_delimited
from data.sources.edifact import decode_edifact, is_edifact
from data.sources.encoding import decode
from data.sources.iftdgn import scan_iftdgn
from data.sources.jsonlines import scan_json
from data.sources.parquet import scan_parquet
from data.sources.reading import Reading, Rejected, Scan

__all__ = ["Reading", "Rejected", "Scan", "read", "scan"]

_JSON_SUFFIXES: Final = (".jsonl", ".ndjson", ".json")
_EDIFACT_SUFFIXES: Final = (".edi", ".edifact")
_PARQUET: Final = b"PAR1"
_ARCHIVE: Final = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


def read(path: Path | str, at: datetime | None = None) -> Reading:
    """All rows of a file, and all that was rejected. With `at`, what was filed more than a year later is rejected.

    Raises InvalidInput when it is not one of the two tables.
    """
    found = scan(path, at)
    rows, rejected = [], []
    for entry in found.entries:
        if isinstance(entry, Rejected):
            rejected.append(entry)
        else:
            rows.append(entry.row)
    return Reading(found.table, rows, rejected, found.unknown_columns)


def scan(path: Path | str, at: datetime | None = None) -> Scan:
    """A file of any of the formats, its rows as they come. Raises InvalidInput as `read` does."""
    path = Path(path)
    content = _content(path)
    if not content.strip():
        raise InvalidInput(f"{path.name} is empty.", "Export it again.")
    if content.startswith(_PARQUET):
        return scan_parquet(path, path.name, at)
    if content.startswith(_ARCHIVE):
        raise InvalidInput(f"{path.name} is an Excel workbook or an archive.", "Save the table as CSV UTF-8.")
    if path.suffix.lower() in _EDIFACT_SUFFIXES or is_edifact(content):
        return scan_iftdgn(decode_edifact(content) or decode(content, path.name), path.name, at)
    text = decode(content, path.name)
    if path.suffix.lower() in _JSON_SUFFIXES or text.lstrip()[:1] in ("{", "["):
        return scan_json(text, path.name, at)
    return scan_delimited(text, path.name, at)


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder.", "Name the files in it.")
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no file {path}.", "Check the path.") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
