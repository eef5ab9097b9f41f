"""Ingest sources into the store: add new rows, count duplicates, quarantine rejected rows.

Entries are stored in turns, each one transaction with a bookmark: a reading that was killed goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import blake2b
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

from data.errors import InvalidInput
from data.sources.problems import Problem
from data.sources.reading import Accepted, Entry, Rejected, Scan
from data.sources.tables import scan, scan_bytes
from data.store import Store
from data.store.bookmarks import Bookmark

Progress = Callable[[str, int], None]

# What is counted: new rows, those of them that follow an earlier version, rows told again, refusals.
COUNTED: Final = ("accepted", "amended", "duplicate", "quarantined")

# Entries of one transaction: other writers wait for as long as one takes.
_ENTRIES_PER_BATCH: Final = 5_000
# Reasons that a summary spells out; the quarantine keeps all.
_REASONS_SHOWN: Final = 20
# A source that cannot be read at all is kept whole up to this size; a larger one is named only.
_MAX_STORED_BYTES: Final = 64 * 2**20


@dataclass
class SourceSummary:
    """What became of one source. `error` says why it could not be read at all, or not to its end.

    `refused` are its refusals, all of them for messages; `declared` the boxes (declaration_id, box_no) that its
    messages declare, new or told again.
    """

    source: str
    holds: str | None = None
    accepted: int = 0
    amended: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reasons: list[str] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    declared: dict[tuple[str, str], None] = field(default_factory=dict)
    unknown_columns: tuple[str, ...] = ()
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {name: value for name, value in vars(self).items() if name not in ("refused", "declared")}


@dataclass(frozen=True)
class Summary:
    """What became of all sources."""

    sources: list[SourceSummary]

    def total(self, name: str) -> int:
        """One of COUNTED over all sources."""
        return sum(getattr(source, name) for source in self.sources)

    @property
    def failed(self) -> list[SourceSummary]:
        """Sources that could not be read at all, or not to their end."""
        return [source for source in self.sources if source.error]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: totals, then source by source."""
        totals = {name: self.total(name) for name in COUNTED}
        return {**totals, "sources": [source.as_dict() for source in self.sources]}


def ingest(
    paths: Iterable[Path | str],
    store: Store,
    at: datetime,
    progress: Progress | None = None,
    mapping: Path | None = None,
) -> Summary:
    """Add what `paths` hold to the store at the instant `at`; `progress(source, entries so far)` is told now and then.

    Bad content never raises: a bad row waits in quarantine, a file that cannot be read at all is reported in its
    summary, and the other files are still read. Reading a file again adds nothing.
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
    """Add what one file holds to the store: as history, known at its own instants, or as what is `arriving` now."""
    try:
        digest = digest_of(path) + (digest_of(mapping) if mapping else "")
    except InvalidInput as error:
        return SourceSummary(path.name, error=str(error))
    bookmark = store.bookmark(digest, path.name, at)
    opened = partial(scan, path, bookmark.received_at, mapping)
    return _read_through(bookmark, opened, lambda: _head(path), store, at, progress, arriving)


def ingest_bytes(content: bytes, name: str, store: Store, at: datetime, arriving: bool = False) -> SourceSummary:
    """Add what a message, or a file in memory, holds to the store; `arriving` as above."""
    digest = blake2b(content, digest_size=16).hexdigest()
    bookmark = store.bookmark(digest, name, at)
    opened = partial(scan_bytes, content, name, bookmark.received_at)
    return _read_through(bookmark, opened, lambda: content, store, at, arriving=arriving)


def ingest_rows(
    found: Scan, source: str, store: Store, at: datetime, progress: Progress | None = None
) -> SourceSummary:
    """Add the entries of a scan that may come in another order next time: each reading begins at the beginning."""
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
        summary.holds, summary.unknown_columns = found.holds, found.unknown_columns
        for batch in _batches(islice(found.entries, bookmark.entries, None)):
            refused = store.take(batch, bookmark, at, arriving=arriving)
            # Refusals of messages are answered one by one; those of a long table are not all held in memory.
            summary.refused += (entry for entry in refused if entry.message or len(summary.refused) < _REASONS_SHOWN)
            summary.declared.update(dict.fromkeys(_declared(batch, refused)))
            if progress is not None:
                progress(bookmark.source, bookmark.entries)
        store.finish(bookmark)
    except InvalidInput as error:
        summary.error = str(error)
        _quarantine_source(bookmark.source, error, content(), store, at)
    vars(summary).update({name: getattr(bookmark, name) for name in COUNTED})
    summary.reasons = [str(entry) for entry in summary.refused[:_REASONS_SHOWN]]
    return summary


def _declared(batch: list[Entry], refused: list[Rejected]) -> Iterator[tuple[str, str]]:
    """The boxes that messages declare, those of which something was refused left out."""
    broken = {entry.box for entry in refused}
    for entry in batch:
        if isinstance(entry, Accepted) and entry.raw.message and entry.raw.table == "declarations":
            box = (entry.row["declaration_id"], entry.row["box_no"])
            if box not in broken:
                yield box


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Entries in turns; those of one message stay together."""
    batch: list[Entry] = []
    for message, part in groupby(entries, key=_message_of):
        if not message:
            while some := list(islice(part, _ENTRIES_PER_BATCH - len(batch))):
                batch += some
                if len(batch) >= _ENTRIES_PER_BATCH:
                    yield batch
                    batch = []
            continue
        batch += part
        if len(batch) >= _ENTRIES_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _message_of(entry: Entry) -> str:
    return entry.message if isinstance(entry, Rejected) else entry.raw.message


def _quarantine_source(source: str, error: InvalidInput, content: bytes, store: Store, at: datetime) -> None:
    """A source that cannot be read is kept as it came, as row 0."""
    if content.strip():
        problem = Problem("unreadable", values={"reason": error.detail, "remedy": error.remedy})
        store.quarantine([Rejected(source, 0, content, (problem,))], at)


def digest_of(path: Path) -> str:
    """A digest that names the content of a file. Raises InvalidInput when it cannot be read."""
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
