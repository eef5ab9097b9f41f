"""The answer to an interchange, after CONTRL: each message accepted, accepted with errors, or rejected, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from data.errors import InvalidInput
from data.sources.edifact.interchange import Interchange, Message, interchanges
from data.sources.edifact.syntax import Advice, Fault
from data.sources.problems import Problem
from data.sources.reading import Rejected

# 0083, action: rejected; acknowledged; acknowledged, with errors told.
_REJECTED: Final = "4"
_ACCEPTED: Final = "7"
_WITH_ERRORS: Final = "8"
_UNSPECIFIED: Final = "18"
_STATES: Final = {_ACCEPTED: "accepted", _WITH_ERRORS: "accepted_with_errors", _REJECTED: "rejected"}
_ADVICE: Final = Advice()


@dataclass(frozen=True)
class Answered:
    """What became of one message: its action, and each fault with the segment's position in the message."""

    message: Message
    action: str
    faults: tuple[tuple[int, Problem], ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        first = self.message.segments[0].position
        return {
            "reference": self.message.reference,
            "type": self.message.kind,
            "state": _STATES[self.action],
            "errors": [
                {
                    "segment": position,
                    "segment_in_message": position - first + 1,
                    "tag": _tag(self.message, position),
                    "code": str(problem.values.get("code", _UNSPECIFIED)),
                    **problem.as_dict(),
                }
                for position, problem in self.faults
            ],
        }


@dataclass(frozen=True)
class Acknowledgement:
    """The answer to one source: to its interchanges, or to what could not be read as one (`fault`)."""

    answered: tuple[tuple[Interchange, tuple[Answered, ...]], ...]
    at: datetime
    fault: Fault | InvalidInput | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: one entry an interchange."""
        if self.fault is not None:
            error = {"message": self.fault.detail, "remedy": self.fault.remedy}
            if isinstance(self.fault, Fault):
                error |= {"segment": self.fault.position, "tag": self.fault.tag, "code": self.fault.code}  # type: ignore[dict-item]
            return {"state": "rejected", "error": error, "interchanges": []}
        told = [
            {
                "reference": interchange.head.get(4) if interchange.head else "",
                "state": _STATES[_overall(answers)],
                "messages": [answer.as_dict() for answer in answers],
            }
            for interchange, answers in self.answered
        ]
        actions = [_overall(answers) for _, answers in self.answered]
        return {"state": _STATES[_of(actions)], "interchanges": told}

    def contrl(self) -> str:
        """As EDIFACT: one interchange with a CONTRL message for each interchange received."""
        first = self.answered[0][0].head if self.answered else None
        sender, recipient = (first.elements[2:3], first.elements[1:2]) if first else ((), ())
        stamp = self.at.strftime("%y%m%d:%H%M")
        reference = self.at.strftime("%Y%m%d%H%M%S")
        segments = [f"UNB+UNOY:4+{_element(sender)}+{_element(recipient)}+{stamp}+{reference}"]
        for number, (interchange, answers) in enumerate(self.answered or ((None, ()),), start=1):
            segments += _message(number, interchange, answers, self.fault)
        segments.append(f"UNZ+{max(len(self.answered), 1)}+{reference}")
        return "".join(f"{segment}'\n" for segment in segments)


def acknowledge(content: bytes, name: str, refused: Sequence[Rejected], at: datetime) -> Acknowledgement:
    """The answer to an interchange of which `refused` was not accepted; all else was. `at`: when it is answered."""
    try:
        found = interchanges(content, name)
    except InvalidInput as error:
        return Acknowledgement((), at, error)
    by_message: dict[str, list[Rejected]] = {}
    for entry in refused:
        by_message.setdefault(entry.message, []).append(entry)
    return Acknowledgement(
        tuple((one, tuple(_answered(message, by_message) for message in one.messages)) for one in found), at
    )


def _answered(message: Message, refused: dict[str, list[Rejected]]) -> Answered:
    first, last = message.segments[0].position, message.segments[-1].position
    entries = [entry for entry in refused.get(message.reference or "?", []) if first <= entry.row_no <= last]
    faults = tuple((entry.row_no, problem) for entry in entries for problem in entry.problems)
    whole = any(problem.key == "structure" for _, problem in faults)
    entries = [entry for entry in entries if not any(problem.key == "count" for problem in entry.problems)]
    boxes = {segment.get(1) for segment in message.segments if segment.tag == "EQD"}
    boxes |= {segment.get(0) for segment in message.segments if segment.tag == "SGP"}
    all_refused = bool(entries) and len(entries) >= max(len(boxes), 1)
    action = _REJECTED if whole or all_refused else _WITH_ERRORS if faults else _ACCEPTED
    return Answered(message, action, faults)


def _message(
    number: int, interchange: Interchange | None, answers: Sequence[Answered], fault: InvalidInput | None
) -> list[str]:
    """One CONTRL message: UCI for the interchange, UCM for each message, UCS for each segment at fault."""
    head = interchange.head if interchange else None
    action = _REJECTED if fault is not None else _overall(answers)
    reference = _text(head.get(4)) if head else ""
    sender, recipient = (_element(head.elements[1:2]), _element(head.elements[2:3])) if head else ("", "")
    code = f"+{fault.code}+{fault.tag}" if isinstance(fault, Fault) else f"+{_UNSPECIFIED}" if fault else ""
    body = [f"UCI+{reference}+{sender}+{recipient}+{action}{code}"]
    for answer in answers:
        kind = ":".join(
            filter(None, (_text(answer.message.kind), *map(_text, answer.message.release.split(".")), "UN"))
        )
        body.append(f"UCM+{_text(answer.message.reference)}+{kind}+{answer.action}")
        start = answer.message.segments[0].position
        for position, problem in answer.faults:
            body.append(f"UCS+{position - start + 1}+{problem.values.get('code', _UNSPECIFIED)}")
    return [f"UNH+{number}+CONTRL:D:3:UN", *body, f"UNT+{len(body) + 2}+{number}"]


def _overall(answers: Sequence[Answered]) -> str:
    return _of([answer.action for answer in answers])


def _of(actions: Sequence[str]) -> str:
    if all(action == _ACCEPTED for action in actions):
        return _ACCEPTED
    return _REJECTED if all(action == _REJECTED for action in actions) else _WITH_ERRORS


def _tag(message: Message, position: int) -> str:
    place = position - message.segments[0].position
    return message.segments[place].tag if 0 <= place < len(message.segments) else ""


def _element(elements: Sequence[tuple[str, ...]]) -> str:
    return ":".join(map(_text, elements[0])) if elements else ""


def _text(text: str) -> str:
    special = (_ADVICE.component, _ADVICE.element, _ADVICE.release, _ADVICE.terminator)
    return "".join(f"?{character}" if character in special else character for character in text)
