"""Protects the choice of parameters: repeatable, forward in time, the smallest within a standard error, readable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.errors import InvalidInput, NotReady
from data.vocabulary import Family
from tests.worlds import dataset
from training.configuration import Choice, chosen, read, shipped
from training.evaluate import split_instant
from training.fit import Rows
from training.tune import Trying, rows_at, smallest, tune


def test_the_same_seed_chooses_the_same_and_the_file_gives_it_back(tmp_path: Path) -> None:
    everything = dataset(25_000, 730, 11)
    rows = rows_at(everything, everything.end, seed=1, threads=1)
    calls: list[tuple[Family, int]] = []
    first = tune([rows], 2, 1e9, 1, 1, "test", lambda family, done, least: calls.append((family, done)))
    assert calls == [(family, done) for family in Family for done in (1, 2)]
    assert tune([rows], 2, 1e9, 1, 1, "test") == first
    first.save(tmp_path / "training.json")
    assert chosen(tmp_path) == read(tmp_path / "training.json") == first


def test_rows_to_choose_by_know_nothing_from_the_instant_on() -> None:
    everything = dataset(12_000, 730)
    instant = split_instant(everything)
    early, late = (rows_at(everything, at, 1, 1)[Family.PACKING] for at in (instant, everything.end))
    assert len(early) < len(late)


def test_the_smallest_within_a_standard_error_is_taken_and_a_worse_one_is_not() -> None:
    noise = np.random.default_rng(2).normal(0.5, 0.3, 4_000)
    # Row by row a tenth better or worse: the mean is known to 0.0016.
    swing = np.tile([0.1, -0.1], 2_000)
    best = Trying(Choice({"num_leaves": 16}, 0.0), noise, np.ones(4_000), 3_000.0)
    alike = Trying(Choice({"num_leaves": 4}, 0.0), noise + swing + 0.001, np.ones(4_000), 200.0)
    worse = Trying(Choice({"num_leaves": 3}, 0.0), noise + swing + 0.02, np.ones(4_000), 100.0)
    assert smallest([best, alike, worse]) == alike.choice


def test_too_few_labels_say_so() -> None:
    nothing = Rows(np.zeros((5, 3)), np.zeros(5))
    with pytest.raises(NotReady, match="Too few labels"):
        tune([dict.fromkeys(Family, nothing)], 1, 1.0, 1, 1, "test")


def test_a_damaged_file_is_refused_with_the_way_back(tmp_path: Path) -> None:
    (tmp_path / "training.json").write_text("{", encoding="utf-8")
    with pytest.raises(InvalidInput, match="no training configuration"):
        chosen(tmp_path)
    assert chosen(tmp_path / "elsewhere") == shipped()
