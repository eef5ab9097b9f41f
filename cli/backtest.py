"""`hazlane backtest`: what another policy would have found in past months, and a report about it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output import console, json_option, print_json, print_table, progress
from data.errors import InvalidInput
from data.settings import settings

if TYPE_CHECKING:
    from training.off_policy.backtest import Backtest


@click.command()
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), default=None,
              help="First day replayed (UTC). Default: 180 days before the end of the log.")  # fmt: skip
@click.option("--every", type=click.IntRange(min=1), default=30, show_default=True, help="Days between trainings.")
@click.option("--capacity", type=click.FloatRange(0, 1), default=None, help="Share opened. Default: the setting.")
@click.option("--random", "lot", type=click.FloatRange(0, 1), default=None,
              help="Share below the cut drawn by lot, within capacity. Default: the setting.")  # fmt: skip
@click.option("--random-new", "lot_new", type=click.FloatRange(0, 1), default=None,
              help="The same for shippers new to the port. Default: the setting, or --random where given.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="Folder of the report. Default: backtests/NAME in the var folder.")  # fmt: skip
@json_option
def backtest(
    since: datetime | None,
    every: int,
    capacity: float | None,
    lot: float | None,
    lot_new: float | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Replay a policy over past months with the knowledge of each day, beside what was really done."""
    from data.store import Store
    from models.policy.lanes import Policy
    from models.scoring.registry import Registry
    from training.fitting.configuration import chosen
    from training.off_policy.backtest import backtest as replay
    from training.off_policy.backtest_page import metrics, write_report
    from training.off_policy.replay import TrainingOptions
    from training.train import stored_dataset

    set_to = settings()
    opened = set_to.capacity_share if capacity is None else capacity
    drawn = set_to.random_share if lot is None else lot
    of_new = lot_new if lot_new is not None else set_to.random_share_new if lot is None else lot
    most = "--capacity" if capacity is not None else "HAZLANE_CAPACITY_SHARE"
    for reported, share, name in (
        ("random share", drawn, "--random" if lot is not None else "HAZLANE_RANDOM_SHARE"),
        ("random share of new shippers", of_new, "--random-new" if lot_new is not None else "HAZLANE_RANDOM_SHARE_NEW"),
    ):
        if share > opened:
            raise InvalidInput(
                f"The {reported} ({share:g}) is larger than the capacity ({opened:g}).",
                f"Lower {name} or raise {most}.",
            )
    papers = min(set_to.papers_share, 1 - opened)
    policy = Policy(opened, drawn, papers, set_to.drawing_salt, of_new, set_to.max_useless_share)
    with progress(as_json) as bars:
        task = bars.add_task("reading the store", total=None)
        dataset = stored_dataset(set_to)
        store = Store.open(set_to.store_url)
        try:
            decisions = store.decisions()
        finally:
            store.close()

        def tell(done: int, whole: int) -> None:
            bars.update(task, description="replaying the periods", completed=done, total=whole)

        learning = TrainingOptions(set_to.seed, set_to.threads, chosen(set_to.var))
        day = since.replace(tzinfo=UTC).date() if since else None
        if out:
            out.mkdir(parents=True, exist_ok=True)
        test = replay(dataset, decisions, policy, learning, every, day, tell)
        page = write_report(test, out or set_to.var / "backtests" / test.name, set_to.language)
        parameters = {**test.as_dict()["policy"], "every_days": every, "probability_sources": test.sources}
        Registry(set_to).log_report(f"backtest {test.name}", metrics(test), parameters, page.parent)
    if as_json:
        print_json({**test.as_dict(), "report": str(page)})
        return
    if set_to.teams_file or set_to.inspection_limits_file:
        console.print("A share of the boxes was planned, a week at a time: teams, shifts and limits are not replayed.")
    _print(test)
    console.print(f"Report: {page}", markup=False, soft_wrap=True)


def _print(test: Backtest) -> None:
    """What was done beside what would have been, with 95 % intervals, and where the chances were taken from."""
    from training.off_policy.backtest import day_of
    from training.off_policy.backtest_page import number, with_bounds

    whole, done, would = test.overall, test.overall.actual, test.overall.headline
    rows = [
        ("openings", number(done.openings), number(whole.replayed.openings)),
        ("violations found", number(done.hits), with_bounds(would["hits"])),
        ("useless openings", number(done.useless), with_bounds(would["useless"])),
        ("violators released", with_bounds(done.released), with_bounds(would["released"])),
        ("clearance hours of openings", number(done.hours), number(whole.replayed.hours)),
    ]
    title = f"{day_of(whole.begin)} to {day_of(whole.end)}, {whole.replayed.boxes:,} boxes, 95 % intervals in brackets"
    print_table(title, ("", "done", "would have been"), rows)
    chances = ", ".join(f"{source} {boxes:,}" for source, boxes in test.sources.items() if boxes)
    weights = whole.replayed.weights
    console.print(
        f"Chances of opening: {chances}. {weights.openings:,} openings of the draw tell of this policy, as much as "
        f"{weights.effective:.1f} equally weighted declarations; the weightiest stands for {weights.largest:.1f}.",
        soft_wrap=True,
    )
