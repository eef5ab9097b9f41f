"""Check properties that every input must have, on seeded mutations.

python -m tests.fuzz.run [COUNT] [SEED]
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from typing import Any

from data.errors import InvalidInput
from data.sources.edifact import acknowledge, contrl_of, is_edifact
from data.sources.reading import Accepted, Entry, Rejected
from data.sources.tables import scan_bytes
from tests.data.edifact.messages import AT
from tests.fuzz.mutating import mutated_edifact, mutated_json


def tried(content: bytes) -> str:
    """Read one input and return its result. Raises AssertionError where a property is violated."""
    try:
        entries = list(scan_bytes(content, "m", AT).entries)
    except InvalidInput as error:
        return refused_whole(content, error)
    accepted = [entry for entry in entries if isinstance(entry, Accepted)]
    refused = [entry for entry in entries if isinstance(entry, Rejected)]
    for entry in refused:
        assert entry.raw
        assert entry.row_no >= 1
        assert all(
            problem.message(lang) and problem.remedy(lang) for problem in entry.problems for lang in ("en", "zh")
        )
        if is_edifact(content):
            assert entry.message
            assert "segment" in str(entry)
    assert not boxes_in_part(entries), "a box of a message was accepted in part"
    if is_edifact(content):
        contrl_of(acknowledge(content, "m", refused, AT))
    return "accepted" if not refused else "refused in part" if accepted else "refused"


def refused_whole(content: bytes, error: InvalidInput) -> str:
    """Check that a refusal has a reason, a remedy and, for EDIFACT, a position."""
    assert error.detail
    assert error.remedy
    if is_edifact(content):
        assert re.search(r"segment \d+|no segment|is empty", error.detail), error.detail
        contrl_of(acknowledge(content, "m", [], AT))
    return "refused whole"


def boxes_in_part(entries: list[Entry]) -> set[tuple[Any, ...]]:
    """Boxes with both accepted and refused rows."""
    taken: set[tuple[Any, ...]] = {
        (entry.raw.message, str(entry.row.get("declaration_id") or entry.row.get("document_no")), entry.row["box_no"])
        for entry in entries
        if isinstance(entry, Accepted) and entry.raw.message
    }
    left: set[tuple[Any, ...]] = {
        (entry.message, *entry.box) for entry in entries if isinstance(entry, Rejected) and entry.box
    }
    return taken & left


def run(count: int, seed: int) -> Counter[str]:
    """Run `count` mutations, of EDIFACT and JSON alternately."""
    chance = random.Random(seed)
    became: Counter[str] = Counter()
    for number in range(count):
        content = (mutated_edifact if number % 2 else mutated_json)(chance)
        try:
            became[tried(content)] += 1
        except Exception as error:
            raise AssertionError(f"input {number} of seed {seed}: {content!r}") from error
    return became


def main() -> None:
    """Command line; see the module docstring."""
    count, seed = (int(one) for one in (*sys.argv[1:], *("10000", "2026")[len(sys.argv) - 1 :]))
    became = run(count, seed)
    print(f"{count} mutated messages, seed {seed}: " + ", ".join(f"{became[name]} {name}" for name in sorted(became)))


if __name__ == "__main__":
    main()
