"""Fixtures that any test may ask for."""

import os

# The tests run side by side (pytest-xdist): a second thread in each would only wait for a core, and that many times
# as long as the work takes. Before the first import of LightGBM.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HAZLANE_THREADS", "1")

from tests.fixtures_postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
