"""The columns of all tables. Validation, store, data dictionary and features are made from these.

A declarations table has one row per line item, box columns repeated; a statements table likewise, for what other
papers state about a box (booking, manifest, weighbridge …); a notices table one row per cancellation or disclosure; an
inspections table one row per opening or paper check. Instants are UTC, masses kilograms, temperatures degrees Celsius.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from data.vocabulary import Document, Flow, Notice, Outcome, SelectedBy, Step, Vocabulary


class Kind(StrEnum):
    """The kind of value of a column."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    INSTANT = "instant"
    DATE = "date"
    FLAG = "flag"
    CODE = "code"


class Part(StrEnum):
    """What a column describes: the box as a whole, one line item in it, a paper, a notice or an inspection."""

    BOX = "box"
    LINE = "line"
    STATEMENT = "statement"
    NOTICE = "notice"
    INSPECTION = "inspection"


@dataclass(frozen=True)
class Column:
    """One column of a table. `example` is a valid value; `pattern` is what the written value must match."""

    name: str
    kind: Kind
    part: Part
    note: str
    example: str
    required: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    vocabulary: type[Vocabulary] | None = None


PARTIES: Final = ("shipper", "consignee", "forwarder", "packer", "declarant", "carrier")

# Parties whose address and telephone are kept, by which a re-registered firm is recognised.
TRACED_PARTIES: Final = ("shipper", "packer")
# Largest version number that is a count; a version without a number gets its instant as yymmddhhmm, at most:
LAST_COUNTED: Final = 9_999
LAST_VERSION: Final = 9_912_312_359

GOODS_PAPERS: Final = {
    "booking": "as booked with the carrier", "manifest": "on the manifest", "certificate": "on the packing certificate",
}  # fmt: skip
"""Papers whose goods are compared with the declared ones, with the words for column notes."""
GOODS_FACTS: Final = ("un_no", "hazard_class", "packing_group", "gross_mass_kg", "package_count")

_LOCODE = r"[A-Z]{2}[A-Z2-9]{3}"
_MASS_MAX_KG = 100_000


def _box(name: str, kind: Kind, note: str, example: str, **more: object) -> Column:
    return Column(name, kind, Part.BOX, note, example, **more)  # type: ignore[arg-type]


def _line(name: str, kind: Kind, note: str, example: str, **more: object) -> Column:
    return Column(name, kind, Part.LINE, note, example, **more)  # type: ignore[arg-type]


def _inspection(name: str, kind: Kind, note: str, example: str, **more: object) -> Column:
    return Column(name, kind, Part.INSPECTION, note, example, **more)  # type: ignore[arg-type]


def _statement(name: str, kind: Kind, note: str, example: str, **more: object) -> Column:
    return Column(name, kind, Part.STATEMENT, note, example, **more)  # type: ignore[arg-type]


def _notice(name: str, kind: Kind, note: str, example: str, **more: object) -> Column:
    return Column(name, kind, Part.NOTICE, note, example, **more)  # type: ignore[arg-type]


def _mass(minimum: float = 0) -> dict[str, object]:
    return {"minimum": minimum, "maximum": _MASS_MAX_KG}


def _whereabouts(role: str) -> tuple[Column, Column]:
    return (
        _box(f"{role}_address", Kind.TEXT, f"address of the {role} as written", "大连市中山区港湾街1号"),
        _box(f"{role}_phone", Kind.TEXT, f"telephone of the {role}", "+8641182345678"),
    )


def _party(role: str) -> tuple[Column, Column]:
    return (
        _box(f"{role}_id", Kind.TEXT, f"identifier of the {role}, unified social credit code when there is one",
             "91210200MA0AAAA00X"),
        _box(f"{role}_name", Kind.TEXT, f"name of the {role} as written", "大连某某化工有限公司"),
    )  # fmt: skip


