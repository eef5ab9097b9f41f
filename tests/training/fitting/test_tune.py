"""Protects tuning: repeatable, forward in time, the smallest within one standard error, valid files only."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import InvalidInput, NotReady
from data.vocabulary import Family
from tests.worlds import dataset
from training.evaluation.evaluate import split_instant
from training.fitting.configuration import BOUNDS, Choice, Configuration, chosen, read, shipped
from training.fitting.fit import Rows, fit
from training.fitting.tune import TriedChoice, rows_at, smallest, tune


def test_the_same_seed_gives_the_same_configuration(tmp_path: Path) -> None:
    everything = dataset(18_000, 730, 11)
    rows = rows_at(everything, everything.end, seed=1, threads=1)
    calls: list[tuple[Family, int]] = []
    first = tune([rows], 2, 1e9, 1, 1, "test", lambda family, done, least: calls.append((family, done)))
    assert calls == [(family, done) for family in Family for done in (1, 2)]
    assert tune([rows], 2, 1e9, 1, 1, "test") == first
    first.save(tmp_path / "training.json")
    assert chosen(tmp_path) == read(tmp_path / "training.json") == first


def test_rows_contain_nothing_from_the_instant_on() -> None:
    everything = dataset(18_000, 730, 11)
    instant = split_instant(everything)
    early, late = (rows_at(everything, at, 1, 1)[Family.PACKING] for at in (instant, everything.end))
    assert len(early) < len(late)


def test_the_smallest_within_a_standard_error_is_selected() -> None:
    noise = np.random.default_rng(2).normal(0.5, 0.3, 4_000)
    # Each row differs by 0.1 up or down: the standard error of the mean is 0.0016.
    swing = np.tile([0.1, -0.1], 2_000)
    best = TriedChoice(Choice({"num_leaves": 16}, 0.0), noise, np.ones(4_000), 3_000.0)
    alike = TriedChoice(Choice({"num_leaves": 4}, 0.0), noise + swing + 0.001, np.ones(4_000), 200.0)
    worse = TriedChoice(Choice({"num_leaves": 3}, 0.0), noise + swing + 0.02, np.ones(4_000), 100.0)
    assert smallest([best, alike, worse]) == alike.choice


def test_too_few_labels_are_refused() -> None:
    nothing = Rows(np.zeros((5, 3)), np.zeros(5))
    with pytest.raises(NotReady, match="Too few labels"):
        tune([dict.fromkeys(Family, nothing)], 1, 1.0, 1, 1, "test")


def test_too_few_labels_of_one_family_are_refused_before_any_search() -> None:
    plenty = Rows(np.zeros((600, 3)), np.tile([0.0, 1.0], 300))
    rows = {**dict.fromkeys(Family, plenty), list(Family)[-1]: Rows(np.zeros((5, 3)), np.zeros(5))}
    with pytest.raises(NotReady, match=list(Family)[-1].value):
        tune([rows], 1, 1.0, 1, 1, "test", lambda *arguments: pytest.fail("a search was made"))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "training.json").write_text("{", encoding="utf-8")
    with pytest.raises(InvalidInput, match="not a valid training configuration"):
        chosen(tmp_path)
    assert chosen(tmp_path / "elsewhere") == shipped()


@pytest.mark.parametrize(
    ("parameters", "weight_exponent", "message"),
    [
        ({"num_leaves": -3}, 0.0, "num_leaves is -3"),
        ({"num_leaves": 3.5}, 0.0, "num_leaves is 3.5, not a whole number"),
        ({"learning_rate": float("nan")}, 0.0, "learning_rate is nan"),
        ({"bagging_fraction": True}, 0.0, "bagging_fraction is True"),
        ({"objective": "regression"}, 0.0, "unknown parameter objective"),
        ({"weight_exponent": 0.5}, 0.0, "weight_exponent belongs beside the parameters"),
        ({}, "x", "weight_exponent is 'x'"),
        ([], 0.0, "not a valid training configuration"),
    ],
)
def test_unknown_or_invalid_parameters_are_refused(
    tmp_path: Path, parameters: object, weight_exponent: object, message: str
) -> None:
    shipped().save(tmp_path / "training.json")
    content = json.loads((tmp_path / "training.json").read_text(encoding="utf-8"))
    content["families"]["packing"] = {"parameters": parameters, "weight_exponent": weight_exponent}
    (tmp_path / "training.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InvalidInput, match=re.escape(message)):
        chosen(tmp_path)


def test_bounds_are_valid_and_trainable(tmp_path: Path) -> None:
    ends = [{name: bounds[end] for name, bounds in BOUNDS.items() if name != "weight_exponent"} for end in (0, 1)]
    for power, parameters in zip(BOUNDS["weight_exponent"], ends, strict=True):
        Configuration(dict.fromkeys(Family, Choice(parameters, power)), "test").save(tmp_path / "training.json")
        assert chosen(tmp_path).families[Family.PACKING] == Choice(parameters, power)
        rows = Rows(np.arange(200.0)[:, None], np.tile([0.0, 1.0], 100))
        assert fit(rows, np.arange(200) > 140, [0], 1, 1, parameters, power).trees > 0


def test_tips_alone_are_too_few_labels() -> None:
    port = dataset(6_000, 365, 11)
    tips = replace(port, selected_by=["tip"] * len(port.inspections))
    nothing = replace(port, inspections=[], selected_by=[], selection_probability=np.zeros(0))
    for scarce in (tips, nothing):
        with pytest.raises(NotReady, match="Too few labels"):
            tune([rows_at(scarce, port.end, 1, 1)], 1, 1.0, 1, 1, "test")
