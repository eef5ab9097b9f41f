"""The oracle is calibrated, and no model with the same information is better."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from data.simulator import selecting
from data.simulator.goods import goods
from tests.worlds import world

BOXES, DAYS, SEED = 40_000, 730, 2026
FAMILIES = ("declaration", "packing", "papers")


def _oracle() -> pd.DataFrame:
    return world(BOXES, DAYS, SEED).oracle


def _columns(family: str) -> tuple[NDArray[Any], NDArray[Any]]:
    oracle = _oracle()
    if family == "opening":
        truth = oracle["truth_declaration"] | oracle["truth_packing"]
        return truth.to_numpy(), oracle["probability_opening"].to_numpy()
    return oracle[f"truth_{family}"].to_numpy(), oracle[f"probability_{family}"].to_numpy()


def _log_loss(truth: NDArray[Any], probability: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(-np.log(np.where(truth == 1, probability, 1 - probability)))


@pytest.mark.parametrize("family", [*FAMILIES, "opening"])
def test_oracle_is_calibrated(family: str) -> None:
    """In every band of probability, that share of the boxes has a violation."""
    truth, probability = _columns(family)
    order = np.argsort(probability)
    for band in np.array_split(order, 25):
        expected = probability[band].mean()
        deviation = np.sqrt((probability[band] * (1 - probability[band])).sum()) / len(band)
        assert truth[band].mean() == pytest.approx(expected, abs=4 * deviation)


@pytest.mark.parametrize("family", [*FAMILIES, "opening"])
def test_recalibration_gains_nothing(family: str) -> None:
    """The logistic regression on the log-odds is the identity."""
    from sklearn.linear_model import LogisticRegression

    truth, probability = _columns(family)
    log_odds = np.log(probability / (1 - probability))[:, None]
    half = np.arange(len(truth)) % 2 == 0
    line = LogisticRegression(C=1e6).fit(log_odds[half], truth[half])
    recalibrated = line.predict_proba(log_odds[~half])[:, 1]
    gain = _log_loss(truth[~half], probability[~half]) - _log_loss(truth[~half], recalibrated)
    assert line.coef_[0, 0] == pytest.approx(1, abs=0.07)
    assert gain.mean() < 3 * gain.std() / np.sqrt(len(gain)) + 1e-4


def _known_to_the_oracle() -> NDArray[np.float64]:
    """Visible fields and hidden behaviour of every box, (boxes, columns), in the order of the oracle."""
    hidden = world(BOXES, DAYS, SEED).hidden
    traffic, declared, details, practices = hidden.traffic, hidden.declared, hidden.details, hidden.practices
    who = traffic.shipper
    columns = np.column_stack(
        [
            hidden.prior[:, 1:],
            hidden.shippers.fraud_pattern[who], hidden.shippers.clumsy[who], hidden.shippers.boldness[who],
            practices.packer_before[traffic.packer], practices.packer_after[traffic.packer],
            traffic.loading_day - practices.packer_changes[traffic.packer],
            practices.packer_kind[traffic.packer] == goods().class_group[declared.goods],
            practices.vague[traffic.forwarder], practices.weighing[traffic.forwarder],
            declared.goods, goods().concern[declared.goods], goods().dangerous[declared.goods],
            declared.booking, declared.manifest, declared.manifest_un_no, declared.manifest_mass_differs,
            declared.hours_step, declared.phone_missing, declared.certificate_missing, declared.fill,
            declared.vgm_steps, declared.weighed_steps, details.box_type, details.lines, details.packed_days,
            traffic.region, traffic.loading_day, details.amended,
        ]
    )  # fmt: skip
    return np.asarray(columns[np.argsort(hidden.declaration_id)], dtype=np.float64)


@pytest.mark.parametrize("family", ["declaration", "packing"])
def test_no_model_exceeds_the_oracle(family: str) -> None:
    """A model trained on the truth, with all information of the oracle, does not improve on it."""
    import lightgbm

    truth, probability = _columns(family)
    known = _known_to_the_oracle()
    log_odds = np.log(probability / (1 - probability))
    half = np.random.default_rng(1).random(len(truth)) < 0.5
    settings = {"objective": "binary", "num_leaves": 8, "learning_rate": 0.05, "min_data_in_leaf": 100,
                "verbosity": -1, "num_threads": 1, "seed": 1, "deterministic": True}  # fmt: skip
    alone = lightgbm.train(settings, lightgbm.Dataset(known[half], truth[half]), 60)
    atop = lightgbm.train(settings, lightgbm.Dataset(known[half], truth[half], init_score=log_odds[half]), 60)
    raised = 1 / (1 + np.exp(-(log_odds[~half] + np.asarray(atop.predict(known[~half], raw_score=True)))))
    rest, exact = truth[~half], _log_loss(truth[~half], probability[~half])
    for rival in (np.asarray(alone.predict(known[~half])), raised):
        gain = exact - _log_loss(rest, np.clip(rival, 1e-6, 1 - 1e-6))
        assert gain.mean() < 3 * gain.std() / np.sqrt(len(gain))
    top = len(rest) // 20
    found = {
        name: int(rest[np.argsort(-score)[:top]].sum())
        for name, score in (("oracle", probability[~half]), ("rival", np.asarray(alone.predict(known[~half]))))
    }
    assert found["oracle"] >= found["rival"] - 2 * np.sqrt(found["oracle"])


def test_base_rates() -> None:
    """About 11 % of the boxes are deficient, in shares by family that follow published figures."""
    oracle = _oracle()
    anything = oracle[[f"truth_{family}" for family in FAMILIES]].max(axis=1).mean()
    assert 0.095 < anything < 0.135
    assert 0.018 < oracle["truth_declaration"].mean() < 0.032
    assert 0.038 < oracle["truth_packing"].mean() < 0.064
    assert 0.04 < oracle["truth_papers"].mean() < 0.06


def test_difficulty() -> None:
    """At 5 % capacity the oracle is far from perfect, and the officers' rule far from the oracle."""
    truth, probability = _columns("opening")
    hidden = world(BOXES, DAYS, SEED).hidden
    order = np.argsort(hidden.declaration_id)
    score = selecting.points(hidden.declared, hidden.details)[order] + np.random.default_rng(1).random(len(truth))
    top = len(truth) // 20
    oracle = truth[np.argsort(-probability)[:top]].sum()
    points = truth[np.argsort(-score)[:top]].sum()
    assert 0.45 < oracle / top < 0.75
    assert 0.3 < oracle / truth.sum() < 0.55
    assert truth.mean() * top < points < 0.45 * oracle
