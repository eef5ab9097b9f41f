"""Limits on how often boxes of a group are opened, from a port's own table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from data.errors import InvalidInput
from data.planning.rows import positive, rows

COLUMNS: Final = ("grouping", "group", "most")
EVERY: Final = "*"


@dataclass(frozen=True)
class Limit:
    """A plan opens boxes of `group` (`EVERY`: of each group) at most `most` times as often as the port's boxes."""

    grouping: str
    group: str
    most: float


def read_limits(path: Path, groupings: Collection[str]) -> list[Limit]:
    """The limits in a file, in its order. Raises InvalidInput for an unknown grouping or a number that is none."""
    limits = []
    for place, cells in rows(path, COLUMNS):
        if cells["grouping"] not in groupings:
            raise InvalidInput(
                f"{place}: grouping is {cells['grouping']!r}.", f"Write one of: {', '.join(sorted(groupings))}."
            )
        limits.append(Limit(cells["grouping"], cells["group"], positive(place, "most", cells["most"])))
    return limits
