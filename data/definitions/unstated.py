"""Values that mean "not stated": words for nothing, and zero for masses that cannot be zero."""

from __future__ import annotations

from typing import Final

from data.records import GOODS_PAPERS

_WORDS: Final = ("n/a", "na", "n.a.", "nil", "none", "no", "null", "not applicable", "无", "没有", "不适用", "否", "0")
NOTHING: Final = frozenset(
    ("", "-", "--", "/", "//", "\\", ".", "*", *(form(word) for word in _WORDS for form in (str, str.upper, str.title)))
)
"""Texts that forms contain where there is no value."""
MAY_SAY_NOTHING: Final = frozenset(
    (
        "packing_certificate_no", "certificate_box_no", "fumigant", "subsidiary_hazards", "shipping_name",
        "technical_name", "un_mark", "ems", "test_summary_no", "radionuclide", "radioactive_category",
    )
)  # fmt: skip
"""Columns in which such texts occur."""
NEVER_ZERO: Final = frozenset(
    (
        "vgm_kg", "weighed_kg",
        *(f"{paper}_{fact}" for paper in GOODS_PAPERS for fact in ("gross_mass_kg", "package_count")),
    )
)  # fmt: skip
"""Masses of a loaded box, and goods on other papers: systems write zero for an unknown value."""


def is_stated(text: str | None) -> bool:
    """Whether a text states a value."""
    return text is not None and text not in NOTHING
