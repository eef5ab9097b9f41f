"""The opening policy: plan, release guarantee, off-policy estimates, and two years of learning.

    python -m benchmarks.policy [--parts plan,guarantee,estimates,without_log,loop] [--json]

Each part can also be run by itself, with options of its own (`python -m benchmarks.opening_policy.plan_cost`). Here all
have their defaults: a plan of 100,000 boxes; 500 ports with weekly evaluations; 500 logs; 500 redraws of a port's own
past; seeds 1 to 5 of the loop. All of it takes about three quarters of an hour on one core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import click

from benchmarks.opening_policy import estimates, learning_loop, plan_cost, release_guarantee, without_log
from benchmarks.reporting.output import as_json, print_line

_LOOP_SEEDS: Final = (1, 2, 3, 4, 5)
_LOOP_BOXES: Final = 12_000
_PORTS: Final = 500
_PORT_BOXES: Final = 12_000
PARTS: Final[Mapping[str, Callable[[int], dict[str, Any]]]] = MappingProxyType(
    {
        "plan": lambda threads: plan_cost.measured(),
        "guarantee": lambda threads: release_guarantee.measured(_PORTS, _PORT_BOXES, threads),
        "estimates": lambda threads: estimates.measured(threads=threads),
        "without_log": lambda threads: without_log.measured(threads=threads),
        "loop": lambda threads: learning_loop.measured(_LOOP_SEEDS, _LOOP_BOXES, threads),
    }
)


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--parts", default=",".join(PARTS), show_default=True)
@click.option("--threads", default=1, show_default=True)
def main(json_only: bool, parts: str, threads: int) -> None:
    """Benchmark the policy: which boxes to open."""
    wanted = parts.split(",")
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(PARTS)}.", param_hint="--parts")
    figures = {}
    for part in wanted:
        figures[part] = PARTS[part](threads)
        print_line(json_only, f"{part}: {figures[part]}")
    as_json(figures)


if __name__ == "__main__":
    main()
