"""`hazlane plan`: plan which recorded boxes each team opens in the coming days, in which shift and order, and why."""

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
# Officers are not shown whether score or random sample selected a box: it must not influence the outcome.
_MANDATORY: Final = {"tip": "tip", "rule": "mandatory"}
_INELIGIBLE: Final = {
    "not_recorded": "not recorded, or cancelled. Check both numbers, or wait for the declaration.",
    "opened": "already opened. Remove it from the list.",
    "not_eligible": "not open for inspection in these days, or too late before loading. Check --at and --days.",
}


@click.command()
@click.option("--at", type=INSTANT, help="UTC; default: now.")
@click.option("--days", type=click.IntRange(1, 31), default=2, show_default=True, help="Number of days planned.")
@click.option("--tips", type=click.Path(path_type=Path),
              help="CSV: declaration_id, box_no, why (tip or mandatory): boxes that must be opened.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=f"Output file: {', '.join(FORMATS)}.")
@click.option(
    "--release-threshold",
    is_flag=True,
    help="Also print the highest risk up to which the release lane meets the target rate.",
)
@json_option
def plan(
    at: datetime | None, days: int, tips: Path | None, out: Path | None, release_threshold: bool, as_json: bool
) -> None:
    """Plan the openings of the coming days among the recorded boxes that were not opened yet.

    Teams and shifts are read from HAZLANE_TEAMS_FILE; without it, a share of each terminal's boxes is planned.
    Assessments are stored as by `assess`; the cut applies to boxes that arrive before the next plan.
    """
    from models.assessor import Assessor

    chosen = settings()
    if out:
        checked(out, tips, *(Path(name) for name in (chosen.teams_file, chosen.inspection_limits_file) if name))
    assessor = Assessor.open(chosen)
    try:
        begins = at.replace(tzinfo=UTC) if at else now()
        lane = {"release_threshold": assessor.release_monitor.release_threshold(begins)} if release_threshold else {}
        reported, bodies = planned(assessor, chosen, begins, days, tips, as_json)
        reported |= lane
    finally:
        assessor.store.close()
    bodies.sort(key=_order)
    if out:
        write_table(_with_places(bodies), out)
    if as_json:
        print_json({**reported, "opened": [_opening(body) for body in bodies if body["lane"] == "red"]})
    else:
        _print_report(reported, bodies)


def planned(
    assessor: Assessor, chosen: Settings, at: datetime, days: int, tips: Path | None, quiet: bool = False
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Make and store a plan; return its report and the assessments. Raises NotReady when there is no box to plan."""
    from data.planning import read_limits, read_mandatory_openings, read_teams
    from features.columns import microseconds
    from models.planning.eligibility import eligible_boxes
    from models.planning.groups import GROUPINGS, NOT_STATED, OTHERS
    from models.planning.plan import PlanRequest, PlanRun
    from models.policy.capacity import slots_of

    slots, terminals = None, assessor.store.terminals()
    if chosen.teams_file:
        teams = read_teams(Path(chosen.teams_file), terminals)
        slots = slots_of(teams, microseconds(at), days, ZoneInfo(chosen.time_zone))
    groups = {**GROUPINGS, "terminal": (*terminals, NOT_STATED, OTHERS)}
    limits = read_limits(Path(chosen.inspection_limits_file), groups) if chosen.inspection_limits_file else []
    request = PlanRequest(slots, read_mandatory_openings(tips) if tips else {}, limits, at + timedelta(days=days))
    boxes, not_openable = eligible_boxes(assessor, at, days)
    if not len(boxes):
        raise NotReady(
            f"There is no recorded box to plan in the {days} day(s) from {at:%Y-%m-%d %H:%M} UTC.",
            "Ingest declarations with `hazlane ingest`, or choose other days with --at and --days.",
        )
    with progress(quiet) as bars:
        task = bars.add_task("planning", total=len(boxes))
        made = PlanRun(assessor, boxes, at, request)
        bodies: list[dict[str, Any]] = []
        for part in made.bodies():
            bodies += part
            bars.update(task, completed=len(bodies))
    return {**made.reported, "not_openable": not_openable, "guarantee": assessor.release_monitor.guarantee(at)}, bodies


def _order(body: dict[str, Any]) -> tuple[Any, ...]:
    """Sort key: by terminal, shift, team and place; then boxes to open without a shift; then by lane and risk."""
    place = body["planned"]
    if place:
        return 0, place["terminal"] or "", place["from_at"] or "", place["team"] or "", place["place"] or 0
    return 1, ("red", "amber", "green").index(body["lane"]), -body["risk"], body["declaration_id"], body["box_no"]


def _opening(body: dict[str, Any]) -> dict[str, Any]:
    from models.explanation.assessment import strongest_reason

    same = ("declaration_id", "box_no", "risk", "selected_by", "selection_probability", "planned")
    return {**{name: body[name] for name in same}, "strongest_reason": strongest_reason(body["reasons"])}


def _with_places(bodies: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    places = pd.DataFrame([body["planned"] or {} for body in bodies], columns=list(PLACE_COLUMNS))
    return pd.concat([table(bodies), places.astype({"place": "Int64"})], axis=1)


def _print_report(reported: dict[str, Any], bodies: list[dict[str, Any]]) -> None:
    rows = []
    for body in bodies:
        if body["lane"] == "red":
            place, opening = body["planned"] or {}, _opening(body)
            where = " ".join(place[name] for name in ("terminal", "shift", "team") if place.get(name))
            rows.append((
                where, (place.get("from_at") or "")[5:16].replace("T", " "), place.get("place") or "-", body["box_no"],
                f"{body['risk']:.0f}", _MANDATORY.get(body["selected_by"], ""), opening["strongest_reason"]["en"],
            ))  # fmt: skip
    header = ("terminal, shift, team", "from (UTC)", "place", "box", "risk", "mandatory", "strongest reason")
    print_table(f"{reported['boxes']:,} boxes planned, {len(rows):,} to open", header, rows[:_SHOWN],
                unbroken=("from (UTC)", "box"))  # fmt: skip
    if len(rows) > _SHOWN:
        console.print(f"... and {len(rows) - _SHOWN:,} more; --out FILE writes all.")
    for line in lines(reported):
        console.print(line, markup=False, highlight=False)


def lines(reported: dict[str, Any]) -> list[str]:
    """The report of a plan as sentences."""
    from models.planning.groups import MIN_GROUP_BOXES

    random_sample = reported["random_sample"]
    found = [
        f"Plan {reported['plan_id']}: {reported['used']:g} of {reported['capacity']:.1f} standard openings used, "
        f"{reported['expected_violations']:.1f} violations expected among the opened boxes.",
        f"Random sample: {random_sample['reserve']:.1f} openings reserved, {random_sample['drawn']:g} drawn.",
    ]
    if reported["overtime"]:
        found.append(f"Overtime: {reported['overtime']:.1f} standard openings above the capacity of the shifts.")
    if reported["opened_without_shift"]:
        found.append(
            f"Without a shift: {reported['opened_without_shift']} box(es) to open that fit no shift, "
            f"{reported['openings_without_shift']:g} standard openings; the list has the latest instant of each."
        )
    if reported["not_openable"]:
        found.append(f"Too late: {reported['not_openable']} box(es) can no longer be opened before loading.")
    if reported["fits_no_shift"]:
        found.append(f"No shift is within the time window of {reported['fits_no_shift']} box(es).")
    if reported["not_opened_as_useless"]:
        found.append(
            f"Quiet day: {reported['not_opened_as_useless']} box(es) not opened, too likely to be useless inspections."
        )
    for terminal, tie in reported["ties"].items():
        if tie["boxes"] > 1:
            found.append(f"Ties at the cut of {terminal}: {tie['boxes']} boxes, {tie['opened']} of them opened.")
    for limit in reported["limits"]:
        words = f"Limit of {limit['grouping']} {limit['group']} ({limit['most']:g} times the port's rate)"
        found.append(
            f"{words} costs {limit['expected_harm_lost']:.1f} of the expected harm found, "
            f"{limit['expected_violations_lost']:.2f} violations."
            if limit["boxes"]
            else f"{words} has no effect: this plan has fewer than {MIN_GROUP_BOXES} boxes of the group."
        )
    for missed in reported["mandatory_not_in_plan"]:
        box = f"{missed['declaration_id']} {missed['box_no']}"
        found.append(f"Mandatory opening not in the plan: {box}: {_INELIGIBLE[missed['cause']]}")
    found.append(str(reported["guarantee"]["manager"]["en"]))
    if "release_threshold" in reported:
        found.append(str(reported["release_threshold"]["text"]["en"]))
    return found
