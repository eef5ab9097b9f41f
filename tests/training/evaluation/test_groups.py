"""Protects the figures by kind of box: who counts as unknown, and what is told and seen of each group."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.definitions.catalogue import NAMES
from models.planning.groups import FEWEST_BOXES, OTHERS, groupings, new_shippers
from tests.worlds import dataset, world
from training.evaluation.evaluate import evaluate, summary
from training.evaluation.groups import by_group


def test_told_and_seen_by_hand() -> None:
    labels = {"flow": np.repeat(["export", "import"], FEWEST_BOXES)}
    told = np.repeat([0.2, 0.1], FEWEST_BOXES)
    truth = np.tile([1.0, 0.0, 0.0, 0.0, 0.0], 2 * FEWEST_BOXES // 5)
    groups = by_group(labels, told, truth, np.ones(len(told)))["flow"]
    assert {name: (row["boxes"], row["told"], row["seen"]) for name, row in groups.items()} == {
        "export": (FEWEST_BOXES, 0.2, 0.2),
        "import": (FEWEST_BOXES, 0.1, 0.2),
    }
    assert groups["export"]["seen_low"] < 0.2 < groups["export"]["seen_high"]
    assert (groups["export"]["opened"], groups["import"]["opened"]) == (0.1, 0.0)
    assert groups["export"]["precision"] == pytest.approx(0.2)
    assert groups["import"]["precision"] is None


def test_a_box_that_stands_for_many_counts_for_many() -> None:
    labels = {"flow": np.repeat(["export"], FEWEST_BOXES)}
    truth = np.zeros(FEWEST_BOXES)
    truth[0] = 1.0
    weight = np.ones(FEWEST_BOXES)
    weight[0] = FEWEST_BOXES + 1
    row = by_group(labels, np.full(FEWEST_BOXES, 0.5), truth, weight)["flow"]["export"]
    assert row["seen"] == pytest.approx(0.51)


def test_small_groups_stand_together() -> None:
    labels = {"origin": np.array(["CN"] * FEWEST_BOXES + ["DE", "US"])}
    groups = by_group(
        labels, np.linspace(0, 1, FEWEST_BOXES + 2), np.zeros(FEWEST_BOXES + 2), np.ones(FEWEST_BOXES + 2)
    )
    assert {name: row["boxes"] for name, row in groups["origin"].items()} == {"CN": FEWEST_BOXES, OTHERS: 2}


def test_a_firm_is_unknown_until_its_first_box_was_declared() -> None:
    boxes = dataset().boxes.take(np.arange(4))
    features = np.full((4, len(NAMES)), np.nan)
    features[:, NAMES.index("shipper_declared")] = [np.nan, 0.0, np.log1p(0.5), np.log1p(51)]
    found = groupings(boxes, features)
    assert found["shipper"].tolist() == ["not named", "never seen before", "known", "known"]
    assert found["firm_size"].tolist() == ["not named", "none yet", "1 to 10", "over 50"]
    assert new_shippers(features).tolist() == [True, True, True, False]


def test_the_card_tells_groups_and_calibration_of_every_box() -> None:
    told = summary(evaluate(dataset(), 1, 1, oracle=world().oracle))
    assert set(told["groups"]) == {"shipper", "firm_size", "origin", "flow", "terminal"}
    for rows in told["groups"].values():
        assert sum(row["boxes"] for row in rows.values()) == told["judged_boxes"]
    assert all(slope["low"] <= slope["value"] <= slope["high"] for slope in told["calibration_slope"].values())
    json.dumps(told, allow_nan=False)
