"""Protects `hazlane plan`: the list by team, the report in sentences, wrong input refused with the figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from cli.plan import _opening, lines, planned
from data.errors import InvalidInput, NotReady
from data.ingest import ingest_file
from data.settings import Settings
from models.assessor import Assessor
from tests.cli.test_commands import _run
from tests.worlds import world

TEAMS = "terminal,shift,from,to,team,openings\n" + "".join(
    f"{terminal},{shift},{start},{end},1,3\n"
    for terminal in ("DCT", "DICT", "DPT", "NPT")
    for shift, start, end in (("morning", "08:00", "14:00"), ("evening", "14:00", "20:00"))
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Assessor, datetime]]:
    """A port's last ten days, recorded and not yet opened, and an instant three days before their end."""
    folder = tmp_path_factory.mktemp("plan")
    declared = world().declarations
    last = declared["declared_at"].max().to_pydatetime()
    declared[declared["declared_at"] > last - timedelta(days=10)].to_csv(folder / "declarations.csv", index=False)
    assessor = Assessor.open(Settings(var=folder / "var"))
    ingest_file(folder / "declarations.csv", assessor.store, last)
    assessor.follow()
    yield folder, assessor, last.replace(microsecond=0) - timedelta(days=3)
    assessor.store.close()


def _file(folder: Path, text: str) -> Path:
    path = folder / "file.csv"
    path.write_text(text)
    return path


def test_the_list_is_written_by_team_and_the_report_printed(port: tuple[Path, Assessor, datetime]) -> None:
    folder, _, at = port
    out, teams = folder / "plan.csv", _file(folder, TEAMS)
    words = ("--at", f"{at:%Y-%m-%dT%H:%M:%S}", "--out", str(out), "--json")
    done = _run(folder, "plan", *words, HAZLANE_TEAMS_FILE=str(teams))
    assert done.returncode == 0, done.stderr
    reported, table = json.loads(done.stdout), pd.read_csv(out)
    assert len(table) == reported["boxes"]
    placed = table[table["place"].notna()]
    assert len(placed) == sum(shift["boxes"] for shift in reported["shifts"]) > 0
    assert set(placed["shift"]) <= {"morning", "evening"}
    assert (placed.groupby(["terminal", "from_at", "team"])["place"].diff().dropna() == 1).all()
    assert [opening["planned"]["place"] for opening in reported["opened"]] == placed["place"].tolist()
    assert set(reported["inspection_burden"]) == {"shipper", "firm_size", "origin", "flow", "terminal"}
    assert any("standard openings used" in line for line in lines(reported))


def test_lack_of_evidence_is_never_the_strongest_reason(port: tuple[Path, Assessor, datetime]) -> None:
    _, assessor, at = port
    _, bodies = planned(assessor, Settings(), at, 2, None, quiet=True)
    lacking = {"code": "shipper_history", "contribution": 2.0, "kind": "lack_of_evidence", "text": {"en": "unknown"}}
    known = {"code": "goods", "contribution": 1.0, "kind": "risk", "text": {"en": "these goods"}}
    for reported, strongest in (([lacking, known], "these goods"), ([lacking], "Nothing in particular")):
        assert _opening({**bodies[0], "reasons": reported})["strongest_reason"]["en"] == strongest


def test_a_tip_is_opened_at_any_score(port: tuple[Path, Assessor, datetime]) -> None:
    folder, assessor, at = port
    reported, bodies = planned(assessor, Settings(), at, 2, None, quiet=True)
    least = min(bodies, key=lambda body: body["risk"])
    tips = _file(folder, f"declaration_id,box_no,why\n{least['declaration_id']},{least['box_no']},tip\nD,B,tip\n")
    tipped, _ = planned(assessor, Settings(), at, 2, tips, quiet=True)
    assert tipped["opened_by"]["tip"] == 1
    assert tipped["plan_id"] != reported["plan_id"]
    (missed,) = (line for line in lines(tipped) if line.startswith("Mandatory opening not in the plan: D B: "))
    assert "not recorded" in missed
    assert "Check both numbers" in missed


