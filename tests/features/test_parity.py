"""Protects one implementation: batch replay, one box at a time, and late arrivals give identical bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.records import DECLARATION_COLUMNS
from features.boxes import boxes_of_frame, boxes_of_rows
from features.checks.stage import check
from features.columns import KNOWN_AT
from features.definitions.catalogue import NAMES, matrix
from features.definitions.context import FeatureContext
from features.history.events import box_ids
from features.history.state import log_of, replay
from tests.features.arriving import Arrived
from tests.worlds import dataset, world

_BOXES = 1_200


def _rows_by_box() -> dict[tuple[str, str, float], list[dict[str, Any]]]:
    frame = world().declarations
    rows: dict[tuple[str, str, float], list[dict[str, Any]]] = {}
    for record in frame.to_dict("records"):
        row: dict[str, Any] = {
            str(name): value for name, value in record.items() if value == value and str(value) not in ("None", "<NA>")
        }
        key = (row["declaration_id"], row["box_no"], float(row.get("amendment_no", 0.0)))
        rows.setdefault(key, []).append(row)
    return rows


def test_rows_and_frame_give_the_same_boxes() -> None:
    frame = world().declarations.head(400)
    by_frame = boxes_of_frame(frame)
    rows = [row for rows in _rows_by_box().values() for row in rows][:400]
    by_rows = boxes_of_rows(rows)
    assert np.array_equal(by_frame.keys, by_rows.keys)
    for part in ("box", "line"):
        for name, values in getattr(by_frame, part).items():
            other = getattr(by_rows, part)[name]
            same = (
                values == other if values.dtype == object else np.isclose(values, other, rtol=0, atol=0, equal_nan=True)
            )
            assert same.all(), name
    assert by_frame.box.keys() == {column.name for column in DECLARATION_COLUMNS if column.part == "box"} | {KNOWN_AT}


def test_one_by_one_equals_batch_to_the_bit() -> None:
    """A port's past in one replay, and as it would have been served: each box by itself, from rows, in its order."""
    everything = dataset()
    chosen = everything.boxes.take(np.lexsort((box_ids(everything.boxes), everything.boxes.known_at))[:_BOXES])
    end = int(chosen.known_at[-1])
    inspections = sorted(
        (row for row in everything.inspections if row.known_at <= end), key=lambda row: (row.known_at, row.event_id)
    )
    batch = matrix(FeatureContext(chosen, replay(chosen, log_of(chosen, inspections))))

    rows, arrived, waiting = _rows_by_box(), Arrived(), 0
    for position in range(len(chosen)):
        name = chosen.box["declaration_id"][position], chosen.box["box_no"][position]
        box = check(boxes_of_rows(rows[(*name, float(chosen.box["amendment_no"][position]))]))
        while waiting < len(inspections) and inspections[waiting].known_at < box.known_at[0]:
            arrived.arrive(inspections[waiting])
            waiting += 1
        single = matrix(FeatureContext(box, arrived.history.read(box, int(box.known_at[0]))))[0]
        differ = [
            n for n, a, b in zip(NAMES, single, batch[position], strict=True) if a != b and not (a != a and b != b)
        ]
        assert not differ, f"box {position}: {differ}"
        arrived.arrive(box)


def test_taking_boxes_keeps_their_lines() -> None:
    boxes = dataset().boxes
    chosen = np.array([9, 3, 700, 3])
    taken = boxes.take(chosen)
    for place, position in enumerate(chosen):
        ends = [*boxes.start[1:], len(boxes.line["line_no"])]
        own = boxes.line["un_no"][boxes.start[position] : ends[position]]
        taken_ends = [*taken.start[1:], len(taken.line["line_no"])]
        assert list(own) == list(taken.line["un_no"][taken.start[place] : taken_ends[place]])
        assert boxes.lead[position] - boxes.start[position] == taken.lead[place] - taken.start[place]


def test_taking_no_boxes_leaves_none() -> None:
    none = dataset().boxes.take(np.zeros(0, dtype=np.int64))
    assert len(none) == len(none.keys) == len(none.line["line_no"]) == 0
