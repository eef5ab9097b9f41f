"""Add names of the US table to further_names.csv: `python -m data.reference.further_names SOURCES`.

Only names that `agrees` does not accept and that name no other UN number are added. Lines of other sources are kept.
Not needed at run time.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from data.reference.dangerous_goods import FOLDER, is_known
from data.reference.name_words import plain, words
from data.reference.readers import cfr, rows_of
from data.reference.shipping_names import agrees, owners

COLUMNS = ("un_no", "name", "source")
US_TABLE = "49 CFR 172.101"


def further(sources: Path) -> Iterator[tuple[str, str, str]]:
    """UN number, name and source of each additional name in the US table."""
    read_by_hand = {row["un_no"] for row in rows_of(FOLDER / "further_names.csv") if row["source"] != US_TABLE}
    for row in cfr(sources):
        if row["un_no"] in read_by_hand or row["shipping_name"].count("(SCO"):
            continue
        for name in re.split(r",? or (?=[A-Z\d])", row["shipping_name"].split(" see also ")[0]):
            un_no, name = row["un_no"], name.strip(" ,")
            qualified = re.search(
                r"\d|\bsee\b|\bincluding\b|\bnot\b|\bzone\b|\bpacking group\b|poisonous",
                name.split(",", 1)[-1],
                re.IGNORECASE,
            )
            if is_known(un_no) and not qualified and not owners(words(plain(name))) and not agrees(un_no, name):
                yield un_no, name, US_TABLE


def main() -> None:
    path = FOLDER / "further_names.csv"
    kept = [(row["un_no"], row["name"], row["source"]) for row in rows_of(path)]
    found = sorted({*kept, *further(Path(sys.argv[1]))})
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerows((COLUMNS, *found))


if __name__ == "__main__":
    main()
