"""Protects the history of a running process: after any failure or import it equals one built from the stored facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

import data.ingest
from data.ingest import ingest_bytes
from data.settings import Settings
from data.store import Store, schema
from features.history import following as followed
from features.history import recorded_boxes as stored
from features.history.following import Following
from features.history.recorded_boxes import recorded_boxes
from features.history.state import History
from features.versions import history_version
from models.assessor import Assessor
from tests.data.examples import AT, declaration

_LATER = AT + timedelta(days=30)


def _row(name: str = "D1", **changes: Any) -> dict[str, Any]:
    return declaration(declaration_id=name, line_no="1", amendment_no="0", **changes)


@pytest.fixture
def assessor(tmp_path: Path) -> Iterator[Assessor]:
    opened = Assessor.open(Settings(var=tmp_path))
    yield opened
    opened.store.close()


def _assert_as_rebuilt(following: Following, store: Store) -> None:
    """The history is that of all stored facts."""
    rebuilt = Following(store)
    boxes = recorded_boxes(store, store.last_event_nos())
    assert following.watermark == rebuilt.watermark
    mine, theirs = (one.read(boxes, _LATER + timedelta(days=1)) for one in (following, rebuilt))
    for name in ("sums", "first", "last", "effects", "posterior_variance"):
        assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name


class _Failure(Exception):
    pass


def test_a_failed_commit_leaves_the_history_as_stored(assessor: Assessor) -> None:
    assessor.assess([_row()], AT)

    def fails(_: sa.Connection) -> None:
        raise _Failure

    engine = assessor.store._engine
    sa.event.listen(engine, "commit", fails)
    with pytest.raises(_Failure):
        assessor.assess([_row("D2")], AT)
    sa.event.remove(engine, "commit", fails)
    assert assessor.store.counts()["declarations"] == 1
    _assert_as_rebuilt(assessor.following, assessor.store)
    assessor.assess([_row("D3")], AT)
    _assert_as_rebuilt(assessor.following, assessor.store)


def test_an_error_after_the_history_took_a_box_leaves_it_as_stored(
    assessor: Assessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessor.assess([_row()], AT)
    follow = History.follow

    def fails(history: History, *facts: Any) -> None:
        follow(history, *facts)
        raise _Failure

    with monkeypatch.context() as patched:
        patched.setattr(History, "follow", fails)
        with pytest.raises(_Failure):
            assessor.assess([_row("D2")], AT)
    _assert_as_rebuilt(assessor.following, assessor.store)


def _bookings(store: Store, description: str) -> None:
    """Import bookings that were stated before the declarations and fill them."""
    text = f"booking_no,stated_at,line_no,description\nBK1,2026-01-02T00:00:00Z,1,{description}\n"
    summary = ingest_bytes(text.encode(), "bookings.csv", store, _LATER)
    assert (summary.accepted, summary.contains) == (1, "statements"), summary


def _with_booking(name: str) -> dict[str, Any]:
    return _row(name, booking_no="BK1", booking_description="")


def _descriptions(store: Store) -> list[Any]:
    return list(recorded_boxes(store, store.last_event_nos()).box["booking_description"])


@pytest.fixture
def kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored parts of two events, and a snapshot after each event."""
    monkeypatch.setattr(stored, "EVENTS_A_PART", 2)
    monkeypatch.setattr(stored, "FEWEST_KEPT", 1)
    monkeypatch.setattr(followed, "SNAPSHOT_EVERY", 1)


@pytest.mark.usefixtures("kept_at_once")
def test_stored_boxes_are_made_again_when_their_papers_were_imported(assessor: Assessor) -> None:
    store = assessor.store
    store.add_declarations([_with_booking("D1"), _with_booking("D2"), _with_booking("D3")], "a.csv", _LATER)
    assert _descriptions(store) == [None] * 3
    _bookings(store, "CHARCOAL")
    assert _descriptions(store) == ["CHARCOAL"] * 3
    assessor.follow()
    _assert_as_rebuilt(assessor.following, store)


@pytest.mark.usefixtures("kept_at_once")
def test_a_box_whose_lines_come_in_two_transactions_is_whole(assessor: Assessor) -> None:
    store = assessor.store
    store.add_declarations([_row("D1"), _row("D2")], "a.csv", _LATER)
    assessor.follow()
    assert len(recorded_boxes(store, store.last_event_nos()).line["line_no"]) == 2
    store.add_declarations([_row("D1") | {"line_no": 2, "un_no": "1361", "hazard_class": "4.2"}], "b.csv", _LATER)
    boxes = recorded_boxes(store, store.last_event_nos())
    assert (len(boxes), len(boxes.line["line_no"])) == (2, 3)
    assessor.follow()
    _assert_as_rebuilt(assessor.following, store)


