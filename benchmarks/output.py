"""How a benchmark speaks: lines for people, one JSON object on the last line for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def say(json_only: bool, line: str) -> None:
    """A line for people, unless only JSON is wanted."""
    if not json_only:
        print(line, flush=True)


def as_json(figures: Mapping[str, Any]) -> None:
    """The figures as one line of JSON."""
    print(json.dumps(figures, sort_keys=True, ensure_ascii=False, allow_nan=False), flush=True)
