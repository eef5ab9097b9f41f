"""Protects the port benchmark: the lookup's strict past, comparison models that learn, the arithmetic of the table,
kept trials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.reporting import output
from benchmarks.simulated_port import trial
from benchmarks.simulated_port.comparison_models import LEARNERS, Task, installed, training_set_at
from benchmarks.simulated_port.lookup import STRENGTH, best_columns, rates, tuples
from benchmarks.simulated_port.scenario_table import against_best_comparison, openings_saved, together
from data.vocabulary import Family
from features.history.counters import SUM
from features.history.entities import INDEX
from tests.worlds import dataset
from training.dataset import Dataset
from training.evaluation.evaluate import split_instant
from training.fitting.labels import labels_known


def test_a_lookup_counts_what_was_recorded_strictly_before() -> None:
    everything = dataset()
    log, boxes = everything.log.events, everything.boxes.take(np.arange(0, 4_000, 57))
    found = rates(log, boxes, ("packer", "substance"), Family.PACKING)
    columns = [INDEX["packer"], INDEX["substance"]]
    for place in range(len(boxes)):
        earlier = log.times < boxes.declared_at[place]
        alike = earlier & (log.keys[:, columns] == boxes.keys[place, columns]).all(axis=1)
        (opened, seen), (all_opened, all_seen) = (
            log.amounts[rows][:, [SUM["opened"], SUM["found_packing"]]].sum(axis=0) for rows in (alike, earlier)
        )
        known = float((boxes.keys[place, columns] != 0).all())
        port = (all_seen + 1) / (all_opened + 20)
        assert found[place] == pytest.approx((seen * known + STRENGTH * port) / (opened * known + STRENGTH))


def test_the_most_telling_tuple_is_one_of_those_tried() -> None:
    everything = dataset()
    training_set = training_set_at(everything, split_instant(everything))
    assert best_columns(everything.log.events, training_set, Family.PACKING) in tuples()


def test_comparison_models_get_the_rows_of_the_model() -> None:
    everything: Dataset = dataset()
    at = split_instant(everything)
    training_set, labels = training_set_at(everything, at), labels_known(everything, at)
    assert np.array_equal(training_set.values, labels.values, equal_nan=True)
    assert (training_set.boxes.declared_at < at).all()
    assert (
        training_set.boxes.declared_at[training_set.later].min()
        >= training_set.boxes.declared_at[~training_set.later].max()
    )


@pytest.mark.parametrize("name", installed())
def test_a_comparison_model_learns_and_is_deterministic(name: str) -> None:
    random = np.random.default_rng(1)
    features = random.normal(size=(900, 4))
    features[random.random((900, 4)) < 0.1] = np.nan
    features[:, 3] = np.nan
    truth = (random.random(900) < 1 / (1 + np.exp(2 - 2 * np.nan_to_num(features[:, 0])))).astype(float)
    task = Task(features[:600], truth[:600], np.ones(600), np.arange(600) >= 420, 1, 1)
    reported = LEARNERS[name](task, features[600:])
    assert reported[truth[600:] == 1].mean() > 1.5 * reported[truth[600:] == 0].mean()
    assert np.array_equal(reported, LEARNERS[name](task, features[600:]))


def _trial(model: float, other: float) -> dict[str, Any]:
    row = {"precision": 0.5, "recall": 0.4, "useless_rate": 0.5}
    shares = {"model": model, "xgboost": other, "random": 0.1, "oracle": 1.0}
    return {
        "policies": {
            policy: {
                capacity: {**row, "share_of_oracle": share, "expected_share_of_oracle": share}
                for capacity in ("0.02", "0.05", "0.1")
            }
            for policy, share in shares.items()
        },
        "openings": {c: {"model": 100, "xgboost": 125, "random": 900, "oracle": 50} for c in ("0.05", "0.1")},
        "calibration": {"packing": {"error": 0.01, "value": 1.0, "low": 0.9, "high": 1.1}},
        "groups": {"flow": {"export": {"boxes": 100, "predicted": 0.1, "observed": 0.05, "opened": 0.05}}},
    }


def test_the_distance_closed_is_from_the_best_comparison_model_to_the_oracle() -> None:
    trials = [_trial(0.90, 0.80), _trial(0.92, 0.84)]
    best = against_best_comparison(trials, "0.05")
    assert best["comparison_model"] == "xgboost"
    assert best["distance_closed"] == pytest.approx((0.91 - 0.82) / (1 - 0.82))
    assert best["ahead"] == pytest.approx(0.09)
    assert best["ahead_interval"][0] < 0.09 < best["ahead_interval"][1]


def test_openings_saved_are_of_the_larger_number() -> None:
    saved = openings_saved([_trial(0.9, 0.8)], "0.05")
    assert {name: row["saved"] for name, row in saved.items()} == {"xgboost": 25, "random": 800, "oracle": -50}
    assert (saved["xgboost"]["share"], saved["oracle"]["share"]) == (0.2, -0.5)
    assert "model" not in saved


def test_one_seed_has_no_interval() -> None:
    reported = together([_trial(0.9, 0.8)])
    assert reported["policies"]["model"]["0.05"]["interval"] is None
    assert reported["groups"]["flow"]["export"]["predicted_over_observed"] == 2.0


def test_a_kept_trial_is_made_again_only_by_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "FIGURES_FOLDER", tmp_path)
    name, code = "port/drift-1000-90-3", trial.code_digest(*trial.OWN)
    output.store_figures(name, {"code": code, "policies": {}})
    assert trial.trial("drift", 3, 1_000, 90, 1) == {"code": code, "policies": {}}
    with monkeypatch.context() as patched:
        patched.setattr(trial, "_tried", lambda *asked: {"policies": list(asked)})
        output.store_figures(name, {"code": "of other code", "policies": {}})
        made_again = {"code": code, "policies": ["drift", 3, 1_000, 90, 1]}
        assert trial.trial("drift", 3, 1_000, 90, 1) == made_again == output.stored_figures(name)
    assert sorted(path.name for path in (tmp_path / "port").iterdir()) == ["drift-1000-90-3.json"]
