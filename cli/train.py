"""`hazlane train`: train on the stored data, register the model with MLflow, promote it to champion."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import Steps, console, json_option, print_json, print_policies, progress
from data.settings import settings


@click.command()
@click.option("--no-evaluation", is_flag=True, help="Skip the evaluation on the boxes declared last.")
@click.option("--no-promotion", is_flag=True, help="Register the model without making it the champion.")
@click.option("--oracle", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
              help="True violations of a simulated port, for the evaluation only.")  # fmt: skip
@json_option
def train(no_evaluation: bool, no_promotion: bool, oracle: Path | None, as_json: bool) -> None:
    """Train the risk model on all recorded data, and make it the champion."""
    from training.train import read_oracle, stored_dataset
    from training.train import train as trained

    with progress(as_json) as bars:
        steps = Steps(bars)
        steps("reading the store")
        dataset = stored_dataset(settings())
        truth = read_oracle(oracle) if oracle else None
        done = trained(settings(), dataset, truth, not no_evaluation, not no_promotion, steps)
        steps.done()
    reported = {
        "model": done.model.version,
        "registry_version": done.registry_version,
        "champion": done.champion,
        "warnings": done.warnings,
        "labels": done.model.card.labels,
        "unused_inspections": done.unused,
        "evaluation": done.evaluation,
    }
    for warning in done.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        print_json(reported)
        return
    if done.evaluation:
        print_policies(done.evaluation)
    console.print(
        f"Model {done.model.version}, registry version {done.registry_version}"
        + (", is the champion." if done.champion else ", is not the champion.")
        + "".join(f"\nInspections not used as labels, {reason}: {count:,}" for reason, count in done.unused.items())
        + f"\nRuns and plots: mlflow ui --backend-store-uri sqlite:///{settings().var.resolve() / 'mlflow.db'}",
        soft_wrap=True,
    )
