"""Fixtures that any test may ask for."""

from tests.fixtures_postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
