"""Package codes of UN/ECE Recommendation 21: packages.csv has the columns `code,name_en,name_zh,withdrawn`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from data.reference.dangerous_goods import FOLDER


def is_package_code(code: str) -> bool:
    """Whether `code` is a package code in force."""
    return code in _in_force()


def package_name(code: str, language: str) -> str:
    """The name of a package code in `language` ("en" or "zh"); empty when no such code is in force."""
    return _in_force()[code][language] if is_package_code(code) else ""


@cache
def _in_force() -> Mapping[str, Mapping[str, str]]:
    with (FOLDER / "packages.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["code"]: {"en": row["name_en"], "zh": row["name_zh"]}
            for row in csv.DictReader(lines)
            if row["withdrawn"] == "no"
        }
