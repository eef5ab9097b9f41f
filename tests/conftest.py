"""Fixtures for all tests, and one thread per test process."""

import os

# Tests run in parallel processes (pytest-xdist): more threads in each would compete for the cores and slow all down.
# Set before the first import of LightGBM.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HAZLANE_THREADS", "1")

from tests.fixtures_postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
