"""Protects the rules that every feature of the catalogue follows."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records import DECLARATION_COLUMNS
from data.texts import LANGUAGES, table
from features.boxes import boxes_of_rows
from features.checks.stage import check
from features.definitions.catalogue import CATALOGUE, NAMES, matrix
from features.definitions.context import FeatureContext
from features.definitions.feature import Feature, Theme
from features.definitions.papers import amendments
from features.history.state import replay
from models.scoring.expected_harm import hazard
from tests.worlds import dataset


def test_at_least_forty_features_over_every_theme() -> None:
    assert len(CATALOGUE) >= 40
    assert {feature.theme for feature in CATALOGUE} == set(Theme)
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: str(feature.name))
def test_a_feature_is_described_and_phrased_in_both_languages(feature: Feature) -> None:
    for language in LANGUAGES:
        assert feature.describe(language)
        explaining_feature = feature.explained_by or feature
        assert table()[f"phrase.{explaining_feature.key or explaining_feature.name}"][language]
        assert table()[f"reason.{feature.reason}"][language]


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: str(feature.name))
def test_the_docstring_of_a_feature_is_what_an_inspector_reads(feature: Feature) -> None:
    if inspect.isfunction(feature.compute):
        assert inspect.getdoc(feature.compute) == feature.describe("en")


def test_every_feature_varies_over_a_port_and_is_finite_or_unknown() -> None:
    boxes = dataset().boxes
    values = matrix(FeatureContext(boxes, replay(boxes, dataset().log)))
    assert values.shape == (len(boxes), len(CATALOGUE))
    assert not np.isinf(values).any()
    dull = [name for name, column in zip(NAMES, values.T, strict=True) if len(np.unique(column[~np.isnan(column)])) < 2]
    # Lawful papers of the simulated port always agree with the list, and never claim reliefs.
    # The rules for charcoal begin in 2026, after this port's years; other cargoes of concern are few.
    # Its bookings state no mass.
    assert set(dull) <= {"limited_quantity", "concern_discrepancies", "booking_disagreement"}


@pytest.mark.parametrize("count", [1, 2_000])
def test_a_feature_alone_equals_its_column_of_the_matrix(count: int) -> None:
    boxes = dataset().boxes.take(np.arange(count) + 1_000)
    profiles = replay(boxes, dataset().log)
    values = matrix(FeatureContext(boxes, profiles))
    differ = [
        feature.name
        for column, feature in enumerate(CATALOGUE)
        if feature.compute(FeatureContext(boxes, profiles)).tobytes() != values[:, column].tobytes()
    ]
    assert not differ


def test_no_boxes_have_no_features() -> None:
    none = dataset().boxes.take(np.zeros(0, dtype=np.int64))
    assert matrix(FeatureContext(none, replay(none, dataset().log))).shape == (0, len(CATALOGUE))


def test_a_box_without_optional_fields_has_features() -> None:
    bare = {"declaration_id": "D", "box_no": "B", "declared_at": datetime(2026, 1, 1, tzinfo=UTC)}
    boxes = check(boxes_of_rows([bare]))
    values = matrix(FeatureContext(boxes, replay(boxes, dataset().log)))
    assert values.shape == (1, len(CATALOGUE))
    assert not np.isinf(values).any()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_value_a_pattern_accepts_has_features(data: st.DataObject) -> None:
    """A row that was accepted stays in the store: it must never stop a service or a training."""
    row: dict[str, object] = {
        column.name: data.draw(st.from_regex(column.pattern, fullmatch=True))
        for column in DECLARATION_COLUMNS
        if column.pattern
    }
    row |= {"declaration_id": "D", "box_no": "B", "declared_at": datetime(2026, 1, 1, tzinfo=UTC)}
    boxes = check(boxes_of_rows([row]))
    values = matrix(FeatureContext(boxes, replay(boxes, dataset().log)))
    assert not np.isinf(values).any()
    assert (hazard(boxes) > 0).all()


@pytest.mark.parametrize("hazard_class", ["1.1M", "3I", "8P", "6.1R", "1.1Q", "", "x"])
def test_a_class_that_is_none_does_not_stop_the_others(hazard_class: str) -> None:
    row = {"declaration_id": "D", "box_no": "B", "declared_at": datetime(2026, 1, 1, tzinfo=UTC)}
    boxes = check(boxes_of_rows([{**row, "un_no": "1203", "hazard_class": hazard_class}]))
    assert len(boxes) == 1


def test_an_amendment_without_a_number_counts_as_one() -> None:
    """Its number is its instant (yymmddhhmm): as a count, it would be thousands of millions."""
    boxes = dataset().boxes.take(np.arange(1))
    boxes.box["amendment_no"][:] = 2603020830.0
    context = FeatureContext(boxes, replay(boxes, dataset().log))
    assert amendments(context).tolist() == [1.0]
