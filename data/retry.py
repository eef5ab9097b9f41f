"""Read quarantined entries again, after a reference list, a mapping file or a reader has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.errors import InvalidInput
from data.sources.problems import Phrase, Unreadable, unreadable
from data.sources.reading import Entry, Raw, Rejected, validated
from data.sources.tables import scan_bytes
from data.store import Store
from data.store.bookmarks import Bookmark


@dataclass(frozen=True)
class Retried:
    """Outcome for one entry: rows accepted, and reasons for which the rest is still refused."""

    quarantine_id: int
    accepted: int
    reasons: list[str]

    @property
    def resolved(self) -> bool:
        """Whether no part of the entry is refused any more."""
        return not self.reasons


def retry(store: Store, quarantine_id: int, at: datetime, mapping: Path | None = None) -> Retried:
    """Read one entry again, store the rows that are accepted, and record the attempt. Raises NotFound."""
    entry = store.quarantine_entry(quarantine_id)
    if entry["settled"]:
        return Retried(quarantine_id, 0, [])
    bookmark = Bookmark(f"quarantine {quarantine_id}", entry["source"], entry["ingested_at"])
    try:
        refused = store.take(list(_entries(entry, mapping)), bookmark, at, quarantine_refused=False)
    except InvalidInput as error:
        refused = [Rejected(entry["source"], entry["row_no"], entry["raw"], (unreadable(error),))]
    store.retried(quarantine_id, at, [problem.as_dict() for one in refused for problem in one.problems])
    return Retried(quarantine_id, bookmark.accepted, [str(one) for one in refused])


def _entries(entry: Mapping[str, Any], mapping: Path | None) -> Iterator[Entry]:
    if entry["fields"] is not None:
        raw = Raw(entry["row_no"], entry["fields"], table=entry["table_name"])
        yield validated(entry["source"], raw, raw.table, entry["ingested_at"])
    elif entry["message"] or entry["row_no"] == 0:
        yield from scan_bytes(entry["raw"], entry["source"], entry["ingested_at"], mapping).entries
    else:
        raise Unreadable(Phrase("fault.no_columns"), Phrase("advice.columns"))
