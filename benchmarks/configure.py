"""Choose the training configuration by forward validation on simulated ports that no benchmark reports.

`python -m benchmarks.configure [--seeds 11,12,13] [--trials 40]` writes training/fitting/configuration.json. It takes
an hour on one core; the same arguments choose the same.
"""

from __future__ import annotations

from pathlib import Path

import click

import training.fitting.configuration
from data.settings import settings
from data.simulator import simulate
from data.vocabulary import Family
from training.dataset import dataset_of
from training.evaluation.evaluate import split_instant
from training.fitting.tune import rows_at, tune


@click.command()
@click.option("--seeds", default="11,12,13", show_default=True)
@click.option("--boxes", default=100_000, show_default=True)
@click.option("--days", default=730, show_default=True)
@click.option("--trials", default=40, show_default=True)
def main(seeds: str, boxes: int, days: int, trials: int) -> None:
    """Choose the product's own training configuration on development ports."""
    ports = []
    for seed in (int(part) for part in seeds.split(",")):
        simulated_port = simulate(boxes=boxes, days=days, seed=seed)
        dataset = dataset_of(simulated_port.declarations, simulated_port.inspections)
        ports.append(rows_at(dataset, split_instant(dataset), seed, settings().threads))

    def progress(family: Family, done: int, least: float) -> None:
        click.echo(f"{family.value}: {done} of {trials} trials, least loss {least:.5f}", err=True)

    origin = f"python -m benchmarks.configure --seeds {seeds} --boxes {boxes} --days {days} --trials {trials}"
    chosen = tune(ports, trials, 1e9, 1, settings().threads, origin, progress)
    path = Path(training.fitting.configuration.__file__).with_name("configuration.json")
    chosen.save(path)
    click.echo(f"{path} written.")


if __name__ == "__main__":
    main()
