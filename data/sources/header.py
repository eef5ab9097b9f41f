"""Find the header of a table among its first rows: the row with most known headings, or two rows together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from data.errors import InvalidInput
from data.sources.heading_units import IN_BRACKETS
from data.sources.headings import plausible_header, recognised, synonyms
from data.sources.mapping import Mapping
from data.sources.units import fits, units_of
from data.sources.values import plain

# Number of first rows in which the header is searched; titles may be above it.
HEADER_WITHIN: Final = 30
_UNNAMED: Final = re.compile(r"column [A-Z]+ \(no heading\)")


@dataclass(frozen=True)
class Header:
    """A header: its first row (from 1), its number of rows, and its headings by position, "" where there is none."""

    row: int
    height: int
    names: list[str]
    known: int


def filled(cell: Any) -> bool:
    """Whether a cell is not empty."""
    return cell is not None and str(cell).strip() != ""


def unnamed(place: int) -> str:
    """The name given to a column without a heading, by its letter."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"column {letters} (no heading)"


def is_unnamed(name: str) -> bool:
    """Whether a name is one given by `unnamed`."""
    return _UNNAMED.fullmatch(name) is not None


def header_of(rows: Sequence[Sequence[Any]], mapping: Mapping, source: str) -> Header:
    """The header among the first rows; the first row that is not empty where at most one heading is known.

    Raises InvalidInput when the row below contains headings too and the two are not one header.
    """
    single = [Header(number, 1, _texts(row), plausible_header(row, mapping)) for number, row in enumerate(rows, 1)]
    joined = [
        Header(upper.row, 2, names, plausible_header(names, mapping))
        for upper, below in zip(single, rows[1:], strict=False)
        if (names := _joined(upper.names, below, mapping)) is not None
    ]
    if mapping.header_row is not None:
        found = [one for one in (*single, *joined) if one.row == mapping.header_row]
        return max(found, key=lambda one: one.known, default=Header(mapping.header_row, 1, [], 0))
    best = max(
        (*single, *joined),
        key=lambda one: (one.known, _units(one, mapping), -one.height, -one.row),
        default=Header(1, 1, [], 0),
    )
    if best.known < 2:
        return next((one for one in single if any(one.names)), Header(1, 1, [], 0))
    if best.height == 1 and best.row < len(rows):
        _refuse_more(best, rows[best.row], mapping, source)
    return best


def _units(header: Header, mapping: Mapping) -> int:
    return sum(recognised(name, mapping).unit is not None for name in header.names if name)


def _texts(row: Sequence[Any]) -> list[str]:
    return [str(cell).strip() if filled(cell) else "" for cell in row]


def _joined(upper: list[str], below: Sequence[Any], mapping: Mapping) -> list[str] | None:
    """Two rows as one header: a heading under an empty cell or under a caption of several columns, a unit under its
    heading. None when the lower row is not part of a header."""
    if any(filled(cell) and not isinstance(cell, str) for cell in below):
        return None
    width = max(len(upper), len(below))
    lower = _texts(below) + [""] * (width - len(below))
    names = []
    caption = ""
    gain = False
    for top, under in zip(upper + [""] * (width - len(upper)), lower, strict=True):
        caption = top or caption
        if not under:
            names.append(top)
            continue
        own = recognised(top, mapping).column if top else None
        both = _both(caption, under, mapping)
        if both is not None:
            gain = True
            names.append(both)
        elif own is None:
            gain = gain or recognised(under, mapping).column is not None
            names.append(under)
        elif units_of(own) and not re.search(r"\d", under):
            unmarked = under.strip("()（）[]【】")
            gain = gain or fits(unmarked, own)
            names.append(f"{top}({under if fits(under, own) else unmarked})")
        else:
            return None
    return names if gain else None


def _both(caption: str, under: str, mapping: Mapping) -> str | None:
    """A caption and the text under it, if together they are a known heading: 托运人 over 名称."""
    if not caption:
        return None
    for written in (f"{caption}{under}", f"{caption} {under}"):
        word = plain(IN_BRACKETS.sub(" ", written))
        if written in mapping.columns or word in synonyms():
            return written
    return None


def _refuse_more(header: Header, below: Sequence[Any], mapping: Mapping, source: str) -> None:
    places = [place for place, cell in enumerate(below) if filled(cell)]
    if not all(isinstance(below[place], str) for place in places):
        return
    upper = header.names + [""] * len(below)
    more = [
        str(below[place]).strip()
        for place in places
        if recognised(str(below[place]), mapping).column and not recognised(upper[place], mapping).column
    ]
    if len(more) > 1:
        raise InvalidInput(
            f"{source}: row {header.row} is the header, but row {header.row + 1} contains headings too "
            f"({', '.join(more)}).",
            "Make one header row of the two, or set header_row in a mapping file.",
        )
