"""How much, and in what: limited and excepted quantities, masses, packagings and their marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from data.reference.packages import is_package_code
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Line, Topic, figure
from features.checks.fumigation import FUMIGATED

PACKAGE_MOST_KG: Final = 30.0
"""Gross mass of a package of limited quantities (3.4.2)."""
WEIGHTS_AGREE: Final = 0.05
"""Share by which weighings of one box may differ."""
WEIGHTS_AGREE_KG: Final = 500.0
"""And the mass below which no difference counts: dunnage, fuel of the truck."""
BOX_MOST_KG: Final = 36_000.0
"""Greatest rating of ISO 668; the plate of an older box says less."""
SMALL_BOX_MOST_KG: Final = 10_160.0
# Greatest net quantity in an inner and in an outer packaging, grams or millilitres (3.5.1.2).
_EXCEPTED: Final[Mapping[str, tuple[float, float]]] = {
    "E0": (0.0, 0.0),
    "E1": (30.0, 1000.0),
    "E2": (30.0, 500.0),
    "E3": (30.0, 300.0),
    "E4": (1.0, 500.0),
    "E5": (1.0, 300.0),
}
_LIMIT: Final = re.compile(r"([\d.]+) (mL|L|g|kg)")
_IN_BASE: Final = {"mL": 0.001, "L": 1.0, "g": 0.001, "kg": 1.0}
_UN_PACKAGING: Final = re.compile(r"(?:[1-7]|11|13|21|31|41|50|51)[A-HLMNP]{1,2}[1-9]?")
_IBC: Final = re.compile(r"(?:11|13|21|31|41)[A-HLMN]{1,2}\d?|W[A-Z]")
_TANK: Final = frozenset(("TK", "TY", "TG", "TD", "VL", "VQ"))
_MARK: Final = re.compile(
    r"(?:U\W?N\W*)?(?P<code>(?:[1-7]|11|13|21|31|41|50|51)[A-HLMNP]{1,2}\d?[VWTU]?)/(?P<group>[XYZ])"
    r"(?P<rating>[\d. ]*)/(?P<rest>[^\s/].*)"
)
_COVERS: Final = {"X": "I II III", "Y": "II III", "Z": "III"}
_YEAR: Final = re.compile(r"(?:^|[/ ])(?:\d\d ?)?(\d\d)(?=$|[/ ])")


class Mark(NamedTuple):
    """A UN mark: code of the packaging and the letter of the groups that it was tested for."""

    code: str
    letter: str


def limited_quantity(line: Line) -> Found | None:
    """Limited quantities where there are none, or more in an inner packaging than the entry permits."""
    if line["limited_quantity"] != 1.0:
        return None
    limits = [_limits(entry.limited_quantity) for entry in ([line.entry] if line.entry else line.entries)]
    if any(limit is None for limit in limits):
        return None
    most_l, most_kg = (max(limit[place] for limit in limits if limit) for place in (0, 1))
    if not most_l and not most_kg:
        return Found(("limited_quantity",), both("expected.not_permitted"), both("expected.declared"))
    # The list gives volumes for liquids and masses for solids; either is read against what there is.
    volume, mass = line["inner_volume_l"], line["inner_mass_kg"]
    if volume > (most_l or most_kg):
        return Found(("inner_volume_l",), f"≤ {figure(most_l or most_kg, 'L')}", figure(volume, "L"))
    if mass > (most_kg or most_l) and volume != volume:
        return Found(("inner_mass_kg",), f"≤ {figure(most_kg or most_l, 'kg')}", figure(mass, "kg"))
    return None


def limited_package(line: Line) -> Found | None:
    """A package of limited quantities of more than 30 kg gross."""
    if line["limited_quantity"] != 1.0 or not line["package_count"] > 0:
        return None
    each = line["gross_mass_kg"] / line["package_count"]
    if not each > PACKAGE_MOST_KG:
        return None
    return Found(("gross_mass_kg", "package_count"), f"≤ {figure(PACKAGE_MOST_KG, 'kg')}", figure(round(each, 2), "kg"))


def excepted_quantity(line: Line) -> Found | None:
    """Excepted quantities where there are none, or more in a packaging than the code permits."""
    if line["excepted_quantity"] != 1.0:
        return None
    codes = [entry.excepted_quantity for entry in ([line.entry] if line.entry else line.entries)]
    if any(code not in _EXCEPTED for code in codes):
        return None
    inner, outer = max(_EXCEPTED[code] for code in codes)
    if not inner:
        return Found(("excepted_quantity",), both("expected.not_permitted"), both("expected.declared"))
    for column, unit in (("inner_mass_kg", "g"), ("inner_volume_l", "mL")):
        # Half a thousandth for the way a small number is written.
        if line[column] * 1000 > inner + 0.0005:
            return Found((column,), f"≤ {figure(inner, unit)}", figure(round(line[column] * 1000, 3), unit))
    if line["package_count"] > 0 and line["net_mass_kg"] / line["package_count"] * 1000 > outer + 0.0005:
        each = line["net_mass_kg"] / line["package_count"] * 1000
        return Found(("net_mass_kg", "package_count"), f"≤ {figure(outer, 'g')}", figure(round(each, 1), "g"))
    return None


def net_above_gross(line: Line) -> Found | None:
    """More net than gross."""
    if not line["net_mass_kg"] > line["gross_mass_kg"]:
        return None
    return Found(("net_mass_kg", "gross_mass_kg"), f"≤ {figure(line['gross_mass_kg'], 'kg')}",
                 figure(line["net_mass_kg"], "kg"))  # fmt: skip


def cargo_against_vgm(box: Box) -> Iterator[Found]:
    """The goods and the empty box weigh another than the verified gross mass."""
    declared = sum(line["gross_mass_kg"] for line in box.lines) + box["tare_kg"]
    if apart(declared, box["vgm_kg"]):
        yield Found(("vgm_kg", "gross_mass_kg", "tare_kg"), figure(declared, "kg"), figure(box["vgm_kg"], "kg"))


def vgm_against_weighbridge(box: Box) -> Iterator[Found]:
    """The terminal's scale says another than the verified gross mass."""
    if apart(box["vgm_kg"], box["weighed_kg"]):
        yield Found(("weighed_kg", "vgm_kg"), figure(box["vgm_kg"], "kg"), figure(box["weighed_kg"], "kg"))


