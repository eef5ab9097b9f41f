"""The format of numbers and instants on the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.pages.formatting import instant, odds, percent, quantity


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "0.0 %"), (0.0004, "< 0.1 %"), (0.034, "3.4 %"), (0.0996, "10 %"), (0.38, "38 %"), (1.0, "100 %")],
)
def test_percent_has_two_significant_digits(share: float, written: str) -> None:
    assert percent(share) == written


@pytest.mark.parametrize(
    ("contribution", "written"), [(0.6931472, "×2.0"), (-0.6931472, "÷2.0"), (0.01, "≈ 1"), (3.0, "×20")]
)
def test_odds_are_a_factor(contribution: float, written: str) -> None:
    assert odds(contribution) == written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_odds_never_overflow(contribution: float) -> None:
    assert odds(contribution)[0] in "×÷≈"


@pytest.mark.parametrize(
    ("value", "written"), [(17000.0, "17,000"), (0.02, "0.02"), (12.345, "12.3"), (float("nan"), ""), ("1A", "1A")]
)
def test_quantities_have_three_significant_digits(value: Any, written: str) -> None:
    assert quantity(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2026-03-04T16:00:00+00:00", "2026-03-04 16:00"),
        (datetime(2026, 3, 4, 16, 0, 30, tzinfo=UTC), "2026-03-04 16:00"),
        (date(2026, 2, 27), "2026-02-27"),
    ],
)
def test_instants_are_shown_to_the_minute(value: Any, written: str) -> None:
    assert instant(value) == written
