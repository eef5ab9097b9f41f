"""The UN mark: well formed, of the declared packaging, and of the level that the goods require."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Check, Found, Line, Topic
from features.checks.listed import listed
from features.checks.packagings import UN_PACKAGING

INFECTIOUS: Final = "CLASS 6.2"
"""Text in place of the letter on packagings for infectious substances (6.3.4.2)."""
COVERS: Final = {"X": ("I", "II", "III"), "Y": ("II", "III"), "Z": ("III",)}
"""Packing groups that packagings of a letter were tested for (6.1.3.1, 6.5.2.1.1, 6.6.3.1)."""
_ENOUGH: Final = {"I": "X", "II": "X / Y", "III": "X / Y / Z"}
_MARK: Final = re.compile(
    rf"(?:^|UN|[^A-Z0-9])(?P<code>{UN_PACKAGING.pattern})/(?P<level>[XYZ](?=[\d. /])|CLASS ?6\.2)"
    r"(?P<rating>[\d. ]*)/(?P<rest>.+)"
)
_YEAR: Final = re.compile(r"(?:^|[/ -])(?:\d\d[ .-]?)?(\d\d)(?=$|[/ A-Z-])")
_SLASHES: Final = re.compile(r"\s*[/\\|]+\s*")
# Several packagings of one line.
_BETWEEN: Final = re.compile(r"[;\n、+]")
# Receptacles of gases and packages of class 7 bear marks of their own (6.2, 5.2.1.5).
_OTHER_MARKS: Final = ("2", "7")
# Packagings for explosives, organic peroxides and self-reactive goods (4.1.5.5, 4.1.7.1.1).
_ARTICLES_OF_5_2: Final = "3545"
_SELF_REACTIVE: Final = frozenset(str(number) for number in range(3221, 3241))
# Cells and batteries by themselves (P903, P908 to P911); those in equipment need no mark.
_BATTERIES: Final = frozenset(("3090", "3480", "3551"))
_STRONG_CASE_FROM_KG: Final = 12.0
_USED: Final = re.compile(r"dispos|recycl|\bused\b|waste|scrap|废|旧|回收|退役")
_INFECTIOUS: Final = frozenset(("2814", "2900"))


class Mark(NamedTuple):
    """A UN mark: code of the packaging, and X, Y, Z or INFECTIOUS."""

    code: str
    level: str


def mark_malformed(line: Line) -> Found | None:
    """The UN mark does not have the form of one."""
    if not line["un_mark"] or marks_of(line["un_mark"]):
        return None
    if any(entry.hazard_class.startswith(_OTHER_MARKS) for entry in line.entries):
        return None
    return Found(("un_mark",), "1A2/Y1.4/150/26/CN/…", line["un_mark"])


def mark_too_weak(line: Line) -> Found | None:
    """The packaging was not tested for the packing group that these goods need."""
    levels = [mark.level for mark in marks_of(line["un_mark"])] if line["un_mark"] else []
    # Limited and excepted quantities need no tested packagings (3.4.1, 3.5.3).
    if not levels or line["limited_quantity"] == 1.0 or line["excepted_quantity"] == 1.0:
        return None
    if line["un_no"] in _INFECTIOUS:
        return None if INFECTIOUS in levels else Found(("un_mark",), INFECTIOUS, " / ".join(levels))
    group = _group_needed(line["un_no"], line["packing_group"])
    # The papers do not assign goods to packagings: several are too weak if all of them are.
    if not group or any(group in COVERS.get(level, group) for level in levels):
        return None
    severity = Severity.ADVISORY if line["un_no"] in _BATTERIES and _may_be_large(line) else None
    there = both("expected.level_and_group", level=" / ".join(levels), group=group)
    return Found(("un_mark", "packing_group"), _ENOUGH[group], there, severity=severity)


def mark_of_another_packaging(line: Line) -> Found | None:
    """The mark is of another packaging than the one declared."""
    written, code = line["un_mark"], line["packaging_code"]
    if not written or not code or _may_be_of(written, code):
        return None
    return Found(("un_mark", "packaging_code"), code, " / ".join(mark.code for mark in marks_of(written)))


@lru_cache(maxsize=16_384)
def _may_be_of(written: str, code: str) -> bool:
    """Whether one of the marks in a text belongs to the packaging `code`; True if it cannot be compared."""
    marks = marks_of(written)
    if not marks or not UN_PACKAGING.fullmatch(code):
        return True
    declared = code.rstrip("VWTU")
    # Z stands for the material of the outer part of a composite IBC (6.5.1.4.3).
    pattern = re.compile(declared.replace("Z", "[A-Z]"))
    return any(pattern.match(mark.code) or declared.startswith(mark.code) for mark in marks)


@lru_cache(maxsize=65_536)
def marks_of(written: str | None) -> tuple[Mark, ...]:
    """The well-formed UN marks in a text (code, level, year, country); empty if there are none."""
    plain = unicodedata.normalize("NFKC", written or "").upper().replace(",", ".")
    marks = []
    for part in _BETWEEN.split(plain):
        found = _MARK.search(_SLASHES.sub("/", part.strip()))
        if found and _YEAR.search(found["rest"]):
            level = found["level"] if found["level"] in COVERS else INFECTIOUS
            marks.append(Mark(found["code"].rstrip("VWTU"), level))
    return tuple(marks)


@lru_cache(maxsize=4_096)
def _group_needed(number: str, declared: str | None) -> str | None:
    """The packing group for which the packaging must be tested; None if uncertain."""
    found = listed(number, declared)
    if number in _SELF_REACTIVE or number in _BATTERIES:
        return "II"
    if number != _ARTICLES_OF_5_2 and all(entry.hazard_class.startswith(("1", "5.2")) for entry in found.fitting):
        return "II"
    # A group that the number does not have is another fault, and does not concern the packaging.
    return declared if declared and declared in found.groups else max(found.groups - {""}, key=len, default=None)


def _may_be_large(line: Line) -> bool:
    """Whether strong outer packagings suffice: batteries of 12 kg with a strong case, and used ones (P903, P909)."""
    each = line["net_mass_kg"] / line["package_count"] if line["package_count"] > 0 else _STRONG_CASE_FROM_KG
    return not each < _STRONG_CASE_FROM_KG or bool(_USED.search(line.words))


_BUILT: Final = "6.1.3, 6.3.4, 6.5.2, 6.6.3"
CHECKS: Final = (
    Check("mark_malformed", Topic.QUANTITY, Severity.FAULT, _BUILT, mark_malformed),
    Check("mark_too_weak", Topic.QUANTITY, Severity.SEVERE, "4.1.1.3, 4.1.5.5, 4.1.7.1, P903", mark_too_weak),
    Check("mark_of_another_packaging", Topic.QUANTITY, Severity.FAULT, _BUILT, mark_of_another_packaging),
)
