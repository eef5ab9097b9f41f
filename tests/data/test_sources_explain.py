"""Explanations of how a file would be read, with a draft of a mapping file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import InvalidInput
from data.sources.explain import explain
from data.sources.tables import read

AT = datetime(2026, 3, 10, tzinfo=UTC)


def test_explain_a_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("申报单编码,箱号,申报时间,毛重（吨）,闲话\nA,B,2026/3/1,1.5,x\nC,D,bad,2.5,y\n", encoding="gb18030")
    assert "declaration_id" in explain(path, AT).error
    (tmp_path / "m.toml").write_text('[columns]\n"申报单编码" = "declaration_id"\n', encoding="utf-8")
    reported = explain(path, AT, tmp_path / "m.toml")
    assert (reported.encoding, reported.delimiter, reported.contains, reported.rows, reported.refused) == (
        "gb18030", ",", "declarations", 2, 1,
    )  # fmt: skip
    heading = {one.heading: one for one in reported.headings}
    assert heading["毛重（吨）"].samples == (("1.5", "1500.0"), ("2.5", "2500.0"))
    assert (heading["闲话"].column, heading["闲话"].how) == (None, "unknown")
    assert '"闲话" = ""' in reported.mapping_toml()
    (tmp_path / "again.toml").write_text(reported.mapping_toml(), encoding="utf-8")
    assert explain(path, AT, tmp_path / "again.toml").refused == 1


def test_similar_heading_is_proposed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("declaration_id,box_no,declared_at,emergency contct phone\nA,B,2026-03-01,1\n")
    [last] = [one for one in explain(path, AT).headings if one.column is None]
    assert last.proposal == "emergency_phone"


def test_explain_an_unknown_table(tmp_path: Path) -> None:
    path = tmp_path / "un.csv"
    path.write_text("报关号,货柜,日期,重量\nD1,MSKU1234565,2026-03-01,18.5\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="lacks declaration_id"):
        read(path, AT)
    reported = explain(path, AT)
    assert "lacks declaration_id" in reported.error
    assert [(one.heading, one.samples) for one in reported.headings][:2] == [
        ("报关号", (("D1", ""),)), ("货柜", (("MSKU1234565", ""),)),
    ]  # fmt: skip
    filled_in = reported.mapping_toml()
    for heading, column in (("报关号", "declaration_id"), ("货柜", "box_no")):
        assert f'"{heading}" = ""' in filled_in
        filled_in = filled_in.replace(f'"{heading}" = ""', f'"{heading}" = "{column}"')
    (tmp_path / "m.toml").write_text(filled_in, encoding="utf-8")
    again = explain(path, AT, tmp_path / "m.toml")
    assert (again.error, again.refused) == ("", 0)


def test_explain_an_unknown_unit(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("申报单号,箱号,申报时间,毛重（石）\nD1,B,2026-03-01,18.5\n", encoding="utf-8")
    reported = explain(path, AT)
    assert "石" in reported.error
    assert "[units]" in reported.mapping_toml()
    (tmp_path / "m.toml").write_text(
        reported.mapping_toml().replace('# "毛重（石）" = ""', '"毛重（石）" = "斤"'), encoding="utf-8"
    )
    assert read(path, AT, tmp_path / "m.toml").rows[0]["gross_mass_kg"] == 9.25
