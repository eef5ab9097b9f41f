"""The quarantine: refused rows and messages, with their bytes and reasons, until they are read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import sqlalchemy as sa

from data.store.schema import quarantine, quarantine_retries

Refused = Mapping[str, Any]
"""A refusal as returned by `Rejected.as_dict`: source, row_no, message, table_name, raw, fields, problems."""

_KEYS_A_QUERY: Final = 500

# An entry is settled by a retry without problems.
_settled: Final = (
    sa.select(quarantine_retries.c.retry_no)
    .where(quarantine_retries.c.quarantine_id == quarantine.c.quarantine_id)
    .where(sa.cast(quarantine_retries.c.problems, sa.Text) == "[]")
    .exists()
)


def keep(connection: sa.Connection, refused: Iterable[Refused], ingested_at: datetime) -> int:
    """Store refusals, within a write transaction; a stored one is skipped. Returns the number of new ones."""
    rows = {(row := _row(entry, ingested_at))["entry_key"]: row for entry in refused}
    keys = list(rows)
    for start in range(0, len(keys), _KEYS_A_QUERY):
        query = sa.select(quarantine.c.entry_key).where(quarantine.c.entry_key.in_(keys[start : start + _KEYS_A_QUERY]))
        for known in connection.scalars(query).all():
            del rows[known]
    last: int = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(quarantine.c.quarantine_id), 0))) or 0
    numbered = [{**row, "quarantine_id": last + place} for place, row in enumerate(rows.values(), start=1)]
    if numbered:
        connection.execute(sa.insert(quarantine), numbered)
    return len(numbered)


def entries(connection: sa.Connection, resolved: bool, limit: int, offset: int) -> list[dict[str, Any]]:
    """Entries, the latest first, without their raw bytes; `resolved`: also those accepted since."""
    columns = [column for column in quarantine.columns if column.name not in ("raw", "fields", "entry_key")]
    query = sa.select(*columns, sa.func.length(quarantine.c.raw).label("bytes"), _settled.label("settled"))
    if not resolved:
        query = query.where(~_settled)
    query = query.order_by(quarantine.c.quarantine_id.desc()).limit(limit).offset(offset)
    return [dict(row) for row in connection.execute(query).mappings()]


def entry(connection: sa.Connection, quarantine_id: int) -> dict[str, Any] | None:
    """One entry with its raw bytes and its retries, or None."""
    query = sa.select(quarantine, _settled.label("settled")).where(quarantine.c.quarantine_id == quarantine_id)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        return None
    retries = sa.select(quarantine_retries).where(quarantine_retries.c.quarantine_id == quarantine_id)
    tried = [dict(row) for row in connection.execute(retries.order_by(quarantine_retries.c.retry_no)).mappings()]
    return {**found, "retries": tried}


def open_entries(connection: sa.Connection) -> list[int]:
    """The ids of the entries that are not settled, the oldest first."""
    return list(connection.scalars(sa.select(quarantine.c.quarantine_id).where(~_settled).order_by("quarantine_id")))


def retried(connection: sa.Connection, quarantine_id: int, at: datetime, problems: list[Any]) -> None:
    """Record an attempt to read an entry again; without problems, the entry is settled."""
    row = {"quarantine_id": quarantine_id, "retried_at": at, "problems": problems}
    connection.execute(sa.insert(quarantine_retries), [row])


def _row(entry: Refused, ingested_at: datetime) -> dict[str, Any]:
    columns = ("source", "row_no", "message", "table_name", "raw", "fields", "problems")
    return {**{name: entry.get(name) for name in columns}, "entry_key": _key(entry), "ingested_at": ingested_at}


def _key(entry: Refused) -> str:
    """Digest of source, row, message, reasons and bytes, by which a repeated refusal is recognised."""
    parts = [entry["source"], entry["row_no"], entry["message"], [problem["message"] for problem in entry["problems"]]]
    return blake2b(repr(parts).encode("utf-8", "replace") + entry["raw"], digest_size=16).hexdigest()
