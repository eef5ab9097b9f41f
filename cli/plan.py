"""`hazlane plan`: which recorded boxes each team opens in the coming days, in which shift and order, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from cli.assess import FORMATS, checked, table, write_table
from cli.output import INSTANT, console, json_option, now, print_json, print_table, progress
from data.errors import NotReady
from data.settings import Settings, settings

if TYPE_CHECKING:
    import pandas as pd

    from models.assessor import Assessor

PLACE_COLUMNS: Final = ("terminal", "shift", "team", "from_at", "to_at", "place", "cost", "open_until")
_SHOWN: Final = 30
# Whoever opens is not told what score or lot decided.
_CLAIMS: Final = {"tip": "tip", "rule": "mandatory"}
_WHY_NOT: Final = {
    "not_recorded": "is not recorded, or was cancelled; check both numbers, or wait for its declaration.",
    "opened": "was opened already; take it off the list.",
    "not_due": "is not due in these days, or can no longer be opened before loading; see --at and --days.",
}


@click.command()
@click.option("--at", type=INSTANT, help="UTC; default: now.")
@click.option("--days", type=click.IntRange(1, 31), default=2, show_default=True, help="Days from then on.")
@click.option("--tips", type=click.Path(path_type=Path),
              help="CSV: declaration_id, box_no, why (tip or mandatory): to be opened whatever the score.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=f"The list: {', '.join(FORMATS)}.")
@click.option("--widest", is_flag=True, help="Also tell the widest green lane that keeps the promised rate.")
@json_option
def plan(at: datetime | None, days: int, tips: Path | None, out: Path | None, widest: bool, as_json: bool) -> None:
    """Plan the openings of the coming days: recorded boxes that were not opened yet.

    Teams and shifts come from HAZLANE_TEAMS_FILE; without it, a share of each terminal's boxes is planned. Lanes are
    stored as `assess` does, and the cut holds for boxes that come before the next plan.
    """
    from models.assessor import Assessor

    chosen = settings()
    if out:
        checked(out, tips, *(Path(name) for name in (chosen.teams_file, chosen.burden_limits) if name))
    assessor = Assessor.open(chosen)
    try:
        begins = at.replace(tzinfo=UTC) if at else now()
        lane = {"widest": assessor.green_lane.widest(begins)} if widest else {}
        told, bodies = planned(assessor, chosen, begins, days, tips, as_json)
        told |= lane
    finally:
        assessor.store.close()
    bodies.sort(key=_order)
    if out:
        write_table(_with_places(bodies), out)
    if as_json:
        print_json({**told, "opened": [_opening(body) for body in bodies if body["lane"] == "red"]})
    else:
        _tell(told, bodies)


def planned(
    assessor: Assessor, chosen: Settings, at: datetime, days: int, tips: Path | None, quiet: bool = False
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Plan, store and return the report and the assessments. Raises NotReady when there is nothing to plan."""
    from data.planning import read_claims, read_limits, read_teams
    from features.columns import microseconds
    from models.planning.eligibility import due
    from models.planning.groups import GROUPINGS, NOT_TOLD, OTHERS
    from models.planning.plan import Planning, Wanted
    from models.policy.capacity import slots_of

    slots, terminals = None, assessor.store.terminals()
    if chosen.teams_file:
        teams = read_teams(Path(chosen.teams_file), terminals)
        slots = slots_of(teams, microseconds(at), days, ZoneInfo(chosen.time_zone))
    groups = {**GROUPINGS, "terminal": (*terminals, NOT_TOLD, OTHERS)}
    limits = read_limits(Path(chosen.burden_limits), groups) if chosen.burden_limits else []
    wanted = Wanted(slots, read_claims(tips) if tips else {}, limits, at + timedelta(days=days))
    boxes, too_late = due(assessor, at, days)
    if not len(boxes):
        raise NotReady(
            f"No recorded box is to be planned from {at:%Y-%m-%d %H:%M} UTC on for {days} day(s).",
            "Ingest declarations with `hazlane ingest`, or choose other days with --at and --days.",
        )
    with progress(quiet) as bars:
        task = bars.add_task("planning", total=len(boxes))
        made = Planning(assessor, boxes, at, wanted)
        bodies: list[dict[str, Any]] = []
        for part in made.bodies():
            bodies += part
            bars.update(task, completed=len(bodies))
    return {**made.told, "too_late": too_late, "guarantee": assessor.green_lane.guarantee(at)}, bodies


