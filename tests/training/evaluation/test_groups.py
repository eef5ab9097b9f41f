"""Protects the figures by group: which shippers are unknown, and predicted and observed share of each group."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.definitions.catalogue import NAMES
from models.planning.groups import MIN_GROUP_BOXES, OTHERS, groupings, new_shippers
from tests.worlds import dataset, world
from training.evaluation.evaluate import evaluate, summary
from training.evaluation.groups import by_group


def test_predicted_and_observed_by_hand() -> None:
    labels = {"flow": np.repeat(["export", "import"], MIN_GROUP_BOXES)}
    reported = np.repeat([0.2, 0.1], MIN_GROUP_BOXES)
    truth = np.tile([1.0, 0.0, 0.0, 0.0, 0.0], 2 * MIN_GROUP_BOXES // 5)
    groups = by_group(labels, reported, truth, np.ones(len(reported)))["flow"]
    assert {name: (row["boxes"], row["predicted"], row["observed"]) for name, row in groups.items()} == {
        "export": (MIN_GROUP_BOXES, 0.2, 0.2),
        "import": (MIN_GROUP_BOXES, 0.1, 0.2),
    }
    assert groups["export"]["observed_low"] < 0.2 < groups["export"]["observed_high"]
    assert (groups["export"]["opened"], groups["import"]["opened"]) == (0.1, 0.0)
    assert groups["export"]["precision"] == pytest.approx(0.2)
    assert groups["import"]["precision"] is None


def test_weights_count() -> None:
    labels = {"flow": np.repeat(["export"], MIN_GROUP_BOXES)}
    truth = np.zeros(MIN_GROUP_BOXES)
    truth[0] = 1.0
    weight = np.ones(MIN_GROUP_BOXES)
    weight[0] = MIN_GROUP_BOXES + 1
    row = by_group(labels, np.full(MIN_GROUP_BOXES, 0.5), truth, weight)["flow"]["export"]
    assert row["observed"] == pytest.approx(0.51)


def test_small_groups_are_combined() -> None:
    labels = {"origin": np.array(["CN"] * MIN_GROUP_BOXES + ["DE", "US"])}
    groups = by_group(
        labels, np.linspace(0, 1, MIN_GROUP_BOXES + 2), np.zeros(MIN_GROUP_BOXES + 2), np.ones(MIN_GROUP_BOXES + 2)
    )
    assert {name: row["boxes"] for name, row in groups["origin"].items()} == {"CN": MIN_GROUP_BOXES, OTHERS: 2}


def test_a_firm_is_unknown_until_its_first_box_was_declared() -> None:
    boxes = dataset().boxes.take(np.arange(4))
    features = np.full((4, len(NAMES)), np.nan)
    features[:, NAMES.index("shipper_declared")] = [np.nan, 0.0, np.log1p(0.5), np.log1p(51)]
    found = groupings(boxes, features)
    assert found["shipper"].tolist() == ["not named", "never seen before", "known", "known"]
    assert found["firm_size"].tolist() == ["not named", "none yet", "1 to 10", "over 50"]
    assert new_shippers(features).tolist() == [True, True, True, False]


def test_the_summary_has_groups_and_calibration_of_every_box() -> None:
    reported = summary(evaluate(dataset(), 1, 1, oracle=world().oracle))
    assert set(reported["groups"]) == {"shipper", "firm_size", "origin", "flow", "terminal"}
    for rows in reported["groups"].values():
        assert sum(row["boxes"] for row in rows.values()) == reported["evaluated_boxes"]
    assert all(slope["low"] <= slope["value"] <= slope["high"] for slope in reported["calibration_slope"].values())
    json.dumps(reported, allow_nan=False)
