"""Protects the page of figures: every benchmark's JSON becomes tables, and a benchmark that was not run is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.reporting.output import store_figures
from benchmarks.reporting.plain import number, plain
from benchmarks.reporting.port import drift, port


def test_rows_alike_make_one_table() -> None:
    lines = plain({"run": {"seed": 1}, "speed": 1234, "ours": {"precision": 0.5}, "theirs": {"precision": 0.25}})
    assert lines == [
        "Run: seed 1.",
        "",
        "| figure | value |",
        "| --- | --- |",
        "| speed | 1,234 |",
        "",
        "|  | precision |",
        "| --- | --- |",
        "| ours | 0.500 |",
        "| theirs | 0.250 |",
    ]


def test_numbers_are_short() -> None:
    assert [number(value) for value in (True, None, 0.12345, 12345.6, 12345, "as stated")] == [
        "yes", "-", "0.123", "12,346", "12,345", "as stated",
    ]  # fmt: skip


def test_a_benchmark_that_kept_nothing_is_named_as_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FIGURES_FOLDER", tmp_path)
    monkeypatch.setattr(report, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr("benchmarks.reporting.output.FIGURES_FOLDER", tmp_path)
    kept = {"command": "python -m benchmarks.checks", "commit": "abc1234", "figures": {"lines_per_second": 5}}
    store_figures("checks", kept)
    page = report.page()
    assert "Command: `python -m benchmarks.checks`. Measured at commit abc1234." in page
    assert "| lines_per_second | 5 |" in page
    assert "`python -m benchmarks.port` has not been run here." in page


def test_a_section_stays_until_its_benchmark_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FIGURES_FOLDER", tmp_path)
    monkeypatch.setattr(report, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr("benchmarks.reporting.output.FIGURES_FOLDER", tmp_path)
    for name, commit, value in (("checks", "abc1234", 5), ("names", "abc1234", 6)):
        store_figures(name, {"command": f"python -m benchmarks.{name}", "commit": commit, "figures": {"value": value}})
    first = report.page()
    report.PAGE.write_text(first, encoding="utf-8")
    assert report.page() == first
    (tmp_path / "names.json").unlink()
    store_figures("checks", {"command": "python -m benchmarks.checks", "commit": "def5678", "figures": {"value": 7}})
    later = report.page()
    assert "Measured at commit def5678." in later
    assert "| value | 7 |" in later
    assert "| value | 5 |" not in later
    assert "Measured at commit abc1234." in later
    assert "| value | 6 |" in later


def test_the_port_and_the_drift_have_tables_of_their_own() -> None:
    from benchmarks.simulated_port.scenario_table import together
    from tests.benchmarks.test_port import _trial

    run = {"boxes": 1000, "days": 90, "seeds": "1,2"}
    scenarios = {
        "drift": together([{**_trial(0.9, 0.8), "groups": _groups()}, {**_trial(0.8, 0.7), "groups": _groups()}])
    }
    text = "\n".join(port({"run": run, "scenarios": scenarios}))
    assert "the best of the others is XGBoost with 0.750" in text
    assert "40 % of the distance" in text
    arm = {
        "before": 0.8, "worst": 0.5, "worst_by_day": 30, "recovered_days": None, "by_seed": [45, None],
        "after_onset": 0.7, "after_onset_interval": None, "new_fraud_after_onset": 0.4, "curve": [[30, 0.5]],
        "new_fraud_curve": [[30, None]], "new_fraud_recovered_days": 120,
    }  # fmt: skip
    reported = "\n".join(drift({"run": run, "with_random": arm, "without_random": arm}))
    assert (
        "| with the random share | 0.800 | 0.500 (day 30) | not seen | 45, not seen | 0.700 | 0.400 | 120 |" in reported
    )


def _groups() -> dict[str, dict[str, dict[str, float]]]:
    row = {"boxes": 100, "predicted": 0.1, "observed": 0.05, "opened": 0.05}
    return {name: {"all": row} for name in ("shipper", "firm_size", "flow")}
