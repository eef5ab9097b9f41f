"""Protects the registry: champion by alias, and a var folder that can be moved."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from data.errors import NotFound
from data.settings import Settings
from models.scoring.registry import Registry
from tests.models.scoring.test_risk_model import _model


def test_champion_survives_a_move_and_a_second_registration(tmp_path: Path) -> None:
    first = Registry(Settings(var=tmp_path / "here"))
    assert first.champion() is None
    number = first.register(_model(), {"a.b": 1.0}, {"seed": 1})
    assert first.champion() is None
    first.promote(number)
    shutil.move(tmp_path / "here", tmp_path / "there")
    moved = Registry(Settings(var=tmp_path / "there"))
    champion = moved.champion()
    assert champion is not None
    assert champion.version == _model().version
    again = moved.register(_model(), {"a.b": 2.0}, {"seed": 1})
    assert again != number
    assert not (tmp_path / "here").exists()
    row = np.zeros((1, len(champion.card.features)))
    assert np.array_equal(champion.log_odds(row), _model().log_odds(row))


def test_promoting_an_unknown_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="hazlane train"):
        Registry(Settings(var=tmp_path)).promote("7")