def _order(body: dict[str, Any]) -> tuple[Any, ...]:
    """By terminal, shift and team, then place; opened boxes without a shift next, the others by lane and risk."""
    place = body["planned"]
    if place:
        return 0, place["terminal"] or "", place["from_at"] or "", place["team"] or "", place["place"] or 0
    return 1, ("red", "amber", "green").index(body["lane"]), -body["risk"], body["declaration_id"], body["box_no"]


def _opening(body: dict[str, Any]) -> dict[str, Any]:
    from models.explanation.assessment import strongest

    same = ("declaration_id", "box_no", "risk", "selected_by", "selection_probability", "planned")
    return {**{name: body[name] for name in same}, "strongest": strongest(body["reasons"])}


def _with_places(bodies: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    places = pd.DataFrame([body["planned"] or {} for body in bodies], columns=list(PLACE_COLUMNS))
    return pd.concat([table(bodies), places.astype({"place": "Int64"})], axis=1)


def _tell(told: dict[str, Any], bodies: list[dict[str, Any]]) -> None:
    rows = []
    for body in bodies:
        if body["lane"] == "red":
            place, opening = body["planned"] or {}, _opening(body)
            where = " ".join(place[name] for name in ("terminal", "shift", "team") if place.get(name))
            rows.append((
                where, (place.get("from_at") or "")[5:16].replace("T", " "), place.get("place") or "-", body["box_no"],
                f"{body['risk']:.0f}", _CLAIMS.get(body["selected_by"], ""), opening["strongest"]["en"],
            ))  # fmt: skip
    header = ("terminal, shift, team", "from (UTC)", "place", "box", "risk", "claim", "strongest reason")
    print_table(f"{told['boxes']:,} boxes planned, {len(rows):,} to open", header, rows[:_SHOWN],
                unbroken=("from (UTC)", "box"))  # fmt: skip
    if len(rows) > _SHOWN:
        console.print(f"... and {len(rows) - _SHOWN:,} more; --out FILE writes all.")
    for line in lines(told):
        console.print(line, markup=False, highlight=False)


def lines(told: dict[str, Any]) -> list[str]:
    """The report in sentences."""
    from models.planning.groups import FEWEST_BOXES

    lot = told["lot"]
    found = [
        f"Plan {told['plan_id']}: {told['used']:g} of {told['capacity']:.1f} standard openings used, "
        f"{told['expected_violations']:.1f} violations to be expected in what is opened.",
        f"Lot: {lot['reserve']:.1f} openings kept back, {lot['drawn']:g} drawn.",
    ]
    if told["overtime"]:
        found.append(f"Overtime: {told['overtime']:.1f} standard openings beyond what the shifts can do.")
    if told["opened_without_shift"]:
        found.append(
            f"Without a shift: {told['opened_without_shift']} box(es) to be opened that no shift suits, "
            f"{told['openings_without_shift']:g} standard openings; the list says until when."
        )
    if told["too_late"]:
        found.append(f"Too late: {told['too_late']} box(es) can no longer be opened before loading.")
    if told["suits_no_shift"]:
        found.append(f"No shift lies within the window of {told['suits_no_shift']} box(es).")
    if told["left_closed_as_useless"]:
        found.append(f"Quiet: {told['left_closed_as_useless']} opening(s) left out as too likely to be useless.")
    for terminal, tie in told["ties"].items():
        if tie["boxes"] > 1:
            found.append(f"Ties at the cut of {terminal}: {tie['boxes']} boxes, {tie['opened']} of them opened.")
    for limit in told["limits"]:
        words = f"Limit {limit['grouping']} {limit['group']} at {limit['most']:g} times the port's rate"
        found.append(
            f"{words} costs {limit['expected_harm_lost']:.1f} of expected harm, "
            f"{limit['expected_violations_lost']:.2f} violations."
            if limit["boxes"]
            else f"{words} binds nothing: fewer than {FEWEST_BOXES} boxes of it in this plan."
        )
    for claim in told["claims_not_in_plan"]:
        named = f"the claimed box {claim['declaration_id']} {claim['box_no']}"
        found.append(f"Not in the plan: {named} {_WHY_NOT[claim['cause']]}")
    found.append(str(told["guarantee"]["manager"]["en"]))
    if "widest" in told:
        found.append(str(told["widest"]["text"]["en"]))
    return found
