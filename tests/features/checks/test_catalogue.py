"""The catalogue of checks: documented, bilingual, pure, and without discrepancies on the lawful port."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from hypothesis import given, settings

from benchmarks.verification import measured
from data.reference.dangerous_goods import entries
from data.reference.segregation import Goods, between, compatible_explosives
from data.simulator.faults import FAULTS
from data.vocabulary import Lane, SelectedBy
from features.boxes import boxes_of_rows
from features.checks.catalogue import CATALOGUE
from features.checks.documentation import page
from features.checks.request_letter import request
from features.checks.stage import check
from models.policy.lanes import Policy
from tests.data.examples import Row
from tests.data.test_sources_roundtrip import declarations
from tests.features.checks.boxes import CHARCOAL, PAINT, found_in

DOCS = Path(__file__).parents[3] / "docs" / "checks.md"


def test_codes_are_unique_and_the_page_is_up_to_date() -> None:
    assert len({check.code for check in CATALOGUE}) == len(CATALOGUE)
    assert DOCS.read_text(encoding="utf-8") == page()


def test_the_docstring_of_a_check_is_its_english_text() -> None:
    """The English text of a check is its docstring, so that the code and the officer read the same."""
    for one in CATALOGUE:
        if not isinstance(one.function, partial):
            assert one.function.__doc__ == one.describe("en"), one.code


def test_a_discrepancy_has_message_and_request_in_both_languages() -> None:
    [found] = found_in(CHARCOAL | {"packing_temp_c": 55.0})
    reported = found.as_dict()
    assert (reported["code"], reported["severity"], reported["rule"]) == (
        "charcoal_temperature",
        "severe",
        "3.3 SP978 (42-24)",
    )
    assert all("55 °C" in reported["message"][language] for language in ("en", "zh"))
    assert reported["request"]["en"] != reported["request"]["zh"]
    letter = request("D1", "MSKU1234565", [reported], "zh")
    assert letter.startswith("申报单 D1、集装箱 MSKU1234565")
    assert reported["request"]["zh"] in letter
    assert request("D1", "MSKU1234565", [], "zh") == ""


@given(rows=declarations())
@settings(max_examples=60, deadline=None)
def test_the_checks_accept_every_valid_declaration(rows: list[Row]) -> None:
    boxes = check(boxes_of_rows(rows))
    for place in range(len(boxes)):
        for one in boxes.checks.discrepancies(place):
            assert one.message("en")
            assert one.message("zh")
            assert one.request("zh")


def test_a_lawful_port_has_no_discrepancies_and_planted_faults_are_found() -> None:
    run = measured(seed=5, boxes=4_000)
    assert run["lawful"] > 1_500
    assert run["accused"] == 0
    planted, seen = run["planted"], run["seen"]
    assert {code for code, count in planted.items() if count and seen[code] < 0.9 * count} == set()
    assert set(FAULTS) <= {check.code for check in CATALOGUE}


def test_severe_discrepancies_have_an_amber_floor_and_decide_nothing_else() -> None:
    policy = Policy(capacity=0.05, random=0.01, papers=0.1, salt="s")
    risks, names = np.zeros(200), [f"D{number}" for number in range(200)]
    severe = np.arange(200) < 50
    quantiles = np.linspace(0, 100, 101)
    without = policy.decide(risks, names, quantiles)
    floored = policy.decide(risks, names, quantiles, severe)
    assert set(without.lanes) == {Lane.GREEN, Lane.RED}
    assert all(lane is not Lane.GREEN for lane in floored.lanes[:50])
    assert floored.lanes[50:] == without.lanes[50:]
    assert floored.selected_by.count(SelectedBy.RULE) == sum(one is Lane.GREEN for one in without.lanes[:50])
    assert (floored.selection_probability == without.selection_probability).all()


def test_segregation_is_symmetric_and_never_between_a_substance_and_itself() -> None:
    goods = [
        Goods(entry.un_no, entry.hazard_class, " ".join(entry.subsidiary_hazards or ())) for entry in entries()[::37]
    ]
    for first in goods:
        assert between(first, first) == (0, "")
        for second in goods:
            assert between(first, second)[0] == between(second, first)[0]
    assert between(Goods("1263", "3"), Goods("1486", "5.1"))[0] == 2
    assert between(Goods("1789", "8"), Goods("1680", "6.1")) in ((2, "SG35"), (2, "SG49"))
    assert compatible_explosives("D", "E")
    assert not compatible_explosives("B", "D")
    assert not compatible_explosives("L", "L")


def test_the_amendment_is_that_of_the_day_of_loading() -> None:
    late = {"packed_on": date(2026, 2, 20), "certificate_on": date(2026, 2, 20)}
    assert [one.code for one in found_in(CHARCOAL, **late)] == ["charcoal_dates"]
    assert found_in(PAINT) == []
