"""Read any source: its format and table are recognised from the content."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final

from data.errors import InvalidInput
from data.sources.delimited import Opener, delimited
from data.sources.edifact import is_edifact, scan_edifact
from data.sources.encoding import Encoding, encoding_of
from data.sources.excel import sheet_of
from data.sources.jsonlines import document_rows, json_rows, names_of, whole_document
from data.sources.mapping import Mapping
from data.sources.parquet import parquet_rows
from data.sources.plan import SAMPLED_ROWS, scan_table
from data.sources.reading import Raw, Reading, Rejected, Scan, reading_of

__all__ = ["Reading", "Rejected", "Scan", "read", "scan", "scan_bytes", "scan_records"]

_PARQUET: Final = b"PAR1"
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ARCHIVES: Final = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_HEAD_BYTES: Final = 65_536


@dataclass(frozen=True)
class Table:
    """A table before its headings are recognised: format, headings, rows by heading, encoding and delimiter."""

    format: str
    names: Sequence[str]
    rows: Iterator[Raw]
    encoding: Encoding | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    cells_typed: bool = False
    notes: Sequence[str] = field(default_factory=tuple)


def read(path: Path | str, at: datetime | None = None, mapping: Path | None = None) -> Reading:
    """Read all rows of a file. With `at`, rows that became known more than five minutes later are rejected.

    Raises InvalidInput when the file cannot be read or its table is not recognised.
    """
    return reading_of(scan(path, at, mapping))


def scan(path: Path | str, at: datetime | None = None, mapping: Path | None = None) -> Scan:
    """Read a file of any format lazily. Raises InvalidInput as `read` does."""
    path = Path(path)
    return _scan(partial(opened, path), path.name, at, Mapping.read(mapping))


def scan_bytes(content: bytes, name: str, at: datetime | None = None, mapping: Path | None = None) -> Scan:
    """Read a file or message in memory, as `scan`."""
    return _scan(lambda: io.BytesIO(content), name, at, Mapping.read(mapping))


def scan_records(
    source: str, names: Sequence[str], raws: Iterable[Raw], at: datetime, mapping: Path | None = None
) -> Scan:
    """Read rows by heading from elsewhere, such as a database."""
    return scan_table(source, names, raws, at, Mapping.read(mapping))


def _scan(opened: Opener, name: str, at: datetime | None, mapping: Mapping) -> Scan:
    found = table_in(opened, name, at, mapping)
    if isinstance(found, Scan):
        return found
    return scan_table(name, found.names, found.rows, at, mapping, found.cells_typed, found.notes)


def table_in(opened: Opener, name: str, at: datetime | None, mapping: Mapping) -> Table | Scan:
    """The table or the messages in a source. Raises InvalidInput."""
    with opened() as stream:
        head = stream.read(_HEAD_BYTES)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise InvalidInput(f"{name} is empty.", "Export it again.")
    if head.startswith(_PARQUET):
        names, rows = parquet_rows(opened, name)
        return Table("Parquet", names, rows, cells_typed=False)
    if head.startswith(WORKBOOKS):
        with opened() as stream:
            sheet = sheet_of(io.BytesIO(stream.read()), name, mapping)
        return Table("Excel", sheet.names, sheet.rows, header_row=sheet.header_row, sheet=sheet.name,
                     cells_typed=True, notes=sheet.notes)  # fmt: skip
    if head.startswith(_ARCHIVES):
        raise InvalidInput(f"{name} is an archive.", "Unpack it and name the files in it.")
    if is_edifact(head):
        with opened() as stream:
            return scan_edifact(stream.read(), name, at)
    encoding = Encoding(mapping.encoding) if mapping.encoding else encoding_of(opened)
    start = head.decode(encoding.name, "ignore").lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return _json(opened, name, at, encoding)
    text = delimited(opened, name, encoding, mapping)
    return Table("delimited text", text.names, text.rows, encoding, text.delimiter, text.header_row)


def _json(opened: Opener, name: str, at: datetime | None, encoding: Encoding) -> Table | Scan:
    from data.sources.dcsa import is_dcsa, scan_dcsa

    document = whole_document(opened, encoding)
    if is_dcsa(document):
        with opened() as stream:
            return scan_dcsa(document, stream.read(), name, at)
    rows = json_rows(opened, encoding) if document is None else document_rows(document)
    sample = list(islice(rows, SAMPLED_ROWS))
    return Table("JSON", names_of(sample, name), chain(sample, rows), encoding)


def opened(path: Path) -> BinaryIO:
    """Open a file for reading. Raises InvalidInput."""
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder.", "Name the files in it.")
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no file {path}.", "Check the path.") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
