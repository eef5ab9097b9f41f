"""The store has the same behaviour on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from data.errors import NotFound
from data.frames import DTYPES
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS
from data.sources.problems import Problem
from data.sources.reading import Accepted, Raw, Rejected
from data.store import Store
from data.store.assessments import Part
from data.store.bookmarks import Bookmark
from data.vocabulary import Lane
from tests.data.examples import AT, declaration, frame_of_rows, inspection, notice, statement


def assessment(name: str, box_no: str = "MSKU1234565", **changes: Any) -> dict[str, Any]:
    return {
        "assessment_id": name, "declaration_id": "DLC2026-000123", "box_no": box_no, "amendment_no": 0,
        "assessed_at": AT.isoformat(), "risk": 10.0, "lane": "green", "selected_by": None,
        "selection_probability": 0.01, "model_version": "3", "degraded": False,
        "reasons": [{"text": {"zh": "新托运人"}}],
    } | changes  # fmt: skip


class TestFacts:
    """Facts are stored once, in order and exactly; nothing is overwritten."""

    def test_declarations_round_trip(self, store: Store) -> None:
        rows = [
            declaration(line_no=1, gross_mass_kg="0.1", declared_at="2026-03-01T08:30:00.123456+08:00"),
            declaration(line_no=2, un_no="", marine_pollutant="", net_mass_kg="", shipping_name="", produced_on="",
                        declared_at="2026-03-01T08:30:00.123456+08:00"),
        ]  # fmt: skip
        store.add_declarations(rows, "a.csv", AT)
        found = store.declarations()
        assert found.pop("event_no").tolist() == [1, 2]
        assert found.pop("known_at").tolist() == [row["declared_at"] for row in rows]
        pd.testing.assert_frame_equal(found, frame_of_rows(DECLARATION_COLUMNS, rows))
        assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
            column.name: DTYPES[column.kind] for column in DECLARATION_COLUMNS
        }

    def test_inspections_round_trip(self, store: Store) -> None:
        rows = [inspection(), inspection(inspection_id="INS-2", inspected_at="", selection_probability="", findings="",
                                         outcome="compliant")]  # fmt: skip
        store.add_inspections(rows, "b.csv", AT)
        found = store.inspections()
        assert found.pop("event_no").tolist() == [1, 2]
        assert found.pop("known_at").tolist() == [row["recorded_at"] for row in rows]
        pd.testing.assert_frame_equal(found, frame_of_rows(INSPECTION_COLUMNS, rows))

    def test_an_empty_store_gives_empty_frames(self, store: Store) -> None:
        assert store.declarations().shape == (0, len(DECLARATION_COLUMNS) + 2)
        assert store.inspections().shape == (0, len(INSPECTION_COLUMNS) + 2)
        assert set(store.last_event_nos().values()) == {0}
        assert set(store.counts().values()) == {0}

    def test_repeated_row_is_a_duplicate(self, store: Store) -> None:
        rows = [declaration(line_no=1), declaration(line_no=2)]
        assert store.add_declarations(rows, "a.csv", AT).new == 2
        again = store.add_declarations([*rows, declaration(line_no=3), declaration(line_no=3)], "b.csv", AT)
        assert (again.new, again.duplicate, again.conflicting) == (1, 3, [])
        assert len(store.declarations()) == 3

    def test_other_content_under_the_same_key(self, store: Store) -> None:
        store.add_declarations([declaration(un_no="1263")], "a.csv", AT)
        added = store.add_declarations([declaration(un_no="1203"), declaration(line_no=2)], "b.csv", AT)
        assert added.new == 1
        [conflict] = added.conflicting
        assert conflict.index == 0
        assert conflict.problem.column == "un_no"
        assert "1263" in conflict.problem.message("en")
        assert "amendment_no" in conflict.problem.remedy("zh")
        assert store.declarations()["un_no"].tolist() == ["1263", "1263"]

    def test_a_second_missing_value_differs_from_a_given_one(self, store: Store) -> None:
        store.add_declarations([declaration(flash_point_c="")], "a.csv", AT)
        [conflict] = store.add_declarations([declaration(flash_point_c="23")], "a.csv", AT).conflicting
        assert conflict.problem.column == "flash_point_c"

    def test_a_later_line_must_agree_with_its_box(self, store: Store) -> None:
        store.add_declarations([declaration(line_no=1)], "a.csv", AT)
        [conflict] = store.add_declarations([declaration(line_no=2, packer_id="X")], "b.csv", AT).conflicting
        assert conflict.problem.column == "packer_id"

    def test_an_amendment_is_a_new_fact(self, store: Store) -> None:
        store.add_declarations([declaration(line_no=1), declaration(line_no=2)], "a.csv", AT)
        store.add_declarations([declaration(line_no=1, amendment_no=1, un_no="1203")], "a.csv", AT)
        assert len(store.declarations()) == 3
        latest = store.declaration("DLC2026-000123", "MSKU1234565")
        assert latest[["amendment_no", "un_no"]].values.tolist() == [[1, "1203"]]

    def test_a_correction_is_a_new_fact(self, store: Store) -> None:
        later = inspection(recorded_at="2026-03-07T09:00:00Z", outcome="compliant", findings="")
        assert store.add_inspections([inspection(), later], "a.csv", AT).new == 2
        [conflict] = store.add_inspections([inspection(officer_id="F2")], "a.csv", AT).conflicting
        assert conflict.problem.column == "officer_id"

    def test_lines_without_a_number_are_numbered_in_order(self, store: Store) -> None:
        rows = [declaration(line_no="", un_no=un_no) for un_no in ("1203", "1263")]
        rows.append(declaration(line_no="", box_no="TCLU7654326"))
        store.add_declarations(rows, "a.csv", AT)
        assert store.declarations()["line_no"].tolist() == [1, 2, 1]
        assert store.add_declarations(rows, "a.csv", AT).duplicate == 3

    def test_events_are_numbered_without_gaps_and_read_from_any_on(self, store: Store) -> None:
        store.add_declarations([declaration(line_no=1), declaration(line_no=1)], "a.csv", AT)
        added = store.add_declarations([declaration(line_no=1), declaration(line_no=2)], "a.csv", AT)
        store.add_inspections([inspection()], "a.csv", AT)
        assert added.first_event_no == 2
        assert (store.last_event_nos()["declarations"], store.last_event_nos()["inspections"]) == (2, 1)
        assert store.declarations(after_event_no=1)["line_no"].tolist() == [2]
        assert store.inspections(after_event_no=1).empty

    def test_an_unknown_box_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.declaration("none", "none")

    def test_parallel_writers(self, store: Store) -> None:
        def write(part: int) -> None:
            for line in range(10):
                store.add_declarations([declaration(declaration_id=f"D{part}", line_no=line + 1)], "a.csv", AT)

        threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = store.declarations()
        assert found["event_no"].tolist() == list(range(1, 41))
        assert found.groupby("declaration_id")["line_no"].apply(list).tolist() == [list(range(1, 11))] * 4

    def test_a_failed_call_leaves_nothing(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.add_declarations([declaration(), {"line_no": 1, "amendment_no": 0}], "a.csv", AT)
        assert set(store.last_event_nos().values()) == {0}

    def test_reopened_store_has_all_rows(self, store: Store, store_url: str) -> None:
        store.add_declarations([declaration()], "a.csv", AT)
        store.close()
        again = Store.open(store_url)
        assert again.last_event_nos()["declarations"] == 1
        again.close()


def refused(**changes: Any) -> Rejected:
    entry = Rejected("a.csv", 7, "货物,ü\n".encode("gb18030"), (Problem("quote"),), "declarations", {"un_no": "1203"})
    return replace(entry, **changes)


class TestQuarantine:
    """Refused rows are kept with their bytes and reasons until they are accepted."""

    def test_refusals_are_stored_once(self, store: Store) -> None:
        assert store.quarantine([refused(), refused(), refused(row_no=8)], AT) == 2
        assert store.quarantine([refused()], AT) == 0
        newest, oldest = store.quarantined()
        assert (newest["row_no"], oldest["row_no"]) == (8, 7)
        assert newest["problems"] == [Problem("quote").as_dict()]
        kept = store.quarantine_entry(oldest["quarantine_id"])
        assert kept["raw"] == refused().raw
        assert kept["fields"] == {"un_no": "1203"}
        assert kept["ingested_at"] == AT
        with pytest.raises(NotFound):
            store.quarantine_entry(99)

    def test_retry_settles_an_entry(self, store: Store) -> None:
        store.quarantine([refused()], AT)
        [number] = store.open_quarantine_entries()
        store.retried(number, AT, [Problem("quote").as_dict()])
        assert store.open_quarantine_entries() == [number]
        store.retried(number, AT, [])
        assert store.open_quarantine_entries() == []
        assert store.quarantined() == []
        assert store.quarantined(resolved=True)[0]["settled"]
        assert len(store.quarantine_entry(number)["retries"]) == 2


class TestTaking:
    """Entries of a source are stored in one transaction with the bookmark."""

    def test_rows_refusals_and_bookmark(self, store: Store) -> None:
        bookmark = store.bookmark("d1", "a.csv", AT)
        rows = [declaration(line_no=1), declaration(line_no=2, un_no="1170"), declaration(line_no=1)]
        again = store.take([Accepted(Raw(n, {}), row) for n, row in enumerate(rows)] + [refused()], bookmark, AT)
        assert again == [refused()]
        assert (bookmark.entries, bookmark.accepted, bookmark.duplicate, bookmark.quarantined) == (4, 2, 1, 1)
        assert store.declarations()["line_no"].tolist() == [1, 2]
        assert store.bookmark("d1", "a.csv", AT) == bookmark
        assert not store.was_read("d1")
        store.finish(bookmark)
        assert store.was_read("d1")
        assert store.bookmark("d1", "a.csv", AT).entries == 0

    def test_a_message_adds_no_line_to_a_recorded_version(self, store: Store) -> None:
        """The version was assessed with the lines that it had. Lines of two boxes may alternate within a message."""
        rows = [declaration(line_no=str(line), box_no=box) for line in (1, 2) for box in ("MSKU1234565", "CSQU3054383")]

        def sent(message: str, sent_rows: list[dict[str, Any]], arriving: bool = True) -> list[str]:
            entries = [Accepted(Raw(n, {}, message=message), row, b"UNH") for n, row in enumerate(sent_rows)]
            refused = store.take(entries, Bookmark(message, "a.edi", AT), AT, arriving=arriving)
            return [problem.key for entry in refused for problem in entry.problems]

        assert sent("1", rows) == []
        assert sent("2", rows) == []
        more = [declaration(line_no="3", box_no="MSKU1234565")]
        assert sent("3", more) == ["version_closed"]
        assert len(store.declarations()) == 4
        assert sent("4", more, arriving=False) == []

    def test_box_of_a_message_is_stored_as_a_whole(self, store: Store) -> None:
        store.add_declarations([declaration(line_no=2)], "a.csv", AT)
        rows = [declaration(line_no=1), declaration(line_no=2, un_no="1170"), declaration(box_no="MSKU7654321")]
        entries = [Accepted(Raw(n, {}, message="1"), row, b"UNH") for n, row in enumerate(rows)]
        [kept] = store.take(entries, Bookmark("d2", "a.edi", AT), AT)
        assert (kept.raw, kept.row_no, kept.message) == (b"UNH", 1, "1")
        assert sorted(store.declarations()["box_no"]) == ["MSKU1234565", "MSKU7654321"]

    def test_each_table_takes_its_rows(self, store: Store) -> None:
        weighed = statement(box_no="", document="booking")
        entries = [
            Accepted(Raw(1, {}, table="statements"), weighed),
            Accepted(Raw(2, {}, table="statements"), statement(version=1)),
            Accepted(Raw(3, {}, table="notices"), notice(box_no="")),
        ]
        bookmark = Bookmark("d3", "a.csv", AT)
        assert store.take(entries, bookmark, AT) == []
        assert (bookmark.accepted, bookmark.amended) == (3, 1)
        assert store.statements()["version"].tolist() == [0, 1]
        assert store.notices()["notice"].tolist() == ["disclosed"]
        assert len(store.statements_of(["MSKU1234565"])) == 1
        assert len(store.statements_of([], [weighed["booking_no"]])) == 2

    def test_papers_of_one_box_and_of_its_bookings(self, store: Store) -> None:
        """By the given bookings and those of its papers; without other boxes of these bookings."""
        statements = [
            statement(box_no="MSKU1234565", document_no="1", booking_no="BK1"),
            statement(box_no="", document_no="2", booking_no="BK1"),
            statement(box_no="", document_no="3", booking_no="BK2"),
            statement(box_no="", document_no="4", booking_no="BK3"),
            statement(box_no="TCLU7654326", document_no="5", booking_no="BK1"),
        ]
        store.take(
            [Accepted(Raw(n, {}, table="statements"), row) for n, row in enumerate(statements)],
            Bookmark("d4", "a", AT),
            AT,
        )
        store.add_declarations([declaration(), declaration(line_no=2), declaration(box_no="TCLU7654326")], "a", AT)
        found = store.papers_of("MSKU1234565", "BK2")
        assert sorted(row["document_no"] for row in found.statements) == ["1", "2", "3"]
        known = {name: value for name, value in statements[0].items() if value is not None}
        assert next(row for row in found.statements if row["document_no"] == "1").items() >= known.items()
        assert [row["box_no"] for row in found.declarations] == ["MSKU1234565"] * 2
        assert (
            found.declarations[0].items() >= {"declared_at": declaration()["declared_at"], "voyage_no": "123W"}.items()
        )
        assert store.papers_of("MSKU9999990", "BK9") == ([], [])

    def test_recorded_version_is_closed(self, store: Store) -> None:
        store.add_declarations([declaration(line_no=1)], "assess", AT, whole=True)
        added = store.add_declarations([declaration(line_no=1), declaration(line_no=2)], "assess", AT, whole=True)
        assert added.new == 0
        assert added.conflicting[0].problem.key == "version_closed"

    def test_latest_versions_of_many_boxes_at_once(self, store: Store) -> None:
        store.add_declarations(
            [declaration(amendment_no=number, box_no=box_no) for number in (0, 1) for box_no in ("BOX1", "BOX2")],
            "a.csv",
            AT,
        )
        found = store.boxes([("DLC2026-000123", "BOX1"), ("DLC2026-000123", "none")])
        assert found[["box_no", "amendment_no"]].to_numpy().tolist() == [["BOX1", 1]]
        assert store.boxes([]).empty


class TestAssessments:
    """Assessments are read by id, by box, and as a worklist."""

    def test_assessment_by_id(self, store: Store) -> None:
        body = assessment("A1", risk=1 / 3, probability={"papers": 1e-300})
        store.add_assessments([body])
        assert store.assessment("A1") == body
        with pytest.raises(NotFound):
            store.assessment("A2")

    def test_assessments_of_a_box(self, store: Store) -> None:
        store.add_assessments([assessment("A1"), assessment("other", "TCLU7654326"), assessment("A2")])
        found = store.assessments_of("DLC2026-000123", "MSKU1234565")
        assert [body["assessment_id"] for body in found] == ["A2", "A1"]
        with pytest.raises(NotFound):
            store.assessments_of("DLC2026-000123", "none")

    def test_decisions_in_order(self, store: Store) -> None:
        later = (AT + timedelta(days=1)).isoformat()
        store.add_assessments([assessment("A1", lane="red"), assessment("A2", lane="green", assessed_at=later)])
        reported = store.decisions()
        assert [(one["lane"], one["assessed_at"]) for one in reported] == [
            ("red", AT),
            ("green", AT + timedelta(days=1)),
        ]
        assert set(reported[0]) == {
            "declaration_id", "box_no", "assessed_at", "lane", "selected_by", "selection_probability",
        }  # fmt: skip

    def test_worklist_order(self, store: Store) -> None:
        store.add_assessments([assessment("old", "BOX1", lane="red", risk=99.0)])
        store.add_assessments(
            [
                assessment("new", "BOX1", lane="green", risk=1.0),
                assessment("amber", "BOX2", lane="amber", risk=90.0),
                assessment("low", "BOX3", lane="red", risk=50.0),
                assessment("high", "BOX4", lane="red", risk=60.0),
            ]
        )
        names = [body["assessment_id"] for body in store.latest_assessments()]
        assert names == ["high", "low", "amber", "new"]
        assert [body["assessment_id"] for body in store.latest_assessments(limit=2, offset=1)] == names[1:3]
        assert [body["assessment_id"] for body in store.latest_assessments(Part(lane=Lane.RED))] == ["high", "low"]
        assert store.lane_counts() == {"green": 1, "amber": 1, "red": 2}

    def test_old_version_sent_again_stays_behind_its_amendment(self, store: Store) -> None:
        """A system that repeats an old message must not bring its assessment back to the worklist."""
        store.add_assessments([assessment("first", lane="amber")])
        store.add_assessments([assessment("amended", amendment_no=1, lane="red", risk=20.0)])
        store.add_assessments([assessment("repeated", lane="green")])
        assert [body["assessment_id"] for body in store.latest_assessments()] == ["amended"]
        assert store.lane_counts() == {"green": 0, "amber": 0, "red": 1}
        named = ("DLC2026-000123", "MSKU1234565")
        assert [body["assessment_id"] for body in store.assessments_of(*named)] == ["amended", "repeated", "first"]
        last = store.last_assessment(*named)
        assert last is not None
        assert last["assessment_id"] == "amended"
        store.add_assessments([assessment("again", amendment_no=1, lane="amber")])
        assert [body["assessment_id"] for body in store.latest_assessments()] == ["again"]

    def test_boxes_leave_the_worklist(self, store: Store) -> None:
        lanes = {"OPENED": "red", "PENDING": "green", "WAITS": "red", "CHECKED": "amber", "OLD": "amber"}
        store.add_assessments([assessment(name, name, lane=lane) for name, lane in lanes.items()])
        done = [("OPENED", "box", -1), ("WAITS", "papers", 0), ("CHECKED", "papers", 0), ("OLD", "papers", -1)]
        rows = [
            inspection(inspection_id=name, box_no=name, step=step, recorded_at=AT + timedelta(minutes=minutes))
            for name, step, minutes in done
        ]
        rows.append(inspection(inspection_id="P", box_no="PENDING", outcome="pending", findings=""))
        rows.append(inspection(inspection_id="D", box_no="WAITS", declaration_id="another"))
        store.add_inspections(rows, "a.csv", AT)
        assert [body["box_no"] for body in store.latest_assessments()] == ["WAITS", "OLD"]
        assert store.lane_counts() == {"green": 0, "amber": 1, "red": 1}
        again = (AT + timedelta(days=1)).isoformat()
        store.add_assessments([assessment("again", "CHECKED", lane="amber", assessed_at=again)])
        assert [body["assessment_id"] for body in store.latest_assessments(Part(lane=Lane.AMBER))] == ["OLD", "again"]

    def test_the_worklist_of_one_terminal(self, store: Store) -> None:
        store.add_declarations(
            [
                declaration(box_no="BOX1", terminal="DCT"),
                declaration(box_no="BOX2", terminal="DPCM"),
                declaration(box_no="BOX3", terminal=""),
            ],
            "a.csv",
            AT,
        )
        store.add_assessments([assessment(f"A{number}", f"BOX{number}") for number in (1, 2, 3)])
        assert store.terminals() == ["DCT", "DPCM"]
        assert [body["box_no"] for body in store.latest_assessments(Part(terminal="DPCM"))] == ["BOX2"]
        assert store.lane_counts(Part(terminal="DPCM")) == {"green": 1, "amber": 0, "red": 0}

    def test_worklist_by_plan_and_team(self, store: Store) -> None:
        def planned(name: str, risk: float, plan: str, from_at: str, team: str, place: int) -> dict[str, Any]:
            reported = {"plan_id": plan, "from_at": from_at, "team": team, "shift": "day", "place": place}
            return assessment(name, name, lane="red", risk=risk, planned=reported)

        first, then = "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"
        for number, plan in enumerate(("old", "new")):
            until = AT + timedelta(days=2 + number)
            store.add_plan({"plan_id": plan, "planned_at": AT.isoformat(), "until_at": until.isoformat(),
                            "model_version": "1", "policy_version": "p"})  # fmt: skip
        store.add_assessments(
            [
                assessment("rules", "rules", lane="red", risk=95.0, planned=None),
                assessment("calm", "calm", lane="green", risk=1.0),
                planned("later", 80.0, "new", then, "1", 1),
                planned("second", 70.0, "new", first, "1", 2),
                planned("other", 60.0, "new", first, "2", 1),
                planned("first", 50.0, "new", first, "1", 1),
                planned("past", 90.0, "old", first, "1", 1),
            ]
        )

        def boxes(**part: Any) -> list[str]:
            return [body["box_no"] for body in store.latest_assessments(Part(**part))]

        assert boxes() == ["other", "first", "second", "later", "rules", "past", "calm"]
        assert boxes(team="1") == ["first", "second", "later"]
        assert boxes(team="2", shift="day", lane=Lane.RED) == ["other"]
        assert boxes(shift="night") == []
        assert store.lane_counts(Part(team="1", lane=Lane.GREEN)) == {"green": 0, "amber": 0, "red": 3}

    def test_invalid_json_is_refused(self, store: Store) -> None:
        with pytest.raises(Exception, match="JSON"):
            store.add_assessments([assessment("A1", risk=float("nan"))])
        assert store.counts()["assessments"] == 0

    def test_counts_of_each_table(self, store: Store) -> None:
        store.add_assessments([assessment("A1"), assessment("A2", assessed_at=(AT + timedelta(days=1)).isoformat())])
        store.add_inspections([inspection(), inspection(recorded_at=AT + timedelta(days=1))], "a.csv", AT)
        counts = store.counts()
        assert (counts["declarations"], counts["inspections"], counts["assessments"]) == (0, 2, 2)


class TestPlans:
    """Plans are stored as they were returned, each plan_id once; the last one is returned."""

    def test_last_plan(self, store: Store) -> None:
        assert store.latest_plan() is None
        assert store.last_event_nos()["plans"] == 0
        first, second = plan("p1", cuts={"大窑湾": 1 / 3}), plan("p2", cuts={})
        assert store.add_plan(first)
        assert store.latest_plan() == first
        assert store.add_plan(second)
        assert not store.add_plan(second)
        assert (store.last_event_nos()["plans"], store.counts()["plans"]) == (2, 2)

    def test_repeated_plan_is_the_last_again(self, store: Store) -> None:
        first, second = plan("p1"), plan("p2")
        assert [store.add_plan(one) for one in (first, second, first)] == [True, True, False]
        assert store.latest_plan() == first
        assert (store.last_event_nos()["plans"], store.counts()["plans"]) == (3, 2)

    def test_boxes_loading_between(self, store: Store) -> None:
        loading = {"in": "2026-03-11T00:00:00Z", "before": "2026-03-08T00:00:00Z", "after": "2026-03-14T00:00:00Z"}
        rows = [declaration(declaration_id=name, loading_at=at) for name, at in loading.items()]
        rows.append(declaration(declaration_id="unknown", loading_at="", declared_at="2026-03-09T20:00:00Z"))
        rows.append(declaration(declaration_id="unknown, old", loading_at="", declared_at="2026-03-01T20:00:00Z"))
        rows.append(declaration(declaration_id="before", loading_at="2026-03-12T00:00:00Z", amendment_no=1))
        store.add_declarations(rows, "a.csv", AT)
        day = timedelta(days=1)
        found = store.boxes_loading_between(AT - day, AT + 3 * day, declared_since=AT - day)
        assert [name for name, _ in found] == ["before", "in", "unknown"]


def plan(name: str, **more: Any) -> dict[str, Any]:
    return {
        "plan_id": name, "planned_at": AT.isoformat(), "until_at": (AT + timedelta(days=1)).isoformat(),
        "model_version": "m", "policy_version": "p",
    } | more  # fmt: skip
