"""The optional folder beside the project with samples, sources and data sets from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

SHARED: Final = Path(__file__).parents[2] / "shared"


def needs_shared(below: str) -> pytest.MarkDecorator:
    """Skip a test where this part of ../shared is missing; other tests cover the same with data of the project."""
    return pytest.mark.skipif(not (SHARED / below).exists(), reason=f"../shared/{below} is missing")
