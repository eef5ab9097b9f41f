"""Protects labels: only what was known by then, corrections applied, each step labels what it can see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.vocabulary import Family
from features.history.outcomes import Inspected
from tests.worlds import dataset
from training.dataset import Dataset
from training.fitting.labels import Labels, labels_known

_DAY = 86_400_000_000


def _with(*rows: Inspected) -> Dataset:
    return replace(
        dataset(),
        inspections=list(rows),
        selection_probability=np.full(len(rows), 0.5),
        selected_by=["rule"] * len(rows),
    )


def _row(days: float, step: str, outcome: str, findings: str = "", inspection_id: str = "I1") -> Inspected:
    boxes = dataset().boxes
    at = int(boxes.declared_at[10] + days * _DAY)
    return Inspected(
        inspection_id, boxes.box["declaration_id"][10], boxes.box["box_no"][10], at, step, outcome, findings
    )


def _known(everything: Dataset, days: float) -> Labels:
    return labels_known(everything, int(dataset().boxes.declared_at[10] + days * _DAY))


def test_an_outcome_is_unknown_until_strictly_after_it_was_recorded() -> None:
    everything = _with(_row(5, "box", "violation", "misdeclared"))
    assert len(_known(everything, 5).positions) == 0
    assert list(_known(everything, 5.001).values[0]) == [1.0, 0.0, 0.0]


def test_a_correction_replaces_the_earlier_row_once_it_is_known() -> None:
    everything = _with(_row(5, "box", "violation", "misdeclared"), _row(9, "box", "compliant"))
    assert _known(everything, 8).values[0, 0] == 1.0
    assert _known(everything, 10).values[0, 0] == 0.0


def test_pending_is_no_label() -> None:
    assert len(_known(_with(_row(5, "box", "pending")), 9).positions) == 0


def test_compliant_papers_give_no_label_for_the_goods() -> None:
    labels = _known(_with(_row(5, "papers", "compliant")), 9)
    assert np.isnan(labels.values[0, [0, 1]]).all()
    assert labels.values[0, 2] == 0.0
    assert not labels.opened[0]


def test_an_opening_after_a_paper_check_completes_the_label() -> None:
    labels = _known(
        _with(_row(2, "papers", "violation", "documentation"), _row(5, "box", "violation", "securing", "I2")), 9
    )
    assert list(labels.values[0]) == [0.0, 1.0, 1.0]
    assert labels.opened[0]


def test_families_cover_every_label_of_a_port() -> None:
    labels = labels_known(dataset(), dataset().end)
    assert labels.values.shape == (len(labels.positions), len(Family))
    assert len(np.unique(labels.positions)) == len(labels.positions)
    assert not np.isnan(labels.values[labels.opened]).any()


def test_a_label_belongs_to_the_inspected_version() -> None:
    """Otherwise the model would learn that an amendment means a violation, which is not known at the decision."""
    boxes = dataset().boxes
    doubled = boxes.take(np.array([10, 10]))
    doubled.box["amendment_no"] = np.array([0.0, 1.0])
    doubled.box["declared_at"] = doubled.box["declared_at"] + np.array([0, 4 * _DAY])
    row = _row(6, "box", "violation", "misdeclared")._replace(inspected_at=int(boxes.declared_at[10] + 2 * _DAY))
    labels = labels_known(replace(_with(row), boxes=doubled), dataset().end)
    assert list(labels.positions) == [0]
