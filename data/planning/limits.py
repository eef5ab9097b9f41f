"""Read the inspection limits of a port: how often boxes of a group may be opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from data.errors import InvalidInput
from data.planning.rows import positive, rows

COLUMNS: Final = ("grouping", "group", "most")
EVERY: Final = "*"


@dataclass(frozen=True)
class Limit:
    """A plan opens boxes of `group` (`EVERY`: of each group) at most `maximum` times as often as all boxes."""

    grouping: str
    group: str
    maximum: float


def read_limits(path: Path, groupings: Mapping[str, Collection[str]]) -> list[Limit]:
    """The limits in a file, in its order; `groupings` has the groups of each grouping, empty where any is allowed.

    Raises InvalidInput for an unknown grouping or group, a group that is limited twice, or an invalid number.
    """
    limits = []
    places: dict[tuple[str, str], str] = {}
    for place, cells in rows(path, COLUMNS):
        if cells["grouping"] not in groupings:
            raise InvalidInput(
                f"{place}: grouping is {cells['grouping']!r}.", f"Write one of: {', '.join(sorted(groupings))}."
            )
        key, groups = (cells["grouping"], cells["group"]), groupings[cells["grouping"]]
        if groups and key[1] not in (EVERY, *groups):
            raise InvalidInput(
                f"{place}: {key[0]} has no group {key[1]!r}.", f"Write one of: {', '.join((EVERY, *groups))}."
            )
        if key in places:
            raise InvalidInput(f"{place} limits {key[0]} {key[1]} again, after {places[key]}.", "Keep one of them.")
        places[key] = place
        limits.append(Limit(cells["grouping"], cells["group"], positive(place, "most", cells["most"])))
    return limits
