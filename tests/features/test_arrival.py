"""Protects the ledger against the order of arrival: shuffled facts leave what the same facts in order leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.boxes import boxes_of_rows
from features.checks.stage import check
from features.columns import microseconds
from features.entities import INDEX
from features.history import History
from features.ledger import SUM
from features.outcomes import Inspected

_START = datetime(2026, 1, 1, tzinfo=UTC)


def _declared(box: str, day: float, packer: str, amendment_no: int = 0) -> dict[str, Any]:
    return {"declaration_id": box, "box_no": box, "declared_at": _START + timedelta(days=day), "packer_id": packer,
            "amendment_no": amendment_no}  # fmt: skip


def _concluded(
    box: str, recorded: float, outcome: str = "violation", findings: str = "misdeclared", inspected: float = 2,
    inspection_id: str = "I",
) -> Inspected:  # fmt: skip
    at = [microseconds(_START + timedelta(days=day)) for day in (recorded, inspected)]
    return Inspected(inspection_id, box, box, at[0], "box", outcome, findings, at[1])


def _sums(history: History, packer: str) -> np.ndarray[Any, Any]:
    return history.read(check(boxes_of_rows([_declared("probe", 30, packer)]))).sums[0]


def _found(history: History, packer: str) -> float:
    return float(_sums(history, packer)[INDEX["packer"], SUM["found_declaration"]])


def _arrived(*facts: dict[str, Any] | Inspected) -> History:
    history = History()
    for fact in facts:
        if isinstance(fact, Inspected):
            history.add(None, [fact])
        else:
            history.add(check(boxes_of_rows([fact])))
    return history


def test_a_late_original_does_not_win_over_its_correction() -> None:
    history = _arrived(_declared("B", 0, "P1"), _concluded("B", 9, "compliant", ""), _concluded("B", 5))
    assert abs(_found(history, "P1")) < 1e-12


def test_a_correction_takes_the_finding_back_from_where_it_was_booked() -> None:
    history = _arrived(
        _declared("B", 0, "P1"), _concluded("B", 5), _declared("B", 7, "P2", 1),
        _concluded("B", 9, "compliant", "", inspected=8),
    )  # fmt: skip
    assert abs(_found(history, "P1")) < 1e-12
    assert abs(_found(history, "P2")) < 1e-12
    assert _sums(history, "P2")[INDEX["packer"], SUM["opened"]] > 0.9


def test_a_finding_belongs_to_the_version_that_was_inspected() -> None:
    history = _arrived(_declared("B", 0, "P1"), _declared("B", 4, "P2", 1), _concluded("B", 6, inspected=2))
    assert _found(history, "P1") > 0.9
    assert _found(history, "P2") == 0.0


@pytest.mark.parametrize("late", [False, True])
def test_an_amendment_from_before_the_inspection_moves_the_outcome_whenever_it_arrives(late: bool) -> None:
    amendment, outcome = _declared("B", 1, "P2", 1), _concluded("B", 5, inspected=3)
    order = [outcome, amendment] if late else [amendment, outcome]
    history = _arrived(_declared("B", 0, "P1"), *order)
    assert _found(history, "P1") == 0.0
    assert _found(history, "P2") > 0.9


_FACTS = [
    *(_declared(f"B{i}", i / 3, f"P{i % 3}") for i in range(6)),
    *(_declared(f"B{i}", 4 + i, f"P{(i + 1) % 3}", 1) for i in range(3)),
    *(_concluded(f"B{i}", 5 + i, inspected=3 + i, inspection_id=f"I{i}") for i in range(5)),
    *(_concluded(f"B{i}", 9 + i, "compliant", "", 3 + i, f"I{i}") for i in range(4)),
    *(_concluded(f"B{i}", 14, "violation", "securing", 3 + i, f"I{i}") for i in range(2)),
    _concluded("B4", 15, "pending", "", 3, "I3"),
]


@settings(max_examples=150, deadline=None)
@given(st.permutations(range(len(_FACTS))))
def test_any_order_of_arrival_leaves_the_same_bits(order: list[int]) -> None:
    """Declarations, amendments, outcomes, corrections, one of them moved to another box."""
    together = History()
    together.add(
        check(boxes_of_rows([fact for fact in _FACTS if isinstance(fact, dict)])),
        [fact for fact in _FACTS if isinstance(fact, Inspected)],
    )
    shuffled = _arrived(*(_FACTS[place] for place in order))
    for packer in ("P0", "P1", "P2"):
        assert np.array_equal(_sums(together, packer), _sums(shuffled, packer))
