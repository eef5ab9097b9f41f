"""Read cells with the codes of all goods of a box on another paper: "UN 1263;1993", "PG II/III"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from data.records import GOODS_PAPERS

MULTI_VALUE_COLUMNS: Final = frozenset(
    f"{paper}_{fact}" for paper in GOODS_PAPERS for fact in ("un_no", "packing_group")
)
_BETWEEN: Final = re.compile(r"[;,/|、+&]")
_NUMBER: Final = re.compile(r"(?:UN\s*(?:NO\.?\s*)?)?(\d{4})(?!\d)", re.IGNORECASE)


def multi_value(column: str, cell: str, group: Callable[[str], str | None]) -> str:
    """The codes separated by single spaces; a cell that is not understood is returned as written, and refused later.

    `group` gives the packing group of a text, or None.
    """
    written = unicodedata.normalize("NFKC", cell)
    parts = [part.strip() for part in _BETWEEN.split(written) if part.strip()]
    if column.endswith("un_no"):
        understood = all(not _NUMBER.sub("", part).strip() for part in parts)
        codes = [code for part in parts for code in _NUMBER.findall(part)] if understood else []
    else:
        wholes = [[part] if group(part) else part.split() for part in parts]
        codes = [group(one) or one for whole in wholes for one in whole]
    return " ".join(dict.fromkeys(codes)) or written
