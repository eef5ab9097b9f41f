"""Checks are a stage: boxes are made without them, results are the same alone and in a batch, and can be stored."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from data.errors import NotReady
from data.vocabulary import Severity
from features.boxes import Boxes, boxes_of_frame, boxes_of_rows
from features.checks.check import Topic
from features.checks.results import COLUMNS, CheckedBoxes, CheckResults
from features.checks.stage import check, discrepancies, read
from tests.features.checks.boxes import BOX, PAINT, TOYS, rows_of
from tests.features.checks.test_golden import CASES, LAWFUL, rows_of_case
from tests.worlds import dataset, world


@cache
def golden() -> CheckedBoxes:
    """All golden cases in one batch, each box under a declaration of its own."""
    lines = [some for _, goods, *both in CASES for changes in both for some in [rows_of_case(goods, changes)]]
    lines += [rows_of(*goods, **box) for goods, box in LAWFUL.values()]
    rows = [row | {"declaration_id": f"G{number}"} for number, some in enumerate(lines) for row in some]
    return check(boxes_of_rows(rows))


def same(one: CheckResults, other: CheckResults) -> bool:
    """Equal to the bit, and of the same types."""
    columns, others = one.to_columns(), other.to_columns()
    return all(
        columns[name].dtype == others[name].dtype and columns[name].tobytes() == others[name].tobytes()
        if columns[name].dtype != object
        else columns[name].tolist() == others[name].tolist()
        for name in COLUMNS
    )


def test_boxes_are_made_without_checks() -> None:
    boxes = boxes_of_rows([BOX | PAINT])
    assert type(boxes) is Boxes
    assert not set(COLUMNS) & set(boxes.box)


def test_results_are_read_back_from_plain_columns() -> None:
    """What is stored is ints, floats and texts; read back it gives equal discrepancies and the same bits."""
    for boxes in (golden(), dataset().boxes):
        columns = boxes.checks.to_columns()
        assert set(columns) == set(COLUMNS)
        assert {values.dtype.kind for name, values in columns.items() if name != "found"} == {"i", "f"}
        assert all(type(text) is str for text in columns["found"])
        # As a column file gives them back: new arrays, and more columns beside them.
        stored = {name: np.array(values.tolist(), dtype=values.dtype) for name, values in columns.items()} | boxes.box
        again = CheckResults.from_columns(stored)
        assert same(again, boxes.checks)
        for place in range(len(boxes)):
            assert again.discrepancies(place) == boxes.checks.discrepancies(place)


def test_every_discrepancy_survives_being_written_down() -> None:
    """The objects that the checks made are equal to those that are read, over all golden cases."""
    total = 0
    for place, box in enumerate(read(golden())):
        made = discrepancies(box)
        assert golden().checks.discrepancies(place) == tuple(made)
        total += len(made)
    assert total > 500


def test_counts_are_those_of_the_discrepancies() -> None:
    results = dataset().boxes.checks
    for place in range(len(results)):
        found = results.discrepancies(place)
        assert results.severe[place] == sum(one.severity is Severity.SEVERE for one in found)
        assert results.faults[place] == sum(one.severity is Severity.FAULT for one in found)
        assert results.advisories[place] == sum(one.severity is Severity.ADVISORY for one in found)
        for topic in Topic:
            graver = [one for one in found if one.check.topic is topic and one.severity is not Severity.ADVISORY]
            assert results.of_topic(topic)[place] == len(graver)
    assert results.severe.any()
    assert results.faults.any()
    assert results.advisories.any()


def test_results_of_one_box_are_those_of_the_batch() -> None:
    boxes = boxes_of_frame(world().declarations.head(600))
    batch = check(boxes).checks
    alone = [check(boxes.take(np.array([place]))).checks for place in range(len(boxes))]
    assert same(CheckResults.joined(alone), batch)


def test_results_follow_their_boxes() -> None:
    boxes = golden()
    chosen = np.array([40, 3, 3, 700])
    taken = boxes.take(chosen)
    assert isinstance(taken, CheckedBoxes)
    assert same(taken.checks, boxes.checks.take(chosen))
    assert [taken.checks.discrepancies(place) for place in range(4)] == [
        boxes.checks.discrepancies(place) for place in chosen.tolist()
    ]
    parts = [boxes.checks.take(np.arange(0, 300)), boxes.checks.take(np.arange(300, len(boxes)))]
    assert same(CheckResults.joined(parts), boxes.checks)
    assert len(check(boxes_of_rows([])).checks) == 0


def test_the_edition_is_that_of_the_day_of_loading() -> None:
    rows = [BOX | PAINT | {"loading_at": None}, BOX | TOYS | {"declaration_id": "D2", "loading_at": None}]
    rows[1]["declared_at"] = rows[1]["declared_at"].replace(year=2025)
    assert check(boxes_of_rows(rows)).checks.edition.tolist() == [42, 41]


def test_results_of_other_checks_are_refused() -> None:
    columns = check(boxes_of_rows([BOX | PAINT])).checks.to_columns()
    columns["found"][0] = json.dumps([["abolished", None, ["box_no"], "a", "b", None]])
    with pytest.raises(NotReady, match=r"'abolished'.*Check the stored boxes again"):
        CheckResults.from_columns(columns).discrepancies(0)
