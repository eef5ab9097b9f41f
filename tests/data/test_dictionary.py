"""The data dictionary agrees with the columns."""

from __future__ import annotations

from pathlib import Path

from data.dictionary import page
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m data.dictionary > docs/data-dictionary.md"


def test_all_columns_and_codes_are_listed() -> None:
    text = page()
    for column in (*DECLARATION_COLUMNS, *INSPECTION_COLUMNS):
        assert f"| `{column.name}`" in text
        for code in column.vocabulary or ():
            assert f"`{code}`" in text
