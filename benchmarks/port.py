"""The simulated port: how much of what an oracle finds does the model find, beside rules, table and random?

`python -m benchmarks.port --json [--seeds 1,2,3] [--boxes 100000]` prints one JSON object on its last line:
policy, capacity, then precision, recall, useless_rate and share_of_oracle for boxes with a declaration or
packing violation, means over the seeds; `by_seed` holds each seed's own.
"""

from __future__ import annotations

import click
import numpy as np

from benchmarks.output import as_json, say
from data.settings import settings
from data.simulator import simulate
from training.dataset import dataset_of
from training.evaluate import CAPACITIES, Evaluation, evaluate

POLICIES = ("model", "rules", "table", "random", "oracle")


def run(seed: int, boxes: int, days: int) -> Evaluation:
    """One world, trained on its first three quarters and judged on the truth of the last."""
    world = simulate(boxes=boxes, days=days, seed=seed)
    return evaluate(dataset_of(world.declarations, world.inspections), seed, settings().threads, oracle=world.oracle)


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seeds", default="1,2,3", show_default=True)
@click.option("--boxes", default=100_000, show_default=True)
@click.option("--days", default=730, show_default=True)
def main(json_only: bool, seeds: str, boxes: int, days: int) -> None:
    """Benchmark the model on simulated ports."""
    tables, equal = {}, {}
    for seed in (int(part) for part in seeds.split(",")):
        evaluation = run(seed, boxes, days)
        tables[str(seed)] = evaluation.table()
        equal[str(seed)] = evaluation.openings_at_equal_found(0.05)
        say(
            json_only,
            f"seed {seed}: "
            + ", ".join(f"{p} {tables[str(seed)][p]['0.05']['share_of_oracle']:.3f}" for p in POLICIES),
        )
    mean = {
        policy: {
            f"{share:g}": {
                name: float(np.mean([table[policy][f"{share:g}"][name] for table in tables.values()]))
                for name in ("precision", "recall", "useless_rate", "share_of_oracle")
            }
            for share in CAPACITIES
        }
        for policy in POLICIES
    }
    as_json(
        {
            **mean,
            "openings_at_equal_found": equal,
            "by_seed": tables,
            "run": {"seeds": seeds, "boxes": boxes, "days": days},
        }
    )


if __name__ == "__main__":
    main()
