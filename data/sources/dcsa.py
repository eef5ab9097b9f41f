"""DCSA documents as statements: Booking 2.0 as `booking`, Bill of Lading 3.0 and shipping instructions as `manifest`.

Also inside the notifications of carriers (CloudEvents with `data` and `time`). A document without an instant of its
own gets the instant of receipt; a document without a number gets a digest of its content.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

from data.records import version_at
from data.sources.dcsa_goods import Line, cargo_lines, commodity_lines
from data.sources.dcsa_node import Node
from data.sources.messages import LineNumbers, box_key, entries_of_message, merge
from data.sources.problems import Unreadable, unreadable
from data.sources.reading import Entry, Raw, Rejected, Scan
from data.vocabulary import Document

_EVENT: Final = (
    "booking",
    "amendedBooking",
    "transportDocument",
    "shippingInstructions",
    "updatedShippingInstructions",
)
_BOOKING: Final = ("requestedEquipments", "carrierBookingRequestReference")
_BILL: Final = ("consignmentItems", "utilizedTransportEquipments")
# Instants that change with each version, and days that stay the same from the draft on.
_LATEST: Final = ("updatedDateTime", "documentUpdatedDateTime")
_ISSUED: Final = ("issueDate", "receivedForShipmentDate")
_SUPERSEDING: Final = ("AMENDED", "UPDATE_RECEIVED")
# Number of each status after the first, in the order in which a document passes through them.
_STAGES: Final = {
    "PENDING_UPDATE": 1, "APPROVED": 2, "CONFIRMED": 3, "ISSUED": 4, "PENDING_AMENDMENT": 5, "COMPLETED": 6,
}  # fmt: skip
_WITHDRAWN: Final = ("CANCELLED", "REJECTED", "DECLINED", "VOID", "CANCELLATION_CONFIRMED")
_ADDRESS: Final = ("street", "streetNumber", "postCode", "city", "stateRegion", "countryCode")
_PARTIES: Final = {"shipper": "shipper", "consignee": "consignee"}
# Functions of other parties (DCSA code list) that have columns.
_FUNCTIONS: Final = {"DDR": "forwarder", "DDS": "forwarder", "FW": "forwarder", "CA": "carrier"}

# The values of a box, its lines, and their numbers.
_Box = tuple[dict[str, Any], list[Line], list[int]]


def is_dcsa(document: object) -> bool:
    """Whether a JSON document is a DCSA booking or bill of lading, a notification of one, or a list of them."""
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, Mapping):
        return False
    data = first.get("data")
    if isinstance(data, Mapping) and any(isinstance(data.get(name), Mapping) for name in _EVENT):
        return True
    return "line_items" not in first and any(name in first for name in (*_BOOKING, *_BILL, "carrierBookingReference"))


def scan_dcsa(document: Any, content: bytes, name: str, at: datetime | None) -> Scan:
    """The statements of a document, or of a list of them; `at` is when it was received.

    A document with a wrong structure is rejected as a whole, with a JSON pointer; the others are accepted.
    """
    dropped: list[str] = []
    documents = document if isinstance(document, list) else [document]
    entries = [
        entry
        for place, one in enumerate(documents, start=1)
        for entry in _entries(one, place, content, name, at, dropped)
    ]
    return Scan("DCSA", tuple(dict.fromkeys(dropped)), iter(entries))


def _entries(
    document: Any, place: int, content: bytes, name: str, at: datetime | None, dropped: list[str]
) -> Iterator[Entry]:
    raw = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass") if place > 1 else content
    try:
        reader = _Reader(Node(document, ""), raw, at)
        raws = [Raw(place, values, table="statements", message=reader.number) for values in reader.rows()]
    except Unreadable as error:
        yield Rejected(name, place, raw, (unreadable(error),), "statements", message=f"document {place}")
        return
    dropped += reader.dropped
    yield from entries_of_message(name, raw, raws, at)


class _Reader:
    """Reads one document into rows; `dropped` are the pointers of values that are not kept."""

    def __init__(self, node: Node, content: bytes, at: datetime | None) -> None:
        self.dropped: list[str] = []
        self._notified_at = node.text("time") if node.has("data") else None
        amended = False
        if node.has("data"):
            data = node.child("data")
            name = next(name for name in reversed(_EVENT) if data.has(name))
            amended, node = name.startswith(("amended", "updated")), data.child(name)
        self._node = node
        self._is_booking = not any(node.has(name) for name in _BILL)
        self._stated_at: Any = self._notified_at or self._own_instant() or at
        digest = blake2b(content, digest_size=8).hexdigest()
        references = (
            ("carrierBookingReference", "carrierBookingRequestReference")
            if self._is_booking
            else ("transportDocumentReference", "shippingInstructionsReference")
        )
        self.number = next((text for name in references if (text := node.text(name))), f"content {digest}")
        self._version = self._version_of(amended)

    def _own_instant(self) -> str | None:
        names = (*_LATEST, "createdDateTime", *_ISSUED)
        return next((text for name in names if (text := self._node.text(name))), None)

    def _version_of(self, amended: bool) -> int:
        """The stated revision; else 0 for a first version without instant; else the document's instant or receipt."""
        revision = self._node.value("shippingInstructionsRevisionNumber")
        if isinstance(revision, int) and not isinstance(revision, bool):
            return revision
        status = self._node.text("bookingStatus") or self._node.text("transportDocumentStatus") or ""
        later = amended or self._node.has("amendedBookingStatus") or status in (*_WITHDRAWN, *_SUPERSEDING)
        stage = _STAGES.get(status, 0)
        instant = self._notified_at or next((text for name in _LATEST if (text := self._node.text(name))), None)
        issued = next((text for name in _ISSUED if (text := self._node.text(name))), None)
        if not (later or stage or instant or issued):
            return 0
        try:
            stated = instant or issued or self._stated_at
            moment = stated if isinstance(stated, datetime) else datetime.fromisoformat(str(stated))
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
            if issued and not instant:
                # The date is the same from the draft to later versions of the bill, so the minutes number the stages.
                moment = moment.replace(hour=23, minute=59) if later else moment.replace(hour=0, minute=stage)
            return version_at(moment)
        except (ValueError, OverflowError):
            return 0

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row per line item and box; a box, or booking, without goods has one row."""
        document = Document.BOOKING if self._is_booking else Document.MANIFEST
        head = {
            "document": document.value,
            "document_no": self.number,
            "stated_at": self._stated_at,
            "version": self._version,
            "withdrawn": self._is_withdrawn(),
            "flow": None,
            **self._voyage(),
            **self._parties(),
        }
        boxes = self._booked() if self._is_booking else self._shipped()
        for box, lines, numbers in boxes:
            # The telephone is stated for each substance, but the box has one.
            phone = next((line["emergency_phone"] for line in lines if line.get("emergency_phone")), None)
            for number, line in zip(numbers, lines, strict=True):
                yield {**head, **box, **line, "emergency_phone": phone, "line_no": number}

    def _is_withdrawn(self) -> bool:
        names = ("bookingStatus", "bookingCancellationStatus", "transportDocumentStatus")
        return any(self._node.text(name) in _WITHDRAWN for name in names)

    def _voyage(self) -> dict[str, Any]:
        node = self._node
        found: dict[str, Any] = {"carrier_id": node.text("carrierCode")}
        if self._is_booking:
            number = node.text("carrierBookingReference")
            found |= {"booking_no": number, "bill_no": node.text("transportDocumentReference")}
            found["vessel_imo"] = node.child("vessel").text("vesselIMONumber")
            found["voyage_no"] = node.text("carrierExportVoyageNumber")
            found["loading_at"] = node.text("expectedDepartureDate")
            for place in node.children("shipmentLocations"):
                column = {"POL": "load_port", "POD": "discharge_port"}.get(place.text("locationTypeCode") or "")
                if column:
                    found[column] = place.child("location").text("UNLocationCode")
            return found
        found |= {"bill_no": node.text("transportDocumentReference")}
        transports = node.child("transports")
        found["loading_at"] = transports.text("plannedDepartureDate")
        found["load_port"] = transports.child("portOfLoading").text("UNLocationCode")
        found["discharge_port"] = transports.child("portOfDischarge").text("UNLocationCode")
        for voyage in transports.children("vesselVoyages")[:1]:
            found["voyage_no"] = voyage.text("carrierExportVoyageNumber")
            found["vessel_imo"] = voyage.text("vesselIMONumber")
        return found

    def _parties(self) -> dict[str, Any]:
        parties = self._node.child("documentParties")
        found: dict[str, Any] = {}
        for name, role in _PARTIES.items():
            found |= _party(parties.child(name), role)
        for other in parties.children("other"):
            role = _FUNCTIONS.get(other.text("partyFunction") or "", "")
            if role:
                found |= {key: value for key, value in _party(other.child("party"), role).items() if value}
        return found

    def _booked(self) -> Iterator[_Box]:
        """The boxes of a booking; all those without a number yet are one box with an empty box_no."""
        boxes: dict[str, _Box] = {}
        counted: dict[str, LineNumbers] = {}
        unnumbered: list[Line] = []
        types: set[str | None] = set()
        equipments = self._node.children("requestedEquipments")
        for equipment in equipments:
            lines = [
                line
                for commodity in equipment.children("commodities")
                for line in commodity_lines(commodity, self.dropped)
            ]
            self._report_reefer(equipment)
            numbers = equipment.texts("equipmentReferences")
            if not numbers:
                types.add(equipment.text("ISOEquipmentCode"))
                unnumbered += lines
            for number in numbers:
                # Goods of several boxes are booked together; their masses by box are unknown.
                shared = lines if len(numbers) == 1 else [_without_masses(line) for line in lines]
                facts, all_lines, numbers_ = boxes.setdefault(box_key(number), ({"box_no": number}, [], []))
                merge(facts, {"box_type": equipment.text("ISOEquipmentCode"), **_tare(equipment)})
                numbers_ += counted.setdefault(box_key(number), LineNumbers()).of_mention(shared or [{}])
                all_lines += shared or [{}]
        yield from boxes.values()
        if unnumbered or not equipments or types:
            yield _numbered({"box_type": types.pop() if len(types) == 1 else None}, unnumbered)

    def _shipped(self) -> Iterator[_Box]:
        """The boxes of a bill of lading with their cargo items."""
        boxes: dict[str, tuple[dict[str, Any], list[Line]]] = {}
        for utilized in self._node.children("utilizedTransportEquipments"):
            equipment = utilized.child("equipment")
            number = equipment.text("equipmentReference") or utilized.text("equipmentReference") or ""
            self._report_reefer(utilized)
            facts, _ = boxes.setdefault(box_key(number), ({"box_no": number}, []))
            merge(facts, {"box_type": equipment.text("ISOEquipmentCode"), **_tare(equipment)})
        for item in self._node.children("consignmentItems"):
            for cargo in item.children("cargoItems"):
                number = cargo.text("equipmentReference") or (next(iter(boxes)) if len(boxes) == 1 else "")
                box, lines = boxes.setdefault(box_key(number), ({"box_no": number}, []))
                if booking_no := item.text("carrierBookingReference"):
                    box["booking_no"] = booking_no
                lines += cargo_lines(item, cargo, self.dropped)
        yield from (_numbered(*box) for box in boxes.values())

    def _report_reefer(self, equipment: Node) -> None:
        if equipment.has("activeReeferSettings"):
            self.dropped.append(f"{equipment.pointer}/activeReeferSettings")


def _numbered(facts: dict[str, Any], lines: list[Line]) -> _Box:
    lines = lines or [{}]
    return facts, lines, list(range(1, len(lines) + 1))


def _party(node: Node, role: str) -> dict[str, Any]:
    codes = [code.text("partyCode") for code in node.children("identifyingCodes")]
    codes += [tax.text("value") for tax in node.children("taxLegalReferences")]
    phones = [contact.text("phone") for contact in node.children("partyContactDetails")]
    address = node.child("address")
    parts = [
        address.text(name) for name in ("street", "streetNumber", "postCode", "city", "stateRegion", "countryCode")
    ]
    lines = node.texts("addressLines") or node.texts("displayedAddress")
    found = {
        f"{role}_id": next(filter(None, codes), None),
        f"{role}_name": node.text("partyName"),
    }
    if role == "shipper":
        found["shipper_address"] = " ".join(filter(None, parts)) or " ".join(lines) or None
        found["shipper_phone"] = next(filter(None, phones), None)
    return found


def _tare(equipment: Node) -> dict[str, Any]:
    return {"tare_kg": equipment.child("tareWeight").mass_kg()}


def _without_masses(line: Line) -> Line:
    unknown = ("net_mass_kg", "gross_mass_kg", "package_count")
    return {name: value for name, value in line.items() if name not in unknown}
