"""The simulated port: the share of an oracle's finds that the model finds, beside baselines and comparison models.

`python -m benchmarks.port --json [--seeds 1,2] [--scenarios drift,stationary] [--boxes 100000]` prints one JSON object
on its last line. Its top level holds the first scenario asked for (the port as it is, unless stated otherwise): policy,
capacity, then precision, recall, useless_rate and share_of_oracle for boxes with a declaration or packing violation,
means over the seeds; `by_seed` holds each seed's own. `scenarios` holds every scenario with intervals, the model
against its best comparison model, the openings saved, calibration and groups.

Trials that are done are kept (`trial.py`), so a long run may be made in pieces: ask for a few seeds or scenarios
at a time, then for all.
"""

from __future__ import annotations

from typing import Any

import click

from benchmarks.reporting.output import as_json, print_line
from benchmarks.simulated_port.scenario_table import together
from benchmarks.simulated_port.trial import SCENARIOS, trial
from data.errors import InvalidInput


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seeds", default="1,2,3,4,5", show_default=True)
@click.option("--scenarios", default=",".join(SCENARIOS), show_default=True)
@click.option("--boxes", default=100_000, show_default=True)
@click.option("--days", default=730, show_default=True)
@click.option("--threads", default=1, show_default=True)
@click.option("--again", is_flag=True, help="Make trials again that are kept.")
def main(json_only: bool, seeds: str, scenarios: str, boxes: int, days: int, threads: int, again: bool) -> None:
    """Benchmark the model on simulated ports."""
    queried = scenarios.split(",")
    if unknown := set(queried) - set(SCENARIOS):
        raise InvalidInput(f"No such scenario: {', '.join(sorted(unknown))}.", f"There are: {', '.join(SCENARIOS)}.")
    trials: dict[str, dict[str, dict[str, Any]]] = {scenario: {} for scenario in queried}
    for scenario in queried:
        for seed in seeds.split(","):
            done = trial(scenario, int(seed), boxes, days, threads, again)
            trials[scenario][seed] = done
            shares = ", ".join(
                f"{policy} {rows['0.05']['share_of_oracle']:.3f}" for policy, rows in done["policies"].items()
            )
            print_line(json_only, f"{scenario}, seed {seed}: {shares} ({done['seconds']} s)")
    reported = {scenario: together(list(done.values())) for scenario, done in trials.items()}
    first = trials[queried[0]]
    as_json(
        {
            **reported[queried[0]]["policies"],
            "openings_at_equal_found": {seed: done["openings"]["0.05"] for seed, done in first.items()},
            "by_seed": {seed: done["policies"] for seed, done in first.items()},
            "scenarios": reported,
            "tuples": {name: {seed: one["tuples"] for seed, one in done.items()} for name, done in trials.items()},
            "run": {"seeds": seeds, "scenarios": scenarios, "boxes": boxes, "days": days},
        }
    )


if __name__ == "__main__":
    main()
