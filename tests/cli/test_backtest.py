"""Protects `hazlane backtest`: figures and report from a store, errors with remedy, exit codes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.test_commands import _run
from tests.worlds import world


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated port's tables in a store."""
    folder = tmp_path_factory.mktemp("past")
    world().write(folder)
    done = _run(folder, "ingest", str(folder / "declarations.csv"), str(folder / "inspections.csv"), "--json")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_backtest_writes_its_report_and_logs_it(port: Path) -> None:
    done = _run(
        port, "backtest", "--every", "90", "--capacity", "0.08", "--random", "0.02", "--random-new", "0.03", "--json"
    )
    assert done.returncode == 0, done.stderr
    reported = json.loads(done.stdout)
    kept = [reported["policy"][name] for name in ("capacity", "random", "random_new", "max_useless_share")]
    assert kept == [0.08, 0.02, 0.03, 1.0]
    assert len(reported["periods"]) == 2
    hits = reported["overall"]["replayed"]["estimates"]["doubly_robust"]["hits"]
    assert 0 <= hits["low"] <= hits["high"] <= reported["overall"]["replayed"]["openings"]
    page = Path(reported["report"])
    assert page.parent == port / "var" / "backtests" / reported["name"]
    assert "策略回溯" in page.read_text(encoding="utf-8")
    with sqlite3.connect(port / "var" / "mlflow.db") as database:
        logged = dict(database.execute("SELECT key, value FROM latest_metrics").fetchall())
        (artifacts,) = database.execute("SELECT artifact_uri FROM runs").fetchone()
    assert logged["replayed.hits.value"] == pytest.approx(hits["value"])
    assert (Path(artifacts.removeprefix("file://")) / "report" / "backtest.html").exists()


def test_errors_have_a_remedy(port: Path, tmp_path: Path) -> None:
    place = ("--out", str(port / "declarations.csv" / "x"))
    refused = {
        # The folder is checked before the replay, which would refuse the day.
        "Not a directory": _run(port, "backtest", "--from", "2019-01-01", *place),
        "The store has no declarations": _run(tmp_path, "backtest"),
        "lies outside the log": _run(port, "backtest", "--from", "2019-01-01"),
        "larger than the capacity": _run(port, "backtest", "--capacity", "0.01", "--random", "0.5"),
        "Lower --random-new or raise HAZLANE_CAPACITY_SHARE.": _run(tmp_path, "backtest", "--random-new", "1"),
        "Lower --random or raise --capacity.": _run(tmp_path, "backtest", "--random", "1", "--capacity", "0.1"),
        "new shippers (0.02) is larger": _run(tmp_path, "backtest", "--capacity", "0.01"),
    }
    for words, done in refused.items():
        assert done.returncode == 1
        assert words in done.stderr
        assert "remedy:" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", [("--every", "0"), ("--capacity", "2"), ("--from", "yesterday")])
def test_wrong_usage_has_exit_code_2(tmp_path: Path, option: tuple[str, str]) -> None:
    done = _run(tmp_path, "backtest", *option)
    assert done.returncode == 2
    assert f"Invalid value for '{option[0]}'" in done.stderr
