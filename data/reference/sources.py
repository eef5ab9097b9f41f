"""Sources of the columns of the reference tables: sources.csv, one row per file and column."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from data.reference.dangerous_goods import FOLDER


@dataclass(frozen=True)
class Source:
    """The source of one column. `edition` is empty for columns numbered by the project."""

    file: str
    column: str
    source: str
    edition: str
    note: str


@cache
def sources() -> tuple[Source, ...]:
    """The sources of all columns of the reference tables."""
    with (FOLDER / "sources.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(Source(**row) for row in csv.DictReader(lines))
