"""Single segments as values of the contract's columns, by the code lists of the UN/EDIFACT directories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from data.records import TRACED_PARTIES
from data.sources.edifact.syntax import Segment

Values = dict[str, Any]

LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")

# 3035, party function.
PARTY_ROLES: Final[Mapping[str, str]] = {
    "CZ": "shipper",
    "OS": "shipper",
    "EX": "shipper",
    "CN": "consignee",
    "FW": "forwarder",
    "CS": "packer",
    "SC": "packer",
    "STU": "packer",
    "DT": "declarant",
    "AE": "declarant",
    "CA": "carrier",
}
# 3139, contact function: emergency contact, contact for dangerous goods.
EMERGENCY_CONTACTS: Final = ("HE", "HG")
# 6313, measured attribute.
_GROSS: Final = ("AAB", "AAD", "AAE", "AAG", "G")
_NET: Final = ("AAA", "AAC", "AAF", "AAL", "N")
_OF_BOX: Final[Mapping[str, str]] = {
    **dict.fromkeys(("T", "TAR"), "tare_kg"),
    **dict.fromkeys(("G", "WT", "AET"), "laden_kg"),
    "VGM": "vgm_kg",
}
_KILOGRAMS: Final[Mapping[str, float]] = {"KGM": 1.0, "TNE": 1000.0, "GRM": 0.001, "LBR": 0.45359237}
# 2379, format of a date or time.
_FORMATS: Final[Mapping[str, str]] = {
    "101": "%y%m%d",
    "102": "%Y%m%d",
    "201": "%y%m%d%H%M",
    "203": "%Y%m%d%H%M",
    "204": "%Y%m%d%H%M%S",
    "205": "%Y%m%d%H%M%z",
    "303": "%Y%m%d%H%M%Z",
}
_LENGTHS: Final = {"%y%m%d": 6, "%Y%m%d": 8, "%y%m%d%H%M": 10, "%Y%m%d%H%M": 12, "%Y%m%d%H%M%S": 14}
# 8339, packaging danger level.
_PACKING_GROUPS: Final[Mapping[str, str]] = {"1": "I", "2": "II", "3": "III"}
_EMS: Final = re.compile(r"F-?([A-J])[ ,/]*S-?([A-Z])")
_HAZARD: Final = re.compile(r"[1-9](\.[1-6])?[A-S]?")
_POLLUTANT_LABELS: Final = ("P", "MP")


def instant(segment: Segment) -> str:
    """The instant of a DTM in ISO 8601; as written where its format is unknown, for validation to refuse."""
    written, code = segment.get(0, 1), segment.get(0, 2)
    return iso(written, _FORMATS.get(code, ""))


def iso(written: str, form: str) -> str:
    """`written` in ISO 8601; as it stands where it is not of the form.

    Where the digits are of another length than the form demands, the length tells which form was meant.
    """
    digits = re.match(r"\d*", written)
    length = digits.end() if digits else 0
    if form and length == len(written) and length != _LENGTHS.get(form, length):
        form = next((one for one, width in _LENGTHS.items() if width == length), "")
    try:
        return datetime.strptime(written, form).isoformat() if form else written
    except ValueError:
        return written


def party(segment: Segment) -> tuple[str, Values]:
    """The role that a NAD names ("" when the contract has none like it), and the party's id, name and address."""
    role = PARTY_ROLES.get(segment.get(0), "")
    structured = segment.components(3)
    name = " ".join(structured) or " ".join(segment.components(2)[:1])
    values = {f"{role}_id": segment.get(1), f"{role}_name": name}
    if role in TRACED_PARTIES:
        unstructured = segment.components(2) if structured else segment.components(2)[1:]
        places = [part for element in range(4, 9) for part in segment.components(element)]
        values[f"{role}_address"] = " ".join([*unstructured, *places])
    return role, {key: value for key, value in values.items() if value} if role else {}


def vessel(segment: Segment) -> tuple[Values, str]:
    """Voyage, vessel and carrier of a TDT, and the vessel's name, for which the contract has no column."""
    # The eighth element in most directories; some senders count otherwise.
    found = [segment.get(element).upper().removeprefix("IMO").strip() for element in (7, 6, 8)]
    values = {
        "voyage_no": segment.get(1),
        "vessel_imo": next((identity for identity in found if re.fullmatch(r"[0-9]{7}", identity)), ""),
        "carrier_id": segment.get(4, 0),
        "carrier_name": segment.get(4, 3),
    }
    return {key: value for key, value in values.items() if value}, segment.get(7, 3) or segment.get(6, 3)


def masses(segment: Segment) -> Values:
    """The net or gross mass of goods, in kilograms, that a MEA gives."""
    code, mass = _measure(segment)
    if mass is None:
        return {}
    if code in _GROSS:
        return {"gross_mass_kg": mass}
    return {"net_mass_kg": mass} if code in _NET else {}


def box_masses(segment: Segment) -> Values:
    """The mass of a box, empty or verified, in kilograms, that a MEA gives."""
    code, mass = _measure(segment)
    # BAPLIE 2 says it by the first element (WT, VGM), all others by the measured attribute.
    name = _OF_BOX.get(code) or _OF_BOX.get(segment.get(0))
    return {name: mass} if mass is not None and name else {}


def _measure(segment: Segment) -> tuple[str, float | str | None]:
    """The measured attribute and the mass; text where the mass is no number, None where the unit is no mass."""
    factor = _KILOGRAMS.get(segment.get(2, 0))
    written = segment.get(2, 1).replace(",", ".")
    if factor is None or not written:
        return segment.get(1), None
    try:
        return segment.get(1), round(float(written) * factor, 6)
    except ValueError:
        return segment.get(1), written


def temperature_c(segment: Segment) -> float | str | None:
    """The temperature of a TMP in degrees Celsius; as written where it is no number."""
    written, unit = segment.get(1, 0), segment.get(1, 1)
    if not written:
        return None
    try:
        value = float(written.replace(",", "."))
    except ValueError:
        return written
    return round((value - 32) / 1.8, 1) if unit == "FAH" else value


def dangerous_goods(segment: Segment) -> Values:
    """What a DGS says of a substance."""
    group = segment.get(4)
    hazard = segment.get(1)
    labels = segment.components(9)
    values: Values = {
        "hazard_class": hazard,
        "un_no": segment.get(2),
        "packing_group": _PACKING_GROUPS.get(group, group),
        "flash_point_c": _flash_point(segment),
        "ems": _ems(segment.get(5)),
        "subsidiary_hazards": " ".join(label for label in labels if label != hazard and _HAZARD.fullmatch(label)),
        "marine_pollutant": True if any(label in _POLLUTANT_LABELS for label in labels) else None,
    }
    return {key: value for key, value in values.items() if value not in ("", None)}


def _flash_point(segment: Segment) -> float | str:
    """Degrees Celsius; of the shipment (C223) if given, else as described beside the UN number (C234)."""
    written, unit = segment.get(3, 0), segment.get(3, 1)
    if not written:
        written, unit = segment.get(2, 1).upper().removesuffix("C").strip(), "CEL"
    try:
        value = float(written.replace(",", "."))
    except ValueError:
        return written
    return round((value - 32) / 1.8, 1) if unit == "FAH" else value


def _ems(written: str) -> str:
    found = _EMS.fullmatch(written.upper())
    return f"F-{found[1]} S-{found[2]}" if found else written
