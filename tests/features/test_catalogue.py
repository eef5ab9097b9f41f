"""Holds every feature to the rules of the catalogue."""

from __future__ import annotations

import inspect
from functools import partial

import numpy as np
import pytest

from data.texts import LANGUAGES, table
from features.catalogue import CATALOGUE, NAMES, fingerprint, matrix
from features.feature import Feature, Theme
from features.history import replay
from features.view import View
from tests.worlds import dataset


def test_at_least_forty_features_over_every_theme() -> None:
    assert len(CATALOGUE) >= 40
    assert {feature.theme for feature in CATALOGUE} == set(Theme)
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: str(feature.name))
def test_a_feature_is_described_and_phrased_in_both_languages(feature: Feature) -> None:
    for language in LANGUAGES:
        assert feature.describe(language)
        assert table()[f"phrase.{feature.key or feature.name}"][language]
        assert table()[f"reason.{feature.reason}"][language]


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: str(feature.name))
def test_the_docstring_of_a_feature_is_what_an_inspector_reads(feature: Feature) -> None:
    if not isinstance(feature.compute, partial):
        assert inspect.getdoc(feature.compute) == feature.describe("en")


def test_every_feature_varies_over_a_port_and_is_finite_or_unknown() -> None:
    boxes = dataset().boxes
    values = matrix(View(boxes, replay(boxes, dataset().log)))
    assert values.shape == (len(boxes), len(CATALOGUE))
    assert not np.isinf(values).any()
    dull = [name for name, column in zip(NAMES, values.T, strict=True) if len(np.unique(column[~np.isnan(column)])) < 2]
    # Lawful papers of the simulated port always agree with the list, and never claim reliefs.
    assert set(dull) <= {"class_differs", "group_differs", "name_differs", "limited_quantity"}


def test_a_box_without_optional_fields_has_features() -> None:
    from datetime import UTC, datetime

    from features.boxes import boxes_of_rows

    bare = {"declaration_id": "D", "box_no": "B", "declared_at": datetime(2026, 1, 1, tzinfo=UTC)}
    boxes = boxes_of_rows([bare])
    values = matrix(View(boxes, replay(boxes, dataset().log)))
    assert values.shape == (1, len(CATALOGUE))
    assert not np.isinf(values).any()


def test_the_fingerprint_is_stable_within_a_run_and_short() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16
