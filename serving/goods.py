"""Display helpers for declared rows: drop empty values, name the goods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.reference.dangerous_goods import by_un_no


def present(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row without its empty values (missing, NaN or empty text)."""
    return {name: value for name, value in row.items() if not pd.isna(value) and value != ""}


def goods_name(row: Mapping[str, Any], language: str) -> str:
    """Name of the goods in `language` from the dangerous goods list; the declared name when the list has no entry."""
    entries = by_un_no(str(row.get("un_no") or ""))
    group = row.get("packing_group") or ""
    entry = next((entry for entry in entries if entry.packing_group == group), entries[0] if entries else None)
    name = (entry.name_zh if language == "zh" else entry.name_en) if entry else ""
    return name or str(row.get("shipping_name") or row.get("description") or "")
