"""The head of a message: number, version, function, instant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

from data.records import version_at
from data.sources.edifact.interchange import Message
from data.sources.edifact.syntax import Segment
from data.sources.edifact.values import instant, iso

# 1225, message function.
CANCELLING: Final = ("1", "3")
SUPERSEDING: Final = ("4", "5", "20", "21", "36")
_DISCLOSED: Final = re.compile(r"主动披露|主动更正|VOLUNTARY\s+(SELF[- ])?(DISCLOSURE|CORRECTION)", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """Number, function (1225), instant (ISO 8601, or as written) and version of a message; `disclosed` is the text of
    an FTX about a voluntary disclosure."""

    number: str
    function: str
    stated_at: Any
    version: int | str
    disclosed: str | None

    @property
    def cancels(self) -> bool:
        """Whether the message cancels an earlier one."""
        return self.function in CANCELLING


def head_of(message: Message, segments: Sequence[Segment], at: datetime | None, always_later: bool = False) -> Head:
    """The head of a message; `at` is the instant of receipt, for a message that states none.

    `always_later`: each message of this type replaces the one before, also with another function.
    """
    begin = segments[1]
    stated_at = _stated_at(message, segments) or at
    function = begin.get(2)
    version: int | str = begin.get(1, 1)
    if not version:
        later = always_later or function in (*SUPERSEDING, *CANCELLING)
        version = _numbered(stated_at, is_paper=message.kind != "IFTDGN") if later else 0
    words = [" ".join(segment.components(3)) for segment in segments if segment.tag == "FTX"]
    disclosed = next((text for text in words if _DISCLOSED.search(text)), None)
    return Head(begin.get(1), function, stated_at, version, disclosed)


def _stated_at(message: Message, segments: Sequence[Segment]) -> str | None:
    """The date of the message (DTM 137, the first), or of its interchange."""
    for segment in segments[2:]:
        if segment.tag == "DTM" and segment.get(0) == "137":
            return instant(segment)
        if segment.tag in ("CNI", "EQD", "GID"):
            break
    date, time = message.prepared
    return iso(date + time, "%Y%m%d%H%M" if len(date) == 8 else "%y%m%d%H%M") if date else None


def _numbered(stated_at: Any, is_paper: bool) -> int:
    """Version number of a message without one, from its instant; 0 where that is invalid and will be refused.

    A day without a time is its end for a paper, and its beginning for a declaration.
    """
    try:
        moment = stated_at if isinstance(stated_at, datetime) else datetime.fromisoformat(str(stated_at))
        if is_paper and len(str(stated_at)) == len("2026-02-27"):
            moment = datetime.combine(moment, time.max)
        return version_at(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
    except (ValueError, OverflowError):
        return 0


def reference(segment: Segment) -> dict[str, str]:
    """The booking or bill number of an RFF."""
    column = {"BN": "booking_no", "BM": "bill_no"}.get(segment.get(0, 0))
    return {column: segment.get(0, 1)} if column and segment.get(0, 1) else {}
