"""Build messages for tests from segments, with envelope and counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from data.sources.edifact import scan_edifact
from data.sources.reading import Accepted, Entry

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def message(kind: str, *segments: str, reference: str = "1", count: int | None = None) -> str:
    """A message; `count` is a wrong count for its UNT."""
    tail = f"UNT+{count or len(segments) + 2}+{reference}"
    return "'".join((f"UNH+{reference}+{kind}:D:95B:UN", *segments, tail)) + "'"


def interchange(*messages: str, charset: str = "UNOC:3", reference: str = "77") -> str:
    """An interchange around messages."""
    return f"UNB+{charset}+SENDER+PORT+260301:0830+{reference}'{''.join(messages)}UNZ+{len(messages)}+{reference}'"


def entries(text: str | bytes) -> list[Entry]:
    """All entries of a source."""
    content = text.encode() if isinstance(text, str) else text
    return list(scan_edifact(content, "m.edi", AT).entries)


def rows(text: str | bytes) -> list[dict[str, Any]]:
    """The rows of a source without refusals, without empty values."""
    found = entries(text)
    assert all(isinstance(entry, Accepted) for entry in found), found
    return [filled(entry.row) for entry in found if isinstance(entry, Accepted)]


def filled(row: dict[str, Any]) -> dict[str, Any]:
    """A row without empty values."""
    return {name: value for name, value in row.items() if value not in (None, "", False)}
