"""`hazlane backtest`: estimate what another policy would have found in past months, and write a report."""

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
@click.option(
    "--capacity", type=click.FloatRange(0, 1), default=None, help="Share of the boxes to open. Default: the setting."
)
@click.option("--random", type=click.FloatRange(0, 1), default=None,
              help="Share of boxes below the cut drawn at random, within capacity. Default: the setting.")  # fmt: skip
@click.option("--random-new", type=click.FloatRange(0, 1), default=None,
              help="The same for boxes of shippers new to the port. Default: --random, else the setting.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="Folder of the report. Default: backtests/NAME in the var folder.")  # fmt: skip
@json_option
def backtest(
    since: datetime | None,
    every: int,
    capacity: float | None,
    random: float | None,
    random_new: float | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Replay a policy over past months, each day with what was known then, and compare it with what was done."""
    from data.store import Store
    from models.policy.lanes import Policy
    from models.scoring.registry import Registry
    from training.fitting.configuration import chosen
    from training.off_policy.backtest import backtest as replay
    from training.off_policy.backtest_page import metrics, write_report
    from training.off_policy.replay import TrainingOptions
    from training.train import stored_dataset

    configured = settings()
    opened = configured.capacity_share if capacity is None else capacity
    drawn = configured.random_share if random is None else random
    drawn_new = random_new if random_new is not None else configured.random_share_new if random is None else random
    capacity_option = "--capacity" if capacity is not None else "HAZLANE_CAPACITY_SHARE"
    random_option = "--random" if random is not None else "HAZLANE_RANDOM_SHARE"
    random_new_option = "--random-new" if random_new is not None else "HAZLANE_RANDOM_SHARE_NEW"
    for what, share, option in (
        ("random share", drawn, random_option),
        ("random share of new shippers", drawn_new, random_new_option),
    ):
        if share > opened:
            raise InvalidInput(
                f"The {what} ({share:g}) is larger than the capacity ({opened:g}).",
                f"Lower {option} or raise {capacity_option}.",
            )
    papers = min(configured.papers_share, 1 - opened)
    policy = Policy(opened, drawn, papers, configured.drawing_salt, drawn_new, configured.max_useless_share)
    with progress(as_json) as bars:
        task = bars.add_task("reading the store", total=None)
        dataset = stored_dataset(configured)
        store = Store.open(configured.store_url)
        try:
            decisions = store.decisions()
        finally:
            store.close()

        def report_progress(done: int, whole: int) -> None:
            bars.update(task, description="replaying the periods", completed=done, total=whole)

        learning = TrainingOptions(configured.seed, configured.threads, chosen(configured.var))
        day = since.replace(tzinfo=UTC).date() if since else None
        if out:
            out.mkdir(parents=True, exist_ok=True)
        test = replay(dataset, decisions, policy, learning, every, day, report_progress)
        page = write_report(test, out or configured.var / "backtests" / test.name, configured.language)
        parameters = {**test.as_dict()["policy"], "every_days": every, "probability_sources": test.sources}
        Registry(configured).log_report(f"backtest {test.name}", metrics(test), parameters, page.parent)
    if as_json:
        print_json({**test.as_dict(), "report": str(page)})
        return
    if configured.teams_file or configured.inspection_limits_file:
        console.print(
            "A share of the boxes was planned for each week: teams, shifts and inspection limits are not replayed."
        )
    _print(test)
    console.print(f"Report: {page}", markup=False, soft_wrap=True)


def _print(test: Backtest) -> None:
    """Print actual and estimated figures with 95 % intervals, and the sources of the probabilities."""
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
    print_table(title, ("", "actual", "estimated"), rows)
    chances = ", ".join(f"{source} {boxes:,}" for source, boxes in test.sources.items() if boxes)
    weights = whole.replayed.weights
    console.print(
        f"Sources of the selection probabilities: {chances}. The estimates use {weights.openings:,} random openings, "
        f"equivalent to {weights.effective:.1f} equally weighted declarations; the largest weight is "
        f"{weights.largest:.1f}.",
        soft_wrap=True,
    )
