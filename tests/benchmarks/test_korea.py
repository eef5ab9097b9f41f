"""Protects the Korean benchmark from leaks, and its three figures: model, lookup table, unseen combinations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from benchmarks.korea import CHOICES, FOLDER, main
from benchmarks.public_data.korea_rows import ENTITIES, PARTIES, TUPLE, WORDS, Declarations, declarations, matrix, read
from benchmarks.public_data.korea_select import axes
from benchmarks.public_data.korea_trial import figures, lookup_scores, model_scores, unseen
from tests.shared import needs_shared


def _simulated_port() -> pd.DataFrame:
    """Declarations of the published shape, whose label travels with the goods."""
    random = np.random.default_rng(3)
    count = 1_500
    day = np.sort(random.integers(0, 540, count))
    # Goods of the last quarter that were never seen before.
    new = (day >= 456) & (random.random(count) < 0.3)
    goods = random.integers(0, 200, count) + np.where(new, 200, 0)
    table = pd.DataFrame({name: random.integers(0, 9, count).astype(str) for name in (*WORDS, *PARTIES)})
    fraud = (goods % 5 == 0) ^ (random.random(count) < 0.1)
    return table.assign(
        **{
            "Date": (pd.Timestamp("2020-01-01") + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"),
            "Declaration ID": np.arange(count).astype(str),
            "HS6 Code": [f"{10_000 + number:06d}" for number in goods],
            "Country of Departure": "CN",
            "Country of Origin": "CN",
            "Tax Rate": "8.0",
            "Tax Type": "A",
            "Net Mass": [f"{number}.5" for number in goods],
            "Item Price": (100 + random.random(count) * 50).round(2).astype(str),
            "Fraud": fraud.astype(int).astype(str),
            "Critical Fraud": fraud.astype(int).astype(str),
            "part": np.where(day < 366, "train", np.where(day < 456, "valid", "test")),
        }
    )


@pytest.fixture(scope="module")
def world() -> pd.DataFrame:
    return _simulated_port()


def _write(folder: Path, table: pd.DataFrame) -> Path:
    folder.mkdir(exist_ok=True)
    for part, rows in table.groupby("part"):
        rows.drop(columns="part").to_csv(folder / f"{part}.csv.gz", index=False)
    return folder


def _small(dates: list[str], masses: list[str], frauds: list[str]) -> Declarations:
    table = _simulated_port()[: len(dates)].assign(
        **{"Date": dates, "Net Mass": masses, "Fraud": frauds, "HS6 Code": "010121"}
    )
    return declarations(table)


@pytest.mark.parametrize("track", CHOICES)
def test_no_finding_or_id_of_a_scored_row_reaches_its_score(world: pd.DataFrame, track: str) -> None:
    rows = declarations(world)
    scored = rows.part("test")
    changed = world.assign(**{"Declaration ID": "0", "Critical Fraud": "2"})
    changed.loc[scored, "Fraud"] = "1"
    found = model_scores(rows, scored, CHOICES[track], 1, 1)
    assert np.array_equal(found, model_scores(declarations(changed), scored, CHOICES[track], 1, 1))
    assert np.array_equal(lookup_scores(rows, scored), lookup_scores(declarations(changed), scored))
    assert len(np.unique(found)) > 10


def test_a_declaration_reads_strictly_earlier_days_only(world: pd.DataFrame) -> None:
    rows = declarations(world)
    position = 800
    same_or_later = rows.days >= rows.days[position]
    flipped = world.assign(Fraud=np.where(same_or_later, "1", world["Fraud"]))
    dearer = world.assign(**{"Item Price": np.where(rows.days > rows.days[position], "9", world["Item Price"])})
    end, entities = int(rows.days.max()) + 1, ENTITIES
    known = matrix(rows, end, 365.0, entities)[position]
    assert np.array_equal(known, matrix(declarations(flipped), end, 365.0, entities)[position], equal_nan=True)
    assert np.array_equal(known, matrix(declarations(dearer), end, 365.0, entities)[position], equal_nan=True)
    earlier = world.assign(Fraud=np.where(same_or_later, world["Fraud"], "1"))
    assert not np.array_equal(known, matrix(declarations(earlier), end, 365.0, entities)[position], equal_nan=True)


def test_unseen_are_the_tuples_that_nothing_learned_from_has() -> None:
    dates = ["2020-01-01", "2020-01-02", "2020-02-01", "2020-02-01", "2020-02-02"]
    rows = _small(dates, ["1.0", "2.0", "2.0", "3.0", "3.0"], ["0", "1", "0", "0", "1"])
    scored = rows.days >= rows.days[2]
    # The last has its tuple in common only with another scored row.
    assert unseen(rows, scored).tolist() == [False, True, True]


def test_the_lookup_table_is_a_smoothed_rate_and_everyones_for_the_unseen() -> None:
    dates = ["2020-01-01"] * 4 + ["2020-02-01"] * 3
    rows = _small(dates, ["1.0", "1.0", "2.0", "2.0", "1.0", "2.0", "9.0"], ["1", "1", "0", "0", "0", "0", "1"])
    found = lookup_scores(rows, rows.days == rows.days.max())
    assert found == pytest.approx([(2 + 0.5) / 3, 0.5 / 3, 0.5])


def test_every_part_of_the_tuple_counts_and_codes_are_text(world: pd.DataFrame, tmp_path: Path) -> None:
    one = world[:1]
    for name in TUPLE:
        both = pd.concat([one, one.assign(**{name: "7"})])
        assert len(np.unique(declarations(both).tuples)) == 2
    assert read(_write(tmp_path / "korea", world)).table["HS6 Code"].str.len().eq(6).all()


def test_figures_measure_the_unseen_apart() -> None:
    truth = np.array([1.0, 0.0, 1.0, 0.0])
    found = figures(np.array([4.0, 3.0, 1.0, 2.0]), truth, np.array([False, False, True, True]), 1)
    assert (found["auc"], found["auc_unseen"], found["p_at_5"]) == (0.5, 0.0, 0.0)


def test_only_the_track_with_the_tuple_keeps_its_history() -> None:
    met = [value for _, values in axes(False) for value in values if isinstance(value, tuple)]
    assert all("tuple" not in entities for entities in (*met, CHOICES["model"].entities))
    assert "tuple" in CHOICES["model_with_tuple"].entities


def test_reports_model_table_and_unseen_together(tmp_path: Path, world: pd.DataFrame) -> None:
    folder = _write(tmp_path / "korea", world)
    answer = CliRunner().invoke(main, ["--json", "--folder", str(folder)], catch_exceptions=False)
    assert answer.exit_code == 0
    found = json.loads(answer.output.splitlines()[-1])
    for part in (found, found["train_only"]):
        for track in (*CHOICES, "lookup", "logistic_regression", "random"):
            assert part[track].keys() == {"p_at_5", "p_at_10", "auc", "ap", "auc_unseen"}
    assert found["train_only"]["test"]["rows"] == found["test"]["rows"]
    assert found["train_only"]["test"]["unseen_rows"] >= found["test"]["unseen_rows"]
    assert found["lookup"]["auc"] > 0.75 > 0.6 > found["random"]["auc"]
    assert found["lookup"]["auc_unseen"] == 0.5
    assert found["published"]["lightgbm"] == {"p_at_5": 0.762, "p_at_10": 0.641}


def test_absent_data_is_reported(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["--json", "--folder", str(tmp_path / "nowhere")], catch_exceptions=False)
    assert answer.exit_code == 0
    assert "absent" in json.loads(answer.output.splitlines()[-1])["skipped"]


@needs_shared("benchmarks/korea_customs")
def test_the_published_lookup_table_is_found_again() -> None:
    rows = read(FOLDER)
    rows = rows.where(~rows.part("valid"))
    scored = rows.part("test")
    found = figures(lookup_scores(rows, scored), rows.truth[scored], unseen(rows, scored), 1)
    assert (found["p_at_5"], found["p_at_10"]) == pytest.approx((0.998, 0.988), abs=0.01)
    assert found["auc"] == pytest.approx(0.970, abs=0.01)
