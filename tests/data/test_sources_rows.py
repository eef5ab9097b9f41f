"""Validation of rows: harmless variants are normalised, ambiguous values are refused with a remedy."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidInput
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS
from data.sources.problems import Problem, encodable, shown
from data.sources.rows import rows_of_box, validate_declaration, validate_inspection
from data.texts import table
from tests.data.examples import AT, declaration, inspection, raw_declaration, raw_inspection


def problems_of(**changes: Any) -> dict[str | None, str]:
    """Column and key of each problem of a declaration with `changes`."""
    row, problems = validate_declaration(raw_declaration(**changes))
    assert (row is None) == bool(problems)
    return {problem.column: problem.key for problem in problems}


def inspection_problems_of(**changes: Any) -> dict[str | None, str]:
    row, problems = validate_inspection(raw_inspection(**changes))
    assert (row is None) == bool(problems)
    return {problem.column: problem.key for problem in problems}


def test_the_examples_of_the_dictionary_are_valid() -> None:
    assert set(declaration()) == {column.name for column in DECLARATION_COLUMNS}
    assert set(inspection()) == {column.name for column in INSPECTION_COLUMNS}


@pytest.mark.parametrize(
    ("column", "written", "read"),
    [
        ("un_no", "UN1203", "1203"),
        ("un_no", " UN 1203 ", "1203"),
        ("un_no", 1203, "1203"),
        ("manifest_un_no", "un1203", "1203"),
        ("vessel_imo", "IMO 9354351", "9354351"),
        ("box_no", "msku 123456-5", "MSKU1234565"),
        ("box_no", "shipper's own 1", "SHIPPER'S OWN 1"),
        ("packing_group", "ii", "II"),
        ("load_port", "cndlc", "CNDLC"),
        ("flow", "EXPORT", "export"),
        ("hs_code", "3208.90", "320890"),
        ("hs_code", 320890, "320890"),
        ("marine_pollutant", "yes", True),
        ("marine_pollutant", "Y", True),
        ("marine_pollutant", "是", True),
        ("marine_pollutant", 1, True),
        ("marine_pollutant", "FALSE", False),
        ("marine_pollutant", "否", False),
        ("marine_pollutant", 0.0, False),
        ("package_count", "80.0", 80),
        ("package_count", 80.0, 80),
        ("net_mass_kg", " 17000.5 ", 17000.5),
        ("shipper_name", "\u3000大连\t化工\n有限公司 ", "大连 化工 有限公司"),
        ("shipper_name", "\ufeffABC", "ABC"),
        ("shipper_name", "  ", None),
        ("shipper_name", None, None),
        ("amendment_no", "", 0),
        ("declared_at", "2026-03-01T08:30:00+08:00", datetime(2026, 3, 1, 0, 30, tzinfo=UTC)),
        ("declared_at", "2026-03-01 08:30", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("declared_at", "2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("declared_at", datetime(2026, 3, 1, 8), datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("packed_on", "2026-02-27T00:00:00", date(2026, 2, 27)),
        ("packed_on", datetime(2026, 2, 27), date(2026, 2, 27)),
    ],
)
def test_harmless_variants_are_normalised(column: str, written: Any, read: Any) -> None:
    found = declaration(**{column: written})[column]
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("column", "written", "key"),
    [
        ("declaration_id", "", "missing"),
        ("box_no", None, "missing"),
        ("declared_at", "  ", "missing"),
        ("un_no", "1203.0", "un_no"),
        ("un_no", 1203.0, "un_no"),
        ("un_no", "336", "un_no"),
        ("un_no", "１２０３", "un_no"),
        ("un_no", ["1203"], "text"),
        ("un_no", True, "text"),
        ("hs_code", "3208.9", "pattern"),
        ("packing_group", "IV", "pattern"),
        ("load_port", "Dalian", "pattern"),
        ("gross_mass_kg", "18,250", "number"),
        ("gross_mass_kg", "18250 kg", "number"),
        ("gross_mass_kg", "nan", "finite"),
        ("gross_mass_kg", float("nan"), "finite"),
        ("gross_mass_kg", "-inf", "finite"),
        ("gross_mass_kg", "-1", "range"),
        ("gross_mass_kg", 1e9, "range"),
        ("gross_mass_kg", True, "number"),
        ("gross_mass_kg", {}, "number"),
        ("package_count", "1.5", "integer"),
        ("package_count", "many", "integer"),
        ("flash_point_c", "-300", "range"),
        ("marine_pollutant", "perhaps", "flag"),
        ("marine_pollutant", 2, "flag"),
        ("flow", "sideways", "code"),
        ("declared_at", "2026-02-30T00:00:00Z", "instant"),
        ("declared_at", "01/03/2026", "day_or_month"),
        ("declared_at", 1772353800, "instant"),
        ("declared_at", "1899-12-31", "impossible_date"),
        ("declared_at", "9999-12-31T23:59:59-12:00", "impossible_date"),
        ("loading_at", "2036-03-04", "too_late"),
        ("produced_on", "2062-01-01", "too_late"),
        ("packed_on", "2026-13-01", "date"),
        ("packed_on", "2026-02-27T10:00:00", "date"),
        ("packed_on", "0001-01-01", "impossible_date"),
        ("shipper_name", "M\udcfcller", "undecodable"),
        ("shipper_name", "\ud800", "undecodable"),
        ("shipper_name", "a\x00b", "control_character"),
        ("shipper_name", "x" * 2001, "too_long"),
    ],
)  # fmt: skip
def test_ambiguous_values_are_refused(column: str, written: Any, key: str) -> None:
    assert problems_of(**{column: written}) == {column: key}


@pytest.mark.parametrize(
    ("column", "written", "named"),
    [
        ("gross_mass_kg", "-1", "千克"),
        ("flash_point_c", "-300", "摄氏度"),
        ("inner_volume_l", "-1", "升"),
        ("oil_percent", "101", "百分数"),
        ("activity_bq", "-1", "贝可"),
        ("amendment_no", "-1", "9912312359"),
        ("package_count", "-1", "10000000"),
        ("line_no", "0", "9999"),
        ("transport_index", "-1", "1000"),
    ],
)
def test_the_remedy_of_a_limit_fits_the_column(column: str, written: str, named: str) -> None:
    _, (problem,) = validate_declaration(raw_declaration(**{column: written}))
    assert named in problem.remedy("zh")
    assert all(unit not in problem.remedy("zh") for unit in {"千克", "摄氏度"} - {named})


def test_the_remedy_of_a_probability_speaks_of_no_unit() -> None:
    _, (problem,) = validate_inspection(raw_inspection(selection_probability="2"))
    assert problem.remedy("en").startswith("Write a probability from 0 to 1")
    assert "概率" in problem.remedy("zh")


def test_all_faults_of_a_row_are_reported() -> None:
    assert problems_of(un_no="9", declared_at="", tare_kg="-1", shipper_name="\udcfc") == {
        "un_no": "un_no", "declared_at": "missing", "tare_kg": "range", "shipper_name": "undecodable",
    }  # fmt: skip


def test_disagreeing_masses_are_accepted() -> None:
    assert declaration(net_mass_kg=20000, gross_mass_kg=18000)["net_mass_kg"] == 20000


def test_filing_a_year_ahead_is_refused() -> None:
    ahead = AT + timedelta(days=367)
    raw = raw_declaration(declared_at=ahead.isoformat(), loading_at="", packed_on="", produced_on="")
    assert validate_declaration(raw)[0] is not None
    _, problems = validate_declaration(raw, AT)
    assert [(problem.column, problem.key) for problem in problems] == [("declared_at", "year_ahead")]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"inspected_at": "2026-03-06"}, {"inspected_at": "inspected_later"}),
        ({"findings": "explosive"}, {"findings": "unknown_finding"}),
        ({"findings": ""}, {"findings": "no_findings"}),
        ({"outcome": "compliant"}, {"findings": "compliant_with_findings"}),
        ({"outcome": "guilty"}, {"outcome": "code"}),
        ({"selection_probability": "1.01"}, {"selection_probability": "range"}),
        ({"step": ""}, {"step": "missing"}),
        ({"outcome": "pending", "findings": ""}, {}),
        ({"outcome": "compliant", "findings": ""}, {}),
        ({"inspected_at": "", "selection_probability": "", "selected_by": ""}, {}),
    ],
)
def test_contradictory_inspections_are_refused(changes: dict[str, str], problems: dict[str, str]) -> None:
    assert inspection_problems_of(**changes) == problems


def test_findings_are_normalised() -> None:
    assert inspection(findings=" Placarding；misdeclared ;placarding; ")["findings"] == "placarding;misdeclared"


def test_json_box_gives_a_row_per_line_item() -> None:
    rows = rows_of_box({"declaration_id": "D", "line_items": [{"un_no": "1203"}, {"un_no": "1263", "line_no": 7}]})
    assert rows == [
        {"declaration_id": "D", "un_no": "1203", "line_no": 1},
        {"declaration_id": "D", "un_no": "1263", "line_no": 7},
    ]


@pytest.mark.parametrize("document", [None, [], "x", {}, {"line_items": []}, {"line_items": [1]}, {"line_items": {}}])
def test_json_of_another_structure_is_refused(document: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        rows_of_box(document)
    assert refused.value.remedy


_ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes() | st.binary()
)


@given(st.dictionaries(st.sampled_from([column.name for column in DECLARATION_COLUMNS]), _ANYTHING))
def test_no_value_raises(changes: dict[str, Any]) -> None:
    """Every problem can be shown in both languages and stored, for any value."""
    row, problems = validate_declaration(raw_declaration(**changes), AT)
    assert (row is None) == bool(problems)
    for problem in problems:
        assert problem.column in {column.name for column in DECLARATION_COLUMNS}
        assert str(problem.as_dict()).encode()


def test_problems_have_message_and_remedy() -> None:
    keys = {key.removeprefix("problem.") for key in table() if key.startswith("problem.")}
    assert keys == {key.removeprefix("remedy.").split(".")[0] for key in table() if key.startswith("remedy.")}
    for language in ("en", "zh"):
        for key in keys:
            places = {
                name
                for kind in ("problem", "remedy")
                for name in re.findall(r"{(\w+)}", table()[f"{kind}.{key}"][language])
            }
            problem = Problem(key, "un_no", "9", dict.fromkeys(places - {"column", "value"}, "?"))
            assert problem.message(language)
            assert problem.remedy(language)


def test_undecodable_bytes_are_shown() -> None:
    assert encodable("M\udcfcller") == r"M\xfcller"
    assert encodable("\ud800") == r"\ud800"
    assert len(shown("x" * 1000)) == 80