def test_capacity_below_the_mandatory_openings_is_refused(
    port: tuple[Path, Assessor, datetime],
) -> None:
    folder, assessor, at = port
    teams = folder / "teams.csv"
    teams.write_text(TEAMS.replace(",1,3", ",1,1"))
    _, bodies = planned(assessor, Settings(), at, 2, None, quiet=True)
    rows = (f"{body['declaration_id']},{body['box_no']},mandatory\n" for body in bodies)
    mandatory = _file(folder, "declaration_id,box_no,why\n" + "".join(rows))
    with pytest.raises(InvalidInput, match=r"need \d+\.\d standard openings; the plan has \d\.\d .* \(0\.05 of \d+\)"):
        planned(assessor, Settings(), at, 2, mandatory, quiet=True)
    with pytest.raises(InvalidInput, match=r"need \d+\.\d standard openings; terminal D\w+ has [\d.]+ in \d shift"):
        planned(assessor, Settings(teams_file=str(teams)), at, 2, mandatory, quiet=True)


def test_a_tip_at_a_terminal_without_shifts_is_refused(
    port: tuple[Path, Assessor, datetime],
) -> None:
    folder, assessor, at = port
    _, bodies = planned(assessor, Settings(), at, 2, None, quiet=True)
    pairs = [(body["declaration_id"], body["box_no"]) for body in bodies]
    box = assessor.recorded_boxes(pairs, at).box
    terminal = box["terminal"][0]
    teams = folder / "few.csv"
    teams.write_text("".join(line for line in TEAMS.splitlines(True) if not line.startswith(f"{terminal},")))
    mandatory = _file(folder, f"declaration_id,box_no,why\n{box['declaration_id'][0]},{box['box_no'][0]},tip\n")
    with pytest.raises(InvalidInput, match=r"need 1\.\d standard openings; terminal D\w+ has 0 in 0 shift"):
        planned(assessor, Settings(teams_file=str(teams)), at, 2, mandatory, quiet=True)


def test_a_limit_without_effect_is_reported(port: tuple[Path, Assessor, datetime]) -> None:
    folder, assessor, at = port
    limits = folder / "origin.csv"
    limits.write_text("grouping,group,most\norigin,ZZ,1\nflow,*,5\n")
    reported, _ = planned(assessor, Settings(inspection_limits_file=str(limits)), at, 2, None, quiet=True)
    nothing, price = (line for line in lines(reported) if line.startswith("Limit"))
    assert nothing.endswith("has no effect: this plan has fewer than 50 boxes of the group.")
    assert "costs" in price


@pytest.mark.parametrize("read_as", ["--tips", "HAZLANE_TEAMS_FILE", "HAZLANE_INSPECTION_LIMITS_FILE"])
def test_the_list_is_not_written_over_an_input_file(tmp_path: Path, read_as: str) -> None:
    path = _file(tmp_path, TEAMS)
    words, settings = (("--tips", str(path)), {}) if read_as == "--tips" else ((), {read_as: str(path)})
    done = _run(tmp_path, "plan", *words, "--out", str(path), **settings)
    assert done.returncode == 1
    assert "is an input file" in done.stderr
    assert path.read_text() == TEAMS


def test_wrong_input_is_refused_with_a_remedy(port: tuple[Path, Assessor, datetime]) -> None:
    folder, assessor, at = port
    limits = folder / "limits.csv"
    limits.write_text("grouping,group,most\nterminal,XYZ,1\n")
    for words, reported in (
        ({"teams_file": str(_file(folder, TEAMS.replace("DCT,", "XYZ,")))}, "no declaration has the terminal 'XYZ'"),
        ({"inspection_limits_file": str(folder / "none.csv")}, "There is no file"),
        ({"inspection_limits_file": str(limits)}, "terminal has no group 'XYZ'"),
    ):
        with pytest.raises(InvalidInput, match=reported) as refused:
            planned(assessor, Settings.model_validate(words), at, 2, None, quiet=True)
        assert refused.value.remedy
    with pytest.raises(NotReady, match="There is no recorded box to plan"):
        planned(assessor, Settings(), at - timedelta(days=900), 2, None, quiet=True)


def test_a_release_threshold_without_decisions_is_refused_before_planning(
    port: tuple[Path, Assessor, datetime],
) -> None:
    folder, assessor, at = port
    before = assessor.store.decisions()
    done = _run(
        folder, "plan", "--at", f"{at:%Y-%m-%dT%H:%M:%S}", "--release-threshold", HAZLANE_SELECTION_SALT="secret"
    )
    assert done.returncode == 1
    assert "fixed before the window" in done.stderr
    assert "remedy:" in done.stderr
    assert assessor.store.decisions() == before
