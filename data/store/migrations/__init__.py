"""Alembic migrations of the store; data.store.migrate runs them."""
