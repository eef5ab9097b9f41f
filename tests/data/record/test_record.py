"""Records from several papers: filled columns, disagreements and events, independent of the order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.record import Record, active_declarations, filled
from data.record.disclosing import disclosures
from data.record.record import record_of
from data.record.rows import plain_rows
from data.records import BOX_COLUMNS, BOX_KEY, DECLARATION_COLUMNS, NOTICE_COLUMNS, STATEMENT_COLUMNS
from tests.data.examples import declaration, frame_of_rows, notice, statement

BOX = ("DLC2026-000123", "MSKU1234565")
_OTHERS = (
    "vgm_kg weighed_kg tare_kg booking_no bill_no booking_description manifest_description manifest_un_no "
    "manifest_gross_mass_kg packing_certificate_no packed_on packer_id packer_name packer_address packer_phone terminal"
)
EMPTY = dict.fromkeys(_OTHERS.split(), "")
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def declared(**changes: Any) -> dict[str, Any]:
    """The example box, declared on 1 March 08:30, with columns of the declaration only."""
    return declaration(**(EMPTY | changes))


def paper(document: str, number: str, stated_at: str, **values: Any) -> dict[str, Any]:
    """A statement with these values only."""
    nothing = {column.name: "" for column in STATEMENT_COLUMNS}
    return statement(
        **(nothing | {"box_no": BOX[1], "line_no": 1, "document": document, "document_no": number})
        | {"stated_at": stated_at}
        | values
    )


def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return frame_of_rows(DECLARATION_COLUMNS, rows)


def papers(*rows: dict[str, Any]) -> pd.DataFrame:
    return frame_of_rows(STATEMENT_COLUMNS, rows)


def notices(*rows: dict[str, Any]) -> pd.DataFrame:
    return frame_of_rows(NOTICE_COLUMNS, rows)


FIVE = (
    paper("booking", "BK1", "2026-02-20T01:00:00Z", booking_no="BK1", box_no="", description="CHARCOAL", un_no="1361"),
    paper("load_list", "L1", "2026-02-27T01:00:00Z", booking_no="BK1", terminal="DCT"),
    paper("packing_certificate", "ZX1", "2026-02-27T09:00:00Z", packing_certificate_no="ZX1", packed_on="2026-02-27",
          packer_id="P1", packer_name="装箱", packer_phone="0411"),
    paper("vgm", "V1", "2026-02-28T00:00:00Z", vgm_kg="20450"),
    paper("weighbridge", "W1", "2026-02-28T01:00:00Z", weighed_kg="21450", tare_kg="2200"),
)  # fmt: skip


def only(frame: pd.DataFrame, *names: str) -> dict[str, Any]:
    [row] = frame.to_dict("records")
    return {name: row[name] for name in names}


class TestFilled:
    """Empty columns are filled from papers stated before the filing; declared values are not changed."""

    def test_five_papers_of_one_box(self) -> None:
        found = only(
            filled(table([declared()]), papers(*FIVE)),
            "booking_no", "booking_description", "packing_certificate_no", "packer_id", "packer_phone", "vgm_kg",
            "weighed_kg", "tare_kg", "terminal", "shipper_name",
        )  # fmt: skip
        assert found == {
            "booking_no": "BK1", "booking_description": "CHARCOAL", "packing_certificate_no": "ZX1", "packer_id": "P1",
            "packer_phone": "0411", "vgm_kg": 20450.0, "weighed_kg": 21450.0, "tare_kg": 2200.0, "terminal": "DCT",
            "shipper_name": declared()["shipper_name"],
        }  # fmt: skip

    def test_a_certificate_is_dated_by_the_day_of_the_place(self) -> None:
        night = paper("packing_certificate", "ZX1", "2026-02-26T22:00:00Z", packing_certificate_no="ZX1")
        assert only(filled(table([declared(certificate_on="")]), papers(night)), "certificate_on") == {
            "certificate_on": pd.Timestamp("2026-02-27")
        }

    def test_declared_values_stay(self) -> None:
        assert only(filled(table([declared(vgm_kg="1")]), papers(*FIVE)), "vgm_kg") == {"vgm_kg": 1.0}

    def test_order_of_sources(self) -> None:
        statements = (
            paper("load_list", "L1", "2026-02-28T03:00:00Z", vgm_kg="3"),
            paper("vgm", "V1", "2026-02-28T01:00:00Z", vgm_kg="1"),
            paper("vgm", "V2", "2026-02-28T02:00:00Z", vgm_kg="2"),
        )
        assert only(filled(table([declared()]), papers(*statements)), "vgm_kg") == {"vgm_kg": 2.0}

    def test_later_versions_and_withdrawn_papers(self) -> None:
        first = paper("vgm", "V1", "2026-02-28T01:00:00Z", vgm_kg="1")
        second = paper("vgm", "V1", "2026-02-28T02:00:00Z", vgm_kg="2", version="1")
        gone = paper("vgm", "V1", "2026-02-28T03:00:00Z", version="2", withdrawn="true")
        assert only(filled(table([declared()]), papers(second, first)), "vgm_kg") == {"vgm_kg": 2.0}
        assert pd.isna(only(filled(table([declared()]), papers(gone, second, first)), "vgm_kg")["vgm_kg"])

    @pytest.mark.parametrize(
        ("values", "fills"),
        [
            ({}, True),
            ({"stated_at": "2026-03-01T08:30:00Z"}, False),
            ({"stated_at": "2025-12-01T00:00:00Z"}, False),
            ({"stated_at": "2025-12-01T00:00:00Z", "booking_no": "BK9"}, True),
            ({"voyage_no": "999E"}, False),
            ({"voyage_no": "0123-w"}, True),
            ({"vessel_imo": "9999999"}, False),
            ({"booking_no": "other"}, False),
        ],
    )
    def test_voyage_must_not_contradict(self, values: dict[str, str], fills: bool) -> None:
        found = only(
            filled(
                table([declared(booking_no="BK9")]),
                papers(paper("vgm", "V1", **({"stated_at": "2026-02-28T00:00:00Z"} | values), vgm_kg="1")),
            ),
            "vgm_kg",
        )
        assert pd.notna(found["vgm_kg"]) is fills

    def test_paper_of_the_voyage_before(self) -> None:
        """The box was declared on 10 February and loaded on 14; a weighing on 12 is of that voyage."""
        before = declared(
            declaration_id="D0", declared_at="2026-02-10T00:00:00Z", loading_at="2026-02-14T00:00:00Z", voyage_no="1"
        )
        weighed = papers(paper("weighbridge", "W0", "2026-02-12T00:00:00Z", weighed_kg="9000"))
        found = filled(table([before, declared()]), weighed)
        assert found["weighed_kg"].isna().tolist() == [True, True]
        alone = filled(table([declared()]), weighed, known=table([before, declared()]))
        assert alone["weighed_kg"].isna().tolist() == [True]
        assert filled(table([declared()]), weighed)["weighed_kg"].tolist() == [9000.0]

    def test_goods_of_the_box_precede_those_of_the_booking(self) -> None:
        """One booking, of one instant, with the goods of this box and of boxes that have no number yet."""
        whole = paper("booking", "BK1", "2026-02-20T01:00:00Z", booking_no="BK9", box_no="", description="OTHER")
        own = paper("booking", "BK1", "2026-02-20T01:00:00Z", booking_no="BK9", description="PAINT")
        for statements in ((whole, own), (own, whole)):
            found = only(filled(table([declared(booking_no="BK9")]), papers(*statements)), "booking_description")
            assert found == {"booking_description": "PAINT"}

    def test_lines_of_a_paper_are_combined(self) -> None:
        lines = [
            paper(
                "manifest", "M1", "2026-02-28T00:00:00Z", line_no=n, un_no=un_no, gross_mass_kg=kg, package_count=count
            )
            for n, un_no, kg, count in ((2, "1263", "0.1", "3"), (1, "1993", "0.2", ""), (3, "1263", "0.3", "4"))
        ]
        names = ("manifest_un_no", "manifest_gross_mass_kg", "manifest_package_count")
        found = only(filled(table([declared(**dict.fromkeys(names, ""))]), papers(*lines)), *names)
        assert found["manifest_un_no"] == "1263 1993"
        assert found["manifest_gross_mass_kg"] == pytest.approx(0.6)
        # One line does not state its packages.
        assert pd.isna(found["manifest_package_count"])

    def test_other_rows_are_unchanged(self) -> None:
        rows = [
            declared(line_no=2), declared(box_no="TCLU7654326"), declared(line_no=1), declared(amendment_no=1),
        ]  # fmt: skip
        found = filled(table(rows), papers(*FIVE))
        assert found["vgm_kg"].isna().tolist() == [False, True, False, False]
        pd.testing.assert_frame_equal(found[["declaration_id", "line_no"]], table(rows)[["declaration_id", "line_no"]])
        assert found.dtypes.tolist() == table(rows).dtypes.tolist()

    @given(st.randoms(use_true_random=False), st.integers(0, 5))
    @settings(max_examples=10, deadline=None)
    def test_order_and_repeats_do_not_matter(self, chance: Any, later: int) -> None:
        """Neither does anything stated at or after the filing."""
        after = [
            paper("weighbridge", f"X{n}", f"2026-03-0{1 + n}T08:30:00Z", weighed_kg="1", booking_no="BK1")
            for n in range(later)
        ]
        rows = [*FIVE, *after]
        chance.shuffle(rows)
        expected = filled(table([declared(), declared(amendment_no=1)]), papers(*FIVE))
        pd.testing.assert_frame_equal(filled(table([declared(), declared(amendment_no=1)]), papers(*rows)), expected)

    def test_one_and_many_boxes_are_equal(self) -> None:
        others = [declared(box_no=f"TCLU765432{n}", declaration_id=f"D{n}") for n in range(9)]
        many = filled(table([*others, declared()]), papers(*FIVE))
        one = filled(table([declared()]), papers(*FIVE))
        pd.testing.assert_frame_equal(many.tail(1).reset_index(drop=True), one)


def record(*statements: dict[str, Any], rows: Any = None, reported: Any = (), **more: Any) -> Record:
    return record_of(table(rows or [declared()]), papers(*statements), notices(*reported), BOX, NOW, **more)


class TestRecord:
    """The record for officers: values with source and instant, disagreements, events."""

    def test_each_field_keeps_its_source_and_instant(self) -> None:
        found = record(*FIVE)
        vgm = found.fields["vgm_kg"]
        assert (vgm.value, vgm.source, vgm.document_no) == (20450.0, "vgm", "V1")
        assert vgm.stated_at == datetime(2026, 2, 28, tzinfo=UTC)
        assert found.fields["shipper_name"].source == "declaration"
        assert found.fields["booking_description"].value == "CHARCOAL"

    def test_record_shows_the_filled_values(self) -> None:
        """A party that is declared by name does not get the id of another paper, which may be another firm's."""
        listed = paper("manifest", "M1", "2026-02-28T00:00:00Z", shipper_id="S2", shipper_name="二", consignee_id="C2")
        box = declared(shipper_id="", consignee_id="", consignee_name="")
        shown = record(*FIVE, listed, rows=[box]).fields
        [filled_box] = plain_rows(filled(table([box]), papers(*FIVE, listed)))
        assert {name: stated.value for name, stated in shown.items()} == {
            name: value
            for name, value in filled_box.items()
            if name in {column.name for column in BOX_COLUMNS} - set(BOX_KEY)
        }
        assert shown["consignee_id"].source == "manifest"
        assert "shipper_id" not in shown

    def test_disagreements(self) -> None:
        second = paper("weighbridge", "W2", "2026-03-02T00:00:00Z", weighed_kg="25000")
        listed = paper(
            "manifest", "M1", "2026-03-02T00:00:00Z", un_no="1263", gross_mass_kg="18251", packing_group="III"
        )
        found = {
            one.field: [(s.source, s.value) for s in one.stated] for one in record(*FIVE, second, listed).disagreements
        }
        assert found["weighed_kg"] == [("weighbridge", 21450.0), ("weighbridge", 25000.0)]
        assert found["un_no"] == [("declaration", "1263"), ("booking", "1361"), ("manifest", "1263")]
        assert found["packing_group"] == [("declaration", "II"), ("manifest", "III")]
        # A kilogram in eighteen tons is rounding.
        assert "gross_mass_kg" not in found

    def test_events(self) -> None:
        rows = [declared(), declared(amendment_no=1, declared_at="2026-03-02T00:00:00Z", un_no="1993")]
        reported = [notice(notice="cancelled", noticed_at="2026-03-03T00:00:00Z", box_no="")]
        found = record(*FIVE[:1], rows=rows, reported=reported, selected_at=datetime(2026, 3, 4, tzinfo=UTC))
        assert [event.kind for event in found.events] == [
            "declared", "amended", "disclosed", "cancelled", "selected",
        ]  # fmt: skip
        assert found.state == "cancelled"

    def test_record_as_of_an_instant(self) -> None:
        rows = [declared(), declared(amendment_no=1, declared_at="2026-03-02T00:00:00Z", shipper_name="new")]
        early = record_of(table(rows), papers(), notices(), BOX, datetime(2026, 3, 1, 12, tzinfo=UTC))
        assert (early.state, early.fields["shipper_name"].value) == ("declared", declared()["shipper_name"])
        with pytest.raises(KeyError):
            record_of(table(rows), papers(), notices(), BOX, datetime(2026, 2, 1, tzinfo=UTC))

    @given(st.randoms(use_true_random=False))
    @settings(max_examples=6, deadline=None)
    def test_amendments_and_papers_in_any_order(self, chance: Any) -> None:
        rows = [
            declared(amendment_no=number, declared_at=f"2026-03-0{1 + number}T00:00:00Z", un_no=un_no)
            for number, un_no in enumerate(("1263", "1993", "1170"))
        ]
        statements = list(FIVE)
        expected = record(*statements, rows=rows)
        chance.shuffle(rows)
        chance.shuffle(statements)
        assert record(*statements, rows=rows) == expected


