"""`hazlane evaluate`: evaluate the training procedure on the boxes declared last, without registering a model."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import Steps, json_option, print_json, print_policies, progress
from data.settings import settings


@click.command()
@click.option("--oracle", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
              help="True violations of a simulated port: evaluate on all boxes, not the opened ones only.")  # fmt: skip
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), default=None, help="Folder for PNG plots.")
@json_option
def evaluate(oracle: Path | None, plots: Path | None, as_json: bool) -> None:
    """Train on the first three quarters, evaluate on the last, beside rules, hit-rate table and random choice."""
    from training.evaluation.evaluate import evaluate as evaluated
    from training.evaluation.evaluate import summary
    from training.evaluation.plots import write_plots
    from training.fitting.configuration import chosen
    from training.train import read_oracle, stored_dataset

    with progress(as_json) as bars:
        steps = Steps(bars)
        steps("reading the store")
        dataset = stored_dataset(settings())
        truth = read_oracle(oracle) if oracle else None
        steps("training on the first three quarters, evaluating on the last")
        evaluation = evaluated(dataset, settings().seed, settings().threads, truth, chosen(settings().var))
        if plots:
            steps("drawing plots")
            write_plots(evaluation, plots)
        steps.done()
    reported = summary(evaluation)
    if as_json:
        print_json(reported)
    else:
        print_policies(reported)
