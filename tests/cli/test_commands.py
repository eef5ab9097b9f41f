"""Protects the command line: a port's export is ingested, trained on and assessed; errors and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from data.store import Store
from data.vocabulary import Family
from features.history.following import TABLES
from features.versions import history_version
from tests.worlds import world

ROOT = Path(__file__).parents[2]


def _run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HAZLANE_VAR": str(folder / "var"), **settings}
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "cli", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another port's export: names without ids, no packer, no terminal, dates without a time, semicolons."""
    folder = tmp_path_factory.mktemp("port")
    small = world()
    columns = ["declaration_id", "box_no", "declared_at", "shipper_name", "un_no", "hazard_class", "packing_group",
               "shipping_name", "description", "gross_mass_kg", "amendment_no"]  # fmt: skip
    rows = small.declarations[columns].copy()
    rows["declared_at"] = rows["declared_at"].dt.strftime("%Y-%m-%dT00:00:00+08:00")
    cut = rows["declared_at"].sort_values().iloc[int(len(rows) * 0.9)]
    rows[rows["declared_at"] < cut].to_csv(folder / "declarations.csv", index=False, sep=";", encoding="gb18030")
    rows[rows["declared_at"] >= cut].to_csv(folder / "new.csv", index=False)
    known = small.inspections["recorded_at"] < pd.Timestamp(cut)
    small.inspections[known].to_parquet(folder / "inspections.parquet")
    done = _run(folder, "ingest", str(folder / "declarations.csv"), str(folder / "inspections.parquet"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["quarantined"] == 0
    return folder


def test_an_export_is_assessed_with_three_commands(port: Path) -> None:
    trained = _run(port, "train", "--json")
    assert trained.returncode == 0, trained.stderr
    report = {path.name for path in (port / "var" / "mlruns").glob("*/artifacts/report/*.png")}
    assert report >= {f"shap_{family.value}.png" for family in Family}
    reported = _run(port, "assess", str(port / "new.csv"), "--out", str(port / "out.parquet"), "--json")
    assert reported.returncode == 0, reported.stderr
    assert json.loads(reported.stdout)["degraded"] is False
    table = pd.read_parquet(port / "out.parquet")
    assert list(table.columns) == [
        "declaration_id", "box_no", "risk", "probability_declaration", "probability_packing", "probability_papers",
        "lane", "selection_probability", "selected_by", "reasons",
    ]  # fmt: skip
    assert not table.duplicated(["declaration_id", "box_no"]).any()
    assert table["risk"].between(0, 100).all()
    assert table.filter(like="probability").apply(lambda column: column.between(0, 1)).all().all()
    assert set(table["lane"]) <= {"red", "amber", "green"}
    assert all(reason["text"]["zh"] for reason in json.loads(table["reasons"].iloc[0]))
    evaluated = _run(port, "evaluate", "--json")
    assert {"model", "rules", "table", "random"} == set(json.loads(evaluated.stdout)["policies"])


def test_a_rebuild_keeps_a_snapshot_of_any_history(port: Path) -> None:
    done = _run(port, "rebuild", "--json")
    assert done.returncode == 0, done.stderr
    store = Store.open(f"sqlite:///{port / 'var' / 'hazlane.db'}")
    last = store.last_event_nos()
    assert json.loads(done.stdout)["known_events"] == {name: last[name] for name in TABLES}
    assert store.snapshot_watermark(history_version()) == {name: last[name] for name in TABLES}
    store.close()


def test_tuning_needs_findings_and_training_reads_its_file(port: Path) -> None:
    scarce = _run(port, "tune", "--trials", "1", "--json")
    assert scarce.returncode == 1
    assert "Too few labels" in scarce.stderr
    assert "remedy:" in scarce.stderr
    choice = port / "var" / "training.json"
    choice.write_text("{}", encoding="utf-8")
    refused = _run(port, "train", "--no-evaluation", "--json")
    choice.unlink()
    assert refused.returncode == 1
    assert "training.json is not a valid training configuration" in refused.stderr


def test_failure_and_wrong_usage_have_different_exit_codes(tmp_path: Path) -> None:
    assert _run(tmp_path, "--help").returncode == 0
    assert _run(tmp_path, "nonsense").returncode == 2
    for option, value in (("--trials", "0"), ("--trials", "-3"), ("--minutes", "0")):
        refused = _run(tmp_path, "tune", option, value)
        assert refused.returncode == 2
        assert f"Invalid value for '{option}'" in refused.stderr
    failed = _run(tmp_path, "train")
    assert failed.returncode == 1
    assert "remedy:" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_an_invalid_row_is_reported_and_valid_rows_are_kept(tmp_path: Path) -> None:
    (tmp_path / "mixed.csv").write_text(
        "declaration_id,box_no,declared_at,un_no\nD1,B1,2026-13-45,1203\nD2,B2,2026-05-05,1203\nD3,B3,2026-05-05,99999\n"
    )
    done = _run(tmp_path, "ingest", str(tmp_path / "mixed.csv"), "--json")
    reported = json.loads(done.stdout)
    assert (reported["accepted"], reported["quarantined"], done.returncode) == (1, 2, 0)
    assert "row 2: declared_at" in reported["sources"][0]["reasons"][0]
    assert "99999" in reported["sources"][0]["reasons"][1]


def test_an_unreadable_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    done = _run(tmp_path, "ingest", str(tmp_path / "empty.csv"), str(tmp_path / "missing.csv"))
    assert done.returncode == 1
    assert "is empty" in done.stderr
    assert "Check the path" in done.stderr


def test_contradicting_settings_are_refused_with_their_values(port: Path) -> None:
    done = _run(port, "assess", str(port / "new.csv"), HAZLANE_RANDOM_SHARE="0.5")
    assert done.returncode == 1
    assert "0.5" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_box_with_a_rejected_line_is_not_assessed(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(
        "declaration_id,box_no,declared_at,un_no,gross_mass_kg\n"
        "D1,B1,2026-05-05,1203,100\nD1,B1,2026-05-05,99999,9000\nD2,B2,2026-05-05,1203,100\n"
    )
    done = _run(tmp_path, "assess", str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv"))
    assert "99999" in done.stderr
    assert list(pd.read_csv(tmp_path / "out.csv")["box_no"]) == ["B2"]
    assert "not assessed: box B1" in done.stderr


def test_the_input_is_not_overwritten_and_out_is_checked_first(port: Path, tmp_path: Path) -> None:
    before = (port / "new.csv").read_bytes()
    same = _run(port, "assess", str(port / "new.csv"), "--out", str(port / "new.csv"))
    nowhere = _run(port, "assess", str(port / "new.csv"), "--out", str(port / "new.csv" / "x" / "o.csv"))
    for done in (same, nowhere):
        assert done.returncode == 1
        assert "remedy:" in done.stderr
        assert "Traceback" not in done.stderr
    assert (port / "new.csv").read_bytes() == before


def test_a_port_with_few_findings_gets_a_warning_and_keeps_the_rules(tmp_path: Path) -> None:
    small = world()
    small.declarations.to_csv(tmp_path / "declarations.csv", index=False)
    inspections = small.inspections.copy()
    inspections.loc[inspections["outcome"] == "violation", "findings"] = None
    inspections.loc[inspections["outcome"] == "violation", "outcome"] = "compliant"
    inspections.to_csv(tmp_path / "inspections.csv", index=False)
    assert (
        _run(tmp_path, "ingest", str(tmp_path / "declarations.csv"), str(tmp_path / "inspections.csv")).returncode == 0
    )
    done = _run(tmp_path, "train", "--json")
    reported = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert reported["champion"] is False
    assert any("Not promoted" in warning for warning in reported["warnings"])


def test_nothing_of_a_simulated_port_is_refused(tmp_path: Path) -> None:
    """A span that would end ahead of the clock begins earlier."""
    simulated = _run(tmp_path, "simulate", "--boxes", "300", "--days", "2000", "--json")
    assert simulated.returncode == 0, simulated.stderr
    folder = Path(json.loads(simulated.stdout)["folder"])
    done = _run(tmp_path, "ingest", str(folder / "declarations.csv"), str(folder / "inspections.csv"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["quarantined"] == 0


def test_a_simulated_port_does_not_reach_into_the_future(tmp_path: Path) -> None:
    refused = _run(tmp_path, "simulate", "--boxes", "300", "--days", "60", "--start", f"{datetime.now(UTC):%Y-%m-%d}")
    assert refused.returncode == 1
    assert "recorded after today" in refused.stderr
    assert "--start" in refused.stderr
