"""Acknowledge an interchange, as in CONTRL: each message is accepted, accepted with errors, or rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from data.sources.edifact.essentials import check, reported
from data.sources.edifact.interchange import Interchange, Message, interchanges
from data.sources.edifact.scanning import problem_of
from data.sources.edifact.syntax import Fault
from data.sources.problems import Problem, Unreadable
from data.sources.reading import Rejected
from data.texts import both

_UNSPECIFIED: Final = "18"


class ReportedError(NamedTuple):
    """One fault of a message: position of the segment, its tag, code of data element 0085, and problem with texts."""

    position: int
    tag: str
    code: str
    problem: Problem


@dataclass(frozen=True)
class MessageAcknowledgement:
    """The state of one message (accepted, accepted_with_errors or rejected) and its faults."""

    message: Message
    state: str
    faults: tuple[ReportedError, ...]

    def place(self, fault: ReportedError) -> int:
        """Position of the segment of a fault within the message; UNH is 1."""
        return max(fault.position - self.message.head.position + 1, 1)

    def as_dict(self) -> dict[str, Any]:
        """The acknowledgement for JSON."""
        errors = [
            {"segment": fault.position, "segment_in_message": self.place(fault), "tag": fault.tag, "code": fault.code,
             "error": both(f"syntax.{fault.code}"), **fault.problem.as_dict()}
            for fault in self.faults
        ]  # fmt: skip
        return {
            "reference": self.message.reference, "type": self.message.kind, "state": self.state, "errors": errors,
        }  # fmt: skip


@dataclass(frozen=True)
class Acknowledgement:
    """The acknowledgement of one source: of its interchanges, or `fault` if none could be read."""

    answered: tuple[tuple[Interchange, tuple[MessageAcknowledgement, ...]], ...]
    at: datetime
    fault: Unreadable | None = None

    def as_dict(self) -> dict[str, Any]:
        """The acknowledgement for JSON: one entry per interchange; `error` where it is rejected as a whole."""
        entries = [
            {
                "reference": interchange.head.get(4) if interchange.head else "",
                "state": _state(interchange, message_acknowledgements),
                **({"error": _error(interchange.fault)} if interchange.fault else {}),
                "messages": [message_acknowledgement.as_dict() for message_acknowledgement in message_acknowledgements],
            }
            for interchange, message_acknowledgements in self.answered
        ]
        found: dict[str, Any] = {"state": _overall([str(one["state"]) for one in entries]), "interchanges": entries}
        first = self.fault or next((interchange.fault for interchange, _ in self.answered if interchange.fault), None)
        return {**found, "error": _error(first)} if first and found["state"] == "rejected" else found


def acknowledge(content: bytes, name: str, rejected: Sequence[Rejected], at: datetime) -> Acknowledgement:
    """Acknowledge the source `content`, of which the entries `rejected` were refused. `at`: its instant."""
    try:
        found = interchanges(content, name)
    except Unreadable as error:
        return Acknowledgement((), at, error)
    by_message: dict[str, list[Rejected]] = {}
    for entry in rejected:
        by_message.setdefault(entry.message, []).append(entry)
    return Acknowledgement(
        tuple((one, tuple(_answered(message, by_message) for message in one.messages)) for one in found), at
    )


def _answered(message: Message, rejected: dict[str, list[Rejected]]) -> MessageAcknowledgement:
    first, last = message.head.position, message.pieces[-1].position
    entries = [entry for entry in rejected.get(message.reference or "?", []) if first <= entry.row_no <= last]
    faults = [
        ReportedError(entry.row_no, str(problem.values.get("tag") or _tag(message, entry.row_no)),
             str(problem.values.get("code", _UNSPECIFIED)), problem)
        for entry in entries
        for problem in entry.problems
    ]  # fmt: skip
    if any(problem.key == "structure" for entry in entries for problem in entry.problems):
        return MessageAcknowledgement(message, "rejected", tuple(faults))
    refused = [entry for entry in entries if not any(problem.key == "count" for problem in entry.problems)]
    try:
        segments = message.segments
        check(message, segments)
    except Fault as fault:
        return MessageAcknowledgement(message, "rejected", (*faults, _reported(fault, "structure")))
    boxes = {segment.get(1) for segment in segments if segment.tag == "EQD" and segment.get(1)}
    boxes |= {segment.get(0) for segment in segments if segment.tag == "SGP"}
    if refused and len(refused) >= max(len(boxes), 1):
        return MessageAcknowledgement(message, "rejected", tuple(faults))
    faults += [_reported(fault, "departure") for fault in reported(message, segments)]
    return MessageAcknowledgement(message, "accepted_with_errors" if faults else "accepted", tuple(faults))


def _reported(fault: Fault, key: str) -> ReportedError:
    return ReportedError(fault.position, fault.tag, fault.code, problem_of(fault, key))


def _state(interchange: Interchange, message_acknowledgements: Sequence[MessageAcknowledgement]) -> str:
    return (
        "rejected"
        if interchange.fault
        else _overall([message_acknowledgement.state for message_acknowledgement in message_acknowledgements])
    )


def _overall(states: Sequence[str]) -> str:
    """The common state; accepted_with_errors where states differ, rejected where there are none."""
    if not states:
        return "rejected"
    return states[0] if len(set(states)) == 1 else "accepted_with_errors"


def _error(fault: Unreadable) -> dict[str, Any]:
    error: dict[str, Any] = {"message": fault.said.both(), "remedy": fault.advice.both()}
    if isinstance(fault, Fault):
        error |= {"segment": fault.position, "character": fault.offset, "tag": fault.tag, "code": fault.code,
                  "error": both(f"syntax.{fault.code}")}  # fmt: skip
    return error


def _tag(message: Message, position: int) -> str:
    place = position - message.head.position
    return message.pieces[place].tag if 0 <= place < len(message.pieces) else ""
