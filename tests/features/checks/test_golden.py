"""Each check reports its smallest offence, and does not report the nearest lawful case."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from data.records import BOX_COLUMNS
from data.vocabulary import Severity
from features.boxes import boxes_of_rows
from features.checks.catalogue import CATALOGUE
from features.checks.stage import check
from tests.features.checks import (
    cases_box,
    cases_concern,
    cases_identity,
    cases_officer,
    cases_papers,
    cases_properties,
    cases_quantity,
    cases_segregation,
    cases_undeclared,
)
from tests.features.checks.boxes import (
    ACID,
    AEROSOLS,
    ALKALI,
    BATTERIES,
    BOX,
    CARTRIDGES,
    CHARCOAL,
    ETHANOL,
    FISH_MEAL,
    GAS,
    HYPOCHLORITE,
    ISOTOPE,
    OXIDIZER,
    PAINT,
    PEROXIDE,
    PESTICIDE,
    REEFER,
    RICE,
    SEED_CAKE,
    TOXIC,
    TOYS,
    VEHICLES,
    Cases,
    Lawful,
    Row,
    found_in,
    rows_of,
)

_BY_TOPIC = (
    cases_identity, cases_properties, cases_quantity, cases_box, cases_segregation, cases_papers, cases_concern,
    cases_undeclared, cases_officer,
)  # fmt: skip
CASES: Cases = [case for topic in _BY_TOPIC for case in topic.CASES]
LAWFUL: Lawful = {name: case for topic in _BY_TOPIC for name, case in topic.LAWFUL.items()}
_BOX = {column.name for column in BOX_COLUMNS}
# These have no discrepancy, not even an advisory.
_PERFECT = {
    "paint": [PAINT], "ethanol": [ETHANOL], "acid": [ACID], "alkali": [ALKALI], "toxic": [TOXIC],
    "pesticide": [PESTICIDE], "oxidizer": [OXIDIZER], "charcoal": [CHARCOAL], "hypochlorite": [HYPOCHLORITE],
    "batteries": [BATTERIES], "vehicles": [VEHICLES], "seed cake": [SEED_CAKE], "fish meal": [FISH_MEAL],
    "cartridges": [CARTRIDGES], "isotope": [ISOTOPE], "aerosols": [AEROSOLS], "toys": [TOYS], "rice": [RICE],
    "gas": [GAS], "paint and ethanol": [PAINT, ETHANOL], "paint and toys": [PAINT, TOYS], "rice and toys": [RICE, TOYS],
}  # fmt: skip


def rows_of_case(goods: Row | Sequence[Row], changes: Row) -> list[Row]:
    """The rows of a case's box, with its changes."""
    lines = [goods] if isinstance(goods, dict) else list(goods)
    box = {name: value for name, value in changes.items() if name in _BOX}
    lines[-1] = lines[-1] | {name: value for name, value in changes.items() if name not in _BOX}
    return rows_of(*lines, **box)


def _raised(goods: Row | Sequence[Row], changes: Row) -> set[str]:
    """Codes of what is found, each also with its severity."""
    found = check(boxes_of_rows(rows_of_case(goods, changes))).checks.discrepancies(0)
    return {name for one in found for name in (one.code, f"{one.code}:{one.severity.value}")}


@pytest.mark.parametrize("name", _PERFECT)
def test_a_perfect_box_has_not_even_an_advisory(name: str) -> None:
    assert [one.message("en") for one in found_in(*_PERFECT[name])] == []


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_box_has_no_discrepancy_above_an_advisory(name: str) -> None:
    goods, box = LAWFUL[name]
    reported = found_in(*goods, **box)
    assert [one.message("en") for one in reported if one.severity is not Severity.ADVISORY] == []


def test_temperature_controlled_goods_in_a_reefer_have_no_discrepancy() -> None:
    assert found_in(PEROXIDE, **REEFER) == []


@pytest.mark.parametrize(("code", "goods", "offence", "lawful"), CASES)
def test_each_check_reports_its_smallest_offence_and_not_the_nearest_lawful_case(
    code: str, goods: Row | tuple[Row, ...], offence: Row, lawful: Row
) -> None:
    assert code in _raised(goods, offence)
    assert code not in _raised(goods, lawful)


def test_there_are_cases_for_every_check() -> None:
    assert {check.code for check in CATALOGUE} == {case[0].split(":")[0] for case in CASES}
    assert 2 * len(CASES) + len(LAWFUL) + len(_PERFECT) >= 200


def test_a_box_without_statements_has_no_discrepancy() -> None:
    bare = {"declaration_id": "D1", "box_no": "MSKU1234565", "declared_at": BOX["declared_at"], "line_no": 1}
    assert check(boxes_of_rows([bare])).checks.discrepancies(0) == ()
