"""Read the reference sources into rows with the columns of the project's own schema, scanning errors corrected."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from data.errors import InvalidInput, NotFound
from data.reference import names
from data.reference.dangerous_goods import FOLDER, UNKNOWN

Row = dict[str, str]
Repair = dict[str, str]

US_TABLE: Final = "cfr_172_101.csv"
BY_RULE: Final = "US table"
REPAIR_COLUMNS: Final = ("un_no", "column", "before", "after", "evidence")

MASTER_COLUMNS: Final = {
    "pg": "packing_group",
    "cls": "hazard_class",
    "sub": "subsidiary_hazards",
    "name_en": "name_en",
    "name_zh": "name_zh",
    "sp": "special_provisions",
    "lq": "limited_quantity",
    "eq": "excepted_quantity",
    "pi": "packing_instructions",
    "spp": "packing_provisions",
    "tank": "portable_tank",
    "tanksp": "tank_provisions",
}

# A cell that refers to another place ("see 2.0.5.6") has no code.
_ELSEWHERE: Final = re.compile(r"SEE 2\.0\.5\.6|见《规章范本》.*")
_BY_PROVISION: Final = re.compile(r"见特殊规定 ?(\d+)")
# Half-width punctuation before a Chinese character; inside chemical names (1,2-) it is kept.
_CHINESE_STOPS: Final = re.compile(r"[,;](?=[\u4e00-\u9fff])")
_CODE_COLUMNS: Final = (
    "special_provisions",
    "packing_instructions",
    "packing_provisions",
    "portable_tank",
    "tank_provisions",
    "subsidiary_hazards",
)


def rows_of(path: Path) -> list[Row]:
    """The rows of a CSV file. Raises NotFound when there is no such file."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Give the folder with the reference sources.")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def master(folder: Path) -> tuple[list[Row], list[Repair]]:
    """The master list in our columns, ordered by UN number, and every repair that was made to it.

    Raises InvalidInput when a line of corrections.csv fits no row.
    """
    us_names = names_by_un_no(cfr(folder))
    known = names.words(name for of_number in us_names.values() for name in of_number)
    corrections = _corrections(MASTER_COLUMNS.values())
    repairs: dict[tuple[str, ...], Repair] = {}
    rows = []
    for source in sorted(rows_of(folder / "gb12268_2025.csv"), key=lambda source: source["un"]):
        row = {"un_no": source["un"].removeprefix("UN")}
        row |= {ours: source[theirs].strip() for theirs, ours in MASTER_COLUMNS.items()}
        made = _correct(row, corrections.get(row["un_no"], ()))
        spaced = names.typography(row["name_en"])
        row["name_en"] = names.repair(row["name_en"], us_names.get(row["un_no"], ()), known)
        if row["name_en"] != spaced:
            values = (row["un_no"], "name_en", spaced, row["name_en"], BY_RULE)
            made.append(dict(zip(REPAIR_COLUMNS, values, strict=True)))
        repairs |= {_key(repair): repair for repair in made}
        rows.append(_normal(row))
    _all_used(corrections, repairs)
    return rows, [repairs[key] for key in sorted(repairs)]


def imdg(folder: Path) -> tuple[list[Row], list[Repair]]:
    """The columns of the IMDG Code only, in the order of the master list, `?` where unknown; and repairs.

    Raises InvalidInput when a line of corrections.csv fits no row.
    """
    rows = [_imdg_row(source) for source in sorted(rows_of(folder / "imdg_columns.csv"), key=lambda row: row["un"])]
    corrections = _corrections(set(rows[0]) - set(MASTER_COLUMNS.values()))
    made = [repair for row in rows for repair in _correct(row, corrections.get(row["un_no"], ()))]
    repairs = {_key(repair): repair for repair in made}
    _all_used(corrections, repairs)
    return rows, [repairs[key] for key in sorted(repairs)]


def cfr(folder: Path) -> list[Row]:
    """The entries of the US table with a UN number (no domestic NA numbers, no forbidden names)."""
    return [
        row | {"un_no": row["id_number"].removeprefix("UN")}
        for row in rows_of(folder / US_TABLE)
        if row["id_number"].startswith("UN")
    ]


def names_by_un_no(us_rows: list[Row]) -> Mapping[str, list[str]]:
    """The shipping names of the US table by UN number."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in us_rows:
        found[row["un_no"]].append(row["shipping_name"])
    return found


def _corrections(columns: Iterable[str]) -> Mapping[str, list[Repair]]:
    """The corrections of these columns by UN number."""
    found: dict[str, list[Repair]] = defaultdict(list)
    ours = set(columns)
    for row in rows_of(FOLDER / "corrections.csv"):
        if row["column"] in ours:
            found[row["un_no"]].append(row)
    return found


def _all_used(corrections: Mapping[str, list[Repair]], repairs: Mapping[tuple[str, ...], Repair]) -> None:
    unused = {_key(correction) for of_number in corrections.values() for correction in of_number} - set(repairs)
    if unused:
        raise InvalidInput(f"Corrections that fit no row: {sorted(unused)}.", "Remove them from corrections.csv.")


def _key(repair: Repair) -> tuple[str, ...]:
    return repair["un_no"], repair["column"], repair["before"]


def _correct(row: Row, corrections: Iterable[Repair]) -> list[Repair]:
    """Apply to `row` the corrections that fit it, and return those. An empty `before` fits an empty cell."""
    made = []
    for correction in corrections:
        column, before, after = correction["column"], correction["before"], correction["after"]
        if before and before in row[column]:
            row[column] = row[column].replace(before, after)
        elif not before and not row[column]:
            row[column] = after
        else:
            continue
        made.append(correction)
    return made


def _normal(row: Row) -> Row:
    """`row` with codes separated by single spaces, and references to other chapters as `?`."""
    for column in _CODE_COLUMNS:
        row[column] = UNKNOWN if _ELSEWHERE.fullmatch(row[column]) else " ".join(re.split(r"[ ,]+", row[column]))
    if row["packing_provisions"] == UNKNOWN:
        row["packing_instructions"], row["packing_provisions"] = UNKNOWN, ""
    for column in ("limited_quantity", "excepted_quantity"):
        row[column] = _BY_PROVISION.sub(r"SP\1", row[column]).replace(" 或 ", " or ")
    row["name_zh"] = _CHINESE_STOPS.sub(lambda stop: "，；"[",;".index(stop.group())], " ".join(row["name_zh"].split()))
    if not row["hazard_class"]:
        row["hazard_class"] = row["subsidiary_hazards"] = UNKNOWN
    return row


def _imdg_row(source: Row) -> Row:
    """A row in our columns. An empty cell means "none" only where the notification covers the entry (`src_imdg`).

    Emergency schedule and stowage category are never "none": the Code has both for every entry that it does not forbid,
    so an empty cell is a gap of the transcription.
    """
    covered = bool(source["src_imdg"])

    def codes(column: str) -> str:
        return source[column] if source[column] or covered else UNKNOWN

    return {
        "un_no": source["un"].removeprefix("UN"),
        "packing_group": source["pg"],
        "marine_pollutant": "yes" if source["marine_pollutant"] == "P" else "no" if covered else "unknown",
        "ems": source["ems"] or UNKNOWN,
        "stowage_category": source["stow_cat"].removeprefix("ES") or UNKNOWN,
        "stowage_codes": codes("stow_codes"),
        "segregation_codes": codes("sg"),
        "segregation_groups": codes("sgg"),
    }
