"""IFTDGN messages as declarations; a truncated or malformed message gives no rows."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.errors import InvalidInput
from data.sources.edifact import scan_edifact
from data.sources.reading import Accepted, Entry, Rejected
from data.sources.tables import read
from tests.shared import SHARED, needs_shared

SAMPLES = Path(__file__).parents[1] / "samples"
VENDORS = SHARED / "samples" / "iftdgn_d16a_emcargo_example.edi"

PAINT: dict[str, Any] = {
    "declaration_id": "DL-26-0301/BL-001", "declared_at": datetime(2026, 3, 1, 8, 30, tzinfo=UTC), "amendment_no": 2,
    "load_port": "CNDLC", "discharge_port": "NLRTM", "voyage_no": "123W", "vessel_imo": "9354351",
    "loading_at": datetime(2026, 3, 4, 16, tzinfo=UTC), "carrier_id": "COSU", "carrier_name": "中远海运",
    "forwarder_id": "91210200MA0BBBB11Y", "forwarder_name": "大连某货代有限公司",
    "shipper_id": "91210200MA0AAAA00X", "shipper_name": "大连某某化工有限公司", "consignee_name": "Verfhandel BV",
    "emergency_phone": "+8641188888888", "line_no": 1, "un_no": "1263", "hazard_class": "3", "packing_group": "II",
    "shipping_name": "PAINT", "description": "油漆", "packaging_code": "1A", "flash_point_c": 27.0, "ems": "F-E S-E",
    "marine_pollutant": True,
}  # fmt: skip
SECOND: dict[str, Any] = {
    "declaration_id": "DL-26-0301/BL-002", "declared_at": datetime(2026, 3, 1, 8, 30, tzinfo=UTC), "amendment_no": 2,
    "load_port": "CNDLC", "discharge_port": "DEHAM", "voyage_no": "123W", "vessel_imo": "9354351",
    "loading_at": datetime(2026, 3, 4, 16, tzinfo=UTC), "carrier_id": "COSU", "carrier_name": "中远海运",
    "forwarder_id": "91210200MA0BBBB11Y", "forwarder_name": "大连某货代有限公司",
    "shipper_name": "Shanghai Trading Co.",
}  # fmt: skip
BOXES: dict[str, dict[str, Any]] = {
    "MSKU1234565": {"box_no": "MSKU1234565", "box_type": "22G1", "tare_kg": 2200.0, "vgm_kg": 20450.0},
    "TCLU7654326": {"box_no": "TCLU7654326", "box_type": "45G1"},
}
GOLDEN = {
    "iftdgn_d24a_two_consignments.edi": [
        PAINT | BOXES["MSKU1234565"] | {"package_count": 60, "net_mass_kg": 2700.0, "gross_mass_kg": 3000.0},
        PAINT | BOXES["TCLU7654326"] | {"package_count": 20, "net_mass_kg": 900.0, "gross_mass_kg": 1000.0},
        SECOND | BOXES["TCLU7654326"] | {
            "line_no": 1, "un_no": "1760", "hazard_class": "8", "subsidiary_hazards": "6.1", "packing_group": "III",
            "shipping_name": "CORROSIVE LIQUID, N.O.S.", "technical_name": "contains caprylyl chloride",
            "package_count": 4, "gross_mass_kg": 45.359237, "limited_quantity": True,
        },
        SECOND | BOXES["TCLU7654326"] | {"line_no": 2, "description": "Plastic toys", "package_count": 10},
    ],
    "iftdgn_d95b_bare.edi": [
        {
            "declaration_id": "DL-9", "box_no": "MSKU1234565", "declared_at": datetime(2026, 3, 1, tzinfo=UTC),
            "amendment_no": 0, "packaging_code": "4G", "line_no": number, **substance,
        }
        for number, substance in enumerate(
            (
                {"un_no": "1950", "hazard_class": "2.1", "shipping_name": "AEROSOLS", "gross_mass_kg": 1200.0,
                 "flash_point_c": -20.0, "ems": "F-D S-U", "package_count": 12},
                {"un_no": "1170", "hazard_class": "3", "shipping_name": "ETHANOL", "gross_mass_kg": 300.0,
                 "flash_point_c": 12.8, "packing_group": "II"},
            ),
            start=1,
        )
    ],
}  # fmt: skip


def filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def message(*segments: str, head: str = "UNH+1+IFTDGN:D:16A:UN", count: int | None = None) -> str:
    """A message without interchange; `count` is a wrong count for its UNT."""
    return "'".join((head, *segments, f"UNT+{count or len(segments) + 2}+1")) + "'"


def entries(text: str) -> list[Entry]:
    return list(scan_edifact(text.encode(), "m.edi").entries)


def refusal(text: str) -> str:
    """The refusal of a text of which nothing is accepted."""
    try:
        found = entries(text)
    except InvalidInput as error:
        return f"{error.detail} {error.remedy}"
    assert all(isinstance(entry, Rejected) for entry in found), found
    return " ".join(map(str, found))


def rows(text: str) -> list[dict[str, Any]]:
    found = entries(text)
    assert all(isinstance(entry, Accepted) for entry in found), found
    return [filled(entry.row) for entry in found if isinstance(entry, Accepted)]


WHOLE = ("BGM+890+D1+9", "DTM+137:202603010830:203", "EQD+CN+BOX1", "CNI+1+B1", "GID+1+4", "DGS+IMD+3+1203")


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_messages(name: str) -> None:
    found = read(SAMPLES / name)
    assert found.rejected == []
    assert [filled(row) for row in found.rows] == GOLDEN[name]


@needs_shared("samples")
def test_the_message_of_a_vendor() -> None:
    found = read(VENDORS)
    assert [filled(row) for row in found.rows] == [
        {
            "declaration_id": "CP-2026-100", "box_no": "MSKU1234565", "amendment_no": 0, "line_no": 1,
            "declared_at": datetime(2026, 9, 6, 8, 30, tzinfo=UTC), "shipper_name": "Afzender BV",
            "carrier_name": "Transport O'Neill & Sons", "un_no": "1203", "hazard_class": "3", "packing_group": "II",
            "shipping_name": "Benzine", "description": "Benzine", "package_count": 4, "flash_point_c": -40.0,
            "net_mass_kg": 800.0, "gross_mass_kg": 880.0, "shipper_address": "Havenweg 1 3011 Rotterdam Nederland",
        }
    ]  # fmt: skip
    assert "LOC+9: Rotterdam" in found.unknown_columns


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_truncated_message(name: str) -> None:
    text = (SAMPLES / name).read_text(encoding="utf-8").rstrip()
    for end in range(3, len(text)):
        with pytest.raises(InvalidInput, match=r"segment \d+|no segment") as refused:
            scan_edifact(text[:end].encode(), "m.edi")
        assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (message(*WHOLE, count=7), r"segment 8 \(UNT\) at character \d+: it counts 7 segments, but the message has 8"),
        (
            message(*WHOLE).replace("UNT+8+1", "UNT+8+2"),
            r"segment 8 \(UNT\) at character \d+: its reference 2 is not 1",
        ),
        (message(*WHOLE[1:]), r"segment 2 \(DTM\) at character 23: BGM is missing"),
        (message(*WHOLE[:3]), r"segment 5 \(UNT\) at character \d+: the message has no CNI"),
        (message(*WHOLE[:4]), r"segment 6 \(UNT\) at character \d+: the message has no GID"),
        (message(*WHOLE[:3], *WHOLE[4:]), r"segment 5 \(GID\) at character \d+: it comes before any CNI"),
        (message(*WHOLE[:4], *WHOLE[5:]), r"segment 6 \(DGS\) at character \d+: it comes before any GID"),
        (message(*WHOLE[:4], "SGP+BOX1"), r"segment 6 \(SGP\) at character \d+: it comes before any GID"),
        (message(*WHOLE, head="UNH+1+CUSCAR:D:95B:UN"), "unsupported type CUSCAR"),
        (
            message(*WHOLE) + message(*WHOLE[:2]).replace("UNH+1", "LOC+1"),
            r"segment 9 \(LOC\) at character \d+: it is outside",
        ),
        ("UNT+1+1'", r"segment 1 \(UNT\) at character \d+: there is no UNH"),
        (
            "UNB+UNOC:3+A+B+260301:0830+7'" + message(*WHOLE),
            r"segment 9 \(UNT\) at character \d+: the source is truncated after it: the interchange has no UNZ",
        ),
        (
            "UNB+UNOC:3+A+B+260301:0830+7'" + message(*WHOLE) + "UNZ+2+7'",
            r"\(UNZ\) at character \d+: it counts 2 messages",
        ),
        (
            "UNB+UNOC:3+A+B+260301:0830+7'" + message(*WHOLE) + "UNZ+1+8'",
            r"\(UNZ\) at character \d+: its reference 8 is not 7",
        ),
        ("", "no segment"),
    ],
)
def test_malformed_message(text: str, expected: str) -> None:
    assert re.search(expected, refusal(text))


def test_a_fault_in_one_message_leaves_the_others() -> None:
    broken = message(*WHOLE, count=7).replace("UNH+1", "UNH+2").replace("UNT+7+1", "UNT+7+2")
    third = message(*WHOLE).replace("D1", "D3").replace("UNH+1", "UNH+3").replace("UNT+8+1", "UNT+8+3")
    text = f"UNB+UNOC:3+A+B+260301:0830+7'{message(*WHOLE)}{broken}{third}UNZ+3+7'"
    first, refused, last = entries(text)
    assert isinstance(first, Accepted)
    assert isinstance(last, Accepted)
    assert isinstance(refused, Rejected)
    assert (refused.message, refused.row_no) == ("2", 17)
    assert b"UNH+2" in refused.raw
    assert b"UNH+3" not in refused.raw
    # The kept bytes can be read by themselves, with the same refusal.
    [again] = scan_edifact(refused.raw, "kept.edi").entries
    assert isinstance(again, Rejected)


def test_invalid_value_refuses_its_box_only() -> None:
    text = message(
        *WHOLE, "SGP+BOX1+4", "GID+2+1", "DGS+IMD+3+9999", "MEA+AAE+AAB+KGM:heavy", "SGP+BOX2+1", "GID+3+1",
        "DGS+IMD+3+1203", "SGP+BOX2+1",
    )  # fmt: skip
    good, bad = entries(text)
    assert isinstance(good, Accepted)
    assert good.row["box_no"] == "BOX1"
    assert isinstance(bad, Rejected)
    assert (bad.row_no, bad.box) == (10, ("D1", "BOX2"))
    assert {problem.column for problem in bad.problems} == {"gross_mass_kg"}


def test_cancellation_is_a_notice() -> None:
    [entry] = entries(message("BGM+890+D1+1", *WHOLE[1:]))
    assert isinstance(entry, Accepted)
    assert entry.raw.table == "notices"
    assert filled(entry.row) == {
        "declaration_id": "D1", "box_no": "BOX1", "notice": "cancelled",
        "noticed_at": datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
    }  # fmt: skip


def test_replacement_without_number() -> None:
    assert rows(message("BGM+890+D1+5", *WHOLE[1:]))[0]["amendment_no"] == 2603010830
    assert rows(message("BGM+890+D1:3+5", *WHOLE[1:]))[0]["amendment_no"] == 3


def test_voluntary_disclosure_is_a_notice() -> None:
    declared, notice = entries(message(WHOLE[0], WHOLE[1], "FTX+ABS+++主动披露 漏报副危险性", *WHOLE[2:]))
    assert isinstance(declared, Accepted)
    assert isinstance(notice, Accepted)
    assert (notice.raw.table, notice.row["notice"], notice.row["box_no"]) == ("notices", "disclosed", "BOX1")


def test_goods_without_a_box_are_rejected_when_there_are_several_boxes() -> None:
    found = entries(message(*WHOLE[:3], "EQD+CN+BOX2", *WHOLE[3:]))
    assert [entry.box for entry in found if isinstance(entry, Rejected)] == [("D1", "BOX1"), ("D1", "BOX2")]
    for entry in found:
        assert isinstance(entry, Rejected)
        assert entry.problems[0].key == "no_box"
        assert entry.problems[0].remedy("zh")


def test_instant_of_the_interchange() -> None:
    text = message(*WHOLE[:1], *WHOLE[2:])
    assert rows(f"UNB+UNOC:3+A+B+260301:0830+7'{text}UNZ+1+7'")[0]["declared_at"] == datetime(
        2026, 3, 1, 8, 30, tzinfo=UTC
    )
    [entry] = entries(text)
    assert isinstance(entry, Rejected)
    assert entry.problems[0].column == "declared_at"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("20260301:102", datetime(2026, 3, 1, tzinfo=UTC)),
        ("202603010830:203", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("20260301083059:204", datetime(2026, 3, 1, 8, 30, 59, tzinfo=UTC)),
        ("202603010830?+0800:205", datetime(2026, 3, 1, 0, 30, tzinfo=UTC)),
        ("2603010830:201", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("202603010830UTC:303", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_the_formats_of_instants(written: str, read_as: datetime) -> None:
    assert rows(message(WHOLE[0], f"DTM+137:{written}", *WHOLE[2:]))[0]["declared_at"] == read_as


def test_an_instant_in_no_known_format_is_rejected() -> None:
    for written in ("202613010830:203", "1 March:2", "202603010830CST:303"):
        [entry] = entries(message(WHOLE[0], f"DTM+137:{written}", *WHOLE[2:]))
        assert isinstance(entry, Rejected)
        assert entry.problems[0].column == "declared_at"


def test_split_with_wrong_counts() -> None:
    split = (*WHOLE, "MEA+AAE+AAB+KGM:100", "SGP+BOX1+1", "SGP+BOX2+1")
    assert [row.get("gross_mass_kg") for row in rows(message(*split))] == [None, None]
    assert [row["package_count"] for row in rows(message(*split))] == [1, 1]


@pytest.mark.parametrize(
    ("encoding", "charset"), [("latin-1", "UNOC"), ("iso8859-5", "UNOE"), ("gb18030", "UNOA"), ("utf-8", "UNOY")]
)
def test_character_set_of_unb(tmp_path: Path, encoding: str, charset: str) -> None:
    name = {"latin-1": "Müller", "iso8859-5": "Завод", "gb18030": "大连化工有限公司", "utf-8": "大连"}[encoding]
    text = message(*WHOLE[:4], f"NAD+CZ+++{name}", *WHOLE[4:])
    path = tmp_path / "message.txt"
    path.write_bytes(f"UNB+{charset}:3+A+B+260301:0830+7'{text}UNZ+1+7'".encode(encoding))
    assert read(path).rows[0]["shipper_name"] == name


def test_messages_follow_each_other_in_one_interchange() -> None:
    second = message(*WHOLE).replace("D1", "D2")
    assert [row["declaration_id"] for row in rows(message(*WHOLE) + "\r\n" + second)] == ["D1", "D2"]
