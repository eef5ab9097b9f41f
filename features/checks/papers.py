"""The papers and those who sign them: certificate, telephone, numbers, the time of filing, what other papers say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Final

from stdnum import imo
from stdnum.cn import uscc

from data.records import GOODS_FACTS, GOODS_PAPERS, PARTIES
from data.reference.countries import is_country
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Topic, day_text, figure, known
from features.checks.fumigation import FUMIGATED
from features.checks.identity import NOTHING
from features.checks.quantity import apart

_ON_PAPERS: Final = {fact: tuple(f"{paper}_{fact}" for paper in GOODS_PAPERS) for fact in GOODS_FACTS}
_IDS: Final = tuple(f"{role}_id" for role in PARTIES)
_HOUR_US: Final = 3_600e6
_DAY_US: Final = 24 * _HOUR_US
FILED_BEFORE_HOURS: Final = 24.0
MASSES_AGREE: Final = {"booking": 0.1, "manifest": 0.02, "certificate": 0.02}
"""Share by which the mass on a paper may differ: bookings are estimates."""
MASSES_AGREE_KG: Final = 50.0
"""Below this no difference between papers counts: they round."""
_CREDIT_CODE: Final = re.compile(r"[0-9A-Z]{18}")
_DIGITS: Final = re.compile(r"\D")
_PHONE_LEAST_DIGITS: Final = 7


def certificate_missing(box: Box) -> Iterator[Found]:
    """Dangerous goods packed for sea without a packing certificate."""
    # UN 3359 is the box itself: nothing but 5.5.2 applies to it.
    packed = any(line["un_no"] != FUMIGATED for line in box.goods)
    if packed and not box["packing_certificate_no"] and box["flow"] == "export":
        yield Found(("packing_certificate_no",), both("expected.a_container_packing_certificate"), NOTHING)


def certificate_of_another_box(box: Box) -> Iterator[Found]:
    """A packing certificate that names another box."""
    named = box["certificate_box_no"]
    if named and re.sub(r"[\W_]+", "", named).upper() != box["box_no"]:
        yield Found(("certificate_box_no", "box_no"), box["box_no"], named)


def certificate_dates(box: Box) -> Iterator[Found]:
    """Signed before the box was packed, or packed after it was loaded."""
    packed, signed = box["packed_on"], box["certificate_on"]
    if signed < packed:
        yield Found(("certificate_on", "packed_on"), f"≥ {day_text(packed)}", day_text(signed))
    loading = box["loading_at"] // _DAY_US
    if box["flow"] == "export" and packed > loading + 1:
        yield Found(("packed_on", "loading_at"), f"≤ {day_text(loading)}", day_text(packed))


def emergency_phone(box: Box) -> Iterator[Found]:
    """Dangerous goods without a telephone number that can be called."""
    if not box.goods:
        return
    digits = _DIGITS.sub("", box["emergency_phone"] or "")
    if len(digits) < _PHONE_LEAST_DIGITS or len(set(digits)) == 1:
        yield Found(("emergency_phone",), both("expected.an_emergency_telephone_number"),
                    box["emergency_phone"] or NOTHING)  # fmt: skip


def credit_code(box: Box) -> Iterator[Found]:
    """A unified social credit code whose check digit is wrong."""
    for role in PARTIES:
        code = box[f"{role}_id"]
        if code and not _is_sound_code(code):
            yield Found(
                (f"{role}_id",),
                both("expected.a_credit_code_with_its_check_digit"),
                code,
            )


def vessel_number(box: Box) -> Iterator[Found]:
    """An IMO number whose check digit is wrong."""
    number = box["vessel_imo"]
    if number and not _is_imo(number):
        yield Found(("vessel_imo",), both("expected.an_imo_number_with_its_check_digit"), number)


def ports(box: Box) -> Iterator[Found]:
    """A port code of no country, or one port for loading and discharge."""
    for column in ("load_port", "discharge_port"):
        if box[column] and not is_country(box[column][:2]):
            yield Found((column,), "UN/LOCODE", box[column])
    if box["load_port"] and box["load_port"] == box["discharge_port"]:
        yield Found(("load_port", "discharge_port"), both("expected.two_ports"), box["load_port"])


def filed_late(box: Box) -> Iterator[Found]:
    """First filed less than 24 hours before loading."""
    hours = (box["loading_at"] - box["declared_at"]) / _HOUR_US
    if box.goods and hours < FILED_BEFORE_HOURS and not box["amendment_no"]:
        yield Found(("declared_at", "loading_at"), f"≥ {FILED_BEFORE_HOURS:.0f} h", f"{hours:.1f} h")


def differs_on_paper(box: Box, fact: str) -> Iterator[Found]:
    """Another number, class or packing group on another paper."""
    for column in _ON_PAPERS[fact]:
        if not box[column] or not box.goods:
            continue
        declared, said = {line[fact] for line in box.goods if line[fact]}, set(box[column].split())
        # A column that holds one number of several goods contradicts none of them.
        if declared and not said <= declared:
            yield Found((fact, column), " ".join(sorted(declared)), " ".join(sorted(said)))


def mass_on_paper(box: Box) -> Iterator[Found]:
    """Another gross mass on another paper."""
    declared = sum([line["gross_mass_kg"] for line in box.lines])
    for column, share in zip(_ON_PAPERS["gross_mass_kg"], MASSES_AGREE.values(), strict=True):
        if apart(box[column], declared, share, MASSES_AGREE_KG):
            yield Found(("gross_mass_kg", column), figure(declared, "kg"), figure(box[column], "kg"))


def count_on_paper(box: Box) -> Iterator[Found]:
    """Another number of packages on another paper."""
    for column in _ON_PAPERS["package_count"]:
        if known(said := box[column]):
            declared = sum([line["package_count"] for line in box.lines])
            if known(declared) and said != declared:
                yield Found(("package_count", column), figure(declared), figure(said))


@lru_cache(maxsize=65_536)
def _is_sound_code(code: str) -> bool:
    return not _CREDIT_CODE.fullmatch(code) or bool(uscc.is_valid(code))


@lru_cache(maxsize=65_536)
def _is_imo(number: str) -> bool:
    return bool(imo.is_valid(number))


_SAME: Final = "5.4.1, 5.4.2"
CHECKS: Final = (
    Check("certificate_missing", Topic.PAPERS, Severity.FAULT, "5.4.2.1", certificate_missing, over="box"),
    Check(
        "certificate_of_another_box", Topic.PAPERS, Severity.SEVERE, "5.4.2.1", certificate_of_another_box, over="box"
    ),
    Check("certificate_dates", Topic.PAPERS, Severity.FAULT, "5.4.2.1", certificate_dates, over="box"),
    Check("emergency_phone", Topic.PAPERS, Severity.FAULT, "5.4.3.2", emergency_phone, over="box"),
    Check("credit_code", Topic.PAPERS, Severity.FAULT, "GB 32100-2015", credit_code, over="box"),
    Check("vessel_number", Topic.PAPERS, Severity.FAULT, "IMO A.1117(30)", vessel_number, over="box"),
    Check("ports", Topic.PAPERS, Severity.FAULT, "UN/ECE Rec. 16", ports, over="box"),
    Check("filed_late", Topic.PAPERS, Severity.FAULT, "交通运输部令2018年第11号", filed_late, over="box"),
    Check("number_on_paper", Topic.PAPERS, Severity.FAULT, _SAME, partial(differs_on_paper, fact="un_no"), over="box"),
    Check(
        "class_on_paper",
        Topic.PAPERS,
        Severity.FAULT,
        _SAME,
        partial(differs_on_paper, fact="hazard_class"),
        over="box",
    ),
    Check(
        "group_on_paper",
        Topic.PAPERS,
        Severity.FAULT,
        _SAME,
        partial(differs_on_paper, fact="packing_group"),
        over="box",
    ),
    Check("mass_on_paper", Topic.PAPERS, Severity.FAULT, _SAME, mass_on_paper, over="box"),
    Check("count_on_paper", Topic.PAPERS, Severity.FAULT, _SAME, count_on_paper, over="box"),
)
