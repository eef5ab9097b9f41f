"""Class 7: radionuclide, activity, category and transport index."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic, figure
from features.checks.identity import NOTHING

# Of excepted packages the papers give number and name only (1.5.1.5, 5.4.1.5.7).
_EXCEPTED_PACKAGES: Final = frozenset(("2908", "2909", "2910", "2911"))
# An index of no more than 0.05 is taken as 0 (5.1.5.3.1).
_MOST: Final = {"I-WHITE": 0.05, "II-YELLOW": 1.0, "III-YELLOW": 10.0}
_EXCLUSIVE_USE: Final = re.compile(r"exclusive use|独家使用")
_NUMERALS: Final = {"一": "I", "二": "II", "三": "III", "1": "I", "2": "II", "3": "III"}
_NUMERAL: Final = re.compile(r"(?<![A-Z])[WY]?\W*(III|II|I|[123一二三])(?=[WY]?(?![A-Z]))")
_COLOUR: Final = re.compile(r"WHITE|YELLOW|[白黄]|(?<![A-HJ-Z])[WY](?![A-HJ-Z])")


def radioactive_data(line: Line) -> Found | None:
    """Class 7: radionuclide, activity, category or transport index missing, or the index does not fit the category."""
    if line.entries[0].hazard_class != "7" or line["un_no"] in _EXCEPTED_PACKAGES:
        return None
    written, index = line["radioactive_category"], line["transport_index"]
    category = category_of(written)
    missing = [name for name in ("radionuclide", "radioactive_category") if not line[name]]
    missing += [] if line["activity_bq"] > 0 else ["activity_bq"]
    # White packages have none.
    missing += ["transport_index"] if index != index and (category in ("II-YELLOW", "III-YELLOW")) else []
    if missing:
        return Found(tuple(missing), both("expected.radionuclide_activity_category_transport"), NOTHING)
    if not category:
        return Found(("radioactive_category",), " / ".join(_MOST), written, severity=Severity.ADVISORY)
    most = _MOST[category]
    # The index is the consignment's: of several packages one is above the limit where they all could not be below it.
    if not index > most * max(line["package_count"], 1.0):
        return None
    fields = ("transport_index", "radioactive_category")
    if category == "III-YELLOW":
        if _EXCLUSIVE_USE.search(f"{written.lower()} {line.words}"):
            return None
        expected = both("expected.exclusive_use", most=f"{most:g}")
        return Found(fields, expected, figure(index), severity=Severity.ADVISORY)
    return Found(fields, f"{category}: ≤ {most:g}", figure(index))


@lru_cache(maxsize=4_096)
def category_of(written: str | None) -> str | None:
    """The category in any of its spellings: "II-YELLOW", "ii yellow", "Ⅱ级(黄)", "二级黄"; None where it is none."""
    plain = unicodedata.normalize("NFKC", written or "").upper()
    numerals = {_NUMERALS.get(one, one) for one in _NUMERAL.findall(plain.replace("WHITE", "W").replace("YELLOW", "Y"))}
    colours = {"WHITE" if one in ("WHITE", "W", "白") else "YELLOW" for one in _COLOUR.findall(plain)}
    if len(numerals) != 1 or len(colours) > 1:
        return None
    numeral = numerals.pop()
    category = f"{numeral}-{'WHITE' if numeral == 'I' else 'YELLOW'}"
    return category if not colours or category.endswith(colours.pop()) else None


CHECKS: Final = (Check("radioactive_data", Topic.PROPERTIES, Severity.FAULT, "5.1.5.3, 5.4.1.5.7", radioactive_data),)
