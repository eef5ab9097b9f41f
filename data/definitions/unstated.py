"""Values that state nothing: words such as "none" in a text column, zero in a mass column."""

from __future__ import annotations

from typing import Final

from data.records import GOODS_PAPERS

_WORDS: Final = ("n/a", "na", "n.a.", "nil", "none", "no", "null", "not applicable", "无", "没有", "不适用", "否", "0")
NOTHING: Final = frozenset(
    ("", "-", "--", "/", "//", "\\", ".", "*", *(form(word) for word in _WORDS for form in (str, str.upper, str.title)))
)
"""What is written where a form asks for an answer and there is none."""
MAY_SAY_NOTHING: Final = frozenset(
    (
        "packing_certificate_no", "certificate_box_no", "fumigant", "subsidiary_hazards", "shipping_name",
        "technical_name", "un_mark", "ems", "test_summary_no", "radionuclide", "radioactive_category",
    )
)  # fmt: skip
"""Columns that forms ask to be filled, and that are filled with a word for nothing."""
NEVER_ZERO: Final = frozenset(
    (
        "vgm_kg", "weighed_kg",
        *(f"{paper}_{fact}" for paper in GOODS_PAPERS for fact in ("gross_mass_kg", "package_count")),
    )
)  # fmt: skip
"""Weights of a laden box, and what other papers say of the goods: systems write zero where they know none."""


def is_stated(text: str | None) -> bool:
    """Whether a text says anything."""
    return text is not None and text not in NOTHING
