"""Write docs/reference.md from the compiled tables."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from data.reference.dangerous_goods import UNKNOWN
from data.reference.readers import BY_RULE

Rows = list[dict[str, str]]


def page(folder: Path) -> str:
    """docs/reference.md, in Markdown, from the tables in `folder`."""
    goods = _rows(folder / "dangerous_goods.csv")
    repairs = _rows(folder / "repairs.csv")
    conflicts = _rows(folder / "conflicts.csv")
    parts = (
        "# Reference lists\n",
        "Written by `python -m data.reference.compile SOURCES`; do not edit. The lists are facts from official "
        "sources in our own schema, read at run time from `data/reference/`; the sources are not needed then.\n",
        _goods(goods),
        _unknown(goods),
        _repairs(repairs),
        _conflicts(conflicts),
        _other_lists(folder),
        _sources(_rows(folder / "sources.csv")),
    )
    return "\n".join(parts)


def _goods(goods: Rows) -> str:
    per_number = Counter(Counter(row["un_no"] for row in goods).values())
    sizes = ", ".join(f"{count:,} with {size}" for size, count in sorted(per_number.items()))
    pollutants = Counter(row["marine_pollutant"] for row in goods)
    technical = sum(row["technical_name_required"] == "yes" for row in goods)
    return (
        "## Dangerous goods\n\n"
        f"`dangerous_goods.csv` contains {len(goods):,} entries of {sum(per_number.values()):,} UN numbers ({sizes} "
        "entries). An entry is a row of the list: one per packing group, or per form of the goods, counted by "
        "`variant`.\n\n"
        f"- {technical:,} entries need a technical name after the shipping name.\n"
        f"- Marine pollutants: {pollutants['yes']:,} yes, {pollutants['no']:,} no, {pollutants['unknown']:,} unknown.\n"
        "- UN 0190 (samples of explosives) has no class: the authority fixes it for each sample.\n"
    )


def _unknown(goods: Rows) -> str:
    counts = {column: sum(row[column] in (UNKNOWN, "unknown") for row in goods) for column in goods[0]}
    rows = ((column, f"{count:,}") for column, count in counts.items() if count)
    return (
        "## Unknown is not no\n\n"
        "An empty cell means none; `?` (or `unknown`) means that no source states it. The IMDG columns come from a "
        "notification that does not cover every entry, and from an index of emergency schedules that leaves some "
        "entries open. Packing instructions are open where the list refers to another chapter (class 7).\n\n"
        + _table(("column", "entries unknown"), rows)
    )


def _repairs(repairs: Rows) -> str:
    by_column = Counter(row["column"] for row in repairs)
    by_rule = sum(row["evidence"] == BY_RULE for row in repairs)
    rows = ((column, f"{count:,}") for column, count in sorted(by_column.items()))
    return (
        "## Repaired scanning errors\n\n"
        f"{len(repairs):,} repairs are in `repairs.csv`, each with its evidence: {by_rule:,} names whose words were "
        f"joined or split by the words of the US table, and {len(repairs) - by_rule:,} single corrections from "
        "`corrections.csv`. Spacing and full-width signs are normalised without being counted.\n\n"
        + _table(("column", "repairs"), rows)
    )


def _conflicts(conflicts: Rows) -> str:
    rows = []
    for column, count in sorted(Counter(row["column"] for row in conflicts).items()):
        changed = sum(row["chosen"] not in (row["gb"], row["imdg"]) for row in conflicts if row["column"] == column)
        why = Counter(row["why"] for row in conflicts if row["column"] == column and row["chosen"] == row["gb"])
        rows.append((column, f"{count:,}", f"{changed:,}", why.most_common(1)[0][0] if why else "kept as published"))
    return (
        "## Where the sources disagree\n\n"
        "The master list is checked against the US table (class, subsidiary hazards, packing groups, portable tanks, "
        "technical name) and against the emergency schedules of the IMDG Code, which must fit the hazards. Each "
        "disagreement is a row of `conflicts.csv` with the values, the choice and its reason. Not compared: tank "
        "provisions and stowage, for which the US table has its own; quantities and packing instructions, which only "
        "the master list has.\n\n"
        + _table(("column", "conflicts", "master list corrected", "reason where it is kept"), rows)
    )


def _other_lists(folder: Path) -> str:
    watch = Counter(row["kind"] for row in _rows(folder / "watchlist.csv"))
    harmless = sum(not row["un_nos"] for row in _rows(folder / "watchlist.csv"))
    packages = Counter(row["withdrawn"] for row in _rows(folder / "packages.csv"))
    concerns = Counter(row["concern"] for row in _rows(folder / "concerns.csv"))
    everyday = Counter(row["language"] for row in _rows(folder / "everyday.csv"))
    return (
        "## Other lists\n\n"
        f"- `watchlist.csv`: {watch['tariff']:,} tariff codes, {watch['en']:,} English and {watch['zh']:,} Chinese "
        f"terms that point to UN numbers; {harmless:,} of the terms are harmless phrases that contain a listed term "
        "(charcoal grey) and override it. The list is advisory and made by hand; a phrase that is not listed can still "
        "give a wrong result.\n"
        f"- `concerns.csv`: {sum(concerns.values()):,} UN numbers of {len(concerns):,} cargoes of concern.\n"
        f"- `forbidden.csv`: {len(_rows(folder / 'forbidden.csv')):,} names that the US table forbids.\n"
        f"- `packages.csv`: {packages['no']:,} package codes in force, {packages['yes']:,} withdrawn.\n"
        f"- `tariff.csv`: {len(_rows(folder / 'tariff.csv')):,} six-digit tariff codes with their texts.\n"
        f"- `everyday.csv`: {everyday['en']:,} English and {everyday['zh']:,} Chinese names of harmless goods, which "
        "`features/text/likely_goods.py` is trained on, beside the tariff texts.\n"
    )


def _sources(sources: Rows) -> str:
    columns = ("file", "column", "source", "edition", "note")
    rows = (tuple(row[column] for column in columns) for row in sources)
    return "## Source and edition of each column\n\n" + _table(columns, rows)


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
