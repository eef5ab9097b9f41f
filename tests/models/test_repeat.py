"""Protects `hazlane repeat`: an assessment is the same when it is repeated, however it was made, or is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import models.assessor
import models.pipeline
import models.planning.plan
import models.repeat
from cli.assess import assessed
from data.errors import Conflict
from data.ingest import ingest_bytes
from data.settings import Settings
from features.columns import microseconds
from features.history.following import Following
from models.assessor import Assessor
from models.pipeline import Featurized
from models.repeat import repeated
from tests.data.examples import AT, declaration, inspection


@pytest.fixture
def assessor(tmp_path: Path) -> Iterator[Assessor]:
    opened = Assessor.open(Settings(var=tmp_path))
    yield opened
    opened.store.close()


def _row(name: str = "D1", **changes: Any) -> dict[str, Any]:
    return declaration(declaration_id=name, line_no="1", amendment_no="0", **changes)


def _found(name: str, recorded_at: str) -> dict[str, Any]:
    return inspection(
        inspection_id=f"I-{name}", declaration_id=name, box_no=_row()["box_no"], inspected_at=recorded_at,
        recorded_at=recorded_at,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def features(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """The features of each box whenever it is assessed or repeated, by declaration and `as_of`."""
    kept: dict[str, list[Any]] = {}
    featurize = models.pipeline.featurize

    def keeping(boxes: Any, profiles: Any) -> Featurized:
        found = featurize(boxes, profiles)
        for place in range(len(boxes)):
            key = f"{boxes.box['declaration_id'][place]} {profiles.at[place]}"
            kept.setdefault(key, []).append(found.features[place])
        return found

    for module in (models.assessor, models.planning.plan, models.repeat):
        monkeypatch.setattr(module, "featurize", keeping)
    return kept


def _assert_repeated(assessor: Assessor, body: dict[str, Any], features: dict[str, list[Any]]) -> None:
    """The assessment and all features are the same, to the bit."""
    assert repeated(assessor, body["assessment_id"]).differing == []
    key = f"{body['declaration_id']} {microseconds(datetime.fromisoformat(body['as_of']))}"
    assert len(features[key]) > 1
    for one in features[key]:
        assert np.array_equal(one, features[key][0], equal_nan=True)


def _file(folder: Path) -> Path:
    """Six boxes of one firm, two of them declared in the same minute."""
    path = folder / "boxes.csv"
    instants = ["2026-02-01T08:00Z", "2026-02-01T08:00Z", *(f"2026-02-{day:02d}T08:00Z" for day in range(2, 6))]
    lines = [f"F{number},MSKU1234565,{instant},1263,3,S1,P1" for number, instant in enumerate(instants)]
    path.write_text(
        "\n".join(["declaration_id,box_no,declared_at,un_no,hazard_class,shipper_id,packer_id", *lines]) + "\n"
    )
    return path


@pytest.mark.parametrize("by_now", [False, True])
def test_assessments_of_a_file_are_repeated(assessor: Assessor, features: Any, tmp_path: Path, by_now: bool) -> None:
    assessor.store.add_declarations([_row("OLD", shipper_id="S1", packer_id="P1")], "a.csv", AT)
    assessor.store.add_inspections([_found("OLD", "2026-02-02T12:00:00Z")], "a.csv", AT)
    bodies, _, _ = assessed(assessor, _file(tmp_path), quiet=True, by_now=by_now)
    assert len(bodies) == 6
    assessor.assess([_row("NEW", shipper_id="S1")], AT + timedelta(days=400))
    for body in bodies:
        _assert_repeated(assessor, body, features)


def test_a_box_sent_again_in_the_instant_of_the_last_event_is_repeated(assessor: Assessor, features: Any) -> None:
    assessor.assess([_row("D1")], AT)
    assessor.assess([_row("D2")], AT)
    (again,) = assessor.assess([_row("D1")], AT)
    assessor.assess([_row("D3")], AT)
    _assert_repeated(assessor, again, features)


def test_assessments_made_while_older_history_waited_are_repeated(assessor: Assessor, features: Any) -> None:
    """Answers between the import and the new history lack the imported events; so do those of imported boxes."""
    assessor.following.beside = True
    bodies = assessor.assess([_row("D1")], AT)
    assessor.store.add_declarations([_row("OLD", declared_at="2026-01-01T08:00:00Z")], "a.csv", AT)
    assessor.store.add_inspections([_found("OLD", "2026-01-02T08:00:00Z")], "a.csv", AT)
    for name in ("D2", "OLD", "D1"):
        row = _row(name, declared_at="2026-01-01T08:00:00Z") if name == "OLD" else _row(name)
        bodies += assessor.assess([row], AT + timedelta(minutes=1))
    assert assessor.following.is_behind
    assert "without" in bodies[-1]["known_events"]
    assessor.following = Following(assessor.store)
    for body in bodies:
        _assert_repeated(assessor, body, features)


def _import_papers(assessor: Assessor) -> None:
    text = "booking_no,stated_at,line_no,description\nBK1,2026-01-02T00:00:00Z,1,CHARCOAL\n"
    assert ingest_bytes(text.encode(), "bookings.csv", assessor.store, AT + timedelta(days=1)).accepted == 1


def _import_a_line(assessor: Assessor) -> None:
    line = _row("OLD", booking_no="BK1", booking_description="") | {"line_no": 2, "un_no": "1361"}
    assert assessor.store.add_declarations([line], "b.csv", AT + timedelta(days=1)).new == 1


@pytest.mark.parametrize("imported", [_import_papers, _import_a_line])
def test_an_assessment_whose_boxes_were_completed_later_is_refused(
    assessor: Assessor, features: Any, imported: Any
) -> None:
    """The history of that time cannot be made from what is stored now, which the error states."""
    assessor.store.add_declarations([_row("OLD", booking_no="BK1", booking_description="")], "a.csv", AT)
    (body,) = assessor.assess([_row("D1", booking_no="BK9")], AT)
    _assert_repeated(assessor, body, features)
    imported(assessor)
    with pytest.raises(Conflict, match="imported later"):
        repeated(assessor, body["assessment_id"])


def test_papers_that_arrive_later_change_nothing(assessor: Assessor, features: Any) -> None:
    (body,) = assessor.assess([_row("D1", booking_no="BK1", booking_description="")], AT)
    text = f"booking_no,stated_at,line_no,description\nBK1,{AT + timedelta(hours=1):%Y-%m-%dT%H:%MZ},1,CHARCOAL\n"
    assert ingest_bytes(text.encode(), "bookings.csv", assessor.store, AT + timedelta(days=1)).accepted == 1
    _assert_repeated(assessor, body, features)
    (again,) = assessor.assess([_row("D1", booking_no="BK1", booking_description="")], AT + timedelta(days=2))
    _assert_repeated(assessor, again, features)
