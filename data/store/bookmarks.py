"""Bookmarks: how far a source was read, so that an interrupted reading continues there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from data.store.schema import bookmarks


@dataclass
class Bookmark:
    """Number of entries of a source that were read, and counts by result. `digest` is that of its content.

    `received_at` is when this content was first received; a repeated reading uses it and gives the same rows.
    """

    digest: str
    source: str
    received_at: datetime
    entries: int = 0
    accepted: int = 0
    amended: int = 0
    duplicate: int = 0
    quarantined: int = 0
    finished: bool = False


def find(connection: sa.Connection, digest: str, source: str, at: datetime) -> Bookmark:
    """The bookmark of a source whose reading was interrupted, else one at the beginning."""
    row = connection.execute(sa.select(bookmarks).where(bookmarks.c.digest == digest)).mappings().one_or_none()
    if row is None:
        return Bookmark(digest, source, at)
    return Bookmark(digest, source, row["received_at"]) if row["finished"] else Bookmark(**row)


def was_finished(connection: sa.Connection, digest: str) -> bool:
    """Whether a source of that content was read to its end."""
    return bool(connection.scalar(sa.select(bookmarks.c.finished).where(bookmarks.c.digest == digest)))


def put(connection: sa.Connection, bookmark: Bookmark) -> None:
    """Store a bookmark, within the write transaction that stores the rows it counts."""
    values = asdict(bookmark)
    changed = connection.execute(sa.update(bookmarks).where(bookmarks.c.digest == bookmark.digest).values(values))
    if not changed.rowcount:
        connection.execute(sa.insert(bookmarks), [values])
