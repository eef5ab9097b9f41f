"""The table of texts for officers, in English and Chinese.

Each CSV beside this file has the columns `key,en,zh`; together they are one table, in which keys are unique.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")


@cache
def table() -> dict[str, dict[str, str]]:
    """All texts by key: `{"lane.red": {"en": "Open", "zh": "开箱"}}`. A key given twice is an error."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                key = row.pop("key")
                if key in texts:
                    raise ValueError(f"text {key!r} is defined twice, the second time in {path.name}")
                texts[key] = row
    return texts


def text(key: str, language: str, **values: object) -> str:
    """The text in `language` ("en" or "zh"), with `{name}` placeholders filled from `values`.

    Raises KeyError for an unknown key; a test searches for missing texts.
    """
    words = table()[key][language]
    return words.format(**values) if values else words


def both(key: str, **values: object) -> dict[str, str]:
    """The text in both languages: `{"en": ..., "zh": ...}`."""
    return {language: text(key, language, **values) for language in LANGUAGES}
