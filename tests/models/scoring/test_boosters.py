"""Protects the call for one row: the same bits as LightGBM's predict, from any thread, other shapes refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import lightgbm
import numpy as np
import pytest

from features.boxes import Numbers
from models.scoring.boosters import Output, SingleRow, Trees, single_row

ROWS, COLUMNS = 300, 12


@cache
def rows() -> Numbers:
    generator = np.random.default_rng(1)
    values = generator.normal(size=(ROWS, COLUMNS))
    values[generator.random(values.shape) < 0.2] = np.nan
    return values


@cache
def booster(linear: bool = False) -> lightgbm.Booster:
    truth = (np.nan_to_num(rows()).sum(axis=1) > 0).astype(float)
    settings = {"objective": "binary", "num_leaves": 7, "min_data_in_leaf": 5, "verbose": -1, "linear_tree": linear}
    return lightgbm.train(settings, lightgbm.Dataset(rows(), truth), num_boost_round=30)


def test_one_row_has_the_bits_of_many() -> None:
    trees, one_by_one = Trees(booster()), [rows()[[place]] for place in range(ROWS)]
    raw = np.concatenate([trees.raw_scores(row, 1) for row in one_by_one])
    parts = np.concatenate([trees.contributions(row, 1) for row in one_by_one])
    assert raw.tobytes() == np.asarray(booster().predict(rows(), raw_score=True)).tobytes()
    assert parts.tobytes() == np.asarray(booster().predict(rows(), pred_contrib=True)).tobytes()
    assert raw.tobytes() == trees.raw_scores(rows(), 1).tobytes()
    assert parts.tobytes() == trees.contributions(rows(), 1).tobytes()


def test_the_call_for_one_row_is_available() -> None:
    """Without it, answers would be right but as slow as `Booster.predict`."""
    assert all(isinstance(single_row(booster(), output), SingleRow) for output in Output)


def test_rows_of_any_layout_are_read_right() -> None:
    call = SingleRow(booster(), Output.RAW_SCORE)
    strided = np.repeat(rows(), 2, axis=1)[:1, ::2]
    assert not strided.flags.c_contiguous
    assert np.array_equal(call(strided), call(rows()[:1]))
    assert np.array_equal(call(rows()[:1].astype(np.float32)), call(rows()[:1].astype(np.float32).astype(np.float64)))


@pytest.mark.parametrize("shape", [(1, COLUMNS - 1), (1, COLUMNS + 1), (2, COLUMNS), (COLUMNS,)])
def test_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    """The library would read beyond the end of the row."""
    with pytest.raises(ValueError, match="needs shape"):
        SingleRow(booster(), Output.CONTRIBUTIONS)(np.zeros(shape))


def test_a_booster_that_the_call_refuses_uses_predict() -> None:
    assert single_row(booster(linear=True), Output.CONTRIBUTIONS) is None
    linear = Trees(booster(linear=True))
    assert np.array_equal(linear.raw_scores(rows()[:1], 1), linear.raw_scores(rows(), 1)[:1])


def test_threads_share_a_call() -> None:
    call = SingleRow(booster(), Output.CONTRIBUTIONS)
    places = list(range(ROWS)) * 4
    with ThreadPoolExecutor(4) as pool:
        parts = np.stack(list(pool.map(lambda place: call(rows()[[place]]), places)))
    assert np.array_equal(parts, Trees(booster()).contributions(rows(), 1)[places])
