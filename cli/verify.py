"""`hazlane verify`: the discrepancies in the papers of each box, with the rule and the request to the declarant."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from cli.output import console, json_option, now, print_json, print_table
from data.errors import InvalidInput

_REJECTED_SHOWN: Final = 20
_LONGEST_NAME: Final = 180
"""Bytes of a file name, before its ending."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the messages."
)
@click.option("--letters", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for one request letter per box, in both languages.")  # fmt: skip
@json_option
def verify(file: Path, lang: str, letters: Path | None, as_json: bool) -> None:
    """Apply the checks of the IMDG Code to the papers of each box in FILE; nothing is stored.

    Each discrepancy has a code, a severity, the expected and the found value, and the rule.
    """
    from data.sources.tables import read
    from features.boxes import boxes_of_rows
    from features.checks.check import Topic
    from features.checks.request_letter import request
    from features.checks.stage import check

    found = read(file, now())
    rows = [row for entry in found.accepted if (row := to_verify(entry.row, entry.raw.table))]
    rejected = [str(one) for one in found.rejected]
    if not rows:
        _print_rejected(rejected)
        raise InvalidInput(f"{file} contains no goods.", "Give declarations, bookings or other papers about boxes.")
    boxes = check(boxes_of_rows(rows))
    declarations = {row["declaration_id"] for row in rows if "document" not in row}
    keys = zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True)
    names = ((name, box_no, name in declarations) for name, box_no in keys)
    reported = [
        {"declaration_id": declaration_id, "box_no": box_no,
         "discrepancies": [one.as_dict() for one in boxes.checks.discrepancies(place)
                           if declared or one.check.topic is not Topic.PAPERS]}
        for place, (declaration_id, box_no, declared) in enumerate(names)
    ]  # fmt: skip
    if letters:
        letters.mkdir(parents=True, exist_ok=True)
        written: Counter[str] = Counter()
        for box in reported:
            words = [
                request(box["declaration_id"], box["box_no"], box["discrepancies"], language)
                for language in ("zh", "en")
            ]
            if any(words):
                name = _file_name(f"{box['declaration_id']}_{box['box_no']}")
                written[name.lower()] += 1
                again = f"_{written[name.lower()]}" if written[name.lower()] > 1 else ""
                (letters / f"{name}{again}.txt").write_text("\n\n".join(words) + "\n", encoding="utf-8")
    counts = Counter(one["code"] for box in reported for one in box["discrepancies"])
    if as_json:
        print_json({"boxes": reported, "counts": counts, "rejected": rejected})
        return
    _print_rejected(rejected)
    for box in reported:
        for one in box["discrepancies"]:
            place = f"{box['declaration_id']} {box['box_no']}"
            console.print(f"{place} [{one['severity']}] {one['message'][lang]} ({one['rule']})", markup=False)
    print_table("Discrepancies", ("check", "count"), [(code, f"{count:,}") for code, count in counts.most_common()])
    clean = sum(not box["discrepancies"] for box in reported)
    console.print(f"{len(reported):,} boxes, {clean:,} without a discrepancy.", markup=False)


def _print_rejected(rejected: list[str]) -> None:
    for one in rejected[:_REJECTED_SHOWN]:
        click.echo(f"rejected: {one}", err=True)
    if len(rejected) > _REJECTED_SHOWN:
        click.echo(f"rejected: {len(rejected) - _REJECTED_SHOWN:,} more rows; --json lists all", err=True)


def _file_name(words: str) -> str:
    """A portable file name: letters, digits, hyphens, underscores; a long one is cut, with a checksum appended."""
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in words)
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    return f"{name.encode()[:_LONGEST_NAME].decode(errors='ignore')}_{zlib.crc32(words.encode()):08x}"


def to_verify(row: Mapping[str, Any], table: str) -> dict[str, Any] | None:
    """A row of any paper in the form of a declaration; None for a withdrawn paper and for other tables."""
    if table == "declarations":
        return dict(row)
    if table != "statements" or row["withdrawn"]:
        return None
    named = {"declaration_id": f"{row['document']} {row['document_no']}", "declared_at": row["stated_at"]}
    return {**row, **named, "amendment_no": row["version"]}
