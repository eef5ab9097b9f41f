"""Recovery after a new fraud pattern begins, with and without the random share.

    python -m benchmarks.drift [--seeds 1,2,3] [--boxes 40000] [--json]

From 60 % of a two-year span on, the port opens 5 % of its boxes by the model's policy and learns from these openings
only (`drift_loop.py`); the model is trained every 15 days. At 75 % compliant firms begin a new fraud pattern with other
goods, five times as many as in the default port. `with_random` draws a fifth of the capacity at random (the default of
the product), `without_random` nothing; each is compared with the oracle at 5 %. Shares are of expected violations, by
the oracle's exact probabilities, which reduces noise; they are computed over 30 days. The port has recovered at the end
of the first 30 days (not before the worst ones within 60 days of the onset) whose share of the oracle's finds is at
least 95 % of that in the 60 days before the onset. The same is reported for the boxes of the new fraud pattern alone:
the first 30 days in which at least that share of the boxes is opened that the oracle opens.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Final

import click

from benchmarks.reporting.output import as_json, print_line, store_figures, stored_figures
from benchmarks.simulated_port.drift_loop import CAPACITY, Period, audited, port
from benchmarks.simulated_port.drift_table import DAYS, LATE_START, ONSET, STEP, Periods, recovery, reported_figures
from benchmarks.simulated_port.trial import code_digest
from models.policy.lanes import Policy

ARMS: Final = {"with_random": 0.01, "without_random": 0.0}
FIRST_SHARE: Final = 0.6


def trial(seed: int, boxes: int, threads: int, again: bool = False) -> dict[str, Periods]:
    """The periods of both arms for one seed, kept in var/benchmarks/drift/ as `benchmarks.simulated_port.trial` keeps
    its own."""
    name, code = f"drift/{boxes}-{seed}", code_digest("benchmarks/drift.py", "benchmarks/simulated_port/drift_loop.py")
    held = stored_figures(name)
    if not held or held["code"] != code or again:
        held = {"code": code, "arms": {}}
    missing = [arm for arm in ARMS if arm not in held["arms"]]
    simulated = port(seed, boxes, DAYS, LATE_START) if missing else None
    days = range(int(ONSET) - STEP * round((LATE_START - FIRST_SHARE) * DAYS / STEP), DAYS - STEP + 1, STEP)
    for arm in missing:
        assert simulated is not None
        begun = time.perf_counter()
        policy = Policy(CAPACITY, ARMS[arm], 0.0, f"drift {seed}")
        periods = list(audited(simulated, partial(Period.planned, policy=policy), seed, days, threads))
        held["arms"][arm] = {"periods": periods, "seconds": round(time.perf_counter() - begun)}
        store_figures(name, held)
    return {arm: held["arms"][arm]["periods"] for arm in ARMS}


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seeds", default="1,2,3", show_default=True)
@click.option("--boxes", default=40_000, show_default=True)
@click.option("--threads", default=1, show_default=True)
@click.option("--again", is_flag=True, help="Make trials again that are kept.")
def main(json_only: bool, seeds: str, boxes: int, threads: int, again: bool) -> None:
    """Benchmark the recovery from a new fraud pattern."""
    runs: dict[str, list[Periods]] = {arm: [] for arm in ARMS}
    for seed in seeds.split(","):
        for arm, periods in trial(int(seed), boxes, threads, again).items():
            runs[arm].append(periods)
            print_line(json_only, f"seed {seed}, {arm}: {recovery([periods])}")
    as_json(
        {**{arm: reported_figures(of_arm) for arm, of_arm in runs.items()}, "run": {"seeds": seeds, "boxes": boxes}}
    )


if __name__ == "__main__":
    main()
