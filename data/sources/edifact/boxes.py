"""Read messages about boxes: BAPLIE as stowage plans, COPRAR as load lists, VERMAS as verified gross masses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from data.sources.edifact.heads import Head, head_of, reference
from data.sources.edifact.interchange import Message
from data.sources.edifact.measures import Measured, Values, box_mass, goods_mass, temperature, unread
from data.sources.edifact.syntax import Segment
from data.sources.edifact.values import (
    EMERGENCY_CONTACTS,
    LOCODE,
    dangerous_goods,
    instant,
    party,
    vessel,
)
from data.sources.messages import LineNumbers, box_key, merge
from data.sources.reading import Raw
from data.vocabulary import Document

_DOCUMENTS: Final = {"BAPLIE": Document.STOWAGE_PLAN, "COPRAR": Document.LOAD_LIST, "VERMAS": Document.VGM}
# 3227, place: loading and discharge; 6 and 12 in BAPLIE 1.5 and its users.
_PORTS: Final = {"9": "load_port", "6": "load_port", "11": "discharge_port", "12": "discharge_port"}
_CELL: Final = "147"
_WEIGHED: Final = ("WAT", "798")


class _Box:
    """One box being read: position of its group, its values, its lines, and values of all its goods together."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.values: Values = {}
        self.lines: list[Values] = []
        self.goods: Values = {}
        self.box_no = ""
        self._of_box = Measured(self.values, is_box=True)
        self._of_goods = Measured(self.goods)
        self._of_substance: Measured | None = None

    def begin_substance(self, values: Values) -> None:
        """Begin the line of a DGS; the masses after it are those of its goods."""
        self.lines.append(values)
        self._of_substance = Measured(values)

    def mass(self, segment: Segment) -> None:
        """Take a MEA: a mass of the substance before it, else of the box, else of all goods together."""
        if self._of_substance is not None and goods_mass(segment):
            self._of_substance.take(segment)
        elif box_mass(segment):
            self._of_box.take(segment)
        else:
            self._of_goods.take(segment)

    def all_lines(self) -> list[Values]:
        """The lines of the box. Values of all goods together are those of a line only where there is one line."""
        lines = self.lines or [{}]
        shared = self.goods if len(lines) == 1 else unread(self.goods)
        return [{**shared, **line} for line in lines]