def _goods_on(paper: str) -> tuple[Column, ...]:
    """Columns for the goods of the whole box on another paper; different codes are separated by spaces."""
    where = GOODS_PAPERS[paper]
    return (
        _box(f"{paper}_un_no", Kind.TEXT, f"UN numbers {where}", "1263", pattern=r"\d{4}( \d{4})*"),
        _box(f"{paper}_hazard_class", Kind.TEXT, f"classes {where}", "3"),
        _box(f"{paper}_packing_group", Kind.TEXT, f"packing groups {where}", "II", pattern=r"(I|II|III)( (I|II|III))*"),
        _box(f"{paper}_gross_mass_kg", Kind.NUMBER, f"gross mass of the goods {where}", "18250", **_mass()),
        _box(f"{paper}_package_count", Kind.INTEGER, f"number of packages {where}", "80", minimum=0,
             maximum=10_000_000),
    )  # fmt: skip


DECLARATION_COLUMNS: Final[tuple[Column, ...]] = (
    _box("declaration_id", Kind.TEXT, "identifier of the declaration", "DLC2026-000123", required=True),
    _box("box_no", Kind.TEXT, "freight container number, ISO 6346", "MSKU1234565", required=True),
    _box("declared_at", Kind.INSTANT, "when this version of the declaration was filed; a time without an "
         "offset is read as UTC", "2026-03-01T08:30:00Z", required=True),
    _box("flow", Kind.CODE, "which way the box crosses the port", "export", vocabulary=Flow),
    _box("load_port", Kind.TEXT, "port of loading, UN/LOCODE", "CNDLC", pattern=_LOCODE),
    _box("discharge_port", Kind.TEXT, "port of discharge, UN/LOCODE", "NLRTM", pattern=_LOCODE),
    _box("terminal", Kind.TEXT, "terminal that handles the box", "DCT"),
    _box("vessel_imo", Kind.TEXT, "IMO number of the vessel, seven digits", "9354351", pattern=r"\d{7}"),
    _box("voyage_no", Kind.TEXT, "voyage number of the carrier", "123W"),
    _box("loading_at", Kind.INSTANT, "planned loading (export) or discharge (import)", "2026-03-04T16:00:00Z"),
    _box("box_type", Kind.TEXT, "size and type code, ISO 6346", "22G1", pattern=r"[0-9A-Z]{4}"),
    _box("tare_kg", Kind.NUMBER, "mass of the empty box", "2200", **_mass()),
    _box("vgm_kg", Kind.NUMBER, "verified gross mass, as declared for SOLAS VI/2", "20450", **_mass()),
    _box("weighed_kg", Kind.NUMBER, "gross mass on the terminal's weighbridge", "20510", **_mass()),
    _box("amendment_no", Kind.INTEGER, "0 or empty for the first version, then 1, 2, …; an amendment "
         "without a number has its instant as yymmddhhmm", "0", minimum=0, maximum=LAST_VERSION),
    _box("booking_no", Kind.TEXT, "number of the carrier's booking", "2GO2005174"),
    _box("bill_no", Kind.TEXT, "number of the bill of lading", "MSKUDLC0001234"),
    *(column for role in PARTIES for column in _party(role)),
    *(column for role in TRACED_PARTIES for column in _whereabouts(role)),
    _box("packing_certificate_no", Kind.TEXT, "number of the container packing certificate", "ZX2026-0457"),
    _box("packed_on", Kind.DATE, "date of packing", "2026-02-27"),
    _box("fumigant", Kind.TEXT, "gas with which the box was fumigated and that it may still hold", "METHYL BROMIDE"),
    _box("fumigated_on", Kind.DATE, "date of fumigation", "2026-02-26"),
    _box("emergency_phone", Kind.TEXT, "emergency telephone number", "+8641188888888"),
    _box("booking_description", Kind.TEXT, "goods as booked with the carrier", "PAINT"),
    _box("manifest_description", Kind.TEXT, "goods as on the manifest", "PAINT"),
    *(column for paper in GOODS_PAPERS for column in _goods_on(paper)),
    _box("certificate_box_no", Kind.TEXT, "box on the packing certificate", "MSKU1234565"),
    _box("certificate_on", Kind.DATE, "date of the packing certificate", "2026-02-27"),
    _line("line_no", Kind.INTEGER, "position of the line item in the box; empty: the order of the rows", "1",
          minimum=1, maximum=9999),
    _line("un_no", Kind.TEXT, "UN number, four digits; empty for general cargo", "1263", pattern=r"\d{4}"),
    _line("hazard_class", Kind.TEXT, "class or division, with the compatibility letter for class 1", "3",
          pattern=r"1(\.[1-6][A-HJKLNS]?)?|[2-9](\.[1-6])?"),
    _line("subsidiary_hazards", Kind.TEXT, "subsidiary hazards, separated by spaces", "6.1 8"),
    _line("packing_group", Kind.TEXT, "packing group I, II or III; empty where there is none", "II",
          pattern=r"I|II|III"),
    _line("shipping_name", Kind.TEXT, "proper shipping name as declared", "PAINT"),
    _line("technical_name", Kind.TEXT, "technical name for generic and N.O.S. entries", "contains toluene"),
    _line("description", Kind.TEXT, "description of the goods in the declarant's words", "油漆"),
    _line("hs_code", Kind.TEXT, "Harmonized System code, 4 to 10 digits", "320890", pattern=r"\d{4,10}"),
    _line("packaging_code", Kind.TEXT, "package code: UN/ECE Recommendation 21 (1A), or UN packaging code (1A2)", "1A",
          pattern=r"[0-9A-Z]{2,5}"),
    _line("package_count", Kind.INTEGER, "number of packages", "80", minimum=0, maximum=10_000_000),
    _line("net_mass_kg", Kind.NUMBER, "net mass of the goods", "17000", **_mass()),
    _line("gross_mass_kg", Kind.NUMBER, "gross mass of the goods with packages", "18250", **_mass()),
    _line("flash_point_c", Kind.NUMBER, "flash point, closed cup", "27", minimum=-150, maximum=500),
    _line("control_temp_c", Kind.NUMBER, "control temperature", "10", minimum=-100, maximum=100),
    _line("marine_pollutant", Kind.FLAG, "declared as a marine pollutant", "false"),
    _line("limited_quantity", Kind.FLAG, "declared as limited quantity", "false"),
    _line("excepted_quantity", Kind.FLAG, "declared as excepted quantity", "false"),
    _line("ems", Kind.TEXT, "emergency schedules for fire and spillage", "F-E S-E"),
    _line("produced_on", Kind.DATE, "date of production", "2026-02-01"),
    _line("packing_temp_c", Kind.NUMBER, "temperature of the goods at packing", "18", minimum=-100, maximum=300),
    _line("un_mark", Kind.TEXT, "UN mark of the packaging, as it is stamped, from the packaging code on",
          "1A2/Y1.4/150/26/CN/310001"),
    _line("inner_mass_kg", Kind.NUMBER, "net mass in the fullest inner packaging (limited and excepted quantities)",
          "0.5", **_mass()),
    _line("inner_volume_l", Kind.NUMBER, "volume in the fullest inner packaging (limited and excepted quantities)",
          "1", minimum=0, maximum=100_000),
    _line("emergency_temp_c", Kind.NUMBER, "emergency temperature", "15", minimum=-100, maximum=100),
    _line("net_explosive_kg", Kind.NUMBER, "net explosive mass", "120", **_mass()),
    _line("test_summary_no", Kind.TEXT, "number of the test summary (38.3) of lithium or sodium ion batteries",
          "TS-38.3-0042"),
    _line("oil_percent", Kind.NUMBER, "oil content by mass (seed cake, fish meal)", "4.5", minimum=0, maximum=100),
    _line("moisture_percent", Kind.NUMBER, "moisture by mass (seed cake, fish meal)", "9", minimum=0, maximum=100),
    _line("antioxidant", Kind.FLAG, "treated with an antioxidant (fish meal)", "true"),
    _line("radionuclide", Kind.TEXT, "name or symbol of the radionuclide", "Cs-137"),
    _line("activity_bq", Kind.NUMBER, "activity of the radioactive content", "3700000", minimum=0, maximum=1e21),
    _line("transport_index", Kind.NUMBER, "transport index of the consignment", "0.4", minimum=0, maximum=1000),
    _line("radioactive_category", Kind.TEXT, "category of the package: I-WHITE, II-YELLOW or III-YELLOW", "II-YELLOW"),
)  # fmt: skip

