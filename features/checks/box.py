"""Checks of the container: number, size and type, temperature control."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from stdnum import iso6346

from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Topic
from features.checks.properties import may_need_control

_OWNER_AND_NUMBER: Final = re.compile(r"[A-Z]{3}[UJZ].*|[A-Z]{4}\d{7}")
# ISO 6346: length, height and width, type group. The codes of 1984 were of four digits.
_BOX_TYPE: Final = re.compile(r"[1-4A-HK-P][0245689C-FL-P](?P<group>[GVBSRHUPKTAN])(?P<kind>[0-9A-Z])")
_BOX_TYPE_1984: Final = re.compile(r"[1-49]\d(?P<group>\d)\d")
# Types as traders write them: length in feet and kind (40HQ is a high box, not a thermal one).
_TRADE_TYPE: Final = re.compile(
    r"(?:20|40|45|48|53)(?P<group>GP|GH|DC|DV|DR|DB|SD|ST|HC|HQ|HD|HT|HW|OT|OH|UT|FR|FL|FH|PL|PF|PC|PW|BK|VH|SN|"
    r"R[A-Z]|HR|T[A-Z])"
)
_DRY: Final = frozenset("GVBSUP")
_DRY_1984: Final = frozenset("01256")


def box_number(box: Box) -> Iterator[Found]:
    """The box number does not conform to ISO 6346, or its check digit is wrong."""
    number = box["box_no"]
    if number and not _is_box_number(number):
        # An unregistered box has a number that its owner invented: unusual, but not a typing error.
        slip = _OWNER_AND_NUMBER.fullmatch(number)
        yield Found(("box_no",), both("expected.a_number_with_its_check_digit_iso_6346"), number,
                    severity=None if slip else Severity.ADVISORY)  # fmt: skip


def box_type(box: Box) -> Iterator[Found]:
    """There is no such size and type."""
    written = box["box_type"]
    if written and not _is_box_type(written):
        yield Found(("box_type",), "22G1, 45R1, …", written)


def not_cooled(box: Box) -> Iterator[Found]:
    """Goods under temperature control in a box that cannot keep a temperature."""
    for line in box.goods:
        if line["control_temp_c"] != line["control_temp_c"]:
            continue
        if box["box_type"] and _cannot_keep_a_temperature(box["box_type"]):
            severity = None if may_need_control(line) else Severity.ADVISORY
            yield Found(("box_type", "control_temp_c"), "45R1, 22R1, …", box["box_type"], line["line_no"], severity)


@lru_cache(maxsize=65_536)
def _is_box_number(number: str) -> bool:
    return bool(iso6346.is_valid(number))


@lru_cache(maxsize=1024)
def _is_box_type(written: str) -> bool:
    return any(one.fullmatch(written) for one in (_BOX_TYPE, _BOX_TYPE_1984, _TRADE_TYPE))


@lru_cache(maxsize=1024)
def _cannot_keep_a_temperature(written: str) -> bool:
    """Whether a type is certainly neither refrigerated nor insulated nor a tank; False for an unknown code."""
    if trade := _TRADE_TYPE.fullmatch(written):
        return trade["group"][0] not in "RT" and trade["group"] != "HR"
    if old := _BOX_TYPE_1984.fullmatch(written):
        return old["group"] in _DRY_1984
    iso = _BOX_TYPE.fullmatch(written)
    return bool(iso) and iso["group"] in _DRY if iso else False


CHECKS: Final = (
    Check("box_number", Topic.BOX, Severity.FAULT, "ISO 6346", box_number, over="box"),
    Check("box_type", Topic.BOX, Severity.FAULT, "ISO 6346", box_type, over="box"),
    Check("not_cooled", Topic.BOX, Severity.SEVERE, "7.3.7", not_cooled, over="box"),
)
