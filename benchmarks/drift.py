"""How soon does the port find again what it found before, when a new scheme begins? With and without the random share.

    python -m benchmarks.drift [--seeds 1,2,3] [--boxes 40000] [--json]

From 60 % of a two-year span on the port opens 5 % of its boxes by the model's own policy and learns from nothing else
(`drift_loop.py`): every 15 days it is trained anew. At 75 % honest firms begin a new scheme behind other goods, five
times as many as in the port as it is. `with_random` keeps a fifth of the capacity for boxes drawn by lot (the product's
default), `without_random` nothing; each is held to the same oracle at the full 5 %. Shares are of the violations to be
expected, by the oracle's exact probabilities, so that luck has little part in them; 30 days are looked at together.
Recovered is the port at the end of the first 30 days, not before the worst ones within 60 days of the onset, in which
its share of the oracle's finds is back to 95 % of what it was before the onset.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

import click
import numpy as np

from benchmarks.drift_loop import CAPACITY, audited, port
from benchmarks.output import as_json, keep, kept, say
from benchmarks.port_trial import code_digest
from models.lanes import Policy
from training.metrics import across

ARMS: Final = {"with_random": 0.01, "without_random": 0.0}
DAYS: Final = 730
STEP: Final = 15
FIRST_SHARE: Final = 0.6
LATE_START: Final = 0.75
# Periods looked at together.
WINDOW: Final = 2
BACK: Final = 0.95
WORST_WITHIN_DAYS: Final = 60
ONSET: Final = LATE_START * DAYS
Periods = Sequence[dict[str, Any]]


def trial(seed: int, boxes: int, threads: int, again: bool = False) -> dict[str, Periods]:
    """The periods of both arms for one seed, kept in var/benchmarks/drift/ as `benchmarks.port_trial` keeps its own."""
    name, code = f"drift/{boxes}-{seed}", code_digest("benchmarks/drift.py", "benchmarks/drift_loop.py")
    held = kept(name)
    if not held or held["code"] != code or again:
        held = {"code": code, "arms": {}}
    missing = [arm for arm in ARMS if arm not in held["arms"]]
    simulated = port(seed, boxes, DAYS, LATE_START) if missing else None
    days = range(int(ONSET) - STEP * round((LATE_START - FIRST_SHARE) * DAYS / STEP), DAYS - STEP + 1, STEP)
    for arm in missing:
        assert simulated is not None
        begun = time.perf_counter()
        policy = Policy(CAPACITY, ARMS[arm], 0.0, f"drift {seed}")
        periods = list(audited(simulated, policy, seed, days, threads))
        held["arms"][arm] = {"periods": periods, "seconds": round(time.perf_counter() - begun)}
        keep(name, held)
    return {arm: held["arms"][arm]["periods"] for arm in ARMS}


def shares(runs: Sequence[Periods], found: str = "found", oracle: str = "oracle") -> list[tuple[int, float]]:
    """Day since the onset on which each window ends, and the share of the oracle's finds in it, all runs together."""
    told = []
    for first in range(len(runs[0]) - WINDOW + 1):
        rows = [row for run in runs for row in run[first : first + WINDOW]]
        best = sum(row[oracle] for row in rows)
        end = runs[0][first]["day"] + WINDOW * STEP - int(ONSET)
        told.append((end, sum(row[found] for row in rows) / best if best else float("nan")))
    return told


def recovery(runs: Sequence[Periods]) -> dict[str, Any]:
    """Share before the onset, the worst share soon after it, and days until the share is back (None: not seen)."""
    before = [row for run in runs for row in run if row["day"] + STEP <= int(ONSET)]
    level = sum(row["found"] for row in before) / sum(row["oracle"] for row in before)
    after = [(end, share) for end, share in shares(runs) if end >= WINDOW * STEP]
    worst_end, worst = min((pair for pair in after if pair[0] <= WORST_WITHIN_DAYS), key=lambda pair: pair[1])
    back = [end for end, share in after if end >= worst_end and share >= BACK * level]
    days = 0 if worst >= BACK * level else (back[0] if back else None)
    return {"before": level, "worst": worst, "worst_by_day": worst_end, "recovered_days": days}


def later(run: Periods, found: str, oracle: str) -> float | None:
    """Share of the oracle's finds in all periods after the onset."""
    rows = [row for row in run if row["day"] >= int(ONSET)]
    best = sum(row[oracle] for row in rows)
    return sum(row[found] for row in rows) / best if best else None


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seeds", default="1,2,3", show_default=True)
@click.option("--boxes", default=40_000, show_default=True)
@click.option("--threads", default=1, show_default=True)
@click.option("--again", is_flag=True, help="Make trials again that are kept.")
def main(json_only: bool, seeds: str, boxes: int, threads: int, again: bool) -> None:
    """Benchmark the recovery from a new scheme."""
    runs: dict[str, list[Periods]] = {arm: [] for arm in ARMS}
    for seed in seeds.split(","):
        for arm, periods in trial(int(seed), boxes, threads, again).items():
            runs[arm].append(periods)
            say(json_only, f"seed {seed}, {arm}: {recovery([periods])}")
    as_json({**{arm: _told(of_arm) for arm, of_arm in runs.items()}, "run": {"seeds": seeds, "boxes": boxes}})


def _told(runs: list[Periods]) -> dict[str, Any]:
    after = [share for run in runs if (share := later(run, "found", "oracle")) is not None]
    late = [share for run in runs if (share := later(run, "late_found", "late_oracle")) is not None]
    return {
        **recovery(runs),
        "by_seed": [recovery([run])["recovered_days"] for run in runs],
        "after_onset": float(np.mean(after)),
        "after_onset_interval": [across(after).low, across(after).high] if len(after) > 1 else None,
        "new_scheme_after_onset": float(np.mean(late)) if late else None,
        "curve": [[end, round(share, 3)] for end, share in shares(runs)],
        "new_scheme_curve": [
            [end, None if np.isnan(share) else round(share, 3)]
            for end, share in shares(runs, "late_found", "late_oracle")
        ],
        "curve_of_ranking": [[end, round(share, 3)] for end, share in shares(runs, "ranked")],
    }


if __name__ == "__main__":
    main()