# Columns of declarations only: keys, and facts that are filled from other papers.
_DECLARATION_ONLY: Final = (
    "declaration_id", "box_no", "declared_at", "amendment_no",
    "booking_description", "manifest_description", "certificate_box_no", "certificate_on",
    *(f"{paper}_{fact}" for paper in GOODS_PAPERS for fact in GOODS_FACTS),
)  # fmt: skip

STATEMENT_COLUMNS: Final[tuple[Column, ...]] = (
    _statement("document", Kind.CODE, "the kind of paper", "weighbridge", required=True, vocabulary=Document),
    _statement("document_no", Kind.TEXT, "number of the paper or message; later versions have the same",
               "DB20260304-118", required=True),
    _statement("stated_at", Kind.INSTANT, "when this version of the paper was issued or sent",
               "2026-03-03T22:10:00Z", required=True),
    _statement("version", Kind.INTEGER, "0 or empty for the first version, then 1, 2, …; a later one "
               "without a number has its instant as yymmddhhmm", "0", minimum=0, maximum=LAST_VERSION),
    _statement("withdrawn", Kind.FLAG, "true where this version withdraws the paper", "false"),
    _statement("laden_kg", Kind.NUMBER, "gross mass of the loaded box as listed, whether verified or not", "20400",
               **_mass()),
    _statement("box_no", Kind.TEXT, "freight container number, ISO 6346; empty while a booking has no box",
               "MSKU1234565"),
    *(column for column in DECLARATION_COLUMNS if column.name not in _DECLARATION_ONLY),
)  # fmt: skip

