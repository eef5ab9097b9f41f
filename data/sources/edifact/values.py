"""Convert single segments into values of our columns, by the code lists of the UN/EDIFACT directories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from data.records import TRACED_PARTIES
from data.sources.edifact.measures import Measure, Values, celsius
from data.sources.edifact.syntax import Segment

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
_DAYS: Final = ("%y%m%d", "%Y%m%d")
# 8339, packaging danger level.
_PACKING_GROUPS: Final[Mapping[str, str]] = {"1": "I", "2": "II", "3": "III"}
_EMS: Final = re.compile(r"F-?([A-J])[ ,/]*S-?([A-Z])")
_HAZARD: Final = re.compile(r"[1-9](\.[1-6])?[A-S]?")
_POLLUTANT_LABELS: Final = ("P", "MP")


def instant(segment: Segment) -> str:
    """The instant or day of a DTM in ISO 8601; as written where its format is unknown, for validation to refuse."""
    written, code = segment.get(0, 1), segment.get(0, 2)
    return iso(written, _FORMATS.get(code, ""))


def iso(written: str, form: str) -> str:
    """`written` in ISO 8601; unchanged where it does not have the format `form`.

    Where the number of digits does not fit `form`, the format with that number of digits is used.
    """
    digits = re.match(r"\d*", written)
    length = digits.end() if digits else 0
    if form and length == len(written) and length != _LENGTHS.get(form, length):
        form = next((one for one, width in _LENGTHS.items() if width == length), "")
    try:
        found = datetime.strptime(written, form) if form else None
    except ValueError:
        return written
    if found is None:
        return written
    return (found.date() if form in _DAYS else found).isoformat()


def party(segment: Segment) -> tuple[str, Values]:
    """The role in a NAD ("" for one without columns of ours), and the party's id, name and address."""
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
    """Voyage, vessel and carrier of a TDT, and the name of the vessel, which has no column."""
    # The eighth element in most directories; some senders use another one.
    found = [segment.get(element).upper().removeprefix("IMO").strip() for element in (7, 6, 8)]
    values = {
        "voyage_no": segment.get(1),
        "vessel_imo": next((identity for identity in found if re.fullmatch(r"[0-9]{7}", identity)), ""),
        "carrier_id": segment.get(4, 0),
        "carrier_name": segment.get(4, 3),
    }
    return {key: value for key, value in values.items() if value}, segment.get(7, 3) or segment.get(6, 3)


def dangerous_goods(segment: Segment) -> Values:
    """The values of a substance in a DGS."""
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


def _flash_point(segment: Segment) -> Measure:
    """Flash point in degrees Celsius: of the shipment (C223) if given, else the one beside the UN number (C234)."""
    written, unit = segment.get(3, 0), segment.get(3, 1)
    if not written:
        written, unit = segment.get(2, 1).upper().removesuffix("C").strip(), ""
    return celsius(segment, "flash_point_c", written, unit) if written else ""


def _ems(written: str) -> str:
    found = _EMS.fullmatch(written.upper())
    return f"F-{found[1]} S-{found[2]}" if found else written
