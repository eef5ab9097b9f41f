"""One definition of each fact: checks, features, counters and rules agree on it, for a number and for a column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.definitions.filing import hours_before_loading, is_late
from data.definitions.masses import ON_PAPERS, WEIGHINGS, Tolerance, disagree
from data.definitions.opened import is_concluded_opening, is_opening, openings
from data.definitions.unstated import MAY_SAY_NOTHING, NEVER_ZERO, is_stated
from data.records import DECLARATION_COLUMNS
from features.boxes import boxes_of_rows
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.definitions import papers, quantity
from features.definitions.context import FeatureContext
from features.definitions.filing_behaviour import filing_behaviour
from features.history.counters import NO_PROFILES
from tests.features.checks.boxes import BOX, PAINT, TOYS, rows_of
from tests.features.checks.test_stage import golden
from tests.worlds import dataset

TANK = {"box_type": "22T6"}
FUMIGATED = {"un_no": "3359", "hazard_class": "9", "packing_group": None}
CERTIFICATES: dict[str, tuple[dict[str, Any], bool]] = {
    "stated": ({}, False),
    "none": ({"packing_certificate_no": None}, True),
    "a word for nothing": ({"packing_certificate_no": "N/A"}, True),
    "import": ({"packing_certificate_no": None, "flow": "import"}, False),
    "flow unknown": ({"packing_certificate_no": None, "flow": None}, False),
    "tank box": ({"packing_certificate_no": None, **TANK}, False),
    "tank on the line": ({"packing_certificate_no": None, "packaging_code": "TK"}, False),
    "fumigated unit": ({"packing_certificate_no": None, **FUMIGATED}, False),
    "general cargo": ({"packing_certificate_no": None, **dict.fromkeys(PAINT, None), **TOYS}, False),
}
PHONES: dict[str, tuple[dict[str, Any], bool]] = {
    "given": ({}, False),
    "none": ({"emergency_phone": None}, True),
    "too short": ({"emergency_phone": "120"}, True),
    "one digit": ({"emergency_phone": "0000000000"}, True),
    "fumigated unit": ({"emergency_phone": None, **FUMIGATED}, False),
    "general cargo": ({"emergency_phone": None, **dict.fromkeys(PAINT, None), **TOYS}, False),
}


def one_box(**changes: Any) -> CheckedBoxes:
    return check(boxes_of_rows([BOX | PAINT | changes]))


def codes(boxes: CheckedBoxes) -> list[set[str]]:
    return [{one.code for one in boxes.checks.discrepancies(place)} for place in range(len(boxes))]


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificate_missing_by_check_and_feature(name: str) -> None:
    changes, missing = CERTIFICATES[name]
    box = one_box(**changes)
    assert ("certificate_missing" in codes(box)[0]) is missing
    assert papers.certificate_missing(FeatureContext(box, NO_PROFILES)).tolist() == [float(missing)]


@pytest.mark.parametrize("name", PHONES)
def test_phone_missing_by_check_and_feature(name: str) -> None:
    changes, missing = PHONES[name]
    box = one_box(**changes)
    assert ("emergency_phone" in codes(box)[0]) is missing
    assert papers.phone_missing(FeatureContext(box, NO_PROFILES)).tolist() == [float(missing)]


def test_papers_missing_are_the_same_to_checks_and_features() -> None:
    """Over all golden cases and a simulated port."""
    for boxes in (golden(), dataset().boxes):
        context, found = FeatureContext(boxes, NO_PROFILES), codes(boxes)
        for code, feature in (
            ("certificate_missing", papers.certificate_missing),
            ("emergency_phone", papers.phone_missing),
        ):
            reported = np.array([code in some for some in found])
            assert np.array_equal(feature(context), reported.astype(float))
            assert reported.any()
            assert not reported.all()


def test_late_filing_is_the_same_to_checks_and_ledger() -> None:
    for hours, late in ((23.99, True), (24.0, False), (-1.0, True)):
        loading = datetime.fromtimestamp(BOX["declared_at"].timestamp() + hours * 3600, UTC)
        box = one_box(loading_at=loading, packed_on=None, certificate_on=None)
        assert ("filed_late" in codes(box)[0]) is late
        assert filing_behaviour(box)["filed_late"].tolist() == [late]
    box = one_box(loading_at=None)
    assert filing_behaviour(box)["filed_late"].tolist() == [False]
    boxes = dataset().boxes
    reported = np.array(["filed_late" in some for some in codes(boxes)])
    assert not (reported & ~filing_behaviour(boxes)["filed_late"]).any()
    assert reported.any()


@pytest.mark.parametrize(
    ("changes", "disagrees"),
    [
        ({"weighed_kg": 21_400.0}, False),
        ({"weighed_kg": 21_460.0}, True),
        ({"weighed_kg": 19_440.0}, True),
        ({"weighed_kg": 0.0}, False),
        ({"vgm_kg": 0.0}, False),
        ({"vgm_kg": 0.0, "weighed_kg": 22_000.0}, False),
        ({"vgm_kg": 6_000.0, "weighed_kg": 6_450.0, "gross_mass_kg": 3_800.0, "net_mass_kg": 3_000.0}, False),
        ({"vgm_kg": 6_000.0, "weighed_kg": 6_510.0, "gross_mass_kg": 3_800.0, "net_mass_kg": 3_000.0}, True),
        ({"vgm_kg": 30_000.0, "weighed_kg": 31_010.0, "gross_mass_kg": 27_800.0}, True),
    ],
)
def test_weighings_disagree_alike_for_check_and_ledger(changes: dict[str, float], disagrees: bool) -> None:
    """By 5 % or a tonne, and never by 500 kg or less; a zero is no weighing."""
    box = one_box(**changes)
    assert ("vgm_against_weighbridge" in codes(box)[0]) is disagrees
    assert quantity.weighings_disagree(FeatureContext(box, NO_PROFILES)).tolist() == [disagrees]
    assert filing_behaviour(box)["weights_disagree"].tolist() == [disagrees]


@pytest.mark.parametrize(
    ("lines", "stated", "disagrees"),
    [
        ((PAINT,), 18_250.0, False), ((PAINT,), 18_615.0, False), ((PAINT,), 18_616.0, True), ((PAINT,), 0.0, False),
        ((PAINT, TOYS), 18_250.0, False), ((PAINT, TOYS), 9_125.0, False), ((PAINT, TOYS), 8_000.0, True),
        ((PAINT, TOYS | {"gross_mass_kg": None}), 5_000.0, False), ((TOYS,), 1_000.0, True),
        ((TOYS | {"gross_mass_kg": 1_000.0},), 1_049.0, False), ((PAINT | {"gross_mass_kg": None},), 9_000.0, False),
    ],
)  # fmt: skip
def test_manifest_masses_disagree_alike_for_check_and_ledger(
    lines: tuple[dict[str, Any], ...], stated: float, disagrees: bool
) -> None:
    """With all goods and with the dangerous ones of them; papers round, and an unknown mass contradicts nothing."""
    rows = rows_of(*lines, manifest_gross_mass_kg=stated)
    box = check(boxes_of_rows(rows))
    assert ("mass_on_paper" in codes(box)[0]) is disagrees
    assert quantity.manifest_disagrees(FeatureContext(box, NO_PROFILES)).tolist() == [disagrees]


def test_definitions_agree_for_numbers_and_columns() -> None:
    rng = np.random.default_rng(5)
    first, second = rng.uniform(100, 40_000, 500), rng.uniform(100, 40_000, 500)
    first[::50], second[::70] = np.nan, np.nan
    for tolerance in (WEIGHINGS, *ON_PAPERS.values(), Tolerance(0.5, 0.0)):
        column = disagree(first, second, tolerance)
        assert column.tolist() == [
            disagree(a, b, tolerance) for a, b in zip(first.tolist(), second.tolist(), strict=True)
        ]
        assert not column[np.isnan(first) | np.isnan(second)].any()
    hours = hours_before_loading(first * 1e9, second * 1e9)
    pairs = zip((first * 1e9).tolist(), (second * 1e9).tolist(), strict=True)
    assert np.array_equal(hours, [hours_before_loading(a, b) for a, b in pairs], equal_nan=True)
    assert is_late(hours).tolist() == [is_late(one) for one in hours.tolist()]


def test_an_opening_is_an_inspection_of_the_box_itself() -> None:
    rows = pd.DataFrame({"step": ["box", "papers", "box"], "outcome": ["pending", "violation", "compliant"]})
    assert openings(rows).index.tolist() == [0, 2]
    assert [is_opening(step) for step in rows["step"]] == [True, False, True]
    pairs = zip(rows["step"], rows["outcome"], strict=True)
    assert [is_concluded_opening(step, outcome) for step, outcome in pairs] == [False, False, True]


def test_columns_with_unstated_values_exist() -> None:
    names = {column.name for column in DECLARATION_COLUMNS}
    assert names >= MAY_SAY_NOTHING
    assert names >= NEVER_ZERO
    assert [is_stated(text) for text in ("ZX1", None, "", "N/A", "无")] == [True, False, False, False, False]