def overloaded(box: Box) -> Iterator[Found]:
    """Heavier than any box of this length may be."""
    most = SMALL_BOX_MOST_KG if (box["box_type"] or "").startswith("1") else BOX_MOST_KG
    for column in ("weighed_kg", "vgm_kg"):
        if box[column] > most:
            yield Found((column, "box_type"), f"≤ {figure(most, 'kg')}", figure(box[column], "kg"))
            return


def package_code(line: Line) -> Found | None:
    """No package code of Recommendation 21 and no UN packaging code."""
    code = line["packaging_code"]
    if not code or is_package_code(code) or _UN_PACKAGING.fullmatch(code):
        return None
    return Found(("packaging_code",), both("expected.a_code_of_recommendation_21"), code)


def mark_malformed(line: Line) -> Found | None:
    """The UN mark is not built as one."""
    if not line["un_mark"] or mark_of(line["un_mark"]):
        return None
    return Found(("un_mark",), "1A2/Y1.4/150/26/CN/…", line["un_mark"])


def mark_too_weak(line: Line) -> Found | None:
    """The packaging was not tested for this packing group."""
    mark = mark_of(line["un_mark"])
    group = line["packing_group"]
    if not mark or not group or group in _COVERS[mark.letter].split():
        return None
    return Found(("un_mark", "packing_group"), "X" if group == "I" else "X / Y", f"{mark.letter}, {group}")


def mark_of_another_packaging(line: Line) -> Found | None:
    """The mark is of another packaging than the one declared."""
    mark, code = mark_of(line["un_mark"]), line["packaging_code"]
    if not mark or not code or not _UN_PACKAGING.fullmatch(code):
        return None
    same = mark.code.startswith(code) or code.startswith(mark.code)
    return None if same else Found(("un_mark", "packaging_code"), code, mark.code)


