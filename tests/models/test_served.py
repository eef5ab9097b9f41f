"""Protects parity: an answer can be repeated, and training sees each box as serving saw it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import models.assessor
import models.pipeline
from data.settings import Settings
from data.sources.rows import validate_inspection
from features.definitions.catalogue import NAMES
from features.history.recorded_boxes import recorded_boxes
from models.assessor import Assessor
from models.pipeline import Featurized
from models.repeat import repeated
from tests.worlds import world
from training.dataset import dataset_of

_NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): None if pd.isna(value) else _cell(value) for name, value in record.items()}
        for record in frame.to_dict("records")
    ]


def _cell(value: Any) -> Any:
    """As a validated row has it: instants with an offset, dates without a time."""
    if not isinstance(value, pd.Timestamp):
        return value
    return value.to_pydatetime() if value.tzinfo else value.date()


def _boxes() -> list[list[dict[str, Any]]]:
    boxes: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in _rows(world().declarations.head(260)):
        row["amendment_no"] = int(row["amendment_no"] or 0)
        boxes.setdefault((row["declaration_id"], row["box_no"], row["amendment_no"]), []).append(row)
    return list(boxes.values())


def _inspection(box: list[dict[str, Any]], number: int, at: datetime, findings: str) -> dict[str, Any]:
    raw = {
        "inspection_id": f"I{number}", "declaration_id": box[0]["declaration_id"], "box_no": box[0]["box_no"],
        "inspected_at": at.isoformat(), "recorded_at": at.isoformat(), "step": "box",
        "outcome": "violation" if findings else "compliant", "findings": findings,
    }  # fmt: skip
    row, problems = validate_inspection(raw)
    assert row is not None, problems
    return row


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Assessor, dict[str, Any]]]:
    """A served port with late, simultaneous, amended and corrected events, single boxes, batches and repeated boxes.

    Also returns the features of each box at its first assessment, by declaration, box and amendment.
    """
    features: dict[str, np.ndarray[Any, Any]] = {}
    featurize = models.pipeline.featurize

    def kept(boxes: Any, profiles: Any) -> Featurized:
        found = featurize(boxes, profiles)
        for place in range(len(boxes)):
            names = (str(boxes.box[name][place]) for name in ("declaration_id", "box_no", "amendment_no"))
            features.setdefault(" ".join(names), found.features[place])
        return found

    monkeypatch.setattr(models.assessor, "featurize", kept)
    assessor, generator = Assessor.open(Settings(var=tmp_path)), np.random.default_rng(5)
    boxes = _boxes()
    history = [row for box in boxes[:60] for row in box]
    assessor.store.add_declarations(history, "history.csv", _NOW)
    at, waiting = _NOW, boxes[60:]
    order = generator.permutation(len(waiting)).tolist()
    for turn, place in enumerate(order):
        # Several events share an instant; the clock also goes back.
        at += timedelta(minutes=int(generator.integers(-1, 3)))
        kind, box = turn % 7, waiting[place]
        if kind == 5 and turn:
            assessor.assess([*box, *waiting[order[turn - 1]]], at)
            continue
        assessor.assess(box, at)
        if kind == 2:
            assessor.record([_inspection(box, turn, at, "misdeclared" if turn % 3 else "securing")], at)
        if kind == 3:
            amended = [{**row, "amendment_no": row["amendment_no"] + 1, "packer_id": "P-NEW"} for row in box]
            assessor.assess(amended, at)
        if kind == 4 and turn > 9:
            corrected = waiting[order[turn - 2]]
            assessor.record([_inspection(corrected, turn - 2, at + timedelta(hours=1), "")], at)
        if kind == 6:
            assessor.assess(box, at + timedelta(seconds=1))
    yield assessor, features
    assessor.store.close()


def test_every_assessment_can_be_repeated(served: tuple[Assessor, Any]) -> None:
    assessor, _ = served
    ids = [body["assessment_id"] for body in assessor.store.latest_assessments(limit=1_000)]
    chosen = np.random.default_rng(2).choice(len(ids), 40, replace=False)
    assert [repeated(assessor, ids[place]).differing for place in chosen] == [[]] * len(chosen)


def test_another_process_has_the_same_history(served: tuple[Assessor, Any], tmp_path: Path) -> None:
    assessor, _ = served
    other = Assessor.open(Settings(var=tmp_path))
    other.store.close()
    mine, theirs = assessor.following.history.arrays(), other.following.history.arrays()
    read = [one.following.read(recorded_boxes(assessor.store, assessor.following.watermark.last), _NOW + timedelta(9))
            for one in (assessor, other)]  # fmt: skip
    assert mine.keys() == theirs.keys()
    for name in ("sums", "first", "last", "effects", "doubt"):
        assert np.array_equal(getattr(read[0], name), getattr(read[1], name)), name


def test_training_sees_each_box_as_serving_saw_it(served: tuple[Assessor, Any]) -> None:
    assessor, features = served
    last = assessor.store.last_event_nos()
    dataset = dataset_of(recorded_boxes(assessor.store, last), assessor.store.inspections())
    learned = dataset.features_at(np.arange(len(dataset.boxes)))
    box = dataset.boxes.box
    compared = 0
    for place in range(len(dataset.boxes)):
        name = " ".join(str(box[name][place]) for name in ("declaration_id", "box_no", "amendment_no"))
        if name in features:
            compared += 1
            same = (learned[place] == features[name]) | (np.isnan(learned[place]) & np.isnan(features[name]))
            assert same.all(), (name, [NAMES[column] for column in np.flatnonzero(~same)])
    assert compared > 150
