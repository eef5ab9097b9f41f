"""The list of dangerous goods: one entry per row of the master list, read from dangerous_goods.csv.

A UN number has one to three entries: one per packing group, or per form of the goods. In the file, an empty cell means
"none" and `?` means "unknown" (no source states it). Here unknown is None, or `Known.UNKNOWN` for yes-or-no facts.
Source and edition of each column are in sources.csv, the counts in docs/reference.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from data.vocabulary import Vocabulary

FOLDER: Final = Path(__file__).parent
UNKNOWN: Final = "?"


class Known(Vocabulary):
    """A yes-or-no fact about goods, or unknown where no source states it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list. Codes are those of the UN Model Regulations and the IMDG Code; None is unknown."""

    un_no: str
    """Four digits."""
    variant: int
    """Position among the entries of this UN number, from 0."""
    packing_group: str
    """I, II, III, or empty where the goods have none."""
    hazard_class: str
    """Class or division, with the compatibility letter for class 1; empty for UN 0190, whose class is not fixed."""
    subsidiary_hazards: tuple[str, ...] | None
    """None where they depend on the goods: articles by their contents, and UN 0190."""
    name_en: str
    name_zh: str
    special_provisions: tuple[str, ...]
    limited_quantity: str
    """Largest inner packaging, such as "5 L" or "500 g"; "0" where not permitted, "SP277" by a special provision."""
    excepted_quantity: str
    """E0 (not permitted) to E5, or "SP340" by a special provision."""
    packing_instructions: tuple[str, ...] | None
    """None where a chapter of the regulations replaces the instructions (class 7)."""
    packing_provisions: tuple[str, ...]
    portable_tank: tuple[str, ...]
    """Portable tank and bulk container codes; empty where neither is permitted."""
    tank_provisions: tuple[str, ...]
    technical_name_required: bool
    """Whether the shipping name must be followed by a technical name (special provision 274 or 318)."""
    marine_pollutant: Known
    ems: str | None
    """Emergency schedules for fire and spillage, such as "F-E S-E"."""
    stowage_category: str | None
    """A to E, or 01 to 05 for class 1."""
    stowage_codes: tuple[str, ...] | None
    segregation_codes: tuple[str, ...] | None
    segregation_groups: tuple[str, ...] | None


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, ordered by UN number and variant."""
    with (FOLDER / "dangerous_goods.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(_read(csv.DictReader(lines)))


def by_un_no(un_no: str) -> tuple[Entry, ...]:
    """The entries of `un_no` (four digits); empty when the list has no such number."""
    return _index().get(un_no, ())


def is_known(un_no: str) -> bool:
    """Whether the list has `un_no` (four digits)."""
    return un_no in _index()


@cache
def _index() -> Mapping[str, tuple[Entry, ...]]:
    index: dict[str, tuple[Entry, ...]] = {}
    for entry in entries():
        index[entry.un_no] = (*index.get(entry.un_no, ()), entry)
    return index


@cache
def _codes(cell: str) -> tuple[str, ...]:
    return tuple(cell.split())


def _codes_or_unknown(cell: str) -> tuple[str, ...] | None:
    return None if cell == UNKNOWN else _codes(cell)


def _text_or_unknown(cell: str) -> str | None:
    return None if cell == UNKNOWN else cell


def _read(rows: csv.DictReader[str]) -> Iterator[Entry]:
    known = {member.value: member for member in Known}
    for row in rows:
        yield Entry(
            un_no=row["un_no"],
            variant=int(row["variant"]),
            packing_group=row["packing_group"],
            hazard_class="" if row["hazard_class"] == UNKNOWN else row["hazard_class"],
            subsidiary_hazards=_codes_or_unknown(row["subsidiary_hazards"]),
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            special_provisions=_codes(row["special_provisions"]),
            limited_quantity=row["limited_quantity"],
            excepted_quantity=row["excepted_quantity"],
            packing_instructions=_codes_or_unknown(row["packing_instructions"]),
            packing_provisions=_codes(row["packing_provisions"]),
            portable_tank=_codes(row["portable_tank"]),
            tank_provisions=_codes(row["tank_provisions"]),
            technical_name_required=row["technical_name_required"] == "yes",
            marine_pollutant=known[row["marine_pollutant"]],
            ems=_text_or_unknown(row["ems"]),
            stowage_category=_text_or_unknown(row["stowage_category"]),
            stowage_codes=_codes_or_unknown(row["stowage_codes"]),
            segregation_codes=_codes_or_unknown(row["segregation_codes"]),
            segregation_groups=_codes_or_unknown(row["segregation_groups"]),
        )
