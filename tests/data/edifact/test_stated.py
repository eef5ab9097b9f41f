"""Values of messages are stored correctly or their box is refused: units, totals, repeated boxes, test messages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.errors import InvalidInput
from data.ingest import ingest_bytes
from data.sources.edifact import acknowledge, contrl_of
from data.sources.edifact.interchange import interchanges
from data.sources.edifact.scanning import scan_edifact
from data.sources.reading import Accepted, Rejected
from data.store import Store
from tests.data.edifact.messages import AT, entries, filled, interchange, message, rows

PAPER = ("BGM+121+LL9+9", "DTM+137:202609060830:203", "TDT+20+V1+1+++++9354351")
BOX = "EQD+CN+MSKU1234565+22G1+++5"
DECLARED = ("BGM+890+DG1+9", "DTM+137:202609060830:203")
BOOKED = ("BGM+335+BK1+9", "DTM+137:202609060830:203", "TDT+20+V1+1")


def refusals(text: str) -> list[str]:
    """The refusals of a source of which nothing is accepted."""
    found = entries(text)
    assert all(isinstance(entry, Rejected) for entry in found), found
    return [str(entry) for entry in found]


def of_goods(*segments: str) -> dict[str, Any]:
    """The row of a declaration with one goods item, also with values of 0."""
    head = (*DECLARED, "EQD+CN+MSKU1234565", "CNI+1+C1", "GID+1+10:4G")
    [entry] = entries(message("IFTDGN", *head, *segments, "SGP+MSKU1234565+10"))
    assert isinstance(entry, Accepted), entry
    return entry.row


class TestRepeatedBox:
    """A second mention of a box adds lines and must agree in the values of the box, or the box is refused."""

    def test_other_goods_are_further_lines(self) -> None:
        found = rows(message("COPRAR", *PAPER, BOX, "DGS+IMD+3+1263", BOX, "MEA+AAE+G+KGM:20500", "DGS+IMD+6.1+1595"))
        assert [(row["line_no"], row["un_no"], row["laden_kg"]) for row in found] == [
            (1, "1263", 20500.0), (2, "1595", 20500.0),
        ]  # fmt: skip

    def test_contradicting_mass_is_refused(self) -> None:
        first, second = (
            (BOX, f"MEA+AAE+G+KGM:{kg}", f"DGS+IMD+{goods}") for kg, goods in ((20500, "3+1263"), (9999, "6.1+1595"))
        )
        [refusal] = refusals(message("COPRAR", *PAPER, *first, *second))
        assert "20500.0 and 9999.0" in refusal

    def test_identical_mentions_are_duplicates(self, tmp_path: Path) -> None:
        mention = (BOX, "MEA+AAE+G+KGM:20500", "DGS+IMD+3+1263", "DGS+IMD+3+1263")
        text = message("COPRAR", *PAPER, *mention, *mention)
        assert [row["line_no"] for row in rows(text)] == [1, 2, 1, 2]
        store = Store.open(f"sqlite:///{tmp_path / 's.db'}")
        summary = ingest_bytes(text.encode(), "m.edi", store, AT)
        assert (summary.accepted, summary.duplicate, summary.quarantined) == (2, 2, 0)
        store.close()

    def test_mentions_in_a_declaration(self) -> None:
        twice = ("EQD+CN+MSKU1234565+22G1", "MEA+AAE+VGM+KGM:20450", "EQD+CN+MSKU1234565+22G1", "MEA+AAE+T+KGM:2200")
        rest = ("CNI+1+C1", "GID+1+4", "DGS+IMD+3+1203")
        [row] = rows(message("IFTDGN", *DECLARED, *twice, *rest))
        assert (row["vgm_kg"], row["tare_kg"]) == (20450.0, 2200.0)
        [refusal] = refusals(message("IFTDGN", *DECLARED, *twice, "MEA+AAE+VGM+KGM:1", *rest))
        assert "20450.0 and 1.0" in refusal


class TestUnits:
    """A mass or temperature is converted, or its box is refused."""

    def weighed(self, *measures: str) -> str:
        head = ("BGM+XXX+V1+9", "DTM+137:20260906:102", "EQD+CN+MSKU1234565+22G1")
        return message("VERMAS", *head, *(f"MEA+AAE+VGM+{measure}" for measure in measures))

    def test_short_and_long_tons(self) -> None:
        assert rows(self.weighed("STN:22"))[0]["vgm_kg"] == 19958.06428
        assert rows(self.weighed("LTN:20"))[0]["vgm_kg"] == 20320.938176
        assert rows(self.weighed("KGM:20450", "KGM:20450"))[0]["vgm_kg"] == 20450.0

    @pytest.mark.parametrize(
        ("measures", "expected"),
        [
            (["XYZ:22"], "sent as 22 XYZ"), ([":500"], "sent as 500"), (["KGM:1_000"], "1_000 is not a number"),
            (["KGM:20450", "TNE:21"], "20450.0 and 21000.0"),
        ],
    )  # fmt: skip
    def test_unreadable_measures_refuse_the_box(self, measures: list[str], expected: str) -> None:
        [reported] = refusals(self.weighed(*measures))
        assert expected in reported
        assert "vgm_kg" in reported

    def test_mass_that_is_no_number(self) -> None:
        text = message(
            "IFTDGN", *DECLARED, "EQD+CN+BOX1", "EQD+CN+BOX2", "CNI+1+C1", "GID+1+10:4G", "MEA+AAE+AAB+KGM:heavy",
            "SGP+BOX1+5", "SGP+BOX2+5",
        )  # fmt: skip
        assert len(refusals(text)) == 2

    def test_a_volume_is_no_mass(self) -> None:
        assert of_goods("MEA+AAE+AAW+MTQ:3", "DGS+IMD+3+1263")["gross_mass_kg"] is None

    def test_temperatures(self) -> None:
        assert of_goods("DGS+IMD+3+1263+296:KEL")["flash_point_c"] == 22.85
        assert of_goods("DGS+IMD+3+1263+80:FAH")["flash_point_c"] == 26.7
        assert of_goods("DGS+IMD+3+1263+27")["flash_point_c"] == 27.0
        head = (*DECLARED, "EQD+CN+BOX1", "CNI+1+C1", "GID+1+10:4G")
        [refusal] = refusals(message("IFTDGN", *head, "DGS+IMD+3+1263+296:ZZZ"))
        assert "296 ZZZ" in refusal

    def test_reefer_temperature_is_not_a_control_temperature(self) -> None:
        row = of_goods("DGS+IMD+4.1+3231", "TMP+5+-10:CEL", "TMP+4+0:CEL", "TMP+2+-18:CEL")
        assert (row["control_temp_c"], row["emergency_temp_c"]) == (-10.0, 0.0)
        alone = of_goods("DGS+IMD+4.1+3231", "TMP+2+-18:CEL")
        assert alone["control_temp_c"] is alone["emergency_temp_c"] is None


class TestTotals:
    """A mass is assigned to the substance, goods item or box that it is stated for."""

    def test_gross_mass_of_a_substance(self) -> None:
        plan = (
            "BGM++P1+9", "DTM+137:202609060830:203", "TDT+20+V1+++:172+++9354351:146::X", "LOC+5+CNDLC", "UNS+D",
            "LOC+147+0010203::5", "EQD+CN+MSKU1234565+22G1+++5", "MEA+AAE+G+KGM:20450", "DGS+IMD+3+1263",
            "MEA+AAE+G+KGM:500", "MEA+AAE+VGM+KGM:20460",
        )  # fmt: skip
        [row] = rows(message("BAPLIE", *plan))
        assert (row["laden_kg"], row["gross_mass_kg"], row["vgm_kg"]) == (20450.0, 500.0, 20460.0)
        [row] = rows(message("COPRAR", *PAPER, *plan[6:10]))
        assert (row["laden_kg"], row["gross_mass_kg"]) == (20450.0, 500.0)

    def test_mass_of_all_goods(self) -> None:
        goods = (BOX, "MEA+AAE+AAB+KGM:500", "DGS+IMD+3+1263")
        assert rows(message("COPRAR", *PAPER, *goods))[0]["gross_mass_kg"] == 500.0
        found = rows(message("COPRAR", *PAPER, *goods, "DGS+IMD+8+1760"))
        assert not any("gross_mass_kg" in row for row in found)

    @pytest.mark.parametrize("split_first", [True, False])
    def test_totals_of_several_substances_are_not_doubled(self, split_first: bool) -> None:
        goods = ["GID+1+10:1A", "MEA+AAE+G+KGM:1000", "DGS+IMD+3+1263", "DGS+IMD+8+1760"]
        goods.insert(2 if split_first else 4, "SGP+MSKU1234565+10")
        first, second = rows(message("IFTMBF", *BOOKED, *goods, "EQD+CN+MSKU1234565+22G1"))
        assert "gross_mass_kg" not in first | second
        assert [row.get("package_count") for row in (first, second)] == ([10, None] if split_first else [None, 10])

    def test_the_total_of_one_substance_is_its_own(self) -> None:
        goods = ("GID+1+10:1A", "MEA+AAE+G+KGM:1000", "DGS+IMD+3+1263", BOX)
        [row] = rows(message("IFTMBF", *BOOKED, *goods))
        assert (row["package_count"], row["gross_mass_kg"]) == (10, 1000.0)

    def test_packages_are_not_doubled(self) -> None:
        boxes = ("SGP+MSKU1234565", "SGP+TCLU7654326")
        found = rows(message("IFTMBF", *BOOKED, "GID+1+80:1A", *boxes, "EQD+CN+MSKU1234565"))
        assert not any("package_count" in row for row in found)


def test_disclosure_of_a_refused_box() -> None:
    head = ("BGM+890+DG7:1+5", DECLARED[1], "FTX+ABS+++VOLUNTARY DISCLOSURE", "EQD+CN+MSKU1234565+22G1", "CNI+1+C1")
    goods = ("GID+1+10:1A", "DGS+IMD+3+1263")
    assert len(refusals(message("IFTDGN", *head, *goods, "MEA+AAE+AAB+KGM:heavy"))) == 1
    taken = entries(message("IFTDGN", *head, *goods, "MEA+AAE+AAB+KGM:10"))
    assert [entry.raw.table for entry in taken if isinstance(entry, Accepted)] == ["declarations", "notices"]


def test_goods_without_a_known_box() -> None:
    text = message(
        "IFTDGN", *DECLARED, "EQD+CN+MSKU1234565", "EQD+CN+TCLU7654326", "CNI+1+C1", "GID+1+1", "SGP+MSKU1234565+10",
        "DGS+IMD+3+1263", "GID+2+1", "DGS+IMD+8+1760",
    )  # fmt: skip
    found = entries(text)
    assert {entry.box for entry in found if isinstance(entry, Rejected)} == {
        ("DG1", "MSKU1234565"), ("DG1", "TCLU7654326"),
    }  # fmt: skip
    assert len(found) == 2


def test_test_interchange_is_not_stored(tmp_path: Path) -> None:
    declared = (
        "BGM+890+DG1+9", "DTM+137:202603010830:203", "EQD+CN+MSKU1234565", "CNI+1+C1", "GID+1+10:1A", "DGS+IMD+3+1263",
        "FTX+AAD+++PAINT", "MEA+AAE+AAB+KGM:10",
    )  # fmt: skip
    text = interchange(message("IFTDGN", *declared), reference="1")
    marked = text.replace("+1'UNH", "+1++++++1'UNH")
    with pytest.raises(InvalidInput, match="marked as a test"):
        entries(marked)
    assert len(entries(marked.replace("++++++1'UNH", "+++++1'UNH"))) == 1
    answer = acknowledge(marked.encode(), "m.edi", [], AT)
    assert answer.as_dict()["error"]["code"] == "25"
    assert "UCI+1+SENDER+PORT+4+25+UNB'" in contrl_of(answer)
    assert interchanges(contrl_of(answer).encode(), "c")[0].fault is None
    store = Store.open(f"sqlite:///{tmp_path / 's.db'}")
    summary = ingest_bytes(marked.encode(), "m.edi", store, AT)
    assert (summary.accepted, bool(summary.error)) == (0, True)
    store.close()


def test_list_marked_as_a_test() -> None:
    text = interchange(message("COPRAR", *PAPER, BOX), reference="1").replace("+1'UNH", "+1++++++1'UNH")
    scan = scan_edifact(text.encode(), "m.edi", AT)
    assert any("marked as a test (0035)" in remark for remark in scan.unknown_columns)
    assert len(list(scan.entries)) == 1


def test_days_without_a_time() -> None:
    end = datetime(2026, 9, 6, 23, 59, 59, 999999, tzinfo=UTC)
    weighed = ("EQD+CN+MSKU1234565", "MEA+AAE+VGM+KGM:20450")
    [row] = rows(message("VERMAS", "BGM+XXX+V1+5", "DTM+137:20260906:102", *weighed))
    assert (row["stated_at"], row["version"]) == (end, 2609062359)
    [row] = rows(message("VERMAS", "BGM+XXX+V1+9", "DTM+137:202609060830:203", *weighed))
    assert row["stated_at"] == datetime(2026, 9, 6, 8, 30, tzinfo=UTC)
    goods = ("EQD+CN+BOX1", "CNI+1+C1", "GID+1+4", "DGS+IMD+3+1203")
    [entry] = entries(message("IFTDGN", "BGM+890+D1+9", "DTM+137:20260906:102", *goods))
    assert isinstance(entry, Accepted)
    assert filled(entry.row)["declared_at"] == datetime(2026, 9, 6, tzinfo=UTC)


def test_a_substance_of_a_booking_without_a_goods_item_is_a_line_of_its_own() -> None:
    body = ("BGM+335+B+9", "DTM+137:202603011200:203", "DGS+IMD+3+1263", "FTX+AAD+++PAINT")
    [entry] = entries(interchange(message("IFTMBF", *body), reference="1"))
    assert isinstance(entry, Accepted)
    assert (entry.row["un_no"], entry.row["box_no"]) == ("1263", "")
