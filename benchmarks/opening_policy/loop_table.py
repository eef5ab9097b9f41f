"""Figures of the learning loop: each arm over the seeds, and differences by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.simulated_port.drift_loop import CAPACITY
from benchmarks.simulated_port.drift_table import Periods
from training.evaluation.metrics import across

# 180 days.
HALF_YEAR: Final = 6
Figures = dict[str, float | None]


def figures(run: Periods) -> Figures:
    """The figures of one run. Shares are of the oracle's finds; None where the oracle found nothing."""
    reported: Figures = {
        "openings": float(sum(row["opened"] for row in run)),
        "violations_found": sum(row["found"] for row in run),
        "useless_rate": 1 - sum(row["found"] for row in run) / sum(row["opened"] for row in run),
        "share_of_oracle": _share(run, "found", "oracle"),
    }
    for first in range(0, len(run), HALF_YEAR):
        rows = run[first : first + HALF_YEAR]
        reported[f"share_of_oracle_half_year_{first // HALF_YEAR + 1}"] = _share(rows, "found", "oracle")
    reported["new_fraud_found"] = float(sum(row["late_found"] for row in run))
    reported["new_fraud_share_of_oracle"] = _share(run, "late_found", "late_oracle")
    return reported


def baselines(run: Periods) -> dict[str, Periods]:
    """The periods as the oracle would have had them at 5 %, and as many boxes as were opened taken in random order."""
    return {
        "oracle": [
            {**row, "opened": round(CAPACITY * row["boxes"]), "found": row["oracle"], "late_found": row["late_oracle"]}
            for row in run
        ],
        "by_chance": [
            {
                **row,
                "found": row["violations"] * row["opened"] / row["boxes"],
                "late_found": row["late"] * row["opened"] / row["boxes"],
            }
            for row in run
        ],
    }


def over_seeds(reported: Sequence[Figures]) -> dict[str, dict[str, Any]]:
    """Each figure's mean over the runs that have it, with Student's 95 % interval, and run by run."""
    return {name: _over([of_run[name] for of_run in reported]) for name in reported[0]}


def differences(first: Sequence[Figures], second: Sequence[Figures]) -> dict[str, dict[str, Any]]:
    """The same of first less second, run by run: both saw the same port."""
    return over_seeds([_less(one, other) for one, other in zip(first, second, strict=True)])


def table(runs: Mapping[str, Sequence[Periods]]) -> dict[str, Any]:
    """All figures of arms and baselines, and the differences of every arm to `greedy`; a run for each seed."""
    reported = {arm: [figures(run) for run in of_arm] for arm, of_arm in runs.items()}
    beside = [baselines(run) for run in runs["random_share"]]
    for name in ("oracle", "by_chance"):
        reported[name] = [figures(of_run[name]) for of_run in beside]
    return {
        "arms": {arm: over_seeds(of_arm) for arm, of_arm in reported.items()},
        "less_greedy": {arm: differences(reported[arm], reported["greedy"]) for arm in runs if arm != "greedy"},
    }


def _share(run: Periods, found: str, oracle: str) -> float | None:
    best = sum(row[oracle] for row in run)
    return sum(row[found] for row in run) / best if best else None


def _less(one: Figures, other: Figures) -> Figures:
    pairs = {name: (value, other[name]) for name, value in one.items()}
    return {name: None if a is None or b is None else a - b for name, (a, b) in pairs.items()}


def _over(values: Sequence[float | None]) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    by_seed = [None if value is None else round(value, 4) for value in values]
    if not known:
        return {"mean": None, "interval": None, "by_seed": by_seed}
    middle = across(known)
    interval = [round(middle.low, 4), round(middle.high, 4)] if len(known) > 1 else None
    return {"mean": round(middle.value, 4), "interval": interval, "by_seed": by_seed}
