"""Files as ports send them: invalid rows are reported by row and column, and the other rows are accepted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import InvalidInput
from data.sources.tables import Reading, read

HEADER = "declaration_id,box_no,declared_at,shipper_name,un_no"


def line(name: str, shipper: str = "ok", un_no: str = "1203", declared_at: str = "2026-03-01T08:00:00Z") -> str:
    return f"{name},BOX{name},{declared_at},{shipper},{un_no}"


def lines(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def reading(file: Path, content: str | bytes) -> Reading:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(file)


def names(found: Reading) -> list[str]:
    return [row["declaration_id"] for row in found.rows]


def faults(found: Reading) -> list[tuple[int, str | None, str]]:
    """Row, column and key of each fault; checks that all have texts in both languages."""
    for rejected in found.rejected:
        for problem in rejected.problems:
            assert all(problem.message(language) and problem.remedy(language) for language in ("en", "zh"))
    return [(entry.row_no, problem.column, problem.key) for entry in found.rejected for problem in entry.problems]


def test_invalid_values_refuse_their_row_only(file: Path) -> None:
    found = reading(file, lines(line("A"), line("B", un_no="99999"), line("C", declared_at="2026-02-30"), line("D")))
    assert names(found) == ["A", "D"]
    assert faults(found) == [(3, "un_no", "un_no"), (4, "declared_at", "instant")]
    assert found.rejected[0].raw == line("B", un_no="99999").encode()
    assert "table.csv, row 3: un_no:" in str(found.rejected[0])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(file: Path, delimiter: str, end: str) -> None:
    text = lines(line("A"), line("B")).replace(",", delimiter).replace("\n", end)
    assert names(reading(file, text)) == ["A", "B"]


def test_the_delimiter_is_the_one_that_makes_known_headings(file: Path) -> None:
    found = reading(
        file,
        "箱号;申报单号;申报时间;托运人地址\nMSKU1234565;D1;2026-03-01;No 1, Harbour Rd, Zhongshan, Dalian, China\n",
    )
    assert [row["shipper_address"] for row in found.rows] == ["No 1, Harbour Rd, Zhongshan, Dalian, China"]


def test_a_row_of_another_width_is_rejected(file: Path) -> None:
    found = reading(file, lines(line("A") + ",", line("B") + ",x", "C,BOXC", "", line("D")))
    assert names(found) == ["A", "D"]
    assert faults(found) == [(3, None, "cells"), (4, None, "cells")]


def test_unbalanced_quotation_mark(file: Path) -> None:
    found = reading(
        file, lines(line("A"), line("B", '"open'), line("C"), line("D", '"also open'), line("E", '5" pipe'))
    )
    assert names(found) == ["A", "C", "E"]
    assert faults(found) == [(3, None, "quote"), (5, None, "quote")]
    assert found.rows[-1]["shipper_name"] == '5" pipe'


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends(file: Path) -> None:
    found = reading(file, lines(line("A", '"x, ""y""\nz"'), line("B", un_no="7")))
    assert found.rows[0]["shipper_name"] == 'x, "y" z'
    assert faults(found) == [(4, "un_no", "un_no")]


def test_truncated_file(file: Path) -> None:
    text = lines(line("A"), line("B"), line("C"))
    found = reading(file, text[: text.index("BOXC")])
    assert names(found) == ["A", "B"]
    assert faults(found) == [(4, None, "cut")]


def test_file_truncated_within_a_character(file: Path) -> None:
    for encoding in ("utf-8", "gb18030"):
        content = lines(line("A", "大连化工"), line("B", "大连化工")).encode(encoding)
        found = reading(file, content[: content.rindex("工".encode(encoding)) + 1])
        assert names(found) == ["A"]
        assert found.rows[0]["shipper_name"] == "大连化工"
        assert faults(found) == [(3, None, "cut")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_chinese_is_read_in_the_encodings_of_chinese_ports(file: Path, encoding: str) -> None:
    found = reading(
        file, lines(line("A", "大连某某化工有限公司"), line("B", "O'Neill, 上海".replace(",", ""))).encode(encoding)
    )
    assert [row["shipper_name"] for row in found.rows] == ["大连某某化工有限公司", "O'Neill 上海"]
    assert found.unknown_columns == ()


@pytest.mark.parametrize(
    "shipper", ["Müller", "Größe", "Société Générale", "Åse Ørsted", "naïve café", "Straße ÄÖÜ", "«né»"]
)
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_latin_1_is_never_read_as_something_else(file: Path, shipper: str, encoding: str) -> None:
    found = reading(file, lines(line("A"), line("B", shipper), line("C")).encode(encoding))
    assert names(found) == ["A", "C"]
    assert faults(found) == [(3, "shipper_name", "undecodable")]
    assert "UTF-8" in found.rejected[0].problems[0].remedy("en")
    assert shipper.encode(encoding) in found.rejected[0].raw


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_its_mark_and_without(file: Path, encoding: str) -> None:
    found = reading(file, lines(line("A", "大连化工"), line("B")).encode(encoding))
    assert [row["shipper_name"] for row in found.rows] == ["大连化工", "ok"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a,b,c\n1,2,3\n", "declaration_id, box_no, declared_at"),
        (b"inspection_id,declaration_id,box_no\n", "recorded_at, step, outcome"),
        (HEADER.encode() + b",un_no\n", "un_no twice"),
        (b'"' + HEADER.encode() + b"\n", "quotation mark"),
        (b"PK\x03\x04 a workbook", "Excel"),
        (gzip.compress(b"x", mtime=0), "archive"),
        (b"PAR1 cut", "Parquet"),
        (b"[]", "no JSON object"),
        (b'{"declaration_id": ', "no JSON object"),
        (b"{}", "no JSON object"),
        (b'{"box_no": "A"}', "declaration_id, declared_at"),
        (bytes(range(256)), "header"),
    ],
)
def test_other_contents_are_refused(file: Path, content: bytes, expected: str) -> None:
    with pytest.raises(InvalidInput, match=expected) as refused:
        reading(file, content)
    assert refused.value.remedy
    assert "table.csv" in refused.value.detail


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="folder"):
        read(tmp_path)
    with pytest.raises(InvalidInput, match="no file"):
        read(tmp_path / "none.csv")


def test_a_header_without_rows_is_an_empty_table(file: Path) -> None:
    found = reading(file, lines())
    assert (found.contains, found.rows, found.rejected) == ("declarations", [], [])


def test_unknown_columns_are_reported_not_fatal(file: Path) -> None:
    found = reading(file, "Declaration_ID , BOX_NO,declared_at,colour,farbe\nA,B,2026-03-01,red,rot\n")
    assert names(found) == ["A"]
    assert found.unknown_columns == ("colour", "farbe")


def test_table_is_recognised_by_its_header(file: Path) -> None:
    header = "inspection_id,declaration_id,box_no,recorded_at,step,outcome,findings"
    found = reading(file, f"{header}\nI1,A,B,2026-03-01,box,violation,securing\nI2,A,B,2026-03-01,box,violation,\n")
    assert found.contains == "inspections"
    assert [row["inspection_id"] for row in found.rows] == ["I1"]
    assert faults(found) == [(3, "findings", "no_findings")]


def test_rows_of_one_box_must_agree_on_the_box(file: Path) -> None:
    found = reading(
        file, lines(line("A", un_no="1203"), line("A", "other"), line("A", un_no="1263"), line("B", "other"))
    )
    assert [(row["declaration_id"], row["un_no"]) for row in found.rows] == [
        ("A", "1203"),
        ("A", "1263"),
        ("B", "1203"),
    ]
    assert faults(found) == [(3, "shipper_name", "box_disagrees")]
    assert "row 2" in found.rejected[0].problems[0].message("en")


class TestJson:
    """JSON Lines, a row or a whole box on each line."""

    def test_invalid_line_is_refused_alone(self, file: Path) -> None:
        row = {"declaration_id": "A", "box_no": "B", "declared_at": "2026-03-01"}
        bad = ["{", "[1]", '"x"', '{"declaration_id": NaN}', "[" * 100_000, json.dumps(row | {"un_no": 1203.5})]
        found = reading(file, "\n".join([json.dumps(row), *bad, "", json.dumps(row | {"declaration_id": "Z"})]))
        assert names(found) == ["A", "Z"]
        assert [fault[0] for fault in faults(found)] == [2, 3, 4, 5, 6, 7]

    def test_a_box_with_line_items_is_as_many_rows(self, file: Path) -> None:
        box = {"declaration_id": "A", "box_no": "B", "declared_at": "2026-03-01", "line_items": [{}, {"un_no": "1203"}]}
        found = reading(file, json.dumps(box) + "\n" + json.dumps(box | {"declaration_id": "C", "line_items": []}))
        assert [(row["declaration_id"], row["line_no"], row["un_no"]) for row in found.rows] == [
            ("A", 1, None), ("A", 2, "1203"),
        ]  # fmt: skip
        assert faults(found) == [(2, "line_items", "no_line_items")]

    def test_one_document_over_several_lines_is_read_as_well(self, file: Path) -> None:
        box = {"declaration_id": "A", "box_no": "B", "declared_at": "2026-03-01", "line_items": [{"un_no": "1203"}]}
        assert names(reading(file, json.dumps(box, indent=1))) == ["A"]
        assert names(reading(file, json.dumps([box, box | {"box_no": "C"}], indent=1))) == ["A", "A"]


class TestParquet:
    """Parquet, with the types that other programs write."""

    def test_types_of_other_programs_are_read(self, tmp_path: Path) -> None:
        frame = pd.DataFrame(
            {
                "declaration_id": pd.Categorical(["A", "B"]),
                "box_no": ["B1", "B2"],
                "declared_at": pd.to_datetime(["2026-03-01T08:00:00.000000001"] * 2).as_unit("ns"),
                "un_no": [1203, 1263],
                "line_no": [1.0, float("nan")],
                "gross_mass_kg": [float("nan"), 10.5],
                "packed_on": pd.to_datetime(pd.Series(["2026-02-27", None])),
                "marine_pollutant": [True, None],
            }
        )
        table = pa.Table.from_pandas(frame, preserve_index=False)
        masses = pa.array([None, "12.25"], pa.string()).cast(pa.decimal128(10, 2))
        pq.write_table(table.append_column("net_mass_kg", masses), tmp_path / "table.parquet")
        first, second = read(tmp_path / "table.parquet").rows
        assert (first["un_no"], first["gross_mass_kg"], first["marine_pollutant"]) == ("1203", None, True)
        assert first["declared_at"].isoformat() == "2026-03-01T08:00:00+00:00"
        assert first["packed_on"].isoformat() == "2026-02-27"
        assert (second["line_no"], second["gross_mass_kg"], second["net_mass_kg"]) == (1, 10.5, 12.25)

    def test_invalid_row_is_refused_alone(self, tmp_path: Path) -> None:
        rows = {
            "declaration_id": ["A", "B"],
            "box_no": ["B", "B"],
            "declared_at": ["2026-03-01"] * 2,
            "un_no": [1203.5, None],
        }
        pd.DataFrame(rows).to_parquet(tmp_path / "table.parquet")
        found = read(tmp_path / "table.parquet")
        assert names(found) == ["B"]
        assert faults(found) == [(1, "un_no", "un_no")]
        assert json.loads(found.rejected[0].raw)["un_no"] == 1203.5

    def test_a_damaged_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "table.parquet"
        rows = {"declaration_id": ["A"] * 500, "box_no": ["B"] * 500, "declared_at": ["2026-03-01"] * 500}
        pd.DataFrame(rows).to_parquet(path)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(InvalidInput, match="Parquet"):
            read(path)
