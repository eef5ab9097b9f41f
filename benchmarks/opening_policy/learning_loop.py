"""Two years of planning, opening and learning under drift: greedy, with a random share, with an uncertainty share.

    python -m benchmarks.opening_policy.learning_loop [--seeds 1,2,3,4,5] [--boxes 12000] [--json]

A simulated port of three years. Its first year is historical data of the simulator; afterwards each arm opens boxes and
learns from these openings only (`drift_loop.py`), retrained every 30 days, 24 times. Half-way through the span, half
a year into the loop, compliant firms begin a new fraud pattern with other goods, five times as many as in the default
port; packers change throughout. All arms open the same number of boxes (`arms.py`), 5 % in expectation: of 12,000
boxes, 16 a period, three of them at random. Baselines are the oracle at 5 %, and the same number of boxes in random
order. Violations are expected numbers in the opened boxes, by the oracle's exact probabilities, which reduces noise;
boxes of the new fraud pattern are counted.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

import click

from benchmarks.opening_policy.arms import ARMS, SHARE, Arms
from benchmarks.opening_policy.loop_table import HALF_YEAR, figures, table
from benchmarks.reporting.output import as_json, print_line, store_figures, stored_figures
from benchmarks.simulated_port.drift_loop import audited, port
from benchmarks.simulated_port.drift_table import Periods
from benchmarks.simulated_port.trial import code_digest

DAYS: Final = 3 * 365
STEP: Final = 30
LATE_START: Final = 0.5
# Four half years of six periods up to the end of the span.
LOOP: Final = range(DAYS - 4 * HALF_YEAR * STEP, DAYS, STEP)
# Published share of the openings in real ports that find nothing; for context only.
PUBLISHED_USELESS_RATE: Final = 0.886
_OWN: Final = (
    "benchmarks/opening_policy/learning_loop.py",
    "benchmarks/opening_policy/arms.py",
    "benchmarks/simulated_port/drift_loop.py",
)


def trial(seed: int, boxes: int, threads: int, again: bool = False) -> dict[str, Periods]:
    """The periods of each arm for one seed, kept in var/benchmarks/policy_loop/ as soon as an arm is done."""
    name, code = f"policy_loop/{boxes}-{seed}", code_digest(*_OWN)
    held = stored_figures(name)
    if not held or held["code"] != code or again:
        held = {"code": code, "arms": {}}
    missing = [arm for arm in ARMS if arm not in held["arms"]]
    simulated = port(seed, boxes, DAYS, LATE_START) if missing else None
    for arm in missing:
        assert simulated is not None
        begun = time.perf_counter()
        # The first arm sets how many boxes the others open.
        reported = held["arms"].get(ARMS[0], {"periods": []})["periods"]
        arms = Arms(f"policy loop {seed}", {row["day"]: row["opened"] for row in reported})
        periods = list(audited(simulated, arms.decide(arm), seed, LOOP, threads))
        held["arms"][arm] = {"periods": periods, "seconds": round(time.perf_counter() - begun)}
        store_figures(name, held)
    return {arm: held["arms"][arm]["periods"] for arm in ARMS}


def measured(
    seeds: Sequence[int], boxes: int, threads: int, again: bool = False, json_only: bool = True
) -> dict[str, Any]:
    """All figures of the loop: by arm and baseline over seeds, and differences to greedy.

    Raises NotReady where a port is so small that its first year has too few openings to learn from.
    """
    runs: dict[str, list[Periods]] = {arm: [] for arm in ARMS}
    for seed in seeds:
        for arm, periods in trial(seed, boxes, threads, again).items():
            runs[arm].append(periods)
            reported = figures(periods)
            print_line(json_only, f"seed {seed}, {arm}: {reported['share_of_oracle']:.3f} of the oracle's finds")
    return {
        **table(runs),
        "published_useless_rate": PUBLISHED_USELESS_RATE,
        "run": {"seeds": list(seeds), "boxes": boxes, "days": DAYS, "loop_from_day": LOOP.start, "share": SHARE},
    }


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seeds", default="1,2,3,4,5", show_default=True)
@click.option("--boxes", type=click.IntRange(min=1), default=12_000, show_default=True)
@click.option("--threads", default=1, show_default=True)
@click.option("--again", is_flag=True, help="Make trials again that are kept.")
def main(json_only: bool, seeds: str, boxes: int, threads: int, again: bool) -> None:
    """Run the loop of every arm and seed."""
    as_json(measured([int(seed) for seed in seeds.split(",")], boxes, threads, again, json_only))


if __name__ == "__main__":
    main()