def tank_not_permitted(line: Line) -> Found | None:
    """A tank or an IBC where the entry has no instruction for one."""
    code = line["packaging_code"] or ""
    entries = (line.entry,) if line.entry else line.entries
    if code in _TANK:
        if any(one.startswith("T") for entry in entries for one in entry.portable_tank):
            return None
        if code in ("VL", "VQ") and any("BK" in one for entry in entries for one in entry.portable_tank):
            return None
        return Found(("packaging_code",), both("expected.no_tank_instruction"), code)
    if _IBC.fullmatch(code) and all(entry.packing_instructions is not None for entry in entries):
        given = [one for entry in entries for one in entry.packing_instructions or ()]
        # P520 and the like refer to IBC instructions of their own (IBC520).
        if not any(one.startswith("IBC") for one in given):
            return Found(("packaging_code",), both("expected.no_ibc_instruction"), code)
    return None


def packages_missing(line: Line) -> Found | None:
    """No packages at all."""
    if line["package_count"] != 0.0 or (line["packaging_code"] or "") in _TANK or line["un_no"] == FUMIGATED:
        return None
    return Found(("package_count",), "≥ 1", "0")


def apart(first: float, second: float, share: float = WEIGHTS_AGREE, least_kg: float = WEIGHTS_AGREE_KG) -> bool:
    """Whether two masses differ by more than a share of the second, and by more than dunnage or a full tank."""
    difference = abs(first - second)
    return difference > share * second and difference > least_kg


@lru_cache(maxsize=65_536)
def mark_of(written: str | None) -> Mark | None:
    """A UN mark read; None where there is none, or it is not built as one: code, group letter, year, country."""
    found = _MARK.fullmatch((written or "").strip().upper().replace("／", "/"))
    if not found or not _YEAR.search(found["rest"]):
        return None
    return Mark(found["code"].rstrip("VWTU"), found["group"])


@lru_cache(maxsize=256)
def _limits(written: str) -> tuple[float, float] | None:
    """The most in an inner packaging, litres and kilograms; zeros where not permitted, None where a provision says."""
    if written == "0":
        return 0.0, 0.0
    amounts = {unit[-1]: float(amount) * _IN_BASE[unit] for amount, unit in _LIMIT.findall(written)}
    return (amounts.get("L", 0.0), amounts.get("g", 0.0)) if amounts else None


CHECKS: Final = (
    Check("limited_quantity", Topic.QUANTITY, Severity.FAULT, "3.2 (7a), 3.4.2", limited_quantity),
    Check("limited_package", Topic.QUANTITY, Severity.FAULT, "3.4.2.1", limited_package),
    Check("excepted_quantity", Topic.QUANTITY, Severity.FAULT, "3.2 (7b), 3.5.1.2", excepted_quantity),
    Check("net_above_gross", Topic.QUANTITY, Severity.FAULT, "5.4.1.5.1", net_above_gross, over="line"),
    Check("cargo_against_vgm", Topic.QUANTITY, Severity.FAULT, "SOLAS VI/2, MSC.1/Circ.1475", cargo_against_vgm,
          over="box"),
    Check("vgm_against_weighbridge", Topic.QUANTITY, Severity.FAULT, "SOLAS VI/2, MSC.1/Circ.1475",
          vgm_against_weighbridge, over="box"),
    Check("overloaded", Topic.QUANTITY, Severity.SEVERE, "CSC, ISO 668", overloaded, over="box"),
    Check("package_code", Topic.QUANTITY, Severity.ADVISORY, "UN/ECE Rec. 21", package_code, over="line"),
    Check("mark_malformed", Topic.QUANTITY, Severity.FAULT, "6.1.3.1", mark_malformed),
    Check("mark_too_weak", Topic.QUANTITY, Severity.SEVERE, "4.1.1.3, 6.1.3.1", mark_too_weak),
    Check("mark_of_another_packaging", Topic.QUANTITY, Severity.FAULT, "6.1.3.1", mark_of_another_packaging),
    Check("tank_not_permitted", Topic.QUANTITY, Severity.SEVERE, "3.2 (10), (13), 4.1.4.2, 4.2", tank_not_permitted),
    Check("packages_missing", Topic.QUANTITY, Severity.FAULT, "5.4.1.5.1", packages_missing),
)  # fmt: skip
