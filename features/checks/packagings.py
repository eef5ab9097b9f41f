"""Packagings: package codes, and tanks, IBCs and bulk only where the entry allows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from data.definitions.packing import TANK_BOX, TANKS, UNITS
from data.reference.dangerous_goods import Entry
from data.reference.packages import is_package_code, package_name
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic
from features.checks.listed import listed

UN_PACKAGING: Final = re.compile(
    r"(?:(?:[1-7]|50|51)[A-HLMNP]{1,2}|(?:11|13|21|31|41)[A-HLMN]Z?[A-HLMN]?)[1-9]?[VWTU]?"
)
"""Codes of packagings, IBCs and large packagings (6.1.2, 6.5.1.4, 6.6.2), with the letters that may follow."""
_UN_IBC: Final = re.compile(r"(?:11|13|21|31|41)[A-HLMN].*")
_BULK: Final = frozenset(("VO", "VR", "VS", "VY", "BK1", "BK2", "BK3"))
_NOT_PACKED: Final = TANKS | _BULK | {"NE", "NF", "NG"}
# Tank and bulk boxes, in the codes of today and of 1984.
_UNPACKED_BOX: Final = re.compile(r"..[TKB].|\d\d[78]\d")
# Gases of these instructions may travel in multiple-element gas containers (4.1.4.1, 4.2.4).
_OF_CYLINDERS: Final = ("P200", "P203")


def package_code(line: Line) -> Found | None:
    """Neither a package code of Recommendation 21 nor a UN packaging code."""
    code = line["packaging_code"]
    if not code or is_package_code(code) or UN_PACKAGING.fullmatch(code) or code in _BULK:
        return None
    return Found(("packaging_code",), both("expected.a_code_of_recommendation_21"), code)


def tank_not_permitted(box: Box) -> Iterator[Found]:
    """A tank, an IBC or bulk, where the entry has no instruction for it."""
    for line in box.goods:
        code = line["packaging_code"]
        # Goods without packaging in a tank box are in the tank.
        inside = code or ("TG" if TANK_BOX.fullmatch(box["box_type"] or "") else "")
        found = _not_permitted(line["un_no"], line["packing_group"], inside)
        if found and code:
            yield found._replace(line_no=line["line_no"])
        elif found:
            yield found._replace(fields=("box_type",), found=box["box_type"], line_no=line["line_no"])


@lru_cache(maxsize=65_536)
def _not_permitted(un_no: str, packing_group: str | None, code: str) -> Found | None:
    entries = listed(un_no, packing_group).fitting
    # Packagings of class 7 are in chapters of their own.
    if any(entry.hazard_class == "7" for entry in entries):
        return None
    tank_or_bulk = {one for entry in entries for one in entry.portable_tank}
    if code in TANKS:
        if any(one.startswith("T") for one in tank_or_bulk) or any(_fits_gas_container(one) for one in entries):
            return None
        return Found(("packaging_code",), both("expected.no_tank_instruction"), code)
    if code in _BULK and not tank_or_bulk:
        return Found(("packaging_code",), both("expected.no_bulk_code"), code, severity=Severity.FAULT)
    if _is_ibc(code) and all(entry.packing_instructions for entry in entries):
        given = [one for entry in entries for one in entry.packing_instructions or ()]
        # P520 and the like refer to IBC instructions of their own (IBC520).
        if not any(one.startswith("IBC") for one in given):
            return Found(("packaging_code",), both("expected.no_ibc_instruction"), code)
    return None


def packages_missing(box: Box) -> Iterator[Found]:
    """The number of packages is zero, though the goods are neither in bulk nor unpacked."""
    for line in box.goods:
        if line["package_count"] != 0.0 or _UNPACKED_BOX.fullmatch(box["box_type"] or ""):
            continue
        if line["packaging_code"] not in _NOT_PACKED and line["un_no"] not in UNITS:
            yield Found(("package_count",), "≥ 1", "0", line["line_no"])


def _is_ibc(code: str) -> bool:
    return bool(_UN_IBC.fullmatch(code)) or package_name(code, "en").startswith("Intermediate bulk container")


def _fits_gas_container(entry: Entry) -> bool:
    given = entry.packing_instructions or ()
    return entry.hazard_class.startswith("2") and any(one in given for one in _OF_CYLINDERS)


CHECKS: Final = (
    Check("package_code", Topic.QUANTITY, Severity.ADVISORY, "UN/ECE Rec. 21", package_code, over="line"),
    Check("tank_not_permitted", Topic.QUANTITY, Severity.SEVERE, "3.2 (10), (13), 4.1.4.2, 4.2, 4.3",
          tank_not_permitted, over="box"),
    Check("packages_missing", Topic.QUANTITY, Severity.FAULT, "5.4.1.5.1", packages_missing, over="box"),
)  # fmt: skip
