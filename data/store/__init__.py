"""The store: everything that is known and everything that was answered, append-only, on SQLite or PostgreSQL."""

from data.store.facts import Added, Contradiction
from data.store.store import Store

__all__ = ["Added", "Contradiction", "Store"]
