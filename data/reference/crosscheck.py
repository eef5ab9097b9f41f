"""Compare the master list with the US table and with the IMDG columns; every disagreement becomes a row.

The value of the master list is kept unless the others show a scanning error (corrections.csv): the list is mandatory
in Chinese ports and follows the newest edition. Where the US table has several entries for a UN number and packing
group, one that agrees is enough. Not compared: tank provisions (TP) and stowage, because the US table has its own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from data.reference.dangerous_goods import UNKNOWN

Row = Mapping[str, str]

COLUMNS: Final = ("un_no", "packing_group", "column", "gb", "cfr", "imdg", "chosen", "why")

NONE: Final = "none"
MASTER_KEPT: Final = "the master list is mandatory in Chinese ports and follows the newest edition"
REASONS: Final = {
    "hazard_class": MASTER_KEPT,
    "subsidiary_hazards": MASTER_KEPT + "; the US table adds inhalation and explosion hazards of its own",
    "packing_group": MASTER_KEPT,
    "portable_tank": MASTER_KEPT + "; the US table asks stronger tanks for goods toxic by inhalation",
    "technical_name_required": "special provision 274 or 318; the US table gives fewer entries the symbol G",
}

# The label cell of UN 1052 reads "8.6.1", so its subsidiary hazard was lost.
_US_SUBSIDIARY: Final = {"1052": "6.1"}

# An emergency schedule is unusual when at least nine in ten entries with the same hazards have another one.
_USUAL_SHARE: Final = 0.9
_USUAL_ENTRIES: Final = 8


def conflicts(rows: Sequence[Row], repairs: Iterable[Row], us_rows: Iterable[Row]) -> list[dict[str, str]]:
    """All disagreements, ordered by UN number; `rows` as compiled, `repairs` made in them, rows of the US table."""
    us: dict[str, list[Row]] = defaultdict(list)
    for row in us_rows:
        us[row["un_no"]].append(row)
    found = [
        *_corrected(repairs, us),
        *_only_in_one(rows, us),
        *_packing_groups(rows, us),
        *_values(rows, us),
        *_schedules(rows),
    ]
    return sorted(found, key=lambda row: tuple(row[column] for column in COLUMNS))


def _conflict(
    row: Row, column: str, gb: str, chosen: str, why: str, *, cfr: str = "", imdg: str = ""
) -> dict[str, str]:
    values = (row["un_no"], row.get("packing_group", ""), column, gb, cfr, imdg, chosen, why)
    return dict(zip(COLUMNS, values, strict=True))


def _corrected(repairs: Iterable[Row], us: Mapping[str, list[Row]]) -> Iterator[dict[str, str]]:
    """Corrections of facts, not of spellings, in the master list."""
    for repair in repairs:
        column = repair["column"]
        if column in ("packing_group", "subsidiary_hazards"):
            theirs = {_us_value(column, row) for row in us[repair["un_no"]]}
            yield _conflict(
                {"un_no": repair["un_no"]},
                column,
                repair["before"],
                repair["after"] or NONE,
                repair["evidence"],
                cfr=" | ".join(sorted(value or NONE for value in theirs)),
            )


def _only_in_one(rows: Sequence[Row], us: Mapping[str, list[Row]]) -> Iterator[dict[str, str]]:
    ours = {row["un_no"] for row in rows}
    for un_no in sorted(ours - set(us)):
        yield _conflict({"un_no": un_no}, "un_no", "listed", "listed", MASTER_KEPT, cfr="not listed")
    for un_no in sorted(set(us) - ours):
        why = "the number is no longer in the Model Regulations"
        yield _conflict({"un_no": un_no}, "un_no", "not listed", "not listed", why, cfr="listed")


def _packing_groups(rows: Sequence[Row], us: Mapping[str, list[Row]]) -> Iterator[dict[str, str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        groups[row["un_no"]].add(row["packing_group"])
    for un_no, ours in groups.items():
        theirs = {row["packing_group"] for row in us.get(un_no, ())}
        if theirs and ours != theirs:
            gb, cfr = (" | ".join(sorted(group or NONE for group in side)) for side in (ours, theirs))
            yield _conflict({"un_no": un_no}, "packing_group", gb, gb, REASONS["packing_group"], cfr=cfr)


def _values(rows: Sequence[Row], us: Mapping[str, list[Row]]) -> Iterator[dict[str, str]]:
    for column, value_of in _OURS.items():
        same: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            same[row["un_no"], row["packing_group"]].add(value_of(row))
        for row in rows:
            theirs = {
                _us_value(column, other)
                for other in us.get(row["un_no"], ())
                if other["packing_group"] == row["packing_group"]
            }
            if theirs and not theirs & same[row["un_no"], row["packing_group"]]:
                gb = value_of(row) or NONE
                cfr = " | ".join(sorted(value or NONE for value in theirs))
                yield _conflict(row, column, gb, gb, REASONS[column], cfr=cfr)


def _schedules(rows: Sequence[Row]) -> Iterator[dict[str, str]]:
    """Emergency schedules (IMDG) that are unusual for the hazards of the goods in the master list."""
    alike: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if UNKNOWN not in (row["ems"], row["subsidiary_hazards"], row["hazard_class"]):
            division = "1" if row["hazard_class"].startswith("1") else row["hazard_class"]
            alike[division, row["subsidiary_hazards"]].append(row)
    for (division, subsidiary), group in alike.items():
        if len(group) < _USUAL_ENTRIES:
            continue
        for kind, at in (("fire", 0), ("spillage", 1)):
            usual, count = Counter(row["ems"].split()[at] for row in group).most_common(1)[0]
            if count < _USUAL_SHARE * len(group):
                continue
            for row in group:
                if row["ems"].split()[at] != usual:
                    hazards = f"{division} ({subsidiary})" if subsidiary else division
                    why = f"kept as published; of {len(group)} entries of {hazards}, {count} have {usual} for {kind}"
                    yield _conflict(row, "ems", hazards, row["ems"], why, imdg=row["ems"])


def _sorted_codes(pattern: str, text: str) -> str:
    return " ".join(sorted(set(re.findall(pattern, text))))


_OURS: Final[Mapping[str, Callable[[Row], str]]] = {
    "hazard_class": lambda row: row["hazard_class"],
    "subsidiary_hazards": lambda row: " ".join(sorted(row["subsidiary_hazards"].split())),
    "portable_tank": lambda row: _sorted_codes(r"\bT\d+\b", row["portable_tank"]),
    "technical_name_required": lambda row: row["technical_name_required"],
}


def _us_value(column: str, row: Row) -> str:
    match column:
        case "hazard_class" | "packing_group":
            return row[column]
        case "subsidiary_hazards":
            return _US_SUBSIDIARY.get(row["un_no"], " ".join(sorted(row["subsidiary"].split())))
        case "portable_tank":
            return _sorted_codes(r"\bT\d+\b", row["special_provisions"])
        case "technical_name_required":
            return "yes" if "G" in row["symbols"].split() else "no"
    raise KeyError(column)
