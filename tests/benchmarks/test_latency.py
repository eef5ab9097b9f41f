"""Protects the cases of the latency benchmark: each box arrives as its case states, and ratios are of medians."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from benchmarks.speed.latency_cases import (
    CASES,
    FEWEST_CALLS,
    Taken,
    Times,
    amendment,
    figures,
    growth,
    moved,
    vermas,
)
from data.sources.edifact import scan_edifact
from data.sources.reading import Accepted

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
BOX = {
    "declaration_id": "D", "box_no": "MSKU1234565", "declared_at": AT, "loading_at": AT + timedelta(days=2),
    "packed_on": date(2026, 2, 27), "amendment_no": 0, "gross_mass_kg": 100.0, "net_mass_kg": None,
}  # fmt: skip


def test_moved_box_keeps_its_intervals() -> None:
    [row] = moved([BOX], AT + timedelta(days=30, minutes=5), vgm_kg=None)
    assert row["loading_at"] - row["declared_at"] == timedelta(days=2)
    assert (row["packed_on"], row["vgm_kg"]) == (date(2026, 3, 29), None)


def test_amendment_is_the_next_version_with_other_content() -> None:
    [row] = amendment([BOX | {"amendment_no": 2}], AT + timedelta(hours=1))
    assert (row["amendment_no"], row["gross_mass_kg"], row["net_mass_kg"]) == (3, 110.0, None)
    assert row["declared_at"] == AT + timedelta(hours=1)


def test_vermas_message_states_a_verified_mass_for_each_box() -> None:
    entries = list(scan_edifact(vermas(["MSKU1234565", "HXNU7249881"], AT).encode(), "m.edi", AT).entries)
    rows = [entry.row for entry in entries if isinstance(entry, Accepted)]
    assert len(rows) == len(entries)
    reported = [(row["box_no"], row["document"], row["vgm_kg"], row["stated_at"]) for row in rows]
    assert reported == [("MSKU1234565", "vgm", 20450.0, AT), ("HXNU7249881", "vgm", 20450.0, AT)]


def _times(bare: float, answered: float, stored: float, calls: int = 10) -> Times:
    """A case whose first call is slow, as first calls are."""

    def column(value: float) -> list[Taken]:
        return [Taken(1e6, 1e6), *[Taken(value, value / 2)] * (calls - 1)]

    return Times(column(bare), column(answered), column(stored))


def test_figures_are_ratios_of_medians_without_the_first_calls() -> None:
    found = figures({case: _times(2.0, 10.0 if case == "in_order" else 12.0, 20.0) for case in CASES})
    assert found["ratio_to_bare_boosters"]["in_order"] == 5.0
    assert found["ratio_to_bare_boosters_to_in_order"]["week_late"] == pytest.approx(1.2)
    assert found["ratio_with_store"]["amended"] == 10.0
    assert found["cpu_ratio_to_bare_boosters"]["in_order"] == 5.0
    assert found["p99_ms"]["answered"]["in_order"] == 10.0
    assert set(found["ratio_to_bare_boosters"]) == set(CASES)


def test_slow_case_ends_by_time_but_not_before_its_fewest_calls() -> None:
    assert not _times(1.0, 1.0, 1.0, FEWEST_CALLS - 1).spent(calls=400, seconds=1)
    assert _times(1.0, 1.0, 1.0, FEWEST_CALLS).spent(calls=400, seconds=1)
    assert not _times(1.0, 1.0, 1.0, FEWEST_CALLS).spent(calls=400, seconds=10_000)
    assert _times(1.0, 1.0, 1.0, 400).spent(calls=400, seconds=10_000)


def test_growth_is_from_the_smallest_size_to_the_worst_of_the_others() -> None:
    by_size = {1_000_000: {"late": 5.5}, 60_000: {"late": 5.0}, 200_000: {"late": 6.0}}
    assert growth(by_size) == {"late": pytest.approx(0.2)}
