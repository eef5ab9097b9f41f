"""Recognise the column of a heading: by its name, by common words for it, or by the mapping file."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from data.records import PARTIES
from data.sources.heading_units import IN_BRACKETS, unit_in
from data.sources.mapping import KNOWN_COLUMNS, Mapping
from data.sources.units import UNITS
from data.sources.values import plain
from data.texts import table, text

How = Literal["name", "words", "mapping", "ignored", "unknown"]

_BEIJING: Final = ("北京时间", "utc+8", "gmt+8", "beijing time", "beijing", "cst")
_HEADINGS: Final = Path(__file__).with_name("headings.csv")


@dataclass(frozen=True)
class Heading:
    """One heading of a table: the column it means, how that was found, and the unit and time zone it names.

    `ambiguity` is text in place of a unit that is not a known one; values under such a heading must not be read.
    """

    written: str
    column: str | None
    how: How
    unit: str | None = None
    time_zone: str | None = None
    ambiguity: str | None = None


@cache
def synonyms() -> dict[str, str]:
    """Columns by common words for them, in plain form."""
    found = {plain(name): name for name in KNOWN_COLUMNS}
    with _HEADINGS.open(encoding="utf-8", newline="") as file:
        rows = [(row["column"], row["headings"].split("|")) for row in csv.DictReader(file)]
    for key in table():
        if key.startswith("column."):
            name = key.removeprefix("column.")
            rows.append((name, [text(key, "en"), text(key, "zh")]))
    for name, words in rows:
        for word in words:
            found.setdefault(plain(word), name)
    return found


def recognised(written: str, mapping: Mapping) -> Heading:
    """Recognise one heading."""
    if written in mapping.columns:
        name = mapping.columns[written]
        return _with_unit(written, name or None, "mapping" if name else "ignored", mapping)
    name = written.strip().lower()
    if name in KNOWN_COLUMNS:
        return _with_unit(written, name, "name", mapping)
    found = _by_words(written)
    return _with_unit(written, found, "words" if found else "unknown", mapping)


def plausible_header(cells: Sequence[object], mapping: Mapping) -> int:
    """Number of different columns that the cells of a row name, read as headings."""
    return len(
        {heading.column for cell in cells if isinstance(cell, str) and (heading := recognised(cell, mapping)).column}
    )


@cache
def _by_words(written: str) -> str | None:
    known: dict[str, str] = synonyms()
    outside = IN_BRACKETS.sub(" ", written)
    inside = " ".join(IN_BRACKETS.findall(written))
    candidates = [plain(written), plain(outside), _simplified(plain(written)), _simplified(plain(outside))]
    # "Gross weight kg", "毛重KG": the unit without brackets; "Code / 代码": either language.
    candidates += [_without_unit(candidate) for candidate in candidates]
    candidates += [candidate.replace(" ", "") for candidate in candidates if not candidate.isascii()]
    candidates += [plain(part) for part in re.split(r"[/／|\n]", outside)] + [plain(inside)]
    for candidate in filter(None, candidates):
        if candidate in known:
            return known[candidate]
        if (party := _party(candidate)) is not None:
            return party
    return None


def _party(candidate: str) -> str | None:
    """The column of "Shipper name" and the like, from role and ending."""
    for role in PARTIES:
        for ending, column in (("name", "name"), ("id", "id"), ("code", "id"), ("uscc", "id")):
            if candidate == f"{role} {ending}":
                return f"{role}_{column}"
    return None


def _without_unit(candidate: str) -> str:
    for unit in sorted(UNITS, key=len, reverse=True):
        unmarked = plain(unit)
        if unmarked and candidate.endswith(unmarked) and len(candidate) > len(unmarked):
            rest = candidate[: -len(unmarked)]
            if rest.endswith(" ") or not unmarked.isascii() or not rest[-1].isascii():
                return rest.strip()
    return candidate


def _simplified(candidate: str) -> str:
    if candidate.isascii():
        return candidate
    from data.parties.words import plain as simplified

    return simplified(candidate)


def _with_unit(written: str, column: str | None, how: How, mapping: Mapping) -> Heading:
    unit = mapping.units.get(written)
    zone = mapping.time_zone
    ambiguity = None
    if column is not None:
        if zone is None and any(word in written.casefold() for word in _BEIJING):
            zone = "Asia/Shanghai"
        if unit is None and how != "name":
            unit, ambiguity = unit_in(written, column, synonyms())
    return Heading(written, column, how, unit, zone, ambiguity)
