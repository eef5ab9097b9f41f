"""Protects `hazlane plan`: the list by team, the same to the byte, wrong settings refused with the arithmetic."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from cli.plan import lines
from tests.cli.test_commands import _run
from tests.worlds import world

TEAMS = "terminal,shift,from,to,team,openings\n" + "".join(
    f"{terminal},{shift},{start},{end},1,3\n"
    for terminal in ("DCT", "DICT", "DPT", "NPT")
    for shift, start, end in (("morning", "08:00", "14:00"), ("evening", "14:00", "20:00"))
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A port's last ten days, recorded and not yet opened."""
    folder = tmp_path_factory.mktemp("plan")
    declared = world().declarations
    declared = declared[declared["declared_at"] > declared["declared_at"].max() - timedelta(days=10)]
    declared.to_csv(folder / "declarations.csv", index=False)
    (folder / "teams.csv").write_text(TEAMS)
    (folder / "at.txt").write_text(f"{declared['declared_at'].max() - timedelta(days=3):%Y-%m-%dT%H:%M:%S}")
    done = _run(folder, "ingest", str(folder / "declarations.csv"), "--json")
    assert done.returncode == 0, done.stderr
    return folder


def _at(port: Path) -> tuple[str, str]:
    return "--at", (port / "at.txt").read_text()


def test_the_list_by_team_is_the_same_to_the_byte(port: Path) -> None:
    teams = {"HAZLANE_TEAMS_FILE": str(port / "teams.csv")}
    one = _run(port, "plan", *_at(port), "--json", "--out", str(port / "plan.csv"), **teams)
    assert one.returncode == 0, one.stderr
    first = (port / "plan.csv").read_bytes()
    again = _run(port, "plan", *_at(port), "--json", "--out", str(port / "plan.csv"), **teams)
    assert again.stdout == one.stdout
    assert (port / "plan.csv").read_bytes() == first
    told, table = json.loads(one.stdout), pd.read_csv(port / "plan.csv")
    assert len(table) == told["boxes"]
    placed = table[table["place"].notna()]
    assert len(placed) == sum(shift["boxes"] for shift in told["shifts"]) > 0
    assert set(placed["shift"]) <= {"morning", "evening"}
    assert (placed.groupby(["terminal", "from_at", "team"])["place"].diff().dropna() == 1).all()
    assert [opening["planned"]["place"] for opening in told["opened"]] == placed["place"].tolist()
    assert set(told["burden"]) == {"shipper", "firm_size", "origin", "flow", "terminal"}
    assert all(lines(told))


def test_without_teams_a_share_is_planned_and_a_tip_is_opened(port: Path) -> None:
    done = _run(port, "plan", *_at(port), "--json", "--out", str(port / "share.csv"))
    last = pd.read_csv(port / "share.csv").iloc[-1]
    assert last["lane"] == "green"
    (port / "tips.csv").write_text(f"declaration_id,box_no,why\n{last['declaration_id']},{last['box_no']},tip\n")
    tipped = _run(port, "plan", *_at(port), "--json", "--tips", str(port / "tips.csv"))
    assert json.loads(tipped.stdout)["opened_by"]["tip"] == 1
    assert json.loads(tipped.stdout)["plan_id"] != json.loads(done.stdout)["plan_id"]
    spoken = _run(port, "plan", *_at(port))
    assert "standard openings used" in spoken.stdout
    assert "selected by" in spoken.stdout


def test_what_cannot_be_planned_is_refused_with_a_remedy(port: Path) -> None:
    (port / "unknown.csv").write_text(TEAMS.replace("DCT,", "XYZ,"))
    table = pd.read_csv(port / "declarations.csv").drop_duplicates("declaration_id")
    claims = table[["declaration_id", "box_no"]].assign(why="mandatory")
    claims.to_csv(port / "many.csv", index=False)
    for words, settings, told in (
        ((), {"HAZLANE_TEAMS_FILE": str(port / "unknown.csv")}, "no box names the terminal 'XYZ'"),
        (("--tips", str(port / "many.csv")), {}, "standard openings; the plan has"),
        (("--tips", str(port / "many.csv")), {"HAZLANE_TEAMS_FILE": str(port / "teams.csv")}, "shift(s) of the plan"),
        ((), {"HAZLANE_RANDOM_SHARE": "1.2"}, "HAZLANE_RANDOM_SHARE"),
        ((), {"HAZLANE_RANDOM_SHARE": "0.2"}, "The random share (0.2) is larger than the capacity (0.05)"),
    ):
        done = _run(port, "plan", *_at(port), *words, **settings)
        assert done.returncode == 1
        assert told in " ".join(done.stderr.split())
        assert "remedy:" in done.stderr
    nothing = _run(port, "plan", "--at", "2020-01-01")
    assert nothing.returncode == 1
    assert "No recorded box is to be planned" in nothing.stderr
