"""Read messages about goods: IFTDGN as declarations, IFTMBF as bookings.

A goods item (GID) with a substance (DGS) is a line item, once for each box that it is split over (SGP). Voyage and
parties of the consignment (CNI) override those of the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from data.sources.edifact.heads import Head, head_of, reference
from data.sources.edifact.interchange import Message
from data.sources.edifact.items import Item, Split, shares, whole
from data.sources.edifact.measures import Measured, Values, temperature
from data.sources.edifact.syntax import Segment
from data.sources.edifact.values import (
    EMERGENCY_CONTACTS,
    LOCODE,
    dangerous_goods,
    instant,
    party,
    vessel,
)
from data.sources.messages import box_key, merge
from data.sources.problems import Problem
from data.sources.reading import Raw
from data.vocabulary import Document, Notice

_PORTS: Final = {"9": "load_port", "11": "discharge_port"}
_MAIN_CARRIAGE: Final = "20"
_LIMITED_QUANTITY: Final = "TLQ"
_EXCEPTED_QUANTITY: Final = "TEQ"
_PACKAGE_CODE: Final = re.compile(r"[0-9A-Z]{2}")
_TRACED_CONTACTS: Final = ("shipper", "packer")


class GoodsReader:
    """Reads one message. Voyage and parties are put into `_scope`, masses into `_measured`."""

    def __init__(self, message: Message, segments: Sequence[Segment], at: datetime | None) -> None:
        self.dropped: list[str] = []
        self._is_booking = message.kind == "IFTMBF"
        # The sender must state when a declaration was filed, because it decides which history is used.
        self.head: Head = head_of(message, segments, at if self._is_booking else None)
        self._message = message
        self._begin = segments[1].position
        self._header: Values = {}
        self._boxes: dict[str, list[Values]] = {}
        self._consignments: list[tuple[str, Values]] = [("", {})] if self._is_booking else []
        self._items: list[Item] = []
        self._goods_item = Item(0, 0, {})
        self._scope = self._header
        self._measured: Measured | None = None
        self._role = ""
        self._emergency = False
        self._in_goods = False
        for segment in segments[1:-1]:
            self._take(segment)

    def raws(self) -> list[Raw]:
        """The rows of the message: line items of a declaration or booking, and notices."""
        if self.head.cancels and not self._is_booking:
            return list(self._cancellations())
        lines: dict[tuple[str, str], int] = {}
        disclosed: dict[tuple[str, str], str] = {}
        raws = []
        for raw in self._rows():
            values = raw.values or {}
            box_no = str(values.get("box_no"))
            box = (str(values.get("declaration_id")), box_key(box_no))
            lines[box] = lines.get(box, 0) + 1
            disclosed.setdefault(box, box_no)
            raws.append(replace(raw, values={**values, "line_no": lines[box]}))
        if self.head.disclosed and not self._is_booking:
            for (name, _), box_no in disclosed.items():
                raws.append(self._notice(name, box_no, Notice.DISCLOSED, self.head.disclosed))
        return raws

    def _rows(self) -> Iterator[Raw]:
        """A row for each item and box; a booking without goods has one row per box."""
        facts = self._facts()
        if self._is_booking and not self._items:
            for box_no in self._boxes or [""]:
                yield self._raw(self._begin, {**self._shared(0), **facts.get(box_key(box_no), {}), "box_no": box_no})
        known = self._box_nos()
        for item in self._items:
            values, splits = whole(item)
            values = self._shared(item.consignment) | values
            if not splits and (self._is_booking or len(known) == 1):
                splits = [Split(known[0] if len(known) == 1 else "", "")]
            if not splits:
                # The item may be in any box of the message, so all of them are refused.
                for box_no in known or [""]:
                    raw = self._raw(item.position, {**values, "box_no": box_no})
                    yield replace(raw, problem=Problem("no_box", "box_no"))
            for split, part in zip(splits, shares(values, splits), strict=True):
                of_box = {**facts.get(box_key(split.box_no), {}), "box_no": split.box_no}
                yield self._raw(item.position, {**values, **of_box, **part})

    def _raw(self, position: int, values: Values) -> Raw:
        table = "statements" if self._is_booking else "declarations"
        return Raw(position, values, table=table, message=self._message.reference)  # type: ignore[arg-type]

    def _box_nos(self) -> list[str]:
        """All boxes of the message, in EQD or SGP."""
        found: dict[str, str] = {}
        for box_no in (*self._boxes, *(split.box_no for item in self._items for split in item.in_boxes)):
            found.setdefault(box_key(box_no), box_no)
        return list(found.values())

    def _facts(self) -> dict[str, Values]:
        """The values of each box, merged over its mentions."""
        found: dict[str, Values] = {}
        for box_no, mentions in self._boxes.items():
            for mention in mentions:
                merge(found.setdefault(box_key(box_no), {}), mention)
        return found

    def _shared(self, consignment: int) -> Values:
        """The values of all goods of a consignment."""
        number, values = self._consignments[consignment]
        head = self.head
        if self._is_booking:
            booking_no = self._header.get("booking_no") or head.number
            return {
                "document": Document.BOOKING.value, "document_no": head.number or booking_no, "version": head.version,
                "stated_at": head.stated_at, "withdrawn": head.cancels, **self._header, "booking_no": booking_no,
            }  # fmt: skip
        return {
            **self._header,
            **values,
            "declared_at": head.stated_at,
            "amendment_no": head.version,
            "declaration_id": self._name(number, consignment),
        }

    def _name(self, number: str, consignment: int) -> str:
        name = self.head.number or number
        if len(self._consignments) > 1 and self.head.number:
            return f"{name}/{number or consignment + 1}"
        return name

    def _cancellations(self) -> Iterator[Raw]:
        """Cancellations of the boxes that the message names; of the whole declaration where it names none."""
        boxes = self._box_nos()
        names = [self._name(number, place) for place, (number, _) in enumerate(self._consignments)]
        for name in names or [self.head.number]:
            for box_no in boxes or [""]:
                yield self._notice(name, box_no, Notice.CANCELLED, "")

    def _notice(self, declaration_id: str, box_no: str, notice: Notice, reason: str) -> Raw:
        values = {
            "declaration_id": declaration_id,
            "box_no": box_no,
            "notice": notice.value,
            "noticed_at": self.head.stated_at,
            "reason": reason,
        }
        return Raw(self._begin, values, table="notices", message=self._message.reference)

    def _take(self, segment: Segment) -> None:
        match segment.tag:
            case "DTM":
                self._date(segment)
            case "TDT" if segment.get(0) == _MAIN_CARRIAGE:
                values, name = vessel(segment)
                self._scope.update(values)
                self._drop(segment, name)
            case "LOC" if not self._in_goods and (port := _PORTS.get(segment.get(0))):
                code = segment.get(1).upper()
                if LOCODE.fullmatch(code):
                    self._scope[port] = code
                else:
                    self._drop(segment, segment.get(1, 3) or code)
            case "NAD":
                self._role, values = party(segment)
                self._scope.update(values)
                if not self._role:
                    self._drop(segment, segment.get(0))
            case "CTA":
                self._emergency = segment.get(0) in EMERGENCY_CONTACTS
            case "COM" if segment.get(0, 1) == "TE":
                if self._emergency:
                    self._scope["emergency_phone"] = segment.get(0)
                elif self._role in _TRACED_CONTACTS:
                    self._scope[f"{self._role}_phone"] = segment.get(0)
            case "RFF" if (found := reference(segment)) and not self._in_goods:
                self._scope.update(found)
            case "EQD" if segment.get(0) == "CN" and segment.get(1):
                facts: Values = {"box_type": segment.get(2) or segment.get(2, 3)}
                self._boxes.setdefault(segment.get(1), []).append(facts)
                self._measured = Measured(facts, is_box=True)
            case "CNI":
                self._scope = {}
                self._consignments.append((segment.get(1), self._scope))
                self._measured, self._in_goods = None, False
            case "GID" | "SGP" | "DGS" | "FTX" | "MEA" | "TMP":
                self._goods(segment)

    def _goods(self, segment: Segment) -> None:
        if segment.tag == "GID":
            self._items.append(Item(segment.position, len(self._consignments) - 1, self._packages(segment)))
            self._goods_item = self._items[-1]
            self._measured, self._in_goods = Measured(self._goods_item.values), True
        elif segment.tag == "MEA":
            if self._measured is not None:
                self._measured.take(segment)
        elif segment.tag == "FTX":
            if self._items and self._in_goods:
                self._text(segment, self._items[-1])
        elif segment.tag == "TMP":
            found = temperature(segment)
            if found and self._in_goods:
                self._items[-1].values.update(found)
            else:
                self._drop(segment, f"{segment.get(1)} {segment.get(1, 1)}".strip())
        elif segment.tag == "DGS":
            self._substance(segment)
        else:
            self._split(segment, self._items[-1])

    def _substance(self, segment: Segment) -> None:
        """Add a substance as an item of its goods item; the first one replaces the goods item."""
        goods = self._goods_item
        if self._items and self._items[-1] is goods:
            self._items.pop()
        goods.substances += 1
        values = dangerous_goods(segment)
        self._items.append(Item(segment.position, goods.consignment, values, goods=goods, place=goods.substances))
        self._measured = Measured(values)

    def _split(self, segment: Segment, item: Item) -> None:
        item.splits.append(Split(segment.get(0), segment.get(1)))
        if item.goods is not None:
            item.goods.counts_by_substance = True
        self._measured = Measured(item.splits[-1].values)

    def _text(self, segment: Segment, item: Item) -> None:
        texts = segment.components(3)
        match segment.get(0):
            case "AAA" if texts:
                item.values["description"] = " ".join(texts)
            case "AAD" if texts:
                item.values["shipping_name"] = texts[0]
                if texts[1:]:
                    item.values["technical_name"] = " ".join(texts[1:])
        if segment.get(2) == _LIMITED_QUANTITY:
            item.values["limited_quantity"] = True
        if segment.get(2) == _EXCEPTED_QUANTITY:
            item.values["excepted_quantity"] = True

    def _packages(self, segment: Segment) -> Values:
        code, words = segment.get(1, 1), segment.get(1, 4)
        if code and not _PACKAGE_CODE.fullmatch(code):
            self._drop(segment, code)
            code = ""
        values = {"package_count": segment.get(1, 0), "packaging_code": code, "description": words}
        return {key: value for key, value in values.items() if value}

    def _date(self, segment: Segment) -> None:
        match segment.get(0):
            case "133":
                self._scope["loading_at"] = instant(segment)
            case "132":
                self._scope.setdefault("loading_at", instant(segment))

    def _drop(self, segment: Segment, what: str) -> None:
        if what:
            self.dropped.append(f"{segment.tag}+{segment.get(0)}: {what}")
