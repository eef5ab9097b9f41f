"""Protects the order of the log: what the port knew next is the next event, whatever instants the papers state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.history.counters import SUM
from features.history.entities import INDEX
from features.history.outcomes import Inspected
from features.history.recorded_boxes import joined
from features.history.state import History, log_of, replay
from tests.features.arriving import Arrived, concluded, declared, instant


def _sums(arrived: Arrived, packer: str) -> np.ndarray[Any, Any]:
    sums: np.ndarray[Any, Any] = arrived.read(30, packer_id=packer).sums[0]
    return sums


def _found(arrived: Arrived, packer: str) -> float:
    return float(_sums(arrived, packer)[INDEX["packer"], SUM["found_declaration"]])


def test_a_late_original_does_not_win_over_its_correction() -> None:
    arrived = Arrived(declared("B", 0, packer_id="P1"), concluded("B", 9, "compliant", ""), concluded("B", 5, known=10))
    assert abs(_found(arrived, "P1")) < 1e-12


def test_a_correction_takes_the_finding_back_from_where_it_was_booked() -> None:
    arrived = Arrived(
        declared("B", 0, packer_id="P1"), concluded("B", 5), declared("B", 7, packer_id="P2", amendment_no=1),
        concluded("B", 9, "compliant", "", inspected=8),
    )  # fmt: skip
    assert abs(_found(arrived, "P1")) < 1e-12
    assert abs(_found(arrived, "P2")) < 1e-12
    assert _sums(arrived, "P2")[INDEX["packer"], SUM["opened"]] > 0.9


def test_a_finding_belongs_to_the_version_that_was_inspected() -> None:
    amendment = declared("B", 4, packer_id="P2", amendment_no=1)
    arrived = Arrived(declared("B", 0, packer_id="P1"), amendment, concluded("B", 6, inspected=2))
    assert _found(arrived, "P1") > 0.9
    assert _found(arrived, "P2") == 0.0


@pytest.mark.parametrize("late", [False, True])
def test_an_outcome_belongs_to_a_version_that_was_known_with_it(late: bool) -> None:
    """An amendment that arrives after the outcome does not move what was counted before."""
    amendment = declared("B", 1, known=6 if late else 1, packer_id="P2", amendment_no=1)
    outcome = concluded("B", 5, inspected=3)
    first, second = (outcome, amendment) if late else (amendment, outcome)
    arrived = Arrived(declared("B", 0, packer_id="P1"), first, second)
    assert (_found(arrived, "P1") > 0.9) == late
    assert (_found(arrived, "P2") > 0.9) == (not late)


def test_an_inspection_that_arrives_before_its_declaration_waits_for_it() -> None:
    arrived = Arrived(concluded("B", 1, inspected=1), declared("B", 3, packer_id="P1"))
    assert _found(arrived, "P1") > 0.9
    early = Arrived(concluded("B", 1, inspected=1))
    assert _found(early, "P1") == 0.0


@pytest.mark.parametrize("stated", [-9.0, 4.0, 9.0])
def test_the_instant_on_the_papers_is_no_place_in_the_queue(stated: float) -> None:
    """Late, of the same minute, dated ahead: a box that arrives on day 5 is seen by all that arrive after it."""
    arrived = Arrived(declared("A", 4, packer_id="P1"), declared("B", stated, known=5, packer_id="P1"))
    profiles = arrived.arrive(declared("C", 4, known=6, packer_id="P1"))
    assert profiles.sums[0, INDEX["packer"], SUM["declared"]] > 1.9
    assert profiles.at.tolist() == [instant(6)]


def test_older_facts_than_the_last_are_not_added_silently() -> None:
    arrived = Arrived(declared("A", 4))
    with pytest.raises(ValueError, match="older"):
        arrived.arrive(declared("B", 3))


_FACTS: list[CheckedBoxes | Inspected] = [
    *(declared(f"B{i}", i / 3, packer_id=f"P{i % 3}") for i in range(6)),
    *(declared(f"B{i}", 4 + i, packer_id=f"P{(i + 1) % 3}", amendment_no=1) for i in range(3)),
    *(concluded(f"B{i}", 5 + i, inspected=3 + i, inspection_id=f"I{i}") for i in range(5)),
    *(concluded(f"B{i}", 9 + i, "compliant", "", 3 + i, f"I{i}") for i in range(4)),
    *(concluded(f"B{i}", 14, "violation", "securing", 3 + i, f"I{i}") for i in range(2)),
    concluded("B4", 15, "pending", "", 3, "I3"),
    declared("B5", 1, packer_id="P0", amendment_no=2),
]


def _bulk(facts: list[CheckedBoxes | Inspected]) -> tuple[CheckedBoxes, list[Inspected]]:
    boxes = joined([fact for fact in facts if isinstance(fact, CheckedBoxes)])
    return boxes, [fact for fact in facts if isinstance(fact, Inspected)]


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(len(_FACTS))))
def test_history_is_the_same_in_whatever_order_files_are_read(order: list[int]) -> None:
    boxes, rows = _bulk(_FACTS)
    shuffled, shuffled_rows = _bulk([_FACTS[place] for place in order])
    first, second = History.made([boxes], rows), History.made([shuffled], shuffled_rows)
    for packer in ("P0", "P1", "P2"):
        probe = declared("probe", 30, packer_id=packer)
        one, other = first.read(probe, instant(30)), second.read(probe, instant(30))
        assert np.array_equal(one.sums, other.sums)
        assert np.array_equal(one.effects, other.effects)


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(len(_FACTS))), st.lists(st.integers(0, 2), min_size=len(_FACTS), max_size=len(_FACTS)))
def test_what_was_served_is_what_a_replay_gives(order: list[int], delays: list[int]) -> None:
    """Facts arrive in any order, minutes or days late; each box is read to the bit as a replay of the log reads it."""
    served, day = [], 20.0
    for place, delay in zip(order, delays, strict=True):
        day += (0.001, 0.1, 3)[delay]
        fact = _FACTS[place]
        arrives = instant(day)
        served.append(
            fact._replace(arrived_at=arrives) if isinstance(fact, Inspected)
            else check(fact.known_from(np.array([arrives])))
        )  # fmt: skip
    arrived = Arrived(*served)
    boxes, rows = _bulk(served)
    profiles = replay(boxes, log_of(boxes, rows))
    for place, one in enumerate(arrived.profiles):
        for name in ("sums", "first", "last", "effects", "posterior_variance", "at"):
            assert np.array_equal(getattr(one, name)[0], getattr(profiles, name)[place]), name
