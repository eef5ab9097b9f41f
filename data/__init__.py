"""Data of hazlane: settings, vocabularies, columns, readers of sources, reference lists, store, simulator."""

from __future__ import annotations

from typing import Final

__version__: Final = "0.1.0.dev0"
"""Version of hazlane, from which pyproject.toml, the HTTP service, its OpenAPI document and the command take it."""
