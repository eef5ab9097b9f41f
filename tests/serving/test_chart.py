"""The picture of the reasons: what its bars must keep, whatever the model says."""

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
    picture = chart(assessment(contributions), "en")
    bars = [bar for group in picture.groups for bar in group.bars]
    assert len(bars) == len(contributions)
    assert 0 <= picture.zero <= 100
    for bar in bars:
        assert bar.x >= -0.01
        assert bar.x + bar.width <= 100 + 0.02
        edge = bar.x if bar.contribution > 0 else bar.x + bar.width
        assert edge == pytest.approx(picture.zero, abs=0.02)


def test_one_scale_for_all_families() -> None:
    """Twice the log-odds is twice the length, also in another family."""
    picture = chart(assessment([(Family.DECLARATION, 2.0), (Family.PAPERS, -1.0)]), "en")
    widths = {bar.contribution: bar.width for group in picture.groups for bar in group.bars}
    assert widths[2.0] == pytest.approx(2 * widths[-1.0], abs=0.02)


def test_the_likeliest_family_stands_first_and_tells_its_base() -> None:
    picture = chart(assessment([]), "zh")
    assert [group.family for group in picture.groups] == ["packing", "papers", "declaration"]
    assert picture.groups[-1].base == 0.5


def test_want_of_evidence_is_drawn_apart_and_older_assessments_are_read() -> None:
    reported = assessment([(Family.PACKING, 1.0), (Family.PACKING, 0.5)])
    reported["reasons"][0]["kind"] = "lack_of_evidence"
    bars = next(group.bars for group in chart(reported, "en").groups if group.bars)
    assert [bar.is_lacking for bar in bars] == [True, False]


def test_words_are_in_the_readers_language() -> None:
    groups = chart(assessment([(Family.PACKING, 1.0)]), "zh").groups
    assert groups[0].bars[0].words == "zh 0"
