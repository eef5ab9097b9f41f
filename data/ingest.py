"""Read sources into the store: new rows are added, known ones counted, refused ones put into quarantine.

Entries are stored in batches. Each batch is one transaction with a bookmark, so a reading that was interrupted
continues after the last stored batch.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import blake2b
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

from data.errors import InvalidInput
from data.sources.problems import Problem, unreadable
from data.sources.reading import Accepted, Entry, Rejected, Scan
from data.sources.tables import scan, scan_bytes
from data.store import Store
from data.store.bookmarks import Bookmark

Progress = Callable[[str, int], None]

# Counts: new rows, new rows that follow an earlier version, rows stored before, refused rows.
COUNTED: Final = ("accepted", "amended", "duplicate", "quarantined")

# Entries in one transaction, during which other writers wait.
_ENTRIES_PER_BATCH: Final = 5_000
# Reasons in a summary; the quarantine keeps all.
_REASONS_SHOWN: Final = 20
# Bytes up to which an unreadable source is kept in quarantine; of a larger one only the name is kept.
_MAX_STORED_BYTES: Final = 64 * 2**20


@dataclass
class SourceSummary:
    """Counts and refusals of one source. `contains` is the table or the message types.

    `error` is why it could not be read at all, or not to its end; `problem` is the same in both languages. `refused`
    are its refusals: all for messages, the first ones for tables. `declared` are the boxes (declaration_id, box_no)
    that its messages declare, new or known.
    """

    source: str
    contains: str | None = None
    accepted: int = 0
    amended: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reasons: list[str] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    declared: dict[tuple[str, str], None] = field(default_factory=dict)
    unknown_columns: tuple[str, ...] = ()
    error: str | None = None
    problem: Problem | None = None

    def as_dict(self) -> dict[str, Any]:
        """The summary for JSON, without `refused`, `declared` and `problem`."""
        return {name: value for name, value in vars(self).items() if name not in ("refused", "declared", "problem")}


@dataclass(frozen=True)
class Summary:
    """Summaries of all sources."""

    sources: list[SourceSummary]

    def total(self, name: str) -> int:
        """Sum of one of COUNTED over all sources."""
        return sum(getattr(source, name) for source in self.sources)

    @property
    def failed(self) -> list[SourceSummary]:
        """Sources that could not be read at all, or not to their end."""
        return [source for source in self.sources if source.error]

    def as_dict(self) -> dict[str, Any]:
        """The summary for JSON: totals, then each source."""
        totals = {name: self.total(name) for name in COUNTED}
        return {**totals, "sources": [source.as_dict() for source in self.sources]}


def ingest(
    paths: Iterable[Path | str],
    store: Store,
    at: datetime,
    progress: Progress | None = None,
    mapping: Path | None = None,
) -> Summary:
    """Read the files `paths` into the store at the instant `at`; `progress(source, entries read)` is called by batch.

    Invalid content does not raise: an invalid row is put into quarantine, a file that cannot be read is reported in its
    summary, and the other files are read. Reading a file again adds no rows.
    """
    return Summary([ingest_file(Path(path), store, at, progress, mapping) for path in paths])


def ingest_file(
    path: Path,
    store: Store,
    at: datetime,
    progress: Progress | None = None,
    mapping: Path | None = None,
    arriving: bool = False,
) -> SourceSummary:
    """Read one file into the store: as history, known at its own instants, or as facts that are `arriving` at `at`."""
    try:
        digest = digest_of(path) + (digest_of(mapping) if mapping else "")
    except InvalidInput as error:
        return SourceSummary(path.name, error=str(error))
    bookmark = store.bookmark(digest, path.name, at)
    opened = partial(scan, path, bookmark.received_at, mapping)
    return _read_through(bookmark, opened, lambda: _head(path), store, at, progress, arriving)


def ingest_bytes(content: bytes, name: str, store: Store, at: datetime, arriving: bool = False) -> SourceSummary:
    """Read a message, or a file in memory, into the store; `arriving` as in `ingest_file`."""
    digest = blake2b(content, digest_size=16).hexdigest()
    bookmark = store.bookmark(digest, name, at)
    opened = partial(scan_bytes, content, name, bookmark.received_at)
    return _read_through(bookmark, opened, lambda: content, store, at, arriving=arriving)


def ingest_rows(
    found: Scan, source: str, store: Store, at: datetime, progress: Progress | None = None
) -> SourceSummary:
    """Read a scan whose order may differ next time (a query) into the store; each reading starts from the beginning."""
    return _read_through(Bookmark(f"rows {source}", source, at), lambda: found, lambda: b"", store, at, progress)


def _read_through(
    bookmark: Bookmark,
    opened: Callable[[], Scan],
    content: Callable[[], bytes],
    store: Store,
    at: datetime,
    progress: Progress | None = None,
    arriving: bool = False,
) -> SourceSummary:
    summary = SourceSummary(bookmark.source)
    try:
        found = opened()
        summary.contains, summary.unknown_columns = found.contains, found.unknown_columns
        for batch in _batches(islice(found.entries, bookmark.entries, None)):
            refused = store.take(batch, bookmark, at, arriving=arriving)
            # Each refusal of a message is reported to its sender; those of a long table are not all kept in memory.
            summary.refused += (entry for entry in refused if entry.message or len(summary.refused) < _REASONS_SHOWN)
            summary.declared.update(dict.fromkeys(_declared(batch, refused)))
            if progress is not None:
                progress(bookmark.source, bookmark.entries)
        store.finish(bookmark)
    except InvalidInput as error:
        summary.error, summary.problem = str(error), unreadable(error)
        _quarantine_source(bookmark.source, error, content(), store, at)
    vars(summary).update({name: getattr(bookmark, name) for name in COUNTED})
    summary.reasons = [str(entry) for entry in summary.refused[:_REASONS_SHOWN]]
    return summary


def _declared(batch: list[Entry], refused: list[Rejected]) -> Iterator[tuple[str, str]]:
    """The boxes that messages declare, without those of which a row was refused."""
    broken = {entry.box for entry in refused}
    for entry in batch:
        if isinstance(entry, Accepted) and entry.raw.message and entry.raw.table == "declarations":
            box = (entry.row["declaration_id"], entry.row["box_no"])
            if box not in broken:
                yield box


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Entries in batches; those of one message, and consecutive lines of one box in a table, are in the same batch."""
    batch: list[Entry] = []
    for _, part in groupby(entries, key=_unit_of):
        batch += part
        if len(batch) >= _ENTRIES_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _unit_of(entry: Entry) -> Hashable:
    """What is stored in one transaction: a message, or a box of a table; other rows by themselves."""
    if isinstance(entry, Rejected):
        return entry.message or entry.box or object()
    if entry.raw.message or entry.raw.table != "declarations":
        return entry.raw.message or object()
    return entry.row["declaration_id"], entry.row["box_no"]


def _quarantine_source(source: str, error: InvalidInput, content: bytes, store: Store, at: datetime) -> None:
    """Put a source that cannot be read into quarantine, with its bytes, as row 0."""
    if content.strip():
        store.quarantine([Rejected(source, 0, content, (unreadable(error),))], at)


def digest_of(path: Path) -> str:
    """A digest of the content of a file. Raises InvalidInput when it cannot be read."""
    digest = blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while part := file.read(2**20):
                digest.update(part)
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no file {path}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise InvalidInput(f"{path} is a folder.", "Name the files in it, or add --watch.") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
    return digest.hexdigest()


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MAX_STORED_BYTES + 1)
    return content if len(content) <= _MAX_STORED_BYTES else b""
