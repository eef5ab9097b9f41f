"""An EDIFACT source as rows: each message by itself, accepted, refused in part, or refused whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from data.sources.edifact.boxes import BoxesReader
from data.sources.edifact.goods import GoodsReader
from data.sources.edifact.grammar import checked
from data.sources.edifact.interchange import Message, interchanges
from data.sources.edifact.syntax import Fault
from data.sources.problems import Problem
from data.sources.reading import Entry, Rejected, Scan, entries_of_message

_GOODS: Final = ("IFTDGN", "IFTMBF")
# Lists that systems of terminals write, often with a wrong count. They support what is declared and decide nothing, so
# they are taken, and the fault is told; a declaration or booking of which segments may be missing is refused.
_LISTS: Final = ("BAPLIE", "COPRAR", "VERMAS")
_MISCOUNTED: Final = "29"


def scan_edifact(content: bytes, name: str, at: datetime | None = None) -> Scan:
    """The rows of all messages; `row_no` is a segment's position. `at`: when it was received.

    What the contract has no column for, and what no directory has where it stands, is told with the unknown columns.
    Raises InvalidInput, naming segment and position, when an interchange is cut or wrongly counted.
    """
    found = interchanges(content, name)
    remarks = [remark for interchange in found for remark in interchange.remarks]
    entries: list[Entry] = []
    kinds: dict[str, None] = {}
    for interchange in found:
        for message in interchange.messages:
            kinds[message.kind] = None
            entries += _entries(message, name, at, remarks)
    return Scan(", ".join(filter(None, kinds)) or "EDIFACT", tuple(dict.fromkeys(remarks)), iter(entries))


def _entries(message: Message, name: str, at: datetime | None, remarks: list[str]) -> Iterator[Entry]:
    try:
        miscounted = message.fault is not None and message.fault.code == _MISCOUNTED and message.kind in _LISTS
        if message.fault is not None and not miscounted:
            raise message.fault
        remarks += checked(message, name)
    except Fault as fault:
        yield refusal(message, fault, name)
        return
    reader = (GoodsReader if message.kind in _GOODS else BoxesReader)(message, at)
    raws = reader.raws()
    remarks += reader.dropped
    if not raws:
        head = message.segments[0]
        empty = Fault(f"{name}, {head}: the message names no box.", "Have it sent again.", head.position, "EQD", "13")
        yield refusal(message, empty, name)
        return
    if message.fault is not None:
        yield refusal(message, message.fault, name, "count")
    yield from entries_of_message(name, message.raw, raws, at)


def refusal(message: Message, fault: Fault, name: str, key: str = "structure") -> Rejected:
    """A whole message refused for its structure, or kept beside its rows for a fault that is told."""
    values = {"reason": fault.detail.removeprefix(f"{name}, "), "remedy": fault.remedy, "code": fault.code}
    problem = Problem(key, fault.tag, "", values)
    return Rejected(name, fault.position, message.raw, (problem,), message=message.reference or "?")
