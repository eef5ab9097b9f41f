"""IFTDGN, the dangerous goods notification (UN/EDIFACT D.95B to D.24A), as rows of the declarations table.

A goods item (GID) with its substance (DGS) is a line item, once for each box it is split over (SGP). Of what the
message says of the voyage and the parties, the consignment (CNI) overrides the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from data.errors import InvalidInput
from data.records import DECLARATION_COLUMNS
from data.sources.edifact import Message, Segment, messages
from data.sources.iftdgn_values import (
    EMERGENCY_CONTACTS,
    LOCODE,
    Values,
    box_masses,
    dangerous_goods,
    instant,
    iso,
    masses,
    party,
    vessel,
)
from data.sources.problems import Problem
from data.sources.reading import Raw, Scan, scan_of

_CANCELLATION: Final = "1"
_PORTS: Final = {"9": "load_port", "11": "discharge_port"}
_MAIN_CARRIAGE: Final = "20"
_LIMITED_QUANTITY: Final = "TLQ"
_PACKAGE_CODE: Final = re.compile(r"[0-9A-Z]{2}")
_REMEDY: Final = "Have the message corrected and sent again; nothing of it was stored."


@dataclass
class _Split:
    """The part of a line item that is in one box."""

    box_no: str
    count: str
    values: Values = field(default_factory=dict)


@dataclass
class _Item:
    """A line item as it is being read: a goods item, or one substance of it, and the boxes it is split over."""

    position: int
    consignment: int
    values: Values
    splits: list[_Split] = field(default_factory=list)
    is_substance: bool = False
    has_own_splits: bool = False


def scan_iftdgn(text: str, source: str, at: datetime | None = None) -> Scan:
    """The rows of all messages in `text`; `row_no` is the position of the item's segment in the interchange.

    What the contract has no column for (a port by name only, a vessel's name) is listed with the unknown columns.
    Raises InvalidInput, naming segment and position, when a message is cut or not built as the standard demands.
    """
    raws: list[Raw] = []
    dropped: list[str] = []
    for message in messages(text, source):
        if message.kind != "IFTDGN":
            raise InvalidInput(
                f"{source}: message {message.reference} is {message.kind or 'of no type'}.", "Send IFTDGN messages."
            )
        reader = _Reader(message, source)
        raws += reader.rows()
        dropped += reader.dropped
    return scan_of(source, [*(column.name for column in DECLARATION_COLUMNS), *dropped], raws, at)


class _Reader:
    """Walks through one message. `_scope` is where facts of voyage and parties go, `_measured` where masses go."""

    def __init__(self, message: Message, source: str) -> None:
        self.dropped: list[str] = []
        self._source = source
        self._number = ""
        self._header: Values = {}
        self._boxes: dict[str, Values] = {}
        self._consignments: list[tuple[str, Values]] = []
        self._items: list[_Item] = []
        self._goods_item = _Item(0, 0, {})
        self._scope = self._header
        self._measured: Values | None = None
        self._emergency = False
        self._in_goods = False
        body = message.segments[1:-1]
        if not body or body[0].tag != "BGM":
            raise InvalidInput(f"{source}, segment {message.segments[1].position}: BGM is missing.", _REMEDY)
        for segment in body:
            self._take(segment)
        for tag, found in (("CNI", self._consignments), ("GID", self._items)):
            if not found:
                raise InvalidInput(f"{source}, {message.segments[-1]}: the message has no {tag}.", _REMEDY)
        if "declared_at" not in self._header and message.prepared[0]:
            date, time = message.prepared
            self._header["declared_at"] = iso(date + time, "%Y%m%d%H%M" if len(date) == 8 else "%y%m%d%H%M")

    def rows(self) -> Iterator[Raw]:
        """A row for each part of an item in a box."""
        for item in self._items:
            number, consignment = self._consignments[item.consignment]
            name = self._number or number
            if len(self._consignments) > 1 and self._number:
                name = f"{self._number}/{number or item.consignment + 1}"
            shared = {**self._header, **consignment, **item.values, "declaration_id": name}
            splits = item.splits or [_Split(box_no, "") for box_no in self._boxes]
            if not splits or (len(splits) > 1 and not item.splits):
                yield Raw(item.position, None, str(shared), Problem("no_box", "box_no"))
                continue
            for split, part in zip(splits, _shares(item, splits), strict=True):
                yield Raw(
                    item.position, {**shared, **self._boxes.get(split.box_no, {}), **part, "box_no": split.box_no}
                )

    def _take(self, segment: Segment) -> None:
        match segment.tag:
            case "BGM":
                self._begin(segment)
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
                role, values = party(segment)
                self._scope.update(values)
                if not role:
                    self._drop(segment, segment.get(0))
            case "CTA":
                self._emergency = segment.get(0) in EMERGENCY_CONTACTS
            case "COM" if self._emergency and segment.get(0, 1) == "TE":
                self._scope["emergency_phone"] = segment.get(0)
            case "EQD" if segment.get(0) == "CN":
                self._measured = self._boxes[segment.get(1)] = {"box_type": segment.get(2)}
            case "CNI":
                self._scope = {}
                self._consignments.append((segment.get(1), self._scope))
                self._measured, self._in_goods = None, False
            case "GID" | "SGP" | "DGS" | "FTX" | "MEA":
                self._goods(segment)

    def _goods(self, segment: Segment) -> None:
        if segment.tag == "GID":
            self._need(self._consignments, segment, "CNI")
            self._items.append(_Item(segment.position, len(self._consignments) - 1, self._packages(segment)))
            self._goods_item = self._items[-1]
            self._measured, self._in_goods = self._goods_item.values, True
        elif segment.tag == "MEA":
            if self._measured is not None:
                of_box = any(self._measured is box for box in self._boxes.values())
                self._measured.update(box_masses(segment) if of_box else masses(segment))
        elif segment.tag == "FTX":
            if self._items:
                self._text(segment, self._items[-1])
        else:
            self._need(self._items, segment, "GID")
            if segment.tag == "DGS":
                self._substance(segment)
            else:
                self._split(segment, self._items[-1])

    def _substance(self, segment: Segment) -> None:
        """A substance takes over what is known of its goods item; the first takes its place."""
        goods = self._goods_item
        if self._items[-1] is goods:
            self._items.pop()
        values = {**goods.values, **dangerous_goods(segment)}
        self._items.append(_Item(segment.position, goods.consignment, values, list(goods.splits), is_substance=True))
        self._measured = values

    def _split(self, segment: Segment, item: _Item) -> None:
        if item.is_substance and not item.has_own_splits:
            item.splits, item.has_own_splits = [], True
        item.splits.append(_Split(segment.get(0), segment.get(1)))
        self._measured = item.splits[-1].values

    def _text(self, segment: Segment, item: _Item) -> None:
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

    def _packages(self, segment: Segment) -> Values:
        code, words = segment.get(1, 1), segment.get(1, 4)
        if code and not _PACKAGE_CODE.fullmatch(code):
            self._drop(segment, code)
            code = ""
        values = {"package_count": segment.get(1, 0), "packaging_code": code, "description": words}
        return {key: value for key, value in values.items() if value}

    def _begin(self, segment: Segment) -> None:
        if segment.get(2) == _CANCELLATION:
            raise InvalidInput(f"{self._source}, {segment}: the message cancels a declaration.", "Handle it by hand.")
        self._number = segment.get(1)
        if version := segment.get(1, 1):
            self._header["amendment_no"] = version

    def _date(self, segment: Segment) -> None:
        match segment.get(0):
            case "137" if self._scope is self._header:
                self._header["declared_at"] = instant(segment)
            case "133":
                self._scope["loading_at"] = instant(segment)
            case "132":
                self._scope.setdefault("loading_at", instant(segment))

    def _need(self, found: list[Any], segment: Segment, tag: str) -> None:
        if not found:
            raise InvalidInput(f"{self._source}, {segment}: it comes before any {tag}.", _REMEDY)

    def _drop(self, segment: Segment, what: str) -> None:
        if what:
            self.dropped.append(f"{segment.tag}+{segment.get(0)}: {what}")


def _shares(item: _Item, splits: list[_Split]) -> Iterator[Values]:
    """The values of each part: its own masses, or its share of the item's by packages, where the counts add up."""
    total = item.values.get("package_count", "")
    counts = [int(split.count) for split in splits if split.count.isdecimal()]
    adds_up = len(counts) == len(splits) and total.isdecimal() and sum(counts) == int(total) > 0
    for split in splits:
        values = dict(split.values)
        if split.count:
            values["package_count"] = split.count
        for name in ("net_mass_kg", "gross_mass_kg"):
            mass = item.values.get(name)
            if len(splits) > 1 and name not in values and mass is not None:
                share = adds_up and isinstance(mass, float)
                values[name] = round(mass * int(split.count) / int(total), 3) if share else None
        yield values
