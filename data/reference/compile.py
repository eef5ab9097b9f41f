"""Compile the reference sources into the project's own tables: `python -m data.reference.compile SOURCES`.

The same sources give the same bytes. Nothing here is needed at run time.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from data.errors import HazlaneError, InvalidInput
from data.reference import crosscheck, documentation, readers
from data.reference.dangerous_goods import FOLDER, Entry
from data.reference.readers import US_TABLE

PAGE: Final = FOLDER.parent.parent / "docs" / "reference.md"
PACKAGE_COLUMNS: Final = ("code", "name_en", "name_zh", "withdrawn")
WITHDRAWN: Final = "X"
TARIFF_COLUMNS: Final = ("code", "text")
COLUMNS: Final = tuple(field.name for field in fields(Entry))

# Special provisions that require the technical name: 274 always, 318 for infectious substances.
TECHNICAL_NAME_PROVISIONS: Final = {"274", "318"}


def dangerous_goods(sources: Path) -> tuple[list[readers.Row], list[readers.Repair]]:
    """All rows of dangerous_goods.csv, and the repairs of scanning errors."""
    rows, repairs = readers.master(sources)
    sea, of_sea = readers.imdg(sources)
    if len(rows) != len(sea):
        raise InvalidInput(
            f"The master list has {len(rows)} rows, the IMDG list {len(sea)}.", "Align the two lists row by row."
        )
    variants: dict[str, int] = {}
    compiled = []
    for row, imdg in zip(rows, sea, strict=True):
        if row["un_no"] != imdg["un_no"]:
            raise InvalidInput(
                f"UN {row['un_no']} of the master list is in the row of UN {imdg['un_no']} of the IMDG list.",
                "Align the two lists row by row.",
            )
        variant = variants.get(row["un_no"], 0)
        variants[row["un_no"]] = variant + 1
        required = TECHNICAL_NAME_PROVISIONS & set(row["special_provisions"].split())
        own = {"variant": str(variant), "technical_name_required": "yes" if required else "no"}
        compiled.append({**imdg, **row, **own})
    return compiled, sorted([*repairs, *of_sea], key=lambda repair: (repair["un_no"], repair["column"]))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a CSV file: UTF-8, line feeds, only `columns`, in order."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def forbidden_names(sources: Path, rows: Iterable[Mapping[str, str]]) -> list[readers.Row]:
    """Names that the US table forbids, without those that the master list has under a UN number."""
    admitted = {row["name_en"].lower() for row in rows}
    names = {row["shipping_name"].strip() for row in readers.rows_of(sources / US_TABLE) if row["forbidden"] == "1"}
    return [{"name": name} for name in sorted(names) if name.lower() not in admitted]


def packages(sources: Path) -> list[readers.Row]:
    """The package codes, ordered by code. Raises InvalidInput when package_names.csv lacks a code's Chinese name."""
    chinese = {row["code"]: row["name_zh"] for row in readers.rows_of(FOLDER / "package_names.csv")}
    codes = sorted(readers.rows_of(sources / "rec21_packages.csv"), key=lambda row: row["Code"])
    if unnamed := [row["Code"] for row in codes if row["Code"] not in chinese]:
        raise InvalidInput(f"Package codes without a Chinese name: {unnamed}.", "Add them to package_names.csv.")
    return [
        {
            "code": row["Code"],
            "name_en": " ".join(row["Name"].split()),
            "name_zh": chinese[row["Code"]],
            "withdrawn": "yes" if row["Status"] == WITHDRAWN else "no",
        }
        for row in codes
    ]


def tariff(sources: Path) -> list[readers.Row]:
    """The six-digit codes of the Harmonized System with their texts, ordered by code."""
    codes = sorted(readers.rows_of(sources / "hs2022.csv"), key=lambda row: row["hscode"])
    return [
        {"code": row["hscode"], "text": " ".join(row["description"].split())} for row in codes if row["level"] == "6"
    ]


def compile_all(sources: Path, folder: Path) -> None:
    """Write every compiled table into `folder`."""
    rows, repairs = dangerous_goods(sources)
    disagreements = crosscheck.conflicts(rows, repairs, readers.cfr(sources))
    write_table(folder / "dangerous_goods.csv", COLUMNS, rows)
    write_table(folder / "repairs.csv", readers.REPAIR_COLUMNS, repairs)
    write_table(folder / "conflicts.csv", crosscheck.COLUMNS, disagreements)
    write_table(folder / "forbidden.csv", ("name",), forbidden_names(sources, rows))
    write_table(folder / "packages.csv", PACKAGE_COLUMNS, packages(sources))
    write_table(folder / "tariff.csv", TARIFF_COLUMNS, tariff(sources))


def main(arguments: Sequence[str]) -> int:
    """Compile the sources; returns the exit code: 0, 1 when they cannot be compiled, 2 for wrong usage."""
    if len(arguments) != 1:
        print("usage: python -m data.reference.compile SOURCES", file=sys.stderr)
        return 2
    try:
        compile_all(Path(arguments[0]), FOLDER)
        PAGE.write_text(documentation.page(FOLDER), encoding="utf-8")
    except HazlaneError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
