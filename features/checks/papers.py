"""Papers and signatures: packing certificate, telephone, numbers, ports, time of filing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from stdnum import imo
from stdnum.cn import uscc

from data.definitions import packing
from data.definitions.emergency_phone import phone_missing
from data.definitions.filing import FILED_BEFORE_HOURS, hours_before_loading, is_late
from data.records import PARTIES
from data.reference.countries import is_country
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Topic, day_text
from features.checks.identity import NOTHING

_HOUR_US: Final = 3_600e6
_DAY_US: Final = 24 * _HOUR_US
_LOCAL_US: Final = 8 * _HOUR_US
"""Days on papers are those of China."""
_FURTHEST_EAST_US: Final = 14 * _HOUR_US
# Registration department and kind of body, district, then characters of a mistyped code (GB 32100-2015, table 1).
_CREDIT_CODE: Final = re.compile(
    r"(?:1[1239]|2[19]|3[1-59]|4[19]|5[1239]|6[129]|7[129]|8[19]|9[123]|A[19]|N[1239]|Y1)\d{6}[0-9A-Z]{10}"
)
# Of a person (GB 11643): district, day of birth, serial, check character.
_PERSONAL: Final = re.compile(r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_IDENTIFIERS: Final = tuple(f"{role}_id" for role in PARTIES)
_OWNER_AND_SERIAL: Final = 10
_LIKE_A_BOX: Final = re.compile(r"[A-Z]{3,4}\d{5,}")


def certificate_missing(box: Box) -> Iterator[Found]:
    """Dangerous goods packed into a box for sea without a packing certificate."""
    goods = ((line["un_no"], line["packaging_code"]) for line in box.dangerous)
    if packing.certificate_missing(box["packing_certificate_no"], box["flow"], box["box_type"], goods):
        yield Found(("packing_certificate_no",), both("expected.a_container_packing_certificate"), NOTHING)


def certificate_of_another_box(box: Box) -> Iterator[Found]:
    """A packing certificate that names another box."""
    if not box["certificate_box_no"] or box["certificate_box_no"] == box["box_no"]:
        return
    named, own = (re.sub(r"[\W_]+", "", box[name] or "").upper() for name in ("certificate_box_no", "box_no"))
    # A certificate may name several boxes, or leave out the check digit.
    if not named or own in named or named == own[:_OWNER_AND_SERIAL]:
        return
    slip = len(named) == len(own) and named[:_OWNER_AND_SERIAL] == own[:_OWNER_AND_SERIAL]
    # Words such as "see list" name no box at all.
    severity = Severity.FAULT if slip else None if _LIKE_A_BOX.search(named) else Severity.ADVISORY
    yield Found(("certificate_box_no", "box_no"), box["box_no"], box["certificate_box_no"], severity=severity)


def certificate_dates(box: Box) -> Iterator[Found]:
    """Signed before the box was packed, or packed after it was loaded."""
    packed, signed = box["packed_on"], box["certificate_on"]
    if signed < packed:
        yield Found(("certificate_on", "packed_on"), f"≥ {day_text(packed)}", day_text(signed))
    # Instants are UTC, days those of the place: elsewhere it may already be the next one.
    ahead = _LOCAL_US if (box["load_port"] or "").startswith("CN") else _FURTHEST_EAST_US
    loading = (box["loading_at"] + ahead) // _DAY_US
    if box["flow"] == "export" and packed > loading:
        yield Found(("packed_on", "loading_at"), f"≤ {day_text(loading)}", day_text(packed))


def emergency_phone(box: Box) -> Iterator[Found]:
    """Dangerous goods without an emergency telephone number that can be called."""
    if phone_missing(box["emergency_phone"], [line["un_no"] for line in box.dangerous]):
        yield Found(("emergency_phone",), both("expected.an_emergency_telephone_number"),
                    box["emergency_phone"] or NOTHING)  # fmt: skip


def credit_code(box: Box) -> Iterator[Found]:
    """A unified social credit code whose check digit is wrong."""
    for column in _IDENTIFIERS:
        code = box[column]
        if code and not _is_sound_code(code):
            yield Found(
                (column,),
                both("expected.a_credit_code_with_its_check_digit"),
                code,
            )


def vessel_number(box: Box) -> Iterator[Found]:
    """An IMO number whose check digit is wrong."""
    number = box["vessel_imo"]
    if number and not _is_imo(number):
        yield Found(("vessel_imo",), both("expected.an_imo_number_with_its_check_digit"), number)


def ports(box: Box) -> Iterator[Found]:
    """A port code of no country, or the same port for loading and discharge."""
    for column in ("load_port", "discharge_port"):
        if box[column] and not is_country(box[column][:2]):
            yield Found((column,), "UN/LOCODE", box[column])
    if box["load_port"] and box["load_port"] == box["discharge_port"]:
        yield Found(("load_port", "discharge_port"), both("expected.two_ports"), box["load_port"])


def filed_late(box: Box) -> Iterator[Found]:
    """First filed less than 24 hours before loading or discharge."""
    hours = hours_before_loading(box["declared_at"], box["loading_at"])
    if not box.dangerous or box["amendment_no"] or not is_late(hours):
        return
    # The period ends at the ship's entry or departure, from a port less than a day away at her departure there; these
    # are not in the data. A filing after the goods were moved is late in any case.
    severity = Severity.FAULT if hours < 0 else Severity.ADVISORY
    expected = f"≥ {FILED_BEFORE_HOURS:.0f} h"
    yield Found(("declared_at", "loading_at"), expected, f"{hours:.1f} h", severity=severity)


@lru_cache(maxsize=65_536)
def _is_sound_code(code: str) -> bool:
    """Whether this is a valid credit code, or another kind of number: an older licence, a person, a foreign firm."""
    return not _CREDIT_CODE.fullmatch(code) or bool(_PERSONAL.fullmatch(code)) or bool(uscc.is_valid(code))


@lru_cache(maxsize=65_536)
def _is_imo(number: str) -> bool:
    return bool(imo.is_valid(number))


CHECKS: Final = (
    Check("certificate_missing", Topic.PAPERS, Severity.FAULT, "5.4.2", certificate_missing, over="box"),
    Check(
        "certificate_of_another_box", Topic.PAPERS, Severity.SEVERE, "5.4.2.1", certificate_of_another_box, over="box"
    ),
    Check("certificate_dates", Topic.PAPERS, Severity.FAULT, "5.4.2.1", certificate_dates, over="box"),
    Check("emergency_phone", Topic.PAPERS, Severity.ADVISORY, "5.4.3.2, 49 CFR 172.604", emergency_phone, over="box"),
    Check("credit_code", Topic.PAPERS, Severity.FAULT, "GB 32100-2015", credit_code, over="box"),
    Check("vessel_number", Topic.PAPERS, Severity.FAULT, "IMO A.1117(30)", vessel_number, over="box"),
    Check("ports", Topic.PAPERS, Severity.FAULT, "UN/ECE Rec. 16", ports, over="box"),
    Check("filed_late", Topic.PAPERS, Severity.FAULT, "交通运输部令2018年第11号", filed_late, over="box"),
)
