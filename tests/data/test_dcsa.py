"""DCSA documents as statements: golden records, amendments and cancellations, errors with JSON pointer."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.ingest import ingest_bytes
from data.sources.dcsa import is_dcsa, scan_dcsa
from data.sources.reading import Accepted, Rejected
from data.sources.tables import scan_bytes
from data.store import Store
from tests.data.edifact.messages import AT, filled
from tests.shared import SHARED, needs_shared

SAMPLE = SHARED / "samples" / "booking-api-2.0.0-dg.json"
BOOKING: dict[str, Any] = {
    "carrierBookingReference": "2GO2005174",
    "bookingStatus": "CONFIRMED",
    "carrierCode": "MAEU",
    "vessel": {"name": "HAI XING", "vesselIMONumber": "9354351"},
    "carrierExportVoyageNumber": "403W",
    "expectedDepartureDate": "2026-03-04",
    "documentParties": {
        "shipper": {
            "partyName": "大连某某化工有限公司",
            "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": "91210200MA0AAAA00X"}],
            "address": {"street": "港湾街", "streetNumber": "1", "city": "大连"},
            "partyContactDetails": [{"name": "Li", "phone": "+8641182345678"}],
        },
        "other": [{"partyFunction": "DDR", "party": {"partyName": "大连某货代"}}],
    },
    "shipmentLocations": [
        {"location": {"UNLocationCode": "CNDLC"}, "locationTypeCode": "POL"},
        {"location": {"UNLocationCode": "NLRTM"}, "locationTypeCode": "POD"},
    ],
    "requestedEquipments": [
        {
            "ISOEquipmentCode": "45R1",
            "equipmentReferences": ["MSKU1234565"],
            "tareWeight": {"value": 4850, "unit": "LBR"},
            "activeReeferSettings": {"temperatureSetpoint": 5, "temperatureUnit": "CEL"},
            "commodities": [
                {
                    "commodityType": "Resin solution",
                    "HSCodes": ["390799"],
                    "outerPackaging": {
                        "imoPackagingCode": "1A2",
                        "numberOfPackages": 80,
                        "dangerousGoods": [
                            {
                                "UNNumber": "1866", "properShippingName": "RESIN SOLUTION", "imoClass": "3",
                                "packingGroup": 2, "isMarinePollutant": False, "EMSNumber": "F-E S-E",
                                "technicalName": "styrene", "subsidiaryRisk1": "6.1",
                                "limits": {"temperatureUnit": "FAH", "flashPoint": 80},
                                "emergencyContactDetails": {"contact": "Li", "phone": "0411"},
                                "grossWeight": {"value": 18.25, "unit": "TNE"},
                                "netWeight": {"value": 17000, "unit": "KGM"}, "isWaste": True,
                            }
                        ],
                    },
                },
                {"commodityType": "Toys", "cargoGrossWeight": {"value": 100, "unit": "KGM"}},
            ],
        }
    ],
}  # fmt: skip
HEAD = {
    "document": "booking", "document_no": "2GO2005174", "booking_no": "2GO2005174", "box_no": "MSKU1234565",
    "stated_at": AT, "box_type": "45R1", "tare_kg": 2199.922994, "vessel_imo": "9354351", "voyage_no": "403W",
    "carrier_id": "MAEU", "loading_at": datetime(2026, 3, 4, tzinfo=UTC), "load_port": "CNDLC",
    "discharge_port": "NLRTM", "shipper_id": "91210200MA0AAAA00X", "shipper_name": "大连某某化工有限公司",
    "shipper_address": "港湾街 1 大连", "shipper_phone": "+8641182345678", "forwarder_name": "大连某货代",
    "emergency_phone": "0411", "version": 2610011200,
}  # fmt: skip
BILL: dict[str, Any] = {
    "transportDocumentReference": "MSKUDLC001",
    "issueDate": "2026-03-05",
    "carrierCode": "MAEU",
    "transports": {
        "plannedDepartureDate": "2026-03-04",
        "portOfLoading": {"UNLocationCode": "CNDLC"},
        "portOfDischarge": {"UNLocationCode": "NLRTM"},
        "vesselVoyages": [{"vesselName": "HAI XING", "carrierExportVoyageNumber": "403W"}],
    },
    "documentParties": {"consignee": {"partyName": "Verfhandel BV"}},
    "utilizedTransportEquipments": [
        {"equipment": {"equipmentReference": "MSKU1234565", "ISOEquipmentCode": "22G1"}},
        {"equipment": {"equipmentReference": "TCLU7654326"}},
    ],
    "consignmentItems": [
        {
            "carrierBookingReference": "BK1",
            "descriptionOfGoods": ["PAINT", "IN DRUMS"],
            "HSCodes": ["320890"],
            "cargoItems": [
                {
                    "equipmentReference": "MSKU1234565",
                    "cargoGrossWeight": {"value": 4000, "unit": "KGM"},
                    "outerPackaging": {
                        "packageCode": "1A",
                        "numberOfPackages": 80,
                        "dangerousGoods": [{"UNNumber": "1263", "imoClass": "3", "packingGroup": 3}],
                    },
                },
                {"equipmentReference": "TCLU7654326", "cargoGrossWeight": {"value": 10, "unit": "KGM"}},
                {"equipmentReference": "TCLU7654326", "cargoGrossWeight": {"value": 20, "unit": "KGM"}},
            ],
        }
    ],
}


def rows(document: Any) -> list[dict[str, Any]]:
    content = json.dumps(document).encode()
    found = list(scan_bytes(content, "d.json", AT).entries)
    assert all(isinstance(entry, Accepted) for entry in found), found
    return [filled(entry.row) for entry in found if isinstance(entry, Accepted)]


def changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**deepcopy(document), **changes}


def test_a_booking_with_dangerous_and_other_goods_in_a_reefer() -> None:
    first, second = rows(BOOKING)
    assert abs(first.pop("tare_kg") - second.pop("tare_kg")) == 0
    head = {name: value for name, value in HEAD.items() if name != "tare_kg"}
    assert first == head | {
        "line_no": 1, "un_no": "1866", "shipping_name": "RESIN SOLUTION", "technical_name": "styrene",
        "hazard_class": "3", "subsidiary_hazards": "6.1", "packing_group": "II", "description": "Resin solution",
        "hs_code": "390799", "packaging_code": "1A2", "package_count": 80, "gross_mass_kg": 18250.0,
        "net_mass_kg": 17000.0, "flash_point_c": 26.667, "ems": "F-E S-E",
    }  # fmt: skip
    assert second == head | {"line_no": 2, "description": "Toys", "gross_mass_kg": 100.0}


def test_values_without_a_column_are_reported() -> None:
    reported = scan_dcsa(BOOKING, b"", "d.json", AT).unknown_columns
    assert "/requestedEquipments/0/activeReeferSettings" in reported
    assert "/requestedEquipments/0/commodities/0/outerPackaging/dangerousGoods/0/isWaste" in reported


def test_a_bill_of_lading_with_two_items_in_one_box() -> None:
    head = {
        "document": "manifest", "document_no": "MSKUDLC001", "bill_no": "MSKUDLC001", "booking_no": "BK1",
        "carrier_id": "MAEU", "loading_at": datetime(2026, 3, 4, tzinfo=UTC), "load_port": "CNDLC",
        "discharge_port": "NLRTM", "voyage_no": "403W", "consignee_name": "Verfhandel BV",
        "description": "PAINT IN DRUMS", "hs_code": "320890",
        # A day without a time: known at its end, not before.
        "stated_at": datetime(2026, 3, 5, 23, 59, 59, 999999, tzinfo=UTC), "version": 2603050000,
    }  # fmt: skip
    assert rows(BILL) == [
        head | {
            "box_no": "MSKU1234565", "box_type": "22G1", "line_no": 1, "un_no": "1263", "hazard_class": "3",
            "packing_group": "III", "packaging_code": "1A", "package_count": 80, "gross_mass_kg": 4000.0,
        },
        head | {"box_no": "TCLU7654326", "line_no": 1, "gross_mass_kg": 10.0},
        head | {"box_no": "TCLU7654326", "line_no": 2, "gross_mass_kg": 20.0},
    ]  # fmt: skip


def test_masses_of_shared_goods_are_unknown() -> None:
    document = deepcopy(BOOKING)
    document["requestedEquipments"][0]["equipmentReferences"] = ["MSKU1234565", "TCLU7654326"]
    found = rows(document)
    assert [(row["box_no"], row["line_no"]) for row in found] == [
        ("MSKU1234565", 1), ("MSKU1234565", 2), ("TCLU7654326", 1), ("TCLU7654326", 2),
    ]  # fmt: skip
    assert not any("gross_mass_kg" in row for row in found)


def test_cancelled_amended_and_notified() -> None:
    assert rows(changed(BOOKING, bookingStatus="CANCELLED"))[0]["withdrawn"] is True
    event = {"time": "2026-02-21T08:00:00Z", "type": "org.dcsa.booking", "data": {"amendedBooking": BOOKING}}
    first = rows(event)[0]
    assert (first["stated_at"], first["version"]) == (datetime(2026, 2, 21, 8, tzinfo=UTC), 2602210800)
    assert [row["document_no"] for row in rows([BOOKING, BILL])] == ["2GO2005174"] * 2 + ["MSKUDLC001"] * 3


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("requestedEquipments",), {}, "/requestedEquipments is not a list"),
        (("requestedEquipments", 0), "x", "/requestedEquipments/0 is not an object"),
        (("vessel",), [], "/vessel is not an object"),
        (
            ("requestedEquipments", 0, "tareWeight", "value"),
            "x",
            "/requestedEquipments/0/tareWeight/value is not a num",
        ),
        (("requestedEquipments", 0, "tareWeight", "unit"), "STONE", "/requestedEquipments/0/tareWeight/unit is STONE"),
        (("carrierCode",), {}, "/carrierCode is not text"),
        (("requestedEquipments", 0, "equipmentReferences"), [1], "/equipmentReferences/0 is not text"),
    ],
)
def test_wrong_structure_is_refused(path: tuple[Any, ...], value: Any, expected: str) -> None:
    document = deepcopy(BOOKING)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    [good, *_] = (entry for entry in scan_dcsa([BILL, document], b"[]", "d.json", AT).entries)
    assert isinstance(good, Accepted)
    refused = [
        entry for entry in scan_dcsa([BILL, document], b"[]", "d.json", AT).entries if isinstance(entry, Rejected)
    ]
    [entry] = refused
    assert expected in str(entry)
    assert json.loads(entry.raw) == document
    [problem] = entry.problems
    assert not re.search(r"[a-z]{2,}", re.sub(r"(/\w+)+|true|false", "", problem.message("zh") + problem.remedy("zh")))


def test_wrong_value_refuses_its_box() -> None:
    document = deepcopy(BILL)
    document["consignmentItems"][0]["cargoItems"][0]["outerPackaging"]["dangerousGoods"][0]["UNNumber"] = "99999"
    refused, *kept = scan_dcsa(document, b"{}", "d.json", AT).entries
    assert isinstance(refused, Rejected)
    assert refused.problems[0].column == "un_no"
    assert {entry.row["box_no"] for entry in kept if isinstance(entry, Accepted)} == {"TCLU7654326"}


def test_repeated_document_without_number(tmp_path: Path) -> None:
    document = changed(BOOKING)
    del document["carrierBookingReference"]
    store = Store.open(f"sqlite:///{tmp_path / 's.db'}")
    content = json.dumps(document).encode()
    first = ingest_bytes(content, "a.json", store, AT)
    again = ingest_bytes(content, "b.json", store, datetime(2026, 3, 20, tzinfo=UTC))
    assert (first.accepted, first.quarantined) == (2, 0)
    assert (again.accepted, again.duplicate, again.quarantined) == (0, 2, 0)
    store.close()


@needs_shared("samples")
def test_the_sample_of_the_conformance_suite() -> None:
    [row] = rows(json.loads(SAMPLE.read_text()))
    assert row.pop("document_no").startswith("content ")
    assert row == {
        "document": "booking", "stated_at": AT, "line_no": 1, "load_port": "NLAMS", "discharge_port": "SGSIN",
        "voyage_no": "403W", "box_type": "22GP", "un_no": "1950", "shipping_name": "AEROSOLS,NON-FLAMMABLE",
        "hazard_class": "2.2", "description": "Dangerous goods, Freight all kinds", "packaging_code": "2Q",
        "package_count": 1, "gross_mass_kg": 6.28, "emergency_phone": "+4570262970",
    }  # fmt: skip


def test_own_json_is_no_dcsa_document() -> None:
    assert not is_dcsa({"declaration_id": "A", "box_no": "B", "line_items": []})
    assert not is_dcsa([])
    assert not is_dcsa("x")


def versions(*documents: dict[str, Any]) -> list[int]:
    return [rows(document)[0].get("version", 0) for document in documents]


def test_a_later_document_is_a_later_version(tmp_path: Path) -> None:
    statuses = ("RECEIVED", "CONFIRMED", "PENDING_UPDATE")
    booked = [
        changed(BOOKING, bookingStatus=status, updatedDateTime=f"2026-03-0{day}T08:00:00Z")
        for day, status in enumerate(statuses, start=1)
    ]
    assert versions(*booked) == [2603010800, 2603020800, 2603030800]
    # The day of a bill is that of its draft too.
    stages = ("DRAFT", "ISSUED", "AMENDED")
    bills = [changed(BILL, transportDocumentStatus=status) for status in stages]
    assert versions(*bills) == sorted(set(versions(*bills)))
    bills[1]["consignmentItems"][0]["cargoItems"][0]["cargoGrossWeight"]["value"] = 1800
    store = Store.open(f"sqlite:///{tmp_path / 's.db'}")
    for place, document in enumerate([*bills[:2], bills[0]]):
        summary = ingest_bytes(json.dumps(document).encode(), f"{place}.json", store, AT)
        assert summary.quarantined == 0
        assert (summary.accepted, summary.amended, summary.duplicate) == ((3, 0, 0), (3, 3, 0), (0, 0, 3))[place]
    store.close()


def test_first_version_without_instant() -> None:
    assert versions(changed(BOOKING, bookingStatus="RECEIVED"), changed(BOOKING, bookingStatus="CONFIRMED")) == [
        0, 2610011200,
    ]  # fmt: skip


def test_a_box_booked_twice_keeps_the_goods_of_both(tmp_path: Path) -> None:
    document = deepcopy(BOOKING)
    [equipment] = document["requestedEquipments"]
    del equipment["commodities"][1]
    other = deepcopy(equipment)
    other["commodities"][0]["outerPackaging"]["dangerousGoods"][0]["UNNumber"] = "1595"
    document["requestedEquipments"] = [equipment, other, equipment]
    assert [(row["line_no"], row["un_no"]) for row in rows(document)] == [(1, "1866"), (2, "1595"), (1, "1866")]
    store = Store.open(f"sqlite:///{tmp_path / 's.db'}")
    summary = ingest_bytes(json.dumps(document).encode(), "a.json", store, AT)
    assert (summary.accepted, summary.duplicate, summary.quarantined) == (2, 1, 0)
    store.close()
    other["tareWeight"]["value"] = 5000
    [entry] = scan_dcsa(document, b"{}", "d.json", AT).entries
    assert isinstance(entry, Rejected)
    assert entry.problems[0].column == "tare_kg"


def test_temperatures_and_the_explosive_mass_of_a_substance() -> None:
    document = deepcopy(BOOKING)
    [substance] = document["requestedEquipments"][0]["commodities"][0]["outerPackaging"]["dangerousGoods"]
    substance["limits"] = {
        "temperatureUnit": "CEL", "transportControlTemperature": -10, "transportEmergencyTemperature": -5, "SADT": 50,
    }  # fmt: skip
    substance["netExplosiveContent"] = {"value": 500, "unit": "GRM"}
    row = rows(document)[0]
    assert (row["control_temp_c"], row["emergency_temp_c"], row["net_explosive_kg"]) == (-10, -5, 0.5)
    reported = scan_dcsa(document, b"", "d.json", AT).unknown_columns
    assert any(pointer.endswith("/limits/SADT") for pointer in reported)
    substance["limits"]["temperatureUnit"] = "RANKINE"
    [entry] = scan_dcsa(document, b"{}", "d.json", AT).entries
    assert "/limits/temperatureUnit is RANKINE" in str(entry)


def test_unknown_unit_is_refused() -> None:
    document = deepcopy(BOOKING)
    document["requestedEquipments"][0]["tareWeight"]["unit"] = "STN"
    [entry] = scan_dcsa(document, b"{}", "d.json", AT).entries
    assert "/tareWeight/unit is STN. Use one of KGM, LBR, TNE, GRM." in str(entry)
    assert "JSON" not in str(entry)
