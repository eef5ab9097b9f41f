"""A version is filled from the papers that the port knew before it, so training sees what serving saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.record import filled, filled_rows
from data.record.rows import plain_rows
from data.records import BOX_KEY, DECLARATION_COLUMNS, STATEMENT_BOX_KEY, STATEMENT_COLUMNS, Column
from data.sources.reading import Accepted, Raw
from data.store import Store
from data.store.bookmarks import Bookmark
from data.vocabulary import Document
from tests.data.examples import AT, frame_of_rows
from tests.data.record.test_record import BOX, FIVE, declared, paper

Row = dict[str, Any]

_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_EMPTY: Row = dict.fromkeys(column.name for column in (*STATEMENT_COLUMNS, *DECLARATION_COLUMNS))


def hour(hours: int) -> datetime:
    return _BEGIN + timedelta(hours=hours)


def frame(columns: Sequence[Column], rows: Sequence[Row]) -> pd.DataFrame:
    """A frame as the store returns it, with known times."""
    known_at = pd.Series([row["known_at"] for row in rows], dtype="datetime64[us, UTC]")
    return frame_of_rows(columns, rows).assign(known_at=known_at)


def weighed(stated_at: str, known_at: str, **values: Any) -> Row:
    return paper("weighbridge", "W1", stated_at, weighed_kg="9000", **values) | {"known_at": instant(known_at)}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def mass(box: Row, *statements: Row, known: Iterable[Row] = ()) -> float | None:
    """The value that fills `weighed_kg`, equal from a row and from a frame."""
    [row] = filled_rows([box], statements, known)
    everyone = frame(DECLARATION_COLUMNS, [box, *known])
    found = filled(everyone.head(1), frame(STATEMENT_COLUMNS, statements), everyone)["weighed_kg"].iloc[0]
    assert found == row["weighed_kg"] or (pd.isna(found) and row["weighed_kg"] is None)
    value: float | None = row["weighed_kg"]
    return value


class TestKnownAt:
    """The box of these tests was declared at 08:30 and arrived at 12:00."""

    BOX = declared() | {"known_at": instant("2026-03-01T12:00:00Z")}

    @pytest.mark.parametrize(
        ("stated_at", "known_at", "fills"),
        [
            ("2026-03-01T08:00:00Z", "2026-03-01T11:59:00Z", True),
            ("2026-03-01T10:00:00Z", "2026-03-01T10:05:00Z", True),
            ("2026-03-01T11:59:00Z", "2026-03-01T11:59:59Z", True),
            ("2026-02-28T08:00:00Z", "2026-03-01T12:00:01Z", False),
            ("2026-03-01T08:29:00Z", "2026-03-01T12:00:00Z", True),
            ("2026-03-01T08:30:00Z", "2026-03-01T12:00:00Z", False),
            ("2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z", False),
        ],
    )
    def test_papers_known_before_are_used(self, stated_at: str, known_at: str, fills: bool) -> None:
        """Of papers that arrived with the box, those stated before the filing are used."""
        assert (mass(self.BOX, weighed(stated_at, known_at)) is not None) is fills

    def test_the_instant_of_arrival_may_be_given_with_the_rows(self) -> None:
        statements = [weighed("2026-03-01T10:00:00Z", "2026-03-01T10:05:00Z")]
        before, after = (
            filled_rows([declared()], statements, known_at=instant(f"2026-03-01T1{hours}:00:00Z")) for hours in (0, 1)
        )
        assert (before[0]["weighed_kg"], after[0]["weighed_kg"]) == (None, 9000.0)
        assert "known_at" not in after[0]

    def test_voyage_is_matched_by_stated_instants(self) -> None:
        """A box without a loading time, filed on 1 March, that arrives two weeks late: papers until ten days after."""
        late = declared(loading_at="") | {"known_at": instant("2026-03-15T00:00:00Z")}
        assert mass(late, weighed("2026-03-11T00:00:00Z", "2026-03-11T00:05:00Z")) == 9000.0
        assert mass(late, weighed("2026-03-12T00:00:00Z", "2026-03-12T00:05:00Z")) is None

    def test_other_declaration_must_be_known(self) -> None:
        """The weighing is of an earlier voyage, which was not known before this box arrived."""
        earlier = declared(
            declaration_id="D0", declared_at="2026-02-10T00:00:00Z", loading_at="2026-02-14T00:00:00Z", voyage_no="1"
        )
        weighing = weighed("2026-02-12T00:00:00Z", "2026-02-12T00:00:00Z")
        in_time, too_late = (
            earlier | {"known_at": instant(at)} for at in ("2026-02-10T00:00:00Z", "2026-03-01T13:00:00Z")
        )
        assert mass(self.BOX, weighing, known=[in_time]) is None
        assert mass(self.BOX, weighing, known=[too_late]) == 9000.0

    def test_later_correction_changes_nothing(self) -> None:
        first = weighed("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z")
        second = first | {"version": 1, "weighed_kg": 1.0, "known_at": instant("2026-03-01T13:00:00Z")}
        amended = self.BOX | {"amendment_no": 1, "known_at": instant("2026-03-01T14:00:00Z")}
        assert mass(self.BOX, first, second) == 9000.0
        assert mass(amended, first, second) == 1.0
        assert mass(amended, first, second | {"withdrawn": True}) is None

    def test_later_lines_are_not_used(self) -> None:
        """A manifest's second line arrives after the box."""
        at = ("2026-03-01T08:00:00Z", "2026-03-01T13:00:00Z")
        lines = [
            paper("manifest", "M1", at[0], line_no=n, un_no=un_no) | {"known_at": instant(known_at)}
            for n, un_no, known_at in zip((2, 1), ("1263", "1170"), at, strict=True)
        ]
        amended = self.BOX | {"amendment_no": 1, "known_at": instant("2026-03-01T14:00:00Z")}
        found = filled_rows([self.BOX, amended], lines)
        assert [row["manifest_un_no"] for row in found] == ["1263", "1170 1263"]


