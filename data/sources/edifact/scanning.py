"""Read an EDIFACT source as rows; each message is accepted, refused in part, or refused by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from data.sources.edifact.boxes import BoxesReader
from data.sources.edifact.essentials import check, reported
from data.sources.edifact.goods import GoodsReader
from data.sources.edifact.interchange import LISTS, MESSAGE_REMEDY, Interchange, Message, interchanges
from data.sources.edifact.syntax import Fault, Segment
from data.sources.messages import entries_of_message
from data.sources.problems import Phrase, Problem
from data.sources.reading import Entry, Rejected, Scan

_GOODS: Final = ("IFTDGN", "IFTMBF")
# Fault code of a wrong count, which is frequent in lists of terminals. These only support declarations, so they are
# accepted with a report. A declaration or booking with it is refused, because segments may be missing.
_MISCOUNTED: Final = "29"
_MAX_REMARKS: Final = 40


def scan_edifact(content: bytes, name: str, at: datetime | None = None) -> Scan:
    """The rows of all messages; `row_no` is a segment's position in the source. `at`: when it was received.

    Values without a column, and deviations from the standard in accepted messages, are reported among the unknown
    columns. A truncated or wrongly counted interchange is refused as a whole; other interchanges are read. Raises
    InvalidInput, with segment and position, when none can be read.
    """
    found = interchanges(content, name)
    if all(interchange.fault for interchange in found) and found[0].fault is not None:
        raise found[0].fault
    messages = [message for interchange in found for message in interchange.messages]
    kinds = dict.fromkeys(message.kind for message in messages)
    tests = tuple(f"{one.first}: the interchange is marked as a test (0035)" for one in found if one.is_test)
    remarks = (*tests, *_remarks(messages, at))
    return Scan(", ".join(filter(None, kinds)) or "EDIFACT", remarks, _all_entries(found, name, at))


def refusal(name: str, fault: Fault, raw: bytes, reference: str, key: str = "structure") -> Rejected:
    """The rejection of a message or interchange for its structure, or the record of a wrong count."""
    return Rejected(name, fault.position, raw, (problem_of(fault, key),), message=reference or "?")


def problem_of(fault: Fault, key: str) -> Problem:
    """A fault as a problem with texts: `key` is structure, count or departure."""
    values = {
        "said": fault.stated, "remedy": fault.advice, "code": fault.code, "segment": fault.position, "tag": fault.tag,
        "at": fault.at, "character": fault.offset,
    }  # fmt: skip
    return Problem(key, fault.tag, "", values)


def _all_entries(found: Iterable[Interchange], name: str, at: datetime | None) -> Iterator[Entry]:
    for interchange in found:
        if interchange.fault is not None:
            reference = interchange.head.get(4) if interchange.head else ""
            yield refusal(name, interchange.fault, interchange.raw, reference)
        for message in interchange.messages:
            yield from _entries(message, name, at)


def _entries(message: Message, name: str, at: datetime | None) -> Iterator[Entry]:
    raw = message.raw
    try:
        segments = _checked(message)
        reader = _reader(message, segments, at)
        raws = reader.raws()
        if not raws:
            raise Fault(name, segments[0], Phrase("fault.no_boxes"), "13", MESSAGE_REMEDY, "EQD")
    except Fault as fault:
        yield refusal(name, fault, raw, message.reference)
        return
    if message.fault is not None:
        yield refusal(name, message.fault, raw, message.reference, "count")
    yield from entries_of_message(name, raw, raws, at)


def _checked(message: Message) -> tuple[Segment, ...]:
    """The segments of a message after its checks. Raises Fault."""
    if message.fault is not None and not (message.fault.code == _MISCOUNTED and message.kind in LISTS):
        raise message.fault
    segments = message.segments
    check(message, segments)
    return segments


def _reader(message: Message, segments: Sequence[Segment], at: datetime | None) -> GoodsReader | BoxesReader:
    return (GoodsReader if message.kind in _GOODS else BoxesReader)(message, segments, at)


def _remarks(messages: Iterable[Message], at: datetime | None) -> tuple[str, ...]:
    """The remarks on a source: each once, with its first place and the number of further ones."""
    found: dict[str, list[str]] = {}
    for message in messages:
        try:
            segments = _checked(message)
        except Fault:
            continue
        for fault in reported(message, segments):
            found.setdefault(f"{fault.tag} {fault.stated.text('en')}", []).append(fault.said.text("en"))
        for dropped in _reader(message, segments, at).dropped:
            found.setdefault(dropped, []).append(dropped)
    remarks = [first + (f" ({len(more)} more like it)" if more else "") for first, *more in found.values()]
    further = len(remarks) - _MAX_REMARKS
    return (*remarks[:_MAX_REMARKS], *([f"{further} further remarks"] if further > 0 else ()))