def test_a_batch_is_not_cut_within_a_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.ingest, "_ENTRIES_PER_BATCH", 3)
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    lines = [f"D{box},MSKU1234565,2026-01-02T00:00:00Z,{line},1263,3" for box in range(5) for line in (1, 2)]
    text = "\n".join(["declaration_id,box_no,declared_at,line_no,un_no,hazard_class", *lines])
    after: list[int] = []
    path = tmp_path / "boxes.csv"
    path.write_text(text)
    assert data.ingest.ingest_file(path, store, AT, lambda _, count: after.append(count)).accepted == 10
    assert after == [4, 8, 10]
    store.close()


@pytest.mark.usefixtures("kept_at_once")
def test_two_processes_may_store_the_same_boxes(assessor: Assessor) -> None:
    store = assessor.store
    store.add_declarations([_row(f"D{number}") for number in range(5)], "a.csv", AT)
    last = store.last_event_nos()
    slow = stored.parts(store, last)
    next(slow)
    fast = list(stored.parts(store, last))
    assert [len(part) for part in [*slow]] == [2, 1]
    assert [len(part) for part in fast] == [2, 2, 1]
    assert store.counts()["box_columns"] == 3
    assert len(recorded_boxes(store, last)) == 5


class _Interrupted(Mapping[str, NDArray[Any]]):
    """Arrays, between which something else happens."""

    def __init__(self, arrays: dict[str, NDArray[Any]], happens: Any) -> None:
        self._arrays, self._happens = arrays, happens

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def __len__(self) -> int:
        return len(self._arrays)

    def __iter__(self) -> Iterator[str]:
        for name in self._arrays:
            yield name
            self._happens()


def test_a_snapshot_that_was_overtaken_is_not_mixed_with_another(assessor: Assessor) -> None:
    """Another process saves a newer snapshot, or deletes all, while one is being written."""
    store = assessor.store
    newer = {"a": np.arange(3), "b": np.arange(2)}
    older = {"a": np.zeros(3), "b": np.zeros(2)}

    def deleted_and_saved() -> None:
        store.delete_derived()
        store.keep_snapshot("v", {"declarations": 2}, newer)

    for happens in (lambda: store.keep_snapshot("v", {"declarations": 2}, newer), deleted_and_saved):
        store.keep_snapshot("v", {"declarations": 1}, _Interrupted(older, happens))
        found = store.snapshot("v")
        assert found is not None
        assert found[0] == {"declarations": 2}
        assert all(np.array_equal(found[1][name], newer[name]) for name in newer)
        with store._reading() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(schema.snapshot_parts)) == 2


def test_a_snapshot_is_saved_as_soon_as_the_history_is_long_enough(
    assessor: Assessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed, "SNAPSHOT_EVERY", 2)
    assessor.store.add_declarations([_row("D1"), _row("D2")], "a.csv", AT)
    assert not Following(assessor.store).wants_snapshot
    assert assessor.store.counts()["snapshots"] == 1


def test_a_snapshot_with_later_events_is_not_replaced(assessor: Assessor) -> None:
    """A process that stops may have followed less than another one, which saved a snapshot before."""
    store = assessor.store
    store.add_declarations([_row("D1")], "a.csv", AT)
    older = Following(store)
    store.add_declarations([_row("D2")], "a.csv", AT)
    Following(store).keep_snapshot()
    older.keep_snapshot()
    assert store.snapshot_watermark(history_version()) == {
        "declarations": 2,
        "inspections": 0,
        "statements": 0,
    }


def test_a_declaration_that_the_history_lacks_is_not_subtracted(assessor: Assessor) -> None:
    """While older history waits, a box of it is assessed as if the port did not know it."""
    assessor.following.beside = True
    assessor.assess([_row("NEW", declared_at="2026-03-01T08:00:00Z")], AT)
    old = _row("OLD", declared_at="2026-01-01T08:00:00Z")
    assessor.store.add_declarations([old], "history.csv", AT)
    assessor.follow()
    assert assessor.following.is_behind
    profiles = [
        assessor.following.read_again(assessor.recorded_boxes([(old["declaration_id"], old["box_no"])], None), AT),
        assessor.following.read(
            recorded_boxes(assessor.store, assessor.store.last_event_nos()).take(np.array([1])), AT
        ),
    ]
    assert np.array_equal(profiles[0].sums, profiles[1].sums)
    assert (profiles[0].sums >= 0).all()
