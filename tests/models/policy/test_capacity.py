"""Protects shifts in UTC, the remaining capacity of a shift in progress, and costs and windows of boxes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from data.planning import Team
from data.sources.rows import validate_declaration
from features.boxes import Boxes, boxes_of_rows
from features.columns import microseconds
from models.policy.capacity import ALWAYS, HOUR_US, opening_costs, opening_hours, slots_of, windows

DALIAN = ZoneInfo("Asia/Shanghai")
AT = microseconds(datetime(2026, 3, 2, 4, tzinfo=UTC))  # Noon in Dalian.
TEAMS = [Team("DCT", "day", "1", 480, 1200, 12.0), Team("DCT", "night", "1", 1200, 1920, 8.0)]


def _boxes(*more: dict[str, str]) -> Boxes:
    rows = []
    for number, cells in enumerate(more):
        row, problems = validate_declaration(
            {"declaration_id": f"D{number}", "box_no": "MSKU1234565", "declared_at": "2026-03-01T00:00:00Z", **cells}
        )
        assert row is not None, problems
        rows.append(row)
    return boxes_of_rows(rows)


def test_shifts_are_local_and_a_shift_in_progress_has_its_remaining_capacity() -> None:
    slots = slots_of(TEAMS, AT, days=1, zone=DALIAN)
    hours = [((start - AT) / HOUR_US, (end - AT) / HOUR_US) for start, end in zip(slots.start, slots.end, strict=True)]
    assert hours == [(0, 8), (8, 20), (20, 32)]
    assert slots.shift == ("day", "night", "day")
    assert slots.openings.tolist() == [8.0, 8.0, 12.0]
    later = slots_of(TEAMS, AT + 10 * HOUR_US, days=1, zone=DALIAN)
    assert later.shift == ("night", "day", "night")
    assert later.openings.round(6).tolist() == [6.666667, 12.0, 8.0]


def test_shifts_keep_the_local_time_when_the_clock_is_changed() -> None:
    """Hamburg's clock was put forward on 29 March 2026: that night has seven hours, and the next begins earlier."""
    nights = [Team("CTA", "night", "1", 1320, 1800, 8.0)]
    slots = slots_of(
        nights, microseconds(datetime(2026, 3, 28, 12, tzinfo=UTC)), days=2, zone=ZoneInfo("Europe/Berlin")
    )
    begins = [datetime.fromtimestamp(start / 1e6, UTC) for start in slots.start.tolist()]
    assert begins == [datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 20, tzinfo=UTC)]
    assert ((slots.end - slots.start) / HOUR_US).tolist() == [7.0, 8.0]


def test_long_special_and_urgent_boxes_cost_more() -> None:
    soon, later = "2026-03-02T10:00:00Z", "2026-03-09T10:00:00Z"
    boxes = _boxes(
        {"box_type": "22G1", "loading_at": later}, {"box_type": "45G1", "loading_at": later},
        {"box_type": "22T6", "loading_at": later}, {"box_type": "45R1", "loading_at": later},
        {"box_type": "22U1", "loading_at": later}, {"box_type": "22G1", "loading_at": soon},
        {"box_type": "22G1", "loading_at": soon, "flow": "import"}, {},
    )  # fmt: skip
    nowhere = slots_of([Team("NPT", "day", "1", 480, 1200, 12.0)], AT, 1, DALIAN)
    costs = opening_costs(boxes, nowhere, AT)
    assert costs[0] == costs[6] == costs[7] == 1.0
    assert (costs[1:6] != 1.0).all()
    assert costs[3] > costs[1] > costs[0] > costs[4]
    assert costs[5] > costs[0]


def test_exports_are_opened_before_loading_and_imports_after_discharge() -> None:
    call = "2026-03-05T00:00:00Z"
    since, until = windows(_boxes({"flow": "export", "loading_at": call}, {"flow": "import", "loading_at": call}, {}))
    instant = microseconds(datetime(2026, 3, 5, tzinfo=UTC))
    assert until[0] < instant < since[1] < until[1]
    assert (since[2], until[2]) == ALWAYS
    assert since[0] == ALWAYS[0]
    assert np.issubdtype(since.dtype, np.int64)


def test_opening_hours_depend_on_size_and_type_only() -> None:
    codes = [{"box_type": code} for code in ("22G1", "45G1", "45R1", "22T6", "L5G1")]
    boxes = _boxes(*codes, {}, {"box_type": "22G1", "loading_at": "2026-03-02T06:00:00Z"})
    assert opening_hours(boxes).round(6).tolist() == [4.0, 6.4, 8.32, 6.0, 7.2, 4.0, 4.0]