class TestDisclosure:
    """A voluntary correction before the selection is a disclosure."""

    ROWS = (
        declared(),
        declared(amendment_no=1, declared_at="2026-03-02T00:00:00Z", un_no="1993"),
        declared(amendment_no=2, declared_at="2026-03-03T00:00:00Z", un_no="1993", voyage_no="9"),
    )

    @pytest.mark.parametrize(("day", "count"), [(None, 1), (3, 1), (2, 0), (1, 0)])
    def test_only_before_the_selection(self, day: int | None, count: int) -> None:
        selected_at = datetime(2026, 3, day, tzinfo=UTC) if day else None
        found = disclosures(table(list(self.ROWS)), notices(), selected_at)
        assert [(one.amendment_no, one.changed) for one in found] == [(1, ("un_no",))] * count

    def test_notice_alone_is_a_disclosure(self) -> None:
        reported = notices(notice(noticed_at="2026-03-02T12:00:00Z", reason="漏报"))
        found = disclosures(table([declared()]), reported, None)
        assert [(one.amendment_no, one.reason) for one in found] == [(None, "漏报")]


class TestActive:
    """A cancelled box active no more, unless it is declared again; whichever became known first."""

    @pytest.mark.parametrize(
        ("changes", "active"),
        [
            ({"noticed_at": "2026-03-02T00:00:00Z"}, False),
            ({"noticed_at": "2026-02-02T00:00:00Z"}, True),
            ({"noticed_at": "2026-03-02T00:00:00Z", "box_no": ""}, False),
            ({"noticed_at": "2026-03-02T00:00:00Z", "box_no": "OTHER"}, True),
            ({"noticed_at": "2026-03-02T00:00:00Z", "notice": "disclosed"}, True),
        ],
    )
    def test_cancellations(self, changes: dict[str, str], active: bool) -> None:
        reported = notices(notice(**({"notice": "cancelled"} | changes)))
        assert bool(len(active_declarations(table([declared()]), reported))) is active