class BoxesReader:
    """Reads one message: first the values of all boxes, then box by box; `dropped` are remarks on unused segments."""

    def __init__(self, message: Message, segments: Sequence[Segment], at: datetime | None) -> None:
        self.dropped: list[str] = []
        # Every stowage plan replaces the one before; other messages state it by their function.
        self.head: Head = head_of(message, segments, at, always_later=message.kind == "BAPLIE")
        self._message = message
        self._header: Values = {}
        self._vessel = ""
        self._boxes: list[_Box] = []
        self._emergency = False
        self._onward = False
        for segment in segments[2:-1]:
            self._take(segment)

    def raws(self) -> list[Raw]:
        """One row per line and box; a box without goods has one row."""
        document = _DOCUMENTS[self._message.kind]
        voyage = " ".join(filter(None, (self._vessel or self._header.get("vessel_imo"), self._header.get("voyage_no"))))
        # Successive plans of a voyage are versions of one paper, although each message has its own number.
        number = voyage if document is Document.STOWAGE_PLAN and voyage else self.head.number
        head = {
            "document": document.value,
            "document_no": number or voyage or self._message.reference,
            "version": self.head.version,
            "stated_at": self.head.stated_at,
            "withdrawn": self.head.cancels,
            **self._header,
        }
        facts: dict[str, Values] = {}
        numbers: dict[str, LineNumbers] = {}
        for box in self._boxes:
            merge(facts.setdefault(box_key(box.box_no), {}), box.values)
        raws = []
        for box in self._boxes:
            if not box.box_no:
                self.dropped.append(f"segment {box.position}: a place without a box number")
                continue
            name = box_key(box.box_no)
            values = {**head, **facts[name], "box_no": box.box_no}
            lines = box.all_lines()
            if len(lines) > 1 and box.goods:
                self.dropped.append(f"segment {box.position}: {', '.join(box.goods)} of several substances together")
            for line_no, line in zip(numbers.setdefault(name, LineNumbers()).of_mention(lines), lines, strict=True):
                row = {**values, **line, "line_no": line_no}
                raws.append(Raw(box.position, row, table="statements", message=self._message.reference))
        return raws

    def _take(self, segment: Segment) -> None:
        opens = segment.tag == "LOC" and segment.get(0) == _CELL and self._message.kind == "BAPLIE"
        if opens or (segment.tag == "EQD" and (self._message.kind != "BAPLIE" or not self._boxes)):
            self._boxes.append(_Box(segment.position))
            self._onward = False
        if segment.tag == "EQD":
            self._equipment(segment)
        elif self._boxes:
            self._of_box(segment, self._boxes[-1])
        else:
            self._of_message(segment)

    def _of_message(self, segment: Segment) -> None:
        match segment.tag:
            case "TDT":
                values, name = vessel(segment)
                self._header.update({key: value for key, value in values.items() if key not in self._header})
                self._vessel = self._vessel or values.get("vessel_imo") or name or segment.get(7) or segment.get(6)
            case "RFF" if segment.get(0) == "VON":
                self._header.setdefault("voyage_no", segment.get(0, 1))
            case "RFF":
                self._header.update(reference(segment))
            case "LOC" if (column := _PORTS.get(segment.get(0))) and self._message.kind == "COPRAR":
                self._port(self._header, column, segment)
            case "DTM" if segment.get(0) in ("133", "132"):
                if segment.get(0) == "133" or "loading_at" not in self._header:
                    self._header["loading_at"] = instant(segment)
            case "NAD":
                self._header.update(party(segment)[1])
            case _:
                pass

    def _of_box(self, segment: Segment, box: _Box) -> None:
        match segment.tag:
            case "TDT":
                # The onward transport of the box is another voyage.
                self._onward = True
            case "RFF":
                box.values.update(reference(segment))
            case "LOC" if (column := _PORTS.get(segment.get(0))) and not self._onward:
                self._port(box.values, column, segment)
            case "DTM" if segment.get(0) in _WEIGHED and self._message.kind == "VERMAS":
                self.dropped.append(f"{segment}: weighed at {instant(segment)}")
            case "MEA":
                box.mass(segment)
            case "NAD":
                box.values.update(party(segment)[1])
            case "DGS":
                box.begin_substance(dangerous_goods(segment))
            case "FTX":
                self._text(segment, box)
            case "TMP":
                if found := temperature(segment):
                    (box.lines[-1] if box.lines else box.goods).update(found)
                else:
                    self.dropped.append(f"{segment}: temperature {segment.get(1)} {segment.get(1, 1)}".rstrip())
            case "CTA":
                self._emergency = segment.get(0) in EMERGENCY_CONTACTS
            case "COM" if self._emergency and segment.get(0, 1) == "TE":
                box.values.setdefault("emergency_phone", segment.get(0))
            case _:
                pass

    def _equipment(self, segment: Segment) -> None:
        box = self._boxes[-1]
        if segment.get(0) != "CN" or box.box_no:
            self.dropped.append(f"{segment}: {segment.get(0)} {segment.get(1)}".rstrip())
            return
        box.box_no = segment.get(1)
        kind = segment.get(2) or segment.get(2, 3)
        if len(kind) == 4 and kind.isalnum():
            box.values["box_type"] = kind
        elif kind:
            self.dropped.append(f"{segment}: type {kind}")

    def _text(self, segment: Segment, box: _Box) -> None:
        texts = segment.components(3)
        if not texts:
            return
        match segment.get(0):
            case "AAD" | "PRD" if box.lines:
                box.lines[-1]["shipping_name"] = texts[0]
                if texts[1:]:
                    box.lines[-1]["technical_name"] = " ".join(texts[1:])
            case "AAC" if box.lines:
                box.lines[-1].setdefault("description", " ".join(texts))
            case "AAA":
                if not box.lines:
                    box.lines.append({})
                box.lines[-1].setdefault("description", " ".join(texts))
            case _:
                self.dropped.append(f"{segment}: {' '.join(texts)}")

    def _port(self, values: Values, column: str, segment: Segment) -> None:
        code = segment.get(1).upper()
        if LOCODE.fullmatch(code):
            values[column] = code
        elif code or segment.get(1, 3):
            self.dropped.append(f"{segment.tag}+{segment.get(0)}: {segment.get(1, 3) or code}")
