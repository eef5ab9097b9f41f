"""Protects the files a port plans by: what is wrong is refused with its place and a remedy, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InvalidInput
from data.planning import Limit, Team, read_claims, read_limits, read_teams

HEAD = "terminal,shift,from,to,team,openings\n"


def _file(folder: Path, text: str) -> Path:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_shifts_are_read_also_across_midnight(tmp_path: Path) -> None:
    path = _file(tmp_path, HEAD + "DCT,day,08:00,20:00,1,12\nDCT,夜班,20:00,08:00,1,8.5\nNPT,day,8:00,24:00,1,4\n")
    assert read_teams(path, {"DCT", "NPT"}) == [
        Team("DCT", "day", "1", 480, 1200, 12.0),
        Team("DCT", "夜班", "1", 1200, 1920, 8.5),
        Team("NPT", "day", "1", 480, 1440, 4.0),
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("XYZ,day,08:00,20:00,1,12", r"row 2: no box names the terminal 'XYZ'"),
        ("DCT,day,8h,20:00,1,12", r"row 2: from is '8h'"),
        ("DCT,day,08:00,24:30,1,12", r"row 2: to is '24:30'"),
        ("DCT,day,08:00,08:00,1,12", r"lasts from 08:00 to 08:00"),
        ("DCT,day,08:00,20:00,1,0", r"row 2: openings is '0'"),
        ("DCT,day,08:00,20:00,1,nan", r"row 2: openings is 'nan'"),
        ("DCT,day,08:00,20:00,1,many", r"row 2: openings is 'many'"),
        ("DCT,day,08:00,20:00,,12", r"row 2: team is empty"),
        ("DCT,day,08:00,20:00,1,12\nDCT,late,19:00,23:00,1,12", r"shifts day and late at once"),
        ("DCT,day,08:00,20:00,1,12\nDCT,night,20:00,09:00,1,12", r"shifts day and night at once"),
        ("", "lists no team"),
    ],
)
def test_a_shift_that_cannot_be_meant_is_refused_with_its_place(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as refused:
        read_teams(_file(tmp_path, HEAD + rows + "\n"), {"DCT", "NPT"})
    assert refused.value.remedy


def test_an_unknown_terminal_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_teams(_file(tmp_path, HEAD + "XYZ,day,08:00,20:00,1,12\n"), {"NPT", "DCT"})
    assert "DCT, NPT" in refused.value.remedy


def test_claims_say_why(tmp_path: Path) -> None:
    path = _file(tmp_path, "declaration_id,box_no,why\nD1,B1,tip\nD2,B2,mandatory\n")
    assert read_claims(path) == {("D1", "B1"): "tip", ("D2", "B2"): "rule"}
    with pytest.raises(InvalidInput, match="row 2: why is 'because'"):
        read_claims(_file(tmp_path, "declaration_id,box_no,why\nD1,B1,because\n"))


def test_limits_name_a_grouping_that_there_is(tmp_path: Path) -> None:
    path = _file(tmp_path, "grouping,group,most\nflow,export,1.5\norigin,*,3\n")
    assert read_limits(path, {"flow", "origin"}) == [Limit("flow", "export", 1.5), Limit("origin", "*", 3.0)]
    with pytest.raises(InvalidInput, match="grouping is 'flow'"):
        read_limits(path, {"origin"})
    with pytest.raises(InvalidInput, match="most is '-1'"):
        read_limits(_file(tmp_path, "grouping,group,most\nflow,*,-1\n"), {"flow"})


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no column openings"):
        read_teams(_file(tmp_path, "terminal,shift,from,to,team\n"), {"DCT"})
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_teams(tmp_path / "none.csv", {"DCT"})