_HOURS = st.integers(-60, 300)
_DELAYS = st.sampled_from((0, 0, 1, 5, 30, 200))
_VOYAGES = st.sampled_from((None, None, "1", "2"))
_BOOKINGS = st.sampled_from((None, "BK1", "BK2"))


@st.composite
def _papers(draw: st.DrawFn) -> list[Row]:
    """The lines of one version of a paper; a second one may become known later than the first."""
    stated, number = draw(_HOURS), draw(st.integers(1, 9))
    first = _EMPTY | {
        "document": draw(st.sampled_from([document.value for document in Document])),
        "document_no": draw(st.sampled_from(("1", "2"))),
        "box_no": draw(st.sampled_from(("A", "A", "B", ""))),
        "version": draw(st.integers(0, 2)),
        "line_no": 1,
        "stated_at": hour(stated),
        "known_at": hour(stated + draw(_DELAYS)),
        "withdrawn": draw(st.sampled_from((None, None, True))),
        "booking_no": draw(_BOOKINGS),
        "voyage_no": draw(_VOYAGES),
        "loading_at": draw(st.sampled_from((None, None, hour(250)))),
        "vgm_kg": float(number),
        "weighed_kg": float(number),
        "packing_certificate_no": str(number),
        "packed_on": hour(24 * number).date(),
        "packer_name": draw(st.sampled_from((None, str(number)))),
        "packer_phone": str(number),
        "description": draw(st.sampled_from((None, str(number)))),
        "un_no": str(1000 + number),
        "package_count": draw(st.sampled_from((None, float(number)))),
    }
    second = {"line_no": 2, "un_no": "1263", "known_at": first["known_at"] + timedelta(hours=draw(_DELAYS))}
    return [first, first | second] if draw(st.booleans()) else [first]


@st.composite
def _declarations(draw: st.DrawFn) -> Row:
    at = draw(_HOURS)
    return _EMPTY | {
        "declaration_id": draw(st.sampled_from(("D1", "D2", "D3"))),
        "box_no": draw(st.sampled_from(("A", "A", "B"))),
        "amendment_no": draw(st.integers(0, 2)),
        "line_no": 1,
        "declared_at": hour(at),
        "known_at": hour(at + draw(_DELAYS)),
        "booking_no": draw(_BOOKINGS),
        "voyage_no": draw(_VOYAGES),
        "loading_at": draw(st.sampled_from((None, hour(at + 20), hour(at + 120)))),
        "tare_kg": draw(st.sampled_from((None, 2200.0))),
    }


