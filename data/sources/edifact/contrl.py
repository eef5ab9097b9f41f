"""Write CONTRL, the message that acknowledges an interchange to its sender (ISO 9735-4).

Data element 0083 is rejected (4) or acknowledged (7); a message that is accepted with errors is acknowledged, with its
errors in UCS segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from data.sources.edifact.acknowledging import Acknowledgement, MessageAcknowledgement
from data.sources.edifact.interchange import Interchange
from data.sources.edifact.syntax import Advice

_REJECTED: Final = "4"
_ACKNOWLEDGED: Final = "7"
_UNSPECIFIED: Final = "18"
_ADVICE: Final = Advice(repetition="*")
# Faults of these segments are stated in UCM itself.
_ENVELOPE: Final = ("UNH", "UNT")


def contrl_of(acknowledgement: Acknowledgement) -> str:
    """The acknowledgement as EDIFACT: a CONTRL message per interchange, in one interchange to the first sender."""
    answered = acknowledgement.answered
    first = answered[0][0].head if answered else None
    sender, recipient = (first.elements[2:3], first.elements[1:2]) if first else ((), ())
    stamp = acknowledgement.at.strftime("%Y%m%d:%H%M")
    reference = acknowledgement.at.strftime("%Y%m%d%H%M%S")
    segments = [f"UNB+UNOY:4+{_element(sender) or '0'}+{_element(recipient) or '0'}+{stamp}+{reference}"]
    if not answered:
        segments += _message(1, None, (), _UNSPECIFIED)
    for number, (interchange, message_acknowledgements) in enumerate(answered, start=1):
        segments += _message(number, interchange, message_acknowledgements, "")
    segments.append(f"UNZ+{max(len(answered), 1)}+{reference}")
    return "".join(f"{segment}'\n" for segment in segments)


def _message(
    number: int, interchange: Interchange | None, message_acknowledgements: Sequence[MessageAcknowledgement], error: str
) -> list[str]:
    """A CONTRL message: UCI for the interchange, UCM for each message, UCS for each fault of a segment."""
    head = interchange.head if interchange else None
    fault = interchange.fault if interchange else None
    reference = _ADVICE.released(head.get(4)) if head else "0"
    sender, recipient = (_element(head.elements[1:2]), _element(head.elements[2:3])) if head else ("", "")
    action = _REJECTED if fault or error else _ACKNOWLEDGED
    why = f"+{fault.code}+{_ADVICE.released(fault.tag)}" if fault else f"+{error}" if error else ""
    body = [f"UCI+{reference or '0'}+{sender or '0'}+{recipient or '0'}+{action}{why}"]
    for message_acknowledgement in message_acknowledgements:
        body += _answer(message_acknowledgement)
    return [f"UNH+{number}+CONTRL:4:1:UN", *body, f"UNT+{len(body) + 2}+{number}"]


def _answer(message_acknowledgement: MessageAcknowledgement) -> list[str]:
    message = message_acknowledgement.message
    identifier = [message.kind, *message.release.split("."), message.head.get(1, 3) or "UN"]
    action = _REJECTED if message_acknowledgement.state == "rejected" else _ACKNOWLEDGED
    own = [fault for fault in message_acknowledgement.faults if fault.tag in _ENVELOPE]
    why = f"+{own[0].code}+{own[0].tag}" if own else ""
    named = ":".join(map(_ADVICE.released, identifier))
    found = [f"UCM+{_ADVICE.released(message.reference) or '0'}+{named}+{action}{why}"]
    # A segment with several faults has a UCS for each, because a UCS states one fault.
    rest = [fault for fault in message_acknowledgement.faults if fault not in own[:1]]
    return found + [f"UCS+{message_acknowledgement.place(fault)}+{fault.code}" for fault in rest]


def _element(elements: Sequence[tuple[str, ...]]) -> str:
    return ":".join(map(_ADVICE.released, elements[0])).rstrip(":") if elements else ""
