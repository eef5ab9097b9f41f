"""Package codes of UN/ECE Recommendation 21: packages.csv holds `code,name,withdrawn`."""

from __future__ import annotations

import csv
from functools import cache

from data.reference.dangerous_goods import FOLDER


def is_package_code(code: str) -> bool:
    """Whether `code` is a package code in force."""
    return code in _names()


def package_name(code: str) -> str:
    """The English name of a package code; empty when the list has no such code in force."""
    return _names().get(code, "")


@cache
def _names() -> dict[str, str]:
    with (FOLDER / "packages.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["name"] for row in csv.DictReader(lines) if row["withdrawn"] == "no"}
