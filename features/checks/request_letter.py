"""A request to the declarant, ready to send: what is wrong, and which documents are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.texts import text


def request(declaration_id: str, box_no: str, discrepancies: Sequence[Mapping[str, Any]], language: str) -> str:
    """The letter about the `discrepancies` of an assessment; empty if there are none."""
    if not discrepancies:
        return ""
    points = [
        text("letter.point", language, number=number, message=one["message"][language], rule=one["rule"],
             request=one["request"][language])
        for number, one in enumerate(discrepancies, 1)
    ]  # fmt: skip
    opening = text("letter.opening", language, declaration=declaration_id, box=box_no)
    return "\n".join([opening, "", *points, "", text("letter.closing", language)])