NOTICE_COLUMNS: Final[tuple[Column, ...]] = (
    _notice("declaration_id", Kind.TEXT, "declaration that it is about", "DLC2026-000123", required=True),
    _notice("box_no", Kind.TEXT, "box that it is about; empty: every box of the declaration", "MSKU1234565"),
    _notice("notice", Kind.CODE, "cancelled, or corrected by the declarant of his own accord", "disclosed",
            required=True, vocabulary=Notice),
    _notice("noticed_at", Kind.INSTANT, "when the notice was given", "2026-03-02T01:00:00Z", required=True),
    _notice("reason", Kind.TEXT, "in the declarant's words", "漏报副危险性"),
)  # fmt: skip

INSPECTION_COLUMNS: Final[tuple[Column, ...]] = (
    _inspection("inspection_id", Kind.TEXT, "identifier; a later row with the same one corrects the earlier",
                "INS-000042", required=True),
    _inspection("declaration_id", Kind.TEXT, "declaration that was inspected", "DLC2026-000123", required=True),
    _inspection("box_no", Kind.TEXT, "box that was inspected", "MSKU1234565", required=True),
    _inspection("inspected_at", Kind.INSTANT, "when the inspection took place", "2026-03-02T02:00:00Z"),
    _inspection("recorded_at", Kind.INSTANT, "when this row became known; earlier assessments do not use it",
                "2026-03-05T09:00:00Z", required=True),
    _inspection("step", Kind.CODE, "papers only, or the box itself", "box", required=True, vocabulary=Step),
    _inspection("selected_by", Kind.CODE, "why the box was chosen", "random", vocabulary=SelectedBy),
    _inspection("selection_probability", Kind.NUMBER, "probability with which it was chosen; empty when unknown",
                "0.02", minimum=0, maximum=1),
    _inspection("outcome", Kind.CODE, "what was concluded", "violation", required=True, vocabulary=Outcome),
    _inspection("findings", Kind.TEXT, "finding codes separated by semicolons; empty unless a violation",
                "misdeclared;placarding"),
    _inspection("officer_id", Kind.TEXT, "officer in charge", "F0117"),
)  # fmt: skip

BOX_COLUMNS: Final = tuple(column for column in DECLARATION_COLUMNS if column.part is Part.BOX)
LINE_COLUMNS: Final = tuple(column for column in DECLARATION_COLUMNS if column.part is Part.LINE)
STATEMENT_BOX_COLUMNS: Final = tuple(column for column in STATEMENT_COLUMNS if column.part is not Part.LINE)
BOX_KEY: Final = ("declaration_id", "box_no", "amendment_no")
STATEMENT_BOX_KEY: Final = ("document_no", "document", "box_no", "version")


def version_at(instant: datetime) -> int:
    """Version number of a version without one: its instant, UTC, as yymmddhhmm."""
    return int(instant.astimezone(UTC).strftime("%y%m%d%H%M"))