_BOXES = st.lists(_declarations(), min_size=1, max_size=8, unique_by=itemgetter(*BOX_KEY))
_STATED = st.lists(_papers(), min_size=1, max_size=12, unique_by=lambda lines: itemgetter(*STATEMENT_BOX_KEY)(lines[0]))


class TestOneByOne:
    """Boxes filled one by one as they and their papers arrive, and all at once from the log."""

    @given(_BOXES, _STATED)
    @settings(max_examples=150, deadline=None)
    def test_single_and_bulk_filling_are_equal(self, boxes: list[Row], stated: list[list[Row]]) -> None:
        """Late papers and lines, papers of other voyages, withdrawn ones and corrections included."""
        lines = list(chain.from_iterable(stated))
        arrivals = sorted([*lines, *boxes], key=_arrival)
        statements: list[Row] = []
        known: list[Row] = []
        one_by_one: list[Any] = []
        for _, at_once in groupby(arrivals, key=_arrival):
            # Facts with equal instants are not used for each other.
            events = list(at_once)
            new = [row for row in events if row["declaration_id"]]
            for row in new:
                one_by_one += filled_rows([row], statements, known)
            known += new
            statements += [row for row in events if not row["declaration_id"]]
        ordered = [row for row in arrivals if row["declaration_id"]]
        everything = filled(frame(DECLARATION_COLUMNS, ordered), frame(STATEMENT_COLUMNS, lines))
        pd.testing.assert_frame_equal(everything, frame(DECLARATION_COLUMNS, one_by_one))

    def test_several_boxes_in_one_call(self) -> None:
        rows = [declared(box_no=f"TCLU765432{n}", declaration_id=f"D{n}") for n in range(3)]
        rows += [declared(line_no=1), declared(line_no=2), declared(amendment_no=1, declared_at="2026-03-02T00:00:00Z")]
        late = paper("weighbridge", "W2", "2026-03-01T20:00:00Z", weighed_kg="1")
        together = filled_rows(rows, [*FIVE, late])
        assert together == [found for row in rows for found in filled_rows([row], [*FIVE, late])]
        assert [row["weighed_kg"] for row in together] == [None] * 3 + [21450.0, 21450.0, 1.0]


def _arrival(row: Row) -> tuple[datetime, datetime]:
    return row["known_at"], row["declared_at"] or row["stated_at"]


def test_plain_rows() -> None:
    rows = [declared(), declared(line_no=2, marine_pollutant="", un_no="", packed_on="", loading_at="")]
    table = frame_of_rows(DECLARATION_COLUMNS, rows)
    known = [{name: value for name, value in row.items() if value is not None} for row in rows]
    assert plain_rows(table) == known
    assert plain_rows(table, ["un_no", "no_column"]) == [{"un_no": rows[0]["un_no"]}, {}]


def test_papers_of_one_box_from_the_store(store: Store) -> None:
    """The booking is found by the number on the load list, as when the whole table is filled."""
    elsewhere = paper("booking", "BK2", "2026-02-20T01:00:00Z", booking_no="BK2", box_no="", description="OTHER")
    store.add_declarations([declared(), declared(declaration_id="D2", box_no="TCLU7654326")], "a", AT)
    entries = [Accepted(Raw(n, {}, table="statements"), row) for n, row in enumerate((*FIVE, elsewhere))]
    assert store.take(entries, Bookmark("d", "b.csv", AT), AT) == []
    found = store.papers_of(BOX[1])
    assert len(found.statements) == 5
    [row] = filled_rows([declared()], found.statements, found.declarations)
    assert frame_of_rows(DECLARATION_COLUMNS, [row]).equals(
        filled(frame_of_rows(DECLARATION_COLUMNS, [declared()]), frame_of_rows(STATEMENT_COLUMNS, FIVE))
    )
