"""`hazlane tune`: choose the training parameters on this port's data, and write them to the var folder."""

from __future__ import annotations

import click

from cli.output import Steps, json_option, print_json, progress
from data.settings import settings
from data.vocabulary import Family


@click.command()
@click.option("--trials", type=click.IntRange(min=1), default=40, show_default=True, help="Trials for each family.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=10.0, show_default=True,
              help="Time limit of the search for each family.")  # fmt: skip
@json_option
def tune(trials: int, minutes: float, as_json: bool) -> None:
    """Choose the training parameters by forward validation on this port's data, for later runs of `hazlane train`."""
    from training.fitting.configuration import FILE_NAME
    from training.fitting.tune import rows_at
    from training.fitting.tune import tune as tuned
    from training.train import stored_dataset

    path = settings().var / FILE_NAME
    with progress(as_json) as bars:
        steps = Steps(bars)
        steps("reading the store")
        dataset = stored_dataset(settings())
        rows = rows_at(dataset, dataset.end, settings().seed, settings().threads)
        steps.done()
        searches = {family: bars.add_task(family.value, total=trials) for family in Family}

        def report_progress(family: Family, done: int, least: float) -> None:
            bars.update(searches[family], completed=done, description=f"{family.value}, least loss {least:.4f}")

        origin = f"hazlane tune --trials {trials} --minutes {minutes:g}, seed {settings().seed}"
        chosen = tuned([rows], trials, minutes * 60, settings().seed, settings().threads, origin, report_progress)
        chosen.save(path)
    reported = {
        family.value: {**one.parameters, "weight_exponent": one.weight_exponent}
        for family, one in chosen.families.items()
    }
    if as_json:
        print_json({"path": str(path), "families": reported})
        return
    for name, parameters in reported.items():
        click.echo(f"{name}: " + ", ".join(f"{key} {value:.3g}" for key, value in parameters.items()))
    click.echo(
        f"Written to {path}; `hazlane train` uses it from now on. Remove the file to use the default parameters."
    )
