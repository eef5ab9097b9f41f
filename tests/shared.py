"""The folder beside the project with samples, sources and data sets: the project is tested without it too."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

SHARED: Final = Path(__file__).parents[2] / "shared"


def needs_shared(below: str) -> pytest.MarkDecorator:
    """Skips a test where this part of ../shared is not there; what it proves is proved by own data elsewhere."""
    return pytest.mark.skipif(not (SHARED / below).exists(), reason=f"../shared/{below} is not here")
