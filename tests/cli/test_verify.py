"""`hazlane verify`: discrepancies in tables and messages, and request letters."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import _run
from tests.shared import SHARED, needs_shared

TABLE = """申报单号,箱号,申报时间,联合国编号,类别,包装类别,正确运输名称,闪点,装箱日期,生产日期,装箱温度,预计装船时间
D1,MSKU1234565,2026-03-01 08:00,1361,4.2,III,CARBON,,2026-02-20,2026-02-14,55,2026-03-04 16:00
D2,MSKU1234566,2026-03-01 08:00,1263,3,II,PAINT,18,2026-02-20,,,2026-03-04 16:00
"""


def test_a_table_is_verified_and_letters_are_written(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE, encoding="gb18030")
    done = _run(tmp_path, "verify", str(tmp_path / "a.csv"), "--letters", str(tmp_path / "letters"), "--json")
    reported = json.loads(done.stdout)
    codes = {box["declaration_id"]: {one["code"] for one in box["discrepancies"]} for box in reported["boxes"]}
    assert {"charcoal_dates", "charcoal_temperature", "emergency_phone"} <= codes["D1"]
    assert "box_number" in codes["D2"]
    letter = (tmp_path / "letters" / "D1_MSKU1234565.txt").read_text(encoding="utf-8")
    assert "请提供装箱时货物温度" in letter
    assert "Give the temperature at packing" in letter


def test_messages_are_in_the_chosen_language(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    done = _run(tmp_path, "verify", str(tmp_path / "a.csv"), "--lang", "zh")
    assert "严重" not in done.stderr
    assert "炭装箱温度高于" in done.stdout.replace("\n", "")


def test_a_file_without_goods_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    done = _run(tmp_path, "verify", str(tmp_path / "a.csv"))
    assert done.returncode == 1
    assert "remedy" in done.stderr


def test_rejected_rows_are_reported_when_no_row_is_valid(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE.replace(",18,", ",warm,").replace(",55,", ",hot,"), encoding="utf-8")
    done = _run(tmp_path, "verify", str(tmp_path / "a.csv"))
    assert done.returncode == 1
    assert done.stderr.count("rejected: ") == 2


def test_similar_and_long_names_get_letters_of_their_own(tmp_path: Path) -> None:
    header, first, _ = TABLE.splitlines()
    names = ("a/b", "a.b", "大" * 600)
    rows = (first.replace("D1", name) for name in names)
    (tmp_path / "a.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    _run(tmp_path, "verify", str(tmp_path / "a.csv"), "--letters", str(tmp_path / "letters"))
    assert len(list((tmp_path / "letters").iterdir())) == len(names)


@needs_shared("samples")
def test_the_dcsa_sample_booking_has_no_fault(tmp_path: Path) -> None:
    reported = json.loads(
        _run(tmp_path, "verify", str(SHARED / "samples" / "booking-api-2.0.0-dg.json"), "--json").stdout
    )
    found = [one for box in reported["boxes"] for one in box["discrepancies"]]
    assert len(reported["boxes"]) == 1
    assert [one["message"]["en"] for one in found if one["severity"] != "advisory"] == []
