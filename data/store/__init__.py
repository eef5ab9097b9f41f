"""The store: facts, assessments and plans, append-only, on SQLite or PostgreSQL."""

from data.store.facts import Added, Contradiction, conflict_problems
from data.store.store import Store

__all__ = ["Added", "Contradiction", "Store", "conflict_problems"]
