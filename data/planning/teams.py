"""Read the shifts of the teams that open boxes; times are local and recur every day."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final
from unicodedata import normalize

from data.errors import InvalidInput
from data.planning.rows import positive, rows

COLUMNS: Final = ("terminal", "shift", "from", "to", "team", "openings")
DAY_MINUTES: Final = 1440
_TIME: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(:00)?", re.ASCII)


@dataclass(frozen=True)
class Team:
    """The shift of one team at a terminal, in minutes of the local day; `end` exceeds `DAY_MINUTES` after midnight.

    `openings` is the number of standard openings in the whole shift.
    """

    terminal: str
    shift: str
    team: str
    start: int
    end: int
    openings: float


def read_teams(path: Path, terminals: Collection[str]) -> list[Team]:
    """The shifts in a file, in its order; `terminals` are those of the declared boxes.

    Raises InvalidInput for an unknown terminal, an invalid time, openings out of range, and a team in two shifts at
    once.
    """
    teams = []
    for place, cells in rows(path, COLUMNS):
        if cells["terminal"] not in terminals:
            known = ", ".join(sorted(terminals)) or "none yet"
            raise InvalidInput(
                f"{place}: no declaration has the terminal {cells['terminal']!r}.",
                f"Write one of: {known}.",
            )
        start, end = (_minutes(place, name, cells[name]) for name in ("from", "to"))
        if start in (end, DAY_MINUTES):
            raise InvalidInput(
                f"{place}: a shift must not be empty or begin at 24:00; got {cells['from']} to {cells['to']}.",
                "Write two different times, and midnight at the beginning of a shift as 00:00.",
            )
        end += DAY_MINUTES if end < start else 0
        openings = positive(place, "openings", cells["openings"])
        teams.append(Team(cells["terminal"], cells["shift"], cells["team"], start, end, openings))
    if not teams:
        raise InvalidInput(f"{path} lists no team.", "List at least one team, or leave HAZLANE_TEAMS_FILE empty.")
    for one, other in combinations(teams, 2):
        if (one.terminal, one.team) == (other.terminal, other.team) and _overlap(one, other):
            raise InvalidInput(
                f"{path.name}: team {one.team} of {one.terminal} is in shifts {one.shift} and {other.shift} at once.",
                "Let the first end before the other begins, or name another team.",
            )
    return teams


def _minutes(place: str, name: str, cell: str) -> int:
    found = _TIME.fullmatch(normalize("NFKC", cell))
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise InvalidInput(f"{place}: {name} is {cell!r}.", "Write a local time as 08:00, the end of the day as 24:00.")
    return minutes


def _overlap(one: Team, other: Team) -> bool:
    """Whether two shifts overlap, on the same day or with the shift of the next day."""
    return any(
        one.start < other.end + shift and other.start + shift < one.end for shift in (-DAY_MINUTES, 0, DAY_MINUTES)
    )
