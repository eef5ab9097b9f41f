"""Protects the Chicago benchmark from looking ahead, from the inspector where it must not know, and its metric."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from benchmarks.chicago import CHOICES, FOLDER, main
from benchmarks.public_data.chicago_rows import COLUMNS, ENTITIES, City, histories, read
from benchmarks.public_data.chicago_select import changes, start_of, validated
from benchmarks.public_data.chicago_trial import days_earlier, scores
from tests.shared import needs_shared

_TRACKS = ("with_inspector", "without_inspector")


def _write(folder: Path, rows: pd.DataFrame, raw: pd.DataFrame) -> Path:
    folder.mkdir(exist_ok=True)
    rows.to_csv(folder / "published_table.csv", index=False)
    raw.to_csv(folder / "inspections_to_2014-04-16.csv", index=False)
    return folder


def _simulated_port() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables in the published shape, where the inspector and the establishment both matter."""
    random = np.random.default_rng(7)
    training, test = 1_200, 200
    count = training + test
    day = np.sort(random.integers(0, 950, training)).tolist() + np.sort(random.integers(1_096, 1_150, test)).tolist()
    place = random.integers(0, 150, count)
    inspector = random.choice(["blue", "brown", "purple"], count)
    chance = np.where(inspector == "purple", 0.5, 0.1) + np.where(place % 5 == 0, 0.25, 0.0)
    found = random.random(count) < chance
    rows = pd.DataFrame({name: random.random(count).round(3) for group in COLUMNS.values() for name in group})
    rows = rows.assign(
        Inspection_Date=(pd.Timestamp("2011-09-02") + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"),
        License=place,
        DBA_Name=[f"House {number}" for number in place],
        Inspection_ID=np.arange(count),
        Facility_Type=np.where(place % 2, "Restaurant", "Grocery_Store"),
        Risk="Risk 1 (High)",
        Zip=60600.0 + place % 7,
        Inspector_Assigned=inspector,
        criticalFound=found.astype(float),
        published_xgb_score=chance,
        Train=np.arange(count) < training,
        Test=np.arange(count) >= training,
    )
    raw = rows[rows["Train"]].assign(criticalCount=found[:training] * 1.0, fail_flag=found[:training] * 1.0)
    raw = raw.assign(seriousCount=0.0, minorCount=1.0).drop(columns=["Inspector_Assigned", "criticalFound"])
    return rows, raw


@pytest.fixture(scope="module")
def world() -> tuple[pd.DataFrame, pd.DataFrame]:
    return _simulated_port()


def _scores(city: City, track: str) -> np.ndarray:
    scored = city.rows.flags("Test")
    return scores(city, CHOICES[track], int(city.rows.days[scored].min()), scored, seed=1, models=1)


@pytest.mark.parametrize("track", _TRACKS)
def test_no_outcome_split_score_or_id_of_a_scored_row_reaches_its_score(
    tmp_path: Path, world: tuple[pd.DataFrame, pd.DataFrame], track: str
) -> None:
    rows, raw = world
    changed, test = rows.copy(), rows["Test"]
    changed.loc[test, "criticalFound"] = 1 - changed.loc[test, "criticalFound"]
    changed.loc[test, "Inspection_ID"] += 90_000
    changed["published_xgb_score"] = changed["published_xgb_score"].to_numpy()[::-1]
    found = _scores(read(_write(tmp_path / "a", rows, raw)), track)
    assert np.array_equal(found, _scores(read(_write(tmp_path / "b", changed, raw)), track))
    assert len(np.unique(found)) > 10


@pytest.mark.parametrize("track", _TRACKS)
def test_outcomes_from_the_first_test_day_on_are_no_history(
    tmp_path: Path, world: tuple[pd.DataFrame, pd.DataFrame], track: str
) -> None:
    rows, raw = world
    test = rows[rows["Test"]].assign(criticalCount=3.0, seriousCount=3.0, minorCount=9.0, fail_flag=1.0)
    longer = pd.concat([raw, test[raw.columns]])
    found = _scores(read(_write(tmp_path / "a", rows, raw)), track)
    assert np.array_equal(found, _scores(read(_write(tmp_path / "b", rows, longer)), track))


def test_only_the_track_with_the_inspector_uses_the_inspector(
    tmp_path: Path, world: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    rows, raw = world
    changed = rows.assign(Inspector_Assigned=rows["Inspector_Assigned"].to_numpy()[::-1])
    one, other = read(_write(tmp_path / "a", rows, raw)), read(_write(tmp_path / "b", changed, raw))
    assert np.array_equal(_scores(one, "without_inspector"), _scores(other, "without_inspector"))
    assert not np.array_equal(_scores(one, "with_inspector"), _scores(other, "with_inspector"))


def test_history_is_strictly_earlier_and_delayed(tmp_path: Path, world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    city = read(_write(tmp_path, *world))
    days, raw_days = city.rows.days, city.raw.days
    never_decays = 1e12
    for delay in (0, 100):
        profiles = histories(city.rows, city.raw, int(days[900]), delay, never_decays)
        known = raw_days[raw_days < days[900]]
        expected = [(known + delay < day).sum() for day in days]
        assert np.allclose(profiles.sums[:, ENTITIES.index("city"), 0], expected)


def test_days_earlier_hands_out_the_actual_days_by_score() -> None:
    days, truth = np.array([10, 11, 12, 20]), np.array([0.0, 0.0, 1.0, 1.0])
    assert days_earlier(np.array([0.1, 0.2, 0.8, 0.9]), truth, days) == pytest.approx(
        (2 - 1 + 20 - 11 + 10 - 10) / 2 + 0.5
    )
    assert days_earlier(np.array([4.0, 3.0, 2.0, 1.0]), truth, days) == 0.0


def test_the_search_of_the_track_without_the_inspector_never_meets_one() -> None:
    start = start_of(False)
    assert "inspector" not in (*start.groups, *start.entities, *(value for _, value in changes(False)))
    assert ("entities", "inspector") in changes(True)
    assert "inspector" not in (*CHOICES["without_inspector"].groups, *CHOICES["without_inspector"].entities)


@pytest.mark.parametrize("track", _TRACKS)
def test_validation_does_not_read_the_test_rows(
    tmp_path: Path, world: tuple[pd.DataFrame, pd.DataFrame], track: str
) -> None:
    rows, raw = world
    found = validated(read(_write(tmp_path / "a", rows, raw)), CHOICES[track], 1)
    assert found == validated(read(_write(tmp_path / "b", rows[rows["Train"]], raw)), CHOICES[track], 1)


def test_reports_both_tracks_beside_what_was_published(
    tmp_path: Path, world: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    folder = _write(tmp_path / "chicago", *world)
    answer = CliRunner().invoke(main, ["--json", "--folder", str(folder)], catch_exceptions=False)
    assert answer.exit_code == 0
    found = json.loads(answer.output.splitlines()[-1])
    for track in (*_TRACKS, "random", "published_xgb_score"):
        assert {"days", "first_half", "auc", "p_at_5", "p_at_10", "ap"} <= found[track].keys()
    assert found["with_inspector"]["auc"] > 0.65 > 0.55 > found["random"]["auc"]
    assert found["with_inspector"]["days"] > found["random"]["days"] + 3
    assert found["published"]["glmnet"]["days"] == 7.44
    assert found["choices"]["without_inspector"].keys() == {
        field.name for field in fields(CHOICES["without_inspector"])
    }


def test_absent_data_is_reported(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["--json", "--folder", str(tmp_path / "nowhere")], catch_exceptions=False)
    assert answer.exit_code == 0
    assert "absent" in json.loads(answer.output.splitlines()[-1])["skipped"]


@needs_shared("benchmarks/chicago_food")
def test_the_real_tables_join_and_keep_the_test_rows_out_of_the_history() -> None:
    city = read(FOLDER)
    test = city.rows.where(city.rows.flags("Test"))
    assert (len(test.days), int(test.truth.sum())) == (1_637, 258)
    assert city.raw.days.max() < test.days.min()
    assert city.raw.table["Inspector_Assigned"].notna().sum() == city.rows.flags("Train").sum()
