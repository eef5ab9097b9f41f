"""Protects the risk model: exact sums, native files, other features refused, ranking cases."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from data.vocabulary import Family
from features.definitions.catalogue import NAMES
from features.definitions.context import FeatureContext
from features.history.state import replay
from models.explanation.reasons import reasons
from models.scoring.expected_harm import finding_probability, hazard, risk
from models.scoring.risk_model import RiskModel, load
from models.scoring.rules import RULES, RulesBaseline
from models.scoring.scorer import probability
from tests.worlds import dataset
from training.fitting.train_at import train_at


@cache
def _model() -> RiskModel:
    everything = dataset()
    return train_at(everything, everything.end, seed=1, threads=1)


def test_contributions_sum_to_the_log_odds() -> None:
    everything = dataset()
    features = everything.features(everything.boxes.take(np.arange(500)))
    for model in (_model(), RulesBaseline()):
        total = model.contributions(features).sum(axis=2)
        assert np.allclose(total, model.log_odds(features), rtol=0, atol=1e-9)


def test_reasons_and_base_sum_to_each_familys_log_odds() -> None:
    everything = dataset()
    boxes = everything.boxes.take(np.arange(200))
    profiles = replay(boxes, everything.log)
    features = everything.features(boxes)
    parts = _model().contributions(features)
    for row, (reported, base) in enumerate(reasons(FeatureContext(boxes, profiles), features, parts, _model().medians)):
        for index, family in enumerate(Family):
            total = base[family.value] + sum(r["contribution"] for r in reported if r["family"] == family.value)
            assert abs(total - parts[row, index].sum()) < 1e-9
        assert all(reason["text"]["en"] and reason["text"]["zh"] for reason in reported)


def test_a_model_is_the_same_after_saving(tmp_path: Path) -> None:
    everything = dataset()
    features = everything.features(everything.boxes.take(np.arange(300)))
    _model().save(tmp_path)
    assert np.array_equal(load(tmp_path).log_odds(features), _model().log_odds(features))
    assert {path.suffix for path in tmp_path.iterdir()} == {".txt", ".json"}
    load(tmp_path).save(tmp_path / "again")
    assert load(tmp_path / "again").version == _model().version


def test_one_row_and_many_rows_score_alike() -> None:
    everything = dataset()
    features = everything.features(everything.boxes.take(np.arange(400)))
    many = _model().log_odds(features)
    single = np.concatenate([_model().log_odds(row[None, :]) for row in features])
    assert np.array_equal(many, single)


@pytest.mark.parametrize("name", ["shipper_declaration_rate", "packer_packing_rate", "weighed_disagreement"])
def test_monotone_features_never_lower_their_familys_risk(name: str) -> None:
    everything = dataset()
    features = everything.features(everything.boxes.take(np.arange(200)))
    family = 1 if "packing" in name else 0
    column = NAMES.index(name)
    grid = np.nanquantile(features[:, column], np.linspace(0, 1, 12))
    odds = []
    for value in grid:
        changed = features.copy()
        changed[:, column] = value
        odds.append(_model().log_odds(changed)[:, family])
    assert (np.diff(np.array(odds), axis=0) >= 0).all()


def test_rules_rank_a_suspicious_box_above_a_clean_one() -> None:
    clean = np.zeros((1, len(NAMES)))
    suspicious = clean.copy()
    suspicious[0, NAMES.index("suspected_goods")] = 1
    suspicious[0, NAMES.index("phone_missing")] = 1
    odds = RulesBaseline().log_odds(np.concatenate([clean, suspicious]))
    assert (odds[1, [0, 2]] > odds[0, [0, 2]]).all()
    assert {rule.feature for rule in RULES} <= set(NAMES)


def test_risk_rises_with_every_probability_and_stays_in_bounds() -> None:
    boxes = dataset().boxes
    hazards = hazard(boxes)
    assert (hazards > 0).all()
    assert (hazards <= 1).all()
    low, high = np.full((len(boxes), 3), 0.1), np.full((len(boxes), 3), 0.9)
    assert (risk(high, hazards) > risk(low, hazards)).all()
    assert risk(np.ones((1, 3)), np.ones(1))[0] <= 100
    assert finding_probability(np.array([[0.5, 0.5, 1.0]]))[0] == 0.75
    assert probability(np.zeros(1))[0] == 0.5
