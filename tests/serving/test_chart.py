"""The chart of the reasons: position, length and order of its bars for any contributions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vocabulary import Family
from serving.pages.chart import chart


def assessment(contributions: list[tuple[Family, float]]) -> dict[str, Any]:
    reasons = [
        {"code": f"r{i}", "family": family, "contribution": value, "text": {"en": f"en {i}", "zh": f"zh {i}"}}
        for i, (family, value) in enumerate(contributions)
    ]
    return {
        "reasons": reasons,
        "base": {"declaration": 0.0, "packing": -2.0, "papers": -3.0},
        "probability": {"declaration": 0.1, "packing": 0.6, "papers": 0.3},
    }


@given(st.lists(st.tuples(st.sampled_from(list(Family)), st.floats(-12, 12)), max_size=12))
def test_bars_stay_inside_and_touch_the_zero_line(contributions: list[tuple[Family, float]]) -> None:
    drawn = chart(assessment(contributions), "en")
    bars = [bar for group in drawn.groups for bar in group.bars]
    assert len(bars) == len(contributions)
    assert 0 <= drawn.zero <= 100
    for bar in bars:
        assert bar.x >= -0.01
        assert bar.x + bar.width <= 100 + 0.02
        edge = bar.x if bar.contribution > 0 else bar.x + bar.width
        assert edge == pytest.approx(drawn.zero, abs=0.02)


def test_one_scale_for_all_families() -> None:
    """Twice the log-odds has twice the length, in another family too."""
    drawn = chart(assessment([(Family.DECLARATION, 2.0), (Family.PAPERS, -1.0)]), "en")
    widths = {bar.contribution: bar.width for group in drawn.groups for bar in group.bars}
    assert widths[2.0] == pytest.approx(2 * widths[-1.0], abs=0.02)


def test_families_are_ordered_by_probability() -> None:
    drawn = chart(assessment([]), "zh")
    assert [group.family for group in drawn.groups] == ["packing", "papers", "declaration"]
    assert drawn.groups[-1].base == 0.5


def test_lack_of_evidence_is_marked_and_reasons_without_kind_are_read() -> None:
    reported = assessment([(Family.PACKING, 1.0), (Family.PACKING, 0.5)])
    reported["reasons"][0]["kind"] = "lack_of_evidence"
    bars = next(group.bars for group in chart(reported, "en").groups if group.bars)
    assert [bar.is_lacking for bar in bars] == [True, False]


def test_texts_are_in_the_chosen_language() -> None:
    groups = chart(assessment([(Family.PACKING, 1.0)]), "zh").groups
    assert groups[0].bars[0].words == "zh 0"
