"""Planning files of a port: invalid rows are refused with place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InvalidInput
from data.planning import Limit, Team, read_limits, read_mandatory_openings, read_teams

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
    ("rows", "expected"),
    [
        ("XYZ,day,08:00,20:00,1,12", r"row 2: no declaration has the terminal 'XYZ'"),
        ("DCT,day,8h,20:00,1,12", r"row 2: from is '8h'"),
        ("DCT,day,08:00,24:30,1,12", r"row 2: to is '24:30'"),
        ("DCT,day,08:00,08:00,1,12", r"got 08:00 to 08:00"),
        ("DCT,day,08:00,20:00,1,0", r"row 2: openings is '0'"),
        ("DCT,day,08:00,20:00,1,nan", r"row 2: openings is 'nan'"),
        ("DCT,day,08:00,20:00,1,many", r"row 2: openings is 'many'"),
        ("DCT,day,08:00,20:00,1,1_000", r"row 2: openings is '1_000'"),
        ("DCT,day,08:00,20:00,1,1e308", r"row 2: openings is '1e308'"),
        ("DCT,day,08:00,20:00,1,0.0001", r"row 2: openings is '0.0001'"),
        ("DCT,day,08:00,20:00,1,1000001", r"row 2: openings is '1000001'"),
        ("DCT,day,08:00:30,20:00,1,12", r"row 2: from is '08:00:30'"),
        ("DCT,day,08:00,20:00,,12", r"row 2: team is empty"),
        ("DCT,day,08:00,20:00,1,12,5", r"row 2 has 7 cells, the header 6"),
        ("DCT,day,08:00,20:00,1", r"row 2 has 5 cells, the header 6"),
        (
            'DCT,day,08:00,20:00,"1,12\nDCT,late,20:00,23:00,1",12',
            r"row 2: a cell contains characters that cannot be read",
        ),
        ('DCT,day,08:00,20:00,"A"1,12', r"row 2 cannot be read"),
        ('\nDCT,day,08:00,20:00,"A,12\nDCT,late,20:00,23:00,1,12', r"row 3 cannot be read"),
        (f"DCT,day,08:00,20:00,{'A' * 140_000},12", r"row 2 cannot be read"),
        ("DCT,day,08:00,20:00,A\u200b,12", r"row 2: a cell contains characters that cannot be read"),
        ("\n\nDCT,day,08:00,20:00,1,0", r"row 4: openings is '0'"),
        ("DCT,day,08:00,20:00,1,12\nDCT,late,19:00,23:00,1,12", r"shifts day and late at once"),
        ("DCT,day,08:00,20:00,1,12\nDCT,night,20:00,09:00,1,12", r"shifts day and night at once"),
        ("", "lists no team"),
    ],
)
def test_invalid_shift_is_refused(tmp_path: Path, rows: str, expected: str) -> None:
    with pytest.raises(InvalidInput, match=expected) as refused:
        read_teams(_file(tmp_path, HEAD + rows + "\n"), {"DCT", "NPT"})
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (HEAD + "DCT,夜班,08:00,20:00,1,12\n", "gb18030"),
        (HEAD + "DCT,夜班,08:00,20:00,1,12\n", "utf-16"),
        (HEAD.replace(",", ";") + "DCT;夜班;08:00;20:00;1;12\n", "utf-8"),
        (HEAD.replace(",", "\t") + "DCT\t夜班\t08:00\t20:00\t1\t12\n", "utf-8"),
        (" Terminal ,Shift,FROM,To, Team,Openings\n DCT,夜班 ,08:00,20:00,1,12\n", "utf-8"),
        (HEAD + "DCT,夜班,０８:００,20：00,1,１２\n", "utf-8"),
        (HEAD + "DCT,夜班,08:00:00,20:00:00,1,12.0\n", "utf-8"),
        (HEAD.strip() + ",,\nDCT,夜班,08:00,20:00,1,12,,\n,,,,,,,\n", "utf-8"),
        ((HEAD + "DCT,夜班,08:00,20:00,1,12\n").replace("\n", "\r"), "utf-8"),
    ],
)
def test_usual_ways_to_write_a_table(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "teams.csv"
    path.write_bytes(text.encode(encoding))
    assert read_teams(path, {"DCT"}) == [Team("DCT", "夜班", "1", 480, 1200, 12.0)]


def test_unknown_terminal_lists_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_teams(_file(tmp_path, HEAD + "XYZ,day,08:00,20:00,1,12\n"), {"NPT", "DCT"})
    assert "DCT, NPT" in refused.value.remedy


def test_mandatory_openings_have_a_reason(tmp_path: Path) -> None:
    path = _file(tmp_path, "declaration_id,box_no,why\nD1,B1,tip\nD2,B2,mandatory\n")
    assert read_mandatory_openings(path) == {("D1", "B1"): "tip", ("D2", "B2"): "rule"}
    path = _file(tmp_path, "Declaration ID,Box No,Why\nD1,b1,Tip\nD1,B1,tip\nD1,msku 123456-5,tip\n")
    assert read_mandatory_openings(path) == {("D1", "B1"): "tip", ("D1", "MSKU1234565"): "tip"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("declaration_id,box_no,why\nD1,B1,because\n", "row 2: why is 'because'"),
        ("declaration_id,box_no,why\nD1,B1,tip,mandatory\n", "row 2 has 4 cells, the header 3"),
        ("declaration_id,box_no,why,why\nD1,B1,tip,mandatory\n", "the column why more than once"),
        ("declaration_id,box_no,why\nD1,B1,mandatory\nD1,b1,tip\n", r"row 3 lists box B1 .* than file.csv, row 2"),
    ],
)
def test_ambiguous_mandatory_openings_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InvalidInput, match=expected) as refused:
        read_mandatory_openings(_file(tmp_path, text))
    assert refused.value.remedy


def test_limits_are_read_in_their_order(tmp_path: Path) -> None:
    path = _file(tmp_path, "grouping,group,most\nflow,export,1.5\norigin,CN,2\norigin,*,3\n")
    assert read_limits(path, {"flow": ("export", "import"), "origin": ()}) == [
        Limit("flow", "export", 1.5), Limit("origin", "CN", 2.0), Limit("origin", "*", 3.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected", "remedy"),
    [
        ("shipper,*,2", "row 2: grouping is 'shipper'", "flow, origin"),
        ("flow,exports,2", "row 2: flow has no group 'exports'", "export, import"),
        ("flow,*,-1", "row 2: most is '-1'", "from 0.001"),
        ("flow,export,1,5", "row 2 has 4 cells", "decimals with a point"),
        ("flow,export,2\norigin,*,1\nflow,export,0.1", "row 4 limits flow export again, after file.csv, row 2", "one"),
    ],
)
def test_invalid_limit_is_refused(tmp_path: Path, rows: str, expected: str, remedy: str) -> None:
    path = _file(tmp_path, f"grouping,group,most\n{rows}\n")
    with pytest.raises(InvalidInput, match=expected) as refused:
        read_limits(path, {"flow": ("export", "import"), "origin": ()})
    assert remedy in refused.value.remedy


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no column openings"):
        read_teams(_file(tmp_path, "terminal,shift,from,to,team\n"), {"DCT"})
    with pytest.raises(InvalidInput, match="There is no file"):
        read_teams(tmp_path / "none.csv", {"DCT"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "is empty"),
        (b"PK\x03\x04rest of a workbook", "is an Excel workbook"),
        (HEAD.encode("utf-16") + b"x", "cannot be read"),
        (HEAD.encode() + b"DCT,\xff\xfe,08:00,20:00,1,12\n", "row 2: a cell contains characters that cannot be read"),
        (HEAD.encode() + b"DCT,day,08:00,20:00,1,12,\x00\n", "row 2: a cell contains characters that cannot be read"),
    ],
)
def test_other_file_formats_are_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "teams.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=expected) as refused:
        read_teams(path, {"DCT"})
    assert refused.value.remedy
