"""BAPLIE, COPRAR, VERMAS and IFTMBF as statements: golden records of samples and variants of the standard."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from data.sources.edifact import scan_edifact
from data.sources.reading import Accepted, Rejected
from tests.data.edifact.messages import AT, entries, filled, interchange, message, rows
from tests.shared import SHARED, needs_shared

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "baplie_d95b_smdg22_dgs.edi": [
        {
            "document": "stowage_plan", "document_no": "9354351 123W45", "version": 2609171200, "line_no": 1,
            "stated_at": datetime(2026, 9, 17, 12, tzinfo=UTC), "box_no": "HLXU4691920", "box_type": "45G1",
            "laden_kg": 30480.0, "load_port": "USLGB", "discharge_port": "USHNL", "vessel_imo": "9354351",
            "voyage_no": "123W45", "carrier_id": "HLC", "un_no": "1263", "hazard_class": "3", "packing_group": "III",
            "flash_point_c": 23.0, "shipping_name": "PAINT",
        }
    ],
    "d04b_baplie.edi": [
        {
            "document": "stowage_plan", "document_no": "IMONUMBER RFN234", "version": 910301200, "line_no": 1,
            "stated_at": datetime(2009, 10, 30, 12, tzinfo=UTC),
            "loading_at": datetime(2009, 10, 1, 12, 30, tzinfo=UTC), "box_no": "CONTAINER", "box_type": "2210",
            "laden_kg": 23000.0, "voyage_no": "RFN234", "bill_no": "1",
            "carrier_id": "TSL",
        }
    ],
    "d95b_coprar.edi": [
        {
            "document": "load_list", "document_no": "20121121084145", "line_no": 1, "stated_at": AT,
            "box_no": "MSTI6415664", "box_type": "45G1", "booking_no": "2GO2005174", "laden_kg": 11740.0,
            "vgm_kg": 11740.0, "load_port": "AEJEA", "discharge_port": "INNSA", "voyage_no": "123W",
            "carrier_id": "MSK", "loading_at": datetime(2012, 11, 25, tzinfo=UTC), "description": "PLASTICS:ARTICLES",
        }
    ] * 2,
}  # fmt: skip
# Both have a wrong segment count; as lists they are accepted, and the fault is reported.
MISCOUNTED = {"baplie_d95b_smdg22_dgs.edi": (14, "counts 12"), "d95b_coprar.edi": (29, "counts 56")}


@needs_shared("samples")
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_golden_samples(name: str) -> None:
    scan = scan_edifact((SHARED / "samples" / name).read_bytes(), name, AT)
    assert any("test (0035)" in remark for remark in scan.unknown_columns) == (name == "d04b_baplie.edi")
    found = list(scan.entries)
    assert [filled(entry.row) for entry in found if isinstance(entry, Accepted)] == SAMPLES[name]
    reported = [entry for entry in found if isinstance(entry, Rejected)]
    faults = [MISCOUNTED[name]] if name in MISCOUNTED else []
    assert [entry.row_no for entry in reported] == [segment for segment, _ in faults]
    assert all(expected in str(entry) for entry, (_, expected) in zip(reported, faults, strict=True))


def test_baplie_3_with_two_substances_in_one_box() -> None:
    found = rows(
        interchange(
            message(
                "BAPLIE", "BGM++PLAN1+9", "DTM+137:202603011200:203", "NAD+CF+CSL:160:20",
                "TDT+20+55E+1++++9354351:146",
                "LOC+5+CNDLC:139:6", "UNS+D", "LOC+147+0120406::5", "EQD+CN+MSKU1234565:6346:5+22G1:6346:5",
                "MEA+AAE+VGM+KGM:20450", "MEA+AAE+AET+TNE:20.1", "LOC+9+CNDLC:139:6", "LOC+11+NLRTM:139:6",
                "DGS+IMD+8::41-22+1760", "FTX+AAD+++CORROSIVE LIQUID, N.O.S.:caprylyl chloride",
                "MEA+AAE+AAF+KGM:900", "DGS+IMD+3+1263+80:FAH+2", "FTX+AAD+++PAINT", "CTA+HG+:Li", "COM+0411:TE",
                "LOC+147+0120408::5",
            )
        )
    )  # fmt: skip
    box = {
        "document": "stowage_plan", "document_no": "9354351 55E", "version": 2603011200, "vessel_imo": "9354351",
        "stated_at": datetime(2026, 3, 1, 12, tzinfo=UTC), "voyage_no": "55E", "box_no": "MSKU1234565",
        "box_type": "22G1", "vgm_kg": 20450.0, "laden_kg": 20100.0, "load_port": "CNDLC", "discharge_port": "NLRTM",
        "emergency_phone": "0411",
    }  # fmt: skip
    assert found == [
        box | {
            "line_no": 1, "un_no": "1760", "hazard_class": "8", "net_mass_kg": 900.0,
            "shipping_name": "CORROSIVE LIQUID, N.O.S.", "technical_name": "caprylyl chloride",
        },
        box | {
            "line_no": 2, "un_no": "1263", "hazard_class": "3", "packing_group": "II", "flash_point_c": 26.7,
            "shipping_name": "PAINT",
        },
    ]  # fmt: skip


def test_later_stowage_plan_is_a_later_version() -> None:
    def plan(minute: str) -> dict[str, Any]:
        [row] = rows(
            message(
                "BAPLIE", f"BGM++P{minute}+9", f"DTM+137:2026030112{minute}:203", "TDT+20+55E+++++9354351",
                "LOC+147+0120406", "EQD+CN+MSKU1234565",
            )
        )  # fmt: skip
        return row

    first, second = plan("00"), plan("30")
    assert first["document_no"] == second["document_no"]
    assert first["version"] < second["version"]


def test_coprar_of_a_discharge_with_dangerous_goods() -> None:
    [row] = rows(
        message(
            "COPRAR", "BGM+43+DIS-9+5", "DTM+137:202603021200:203", "TDT+20+55E+1++MSK:172:20+++9354351:146::HAI XING",
            "DTM+132:202603041600:203", "LOC+11+CNDLC:139:6", "NAD+CA+MSK:160:20", "EQD+CN+MSKU1234565+22G1:102:5++3+5",
            "RFF+BM:MSKUDLC001", "LOC+9+NLRTM:139:6", "MEA+AAE+G+TNE:20,4", "MEA+AAE+T+LBR:4800", "TMP+2+-18:CEL",
            "DGS+IMD+4.2+1361+++F-A S-J", "FTX+AAD+++CARBON", "CNT+16:1",
        )
    )  # fmt: skip
    assert row == {
        "document": "load_list", "document_no": "DIS-9", "version": 2603021200, "line_no": 1,
        "stated_at": datetime(2026, 3, 2, 12, tzinfo=UTC), "box_no": "MSKU1234565", "box_type": "22G1",
        "bill_no": "MSKUDLC001", "load_port": "NLRTM", "discharge_port": "CNDLC", "laden_kg": 20400.0,
        "tare_kg": 2177.243376, "vessel_imo": "9354351", "voyage_no": "55E", "carrier_id": "MSK",
        "loading_at": datetime(2026, 3, 4, 16, tzinfo=UTC), "un_no": "1361", "hazard_class": "4.2", "ems": "F-A S-J",
        "shipping_name": "CARBON",
    }  # fmt: skip


def test_vermas_gives_the_verified_mass_of_each_box() -> None:
    found = rows(
        message(
            "VERMAS", "BGM+VGM+V-77+9", "DTM+137:202603021200:203", "RFF+BN:BK1", "NAD+SPC+++大连某某装箱",
            "EQD+CN+MSKU1234565+22G1", "RFF+BN:BK2", "SEL+123+CA", "MEA+AAE+VGM+KGM:20450", "DTM+WAT:202603021000:203",
            "DOC+SM1", "EQD+CN+TCLU7654326+45G1", "MEA+AAE+VGM+LBR:44000",
        )
    )  # fmt: skip
    paper = {"document": "vgm", "document_no": "V-77", "stated_at": datetime(2026, 3, 2, 12, tzinfo=UTC), "line_no": 1}
    assert found == [
        paper | {"box_no": "MSKU1234565", "box_type": "22G1", "booking_no": "BK2", "vgm_kg": 20450.0},
        paper | {"box_no": "TCLU7654326", "box_type": "45G1", "booking_no": "BK1", "vgm_kg": 19958.06428},
    ]


def test_vermas_without_mass_is_refused() -> None:
    [entry] = entries(message("VERMAS", "BGM+VGM+V-77+9", "EQD+CN+MSKU1234565+22G1", "SEL+1"))
    assert isinstance(entry, Rejected)
    assert "segment 3 (EQD) at character 38: its group has no MEA" in str(entry)


def test_cancelled_list_is_withdrawn() -> None:
    [row] = rows(message("COPRAR", "BGM+45+L1+1", "TDT+20+1W", "EQD+CN+BOX1"))
    assert row["withdrawn"] is True


def test_iftmbf_is_a_booking_with_and_without_boxes() -> None:
    goods = ("GID+1+80:1A", "FTX+AAA+++油漆", "MEA+AAE+AAB+KGM:4000", "DGS+IMD+3+1263+27:CEL+2", "FTX+AAD+++PAINT")
    head = ("BGM+335+BK-1+9", "DTM+137:202602200800:203", "RFF+BN:2GO1", "TDT+20+123W+1++COSU+++9354351:146",
            "LOC+9+CNDLC", "LOC+11+NLRTM", "NAD+CZ+91210200MA0AAAA00X++大连某某化工")  # fmt: skip
    booked = {
        "document": "booking", "document_no": "BK-1", "booking_no": "2GO1", "line_no": 1, "voyage_no": "123W",
        "stated_at": datetime(2026, 2, 20, 8, tzinfo=UTC), "vessel_imo": "9354351", "carrier_id": "COSU",
        "load_port": "CNDLC", "discharge_port": "NLRTM", "shipper_id": "91210200MA0AAAA00X",
        "shipper_name": "大连某某化工", "package_count": 80, "packaging_code": "1A", "description": "油漆",
        "gross_mass_kg": 4000.0, "un_no": "1263", "hazard_class": "3", "packing_group": "II", "flash_point_c": 27.0,
        "shipping_name": "PAINT",
    }  # fmt: skip
    assert rows(message("IFTMBF", *head, *goods)) == [booked]
    assert rows(message("IFTMBF", *head, *goods, "EQD+CN+MSKU1234565+22G1")) == [
        booked | {"box_no": "MSKU1234565", "box_type": "22G1"}
    ]
    [bare] = rows(message("IFTMBF", "BGM+335+BK-2+9", "EQD+CN++22G1"))
    assert (bare["booking_no"], bare["stated_at"]) == ("BK-2", AT)
