"""Cost and properties of a plan: time beside a bare sort, repeatability, sampling rates, greedy beside optimal.

Run: python -m benchmarks.opening_policy.plan_cost --json
"""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any, Final

import click
import numpy as np
from scipy.stats import binom

from benchmarks.opening_policy.optimum import optimum
from benchmarks.reporting.output import as_json, print_line
from models.planning.report import places, report
from models.policy.candidates import Candidates
from models.policy.capacity import HOUR_US, Slots
from models.policy.lanes import Plan, Policy

POLICY: Final = Policy(0.05, 0.01, 0.1, "benchmark", random_new=0.02)
TERMINALS: Final = ("DCT", "DICT", "DPT", "NPT")
DAYS: Final = 7
_SMALL: Final = {"boxes": 40, "days": 3, "openings": 2}
_REPEATS: Final = 3


def candidates(boxes: int, seed: int, days: int, terminals: tuple[str, ...] = TERMINALS) -> Candidates:
    """Boxes drawn by seed: a quarter imports, one in ten of a new shipper, skewed harm, two boxes a declaration."""
    rng = np.random.default_rng(seed)
    call, imported = rng.integers(0, 24 * days, boxes) * HOUR_US, rng.random(boxes) < 0.25
    new = np.repeat(rng.random((boxes + 1) // 2) < 0.1, 2)[:boxes]
    return Candidates(
        [f"D{number // 2}" for number in range(boxes)], [f"B{number}" for number in range(boxes)],
        rng.choice(terminals, boxes).tolist(), rng.gamma(1.0, 10.0, boxes).clip(0, 100), rng.beta(1, 9, boxes),
        rng.choice([1.0, 1.6, 1.8, 2.4], boxes), new, rng.random(boxes) < 0.03, [None] * boxes,
        np.where(imported, call + 4 * HOUR_US, -(10**15)), np.where(imported, call + 60 * HOUR_US, call - 4 * HOUR_US),
    )  # fmt: skip


def slots(openings: float, days: int, terminals: tuple[str, ...] = TERMINALS) -> Slots:
    """Two shifts of twelve hours a day at each terminal."""
    rows = [
        (terminal, shift, "1", day * 24 + begin, day * 24 + begin + 12)
        for day in range(days)
        for shift, begin in (("day", 0), ("night", 12))
        for terminal in terminals
    ]
    names, shifts, teams, starts, ends = zip(*rows, strict=True)
    hours = np.array([starts, ends], dtype=np.int64) * HOUR_US
    return Slots(names, shifts, teams, hours[0], hours[1], np.full(len(rows), openings))


def measured(boxes: int = 100_000, seed: int = 1, cases: int = 200) -> dict[str, Any]:
    """All figures: a plan of `boxes` boxes, and `cases` small ports against the exact optimum."""
    wanted, shifts = candidates(boxes, seed, DAYS), slots(boxes * 0.05 / (2 * DAYS * len(TERMINALS)), DAYS)
    seconds, plans = zip(*(_timed(wanted, shifts) for _ in range(_REPEATS)), strict=True)
    sorting = min(_sorted(wanted) for _ in range(_REPEATS))
    ratios = np.array([_against_optimum(case) for case in range(cases)])
    return {
        "plan_seconds": round(min(seconds), 3),
        "ratio_to_sort": round(min(seconds) / sorting),
        "same_to_the_byte": len({_bytes(wanted, plan) for plan in plans}) == 1,
        "random_sample": _random_sample(wanted, plans[0]),
        "greedy_to_optimum": {
            "cases": cases,
            "mean": round(float(ratios.mean()), 4),
            "least": round(float(ratios.min()), 4),
            "most": round(float(ratios.max()), 4),
            "case": dict(_SMALL),
        },
        "run": {"boxes": boxes, "seed": seed, "shifts": len(shifts), "data": "drawn, no port"},
    }


def _timed(wanted: Candidates, shifts: Slots) -> tuple[float, Plan]:
    begin = perf_counter()
    plan = POLICY.planned(wanted, shifts)
    return perf_counter() - begin, plan


def _sorted(wanted: Candidates) -> float:
    begin = perf_counter()
    np.argsort(-wanted.priority)
    return perf_counter() - begin


def _bytes(wanted: Candidates, plan: Plan) -> bytes:
    decision = plan.decision
    chances = decision.selection_probability.tolist()
    reported = [report(wanted, plan, {}, []), decision.lanes, decision.selected_by, chances, places(wanted, plan)]
    return json.dumps(reported).encode()


def _random_sample(wanted: Candidates, plan: Plan) -> list[dict[str, Any]]:
    """Declarations drawn in each stratum, with the central 99 % of the binomial; those no shift suits are in none."""
    rate = POLICY.sample_probabilities(wanted.declaration_ids, wanted.new)[::2]
    drawn = POLICY.draws(wanted.declaration_ids[::2]) < rate
    reported = []
    for share in np.unique(rate).tolist():
        count = int((rate == share).sum())
        low, high = (int(bound) for bound in binom.interval(0.99, count, share))
        found = int(drawn[rate == share].sum())
        reported.append(
            {"rate": share, "declarations": count, "drawn": found, "low": low, "high": high,
             "within": low <= found <= high}
        )  # fmt: skip
    return [*reported, {"rate": 0.0, "boxes_that_suit_no_shift": int((plan.decision.sample_probability == 0).sum())}]


def _against_optimum(case: int) -> float:
    small = ("A", "B")
    wanted = candidates(_SMALL["boxes"], case, _SMALL["days"], small)
    shifts = slots(_SMALL["openings"], _SMALL["days"], small)
    chosen = Policy(0.05, 0.0, 0.1, "benchmark").planned(wanted, shifts).choice.by_score
    return float(wanted.expected_harm[chosen].sum()) / optimum(wanted, shifts)


@click.command()
@click.option("--boxes", type=click.IntRange(min=100), default=100_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "json_only", is_flag=True, help="Print one JSON object only.")
def main(boxes: int, seed: int, json_only: bool) -> None:
    """Plan, time, compare."""
    figures = measured(boxes, seed)
    greedy = figures["greedy_to_optimum"]
    print_line(
        json_only, f"{boxes:,} boxes: {figures['plan_seconds']} s, {figures['ratio_to_sort']} times the sort alone"
    )
    print_line(
        json_only, f"greedy reaches {greedy['mean']:.1%} of the optimum on average, {greedy['least']:.1%} at least"
    )
    as_json(figures)


if __name__ == "__main__":
    main()
