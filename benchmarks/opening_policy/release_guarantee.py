"""Coverage of the release guarantee under weekly evaluation.

    python -m benchmarks.opening_policy.release_guarantee [--ports 500] [--boxes 12000] [--threads 1] [--json]

Ports of `guarantee_port.py`, each with its own seed, with 52 weekly evaluations each. `upper_limit_right` counts the
ports in which the upper limit was at no evaluation below the true share of violators in its window; `lower_limit_right`
likewise. On the same draws there are three other limits, all Clopper-Pearson:

- `naive` has an error of 5 % every week, uses the part of the random sample with one probability, and leaves out
  openings without conclusion;
- `spent` divides the error by the 52 evaluations, and counts openings without conclusion as violations, as the
  guarantee does;
- `split` uses the whole sample, and divides that error among the sample probabilities.

In the second run of each port (`drift`) a fraud pattern that the score does not see begins after 52 weeks.
`met_wrongly` counts the ports in which the state was ever met while more than the target rate violated. How soon the
state `met` ended, and how soon `violated` was reported, is in weeks. `threshold_search` chooses a threshold at the last
evaluation, among those fixed before its window began; `share_by_truth` is the largest lane that truly meets the target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, Final

import click
import numpy as np
from scipy.stats import beta, binomtest

from benchmarks.opening_policy.guarantee_port import (
    DELAY_WEEKS,
    EVALUATIONS,
    FIRST_WEEK,
    RANDOM,
    START,
    Flags,
    Lanes,
    Port,
    drifted,
    port_of,
    released,
)
from benchmarks.reporting.output import as_json, print_line
from data.vocabulary import GuaranteeState
from models.guarantee.release_guarantee import ReleaseTarget, Window, release_guarantee, window_at
from models.guarantee.threshold_search import search_threshold

RELEASE_TARGET: Final = ReleaseTarget(rate=0.08)
ONSET: Final = 52
JOIN_SHARE: Final = 0.2
# Thresholds cover up to all declarations, so that some do not meet the target.
THRESHOLD: Final = ReleaseTarget(rate=0.06)
LANE_SHARES: Final = np.linspace(0.5, 1.0, 11)
_BEGINNING: Final = datetime.combine(START, time(), tzinfo=UTC)


def evaluations(lanes: Lanes) -> Iterator[dict[str, Any]]:
    """Each weekly evaluation: the stated limits, the truth, and other limits."""
    port = lanes.port
    for week in range(FIRST_WEEK, FIRST_WEEK + EVALUATIONS):
        window, inside = _window(port, week)
        inside &= lanes.green
        reported = release_guarantee(lanes.shown(inside, week), RELEASE_TARGET, window)
        thinned = inside & (port.draw < RANDOM)
        strata = [inside & (port.chance == chance) for chance in np.unique(port.chance)]
        error = 1 - RELEASE_TARGET.confidence
        yield {
            "week": week,
            "state": reported.state,
            "truth": int(port.violates[inside].sum()),
            "declarations": int(inside.sum()),
            "upper": reported.upper,
            "lower": reported.lower,
            "naive": _clopper_pearson(port, thinned & port.concludes, error),
            "spent": _clopper_pearson(port, thinned, error / EVALUATIONS),
            "split": sum(
                stratum.sum()
                / inside.sum()
                * _clopper_pearson(port, stratum & (port.draw < port.chance), error / EVALUATIONS / len(strata))
                for stratum in strata
            ),
        }


def trial(seed: int, boxes: int) -> dict[str, Any]:
    """Results of one port, without and with planted drift, and of its threshold search."""
    port = port_of(seed, boxes)
    steady, changed = released(port, seed), released(drifted(port, seed, ONSET, JOIN_SHARE), seed)
    return {"steady": _steady(steady), "drift": _after(changed), "threshold_search": _threshold(steady)}


def _steady(lanes: Lanes) -> dict[str, Any]:
    seen = list(evaluations(lanes))
    rates = {name: np.array([one[name] / one["declarations"] for one in seen]) for name in ("truth", "upper", "lower")}
    straight = {name: np.array([one[name] for one in seen]) for name in ("naive", "spent", "split")}
    states = [one["state"] for one in seen]
    above = rates["truth"] > RELEASE_TARGET.rate
    return {
        "upper_wrong": bool((rates["truth"] > rates["upper"]).any()),
        "lower_wrong": bool((rates["truth"] < rates["lower"]).any()),
        "naive_wrong": bool((rates["truth"] > straight["naive"]).any()),
        "spent_wrong": bool((rates["truth"] > straight["spent"]).any()),
        "met_wrongly": any(s is GuaranteeState.MET and a for s, a in zip(states, above, strict=True)),
        "violated_wrongly": any(s is GuaranteeState.VIOLATED and not a for s, a in zip(states, above, strict=True)),
        "mean": {name: float(values.mean()) for name, values in {**rates, **straight}.items()},
        "states": {state.value: states.count(state) / len(states) for state in GuaranteeState},
        "first_met": _first(states, GuaranteeState.MET),
    }


def _after(lanes: Lanes) -> dict[str, Any]:
    seen = list(evaluations(lanes))
    above = [one["truth"] > RELEASE_TARGET.rate * one["declarations"] for one in seen]
    wrongly = [one["week"] for one, a in zip(seen, above, strict=True) if a and one["state"] is GuaranteeState.MET]
    later = [one for one in seen if one["week"] > ONSET]
    states = [one["state"] for one in later]
    before = next(one for one in seen if one["week"] == ONSET)
    left = [one["week"] - ONSET for one in later if one["state"] is not GuaranteeState.MET]
    true_above = [one["week"] - ONSET for one, a in zip(seen, above, strict=True) if a and one["week"] > ONSET]
    return {
        "met_wrongly": bool(wrongly),
        "upper_wrong": any(one["truth"] > one["upper"] for one in seen),
        "was_met": before["state"] is GuaranteeState.MET,
        "weeks_to_leave": left[0] if left else None,
        "weeks_to_truth_above": true_above[0] if true_above else None,
        "weeks_to_violated": _first(states, GuaranteeState.VIOLATED),
        "last": states[-1].value,
    }


def _threshold(lanes: Lanes) -> dict[str, Any]:
    week = FIRST_WEEK + EVALUATIONS - 1
    port = lanes.port
    window, inside = _window(port, week)
    earlier = port.week < (window.begins_at - _BEGINNING).days // 7
    cuts = np.quantile(lanes.risk[earlier], LANE_SHARES).tolist()
    violation = lanes.outcomes(week)
    chosen = search_threshold(
        lanes.risk[inside], port.draw[inside], port.chance[inside], violation[inside], cuts, THRESHOLD
    )
    rate, share, best = 0.0, 0.0, 0.0
    if chosen.cut is not None:
        rate, share = _rate(lanes, inside, chosen.cut)
    for cut in cuts:
        true_rate, width = _rate(lanes, inside, cut)
        if true_rate > THRESHOLD.rate:
            break
        best = width
    return {"wrong": rate > THRESHOLD.rate, "share": share, "best_share": best, "stopped": chosen.stopped_by.value}


def _rate(lanes: Lanes, inside: Flags, cut: float) -> tuple[float, float]:
    """True share of violators among the declarations of the window up to a cut, and the share of them up to it."""
    lane = inside & (lanes.risk <= cut)
    return float(lanes.port.violates[lane].mean()), float(lane.sum() / inside.sum())


def _window(port: Port, week: int) -> tuple[Window, Flags]:
    window = window_at(_BEGINNING + timedelta(weeks=week), timedelta(weeks=DELAY_WEEKS))
    first, end = ((instant - _BEGINNING).days // 7 for instant in (window.begins_at, window.ends_at))
    return window, (port.week >= first) & (port.week < end)


def _clopper_pearson(port: Port, drawn: Flags, error: float) -> float:
    """Upper limit (Clopper and Pearson 1934) on the rate of violators; what has no conclusion counts as one."""
    count, found = int(drawn.sum()), int((port.violates | ~port.concludes)[drawn].sum())
    return float(beta.ppf(1 - error, found + 1, count - found)) if found < count else 1.0


def _first(states: list[GuaranteeState], state: GuaranteeState) -> int | None:
    """Weeks until a state is first reported; None where it never is."""
    return states.index(state) + 1 if state in states else None


def measured(ports: int, boxes: int, threads: int, first_seed: int = 1) -> dict[str, Any]:
    """The figures over ports with seeds from `first_seed` on, in as many processes as `threads`."""
    one, seeds = partial(trial, boxes=boxes), range(first_seed, first_seed + ports)
    if threads > 1:
        with ProcessPoolExecutor(threads) as pool:
            trials = list(pool.map(one, seeds, chunksize=5))
    else:
        trials = [one(seed) for seed in seeds]
    steady, drift, searched = (
        [reported[part] for reported in trials] for part in ("steady", "drift", "threshold_search")
    )
    was = [reported for reported in drift if reported["was_met"]]
    return {
        "steady": {
            "upper_limit_right": _times([not reported["upper_wrong"] for reported in steady]),
            "lower_limit_right": _times([not reported["lower_wrong"] for reported in steady]),
            "naive_limit_right": _times([not reported["naive_wrong"] for reported in steady]),
            "spent_limit_right": _times([not reported["spent_wrong"] for reported in steady]),
            "met_wrongly": _times([reported["met_wrongly"] for reported in steady]),
            "violated_wrongly": _times([reported["violated_wrongly"] for reported in steady]),
            "mean": {name: _mean([reported["mean"][name] for reported in steady]) for name in steady[0]["mean"]},
            "share_of_evaluations": {name: _mean([reported["states"][name] for reported in steady]) for name in steady[0]["states"]},  # noqa: E501
            "weeks_to_met": _weeks([reported["first_met"] for reported in steady]),
        },
        "drift": {
            "upper_limit_right": _times([not reported["upper_wrong"] for reported in drift]),
            "met_wrongly": _times([reported["met_wrongly"] for reported in drift]),
            "weeks_to_truth_above": _weeks([reported["weeks_to_truth_above"] for reported in drift]),
            "met_before": len(was),
            "weeks_to_leave": _weeks([reported["weeks_to_leave"] for reported in was]),
            "weeks_to_violated": _weeks([reported["weeks_to_violated"] for reported in drift]),
            "at_the_end": {state.value: _mean([reported["last"] == state for reported in drift]) for state in GuaranteeState},  # noqa: E501
        },
        "threshold_search": {
            "wrong": _times([reported["wrong"] for reported in searched]),
            "none": _mean([reported["share"] == 0 for reported in searched]),
            "share": _mean([reported["share"] for reported in searched]),
            "share_by_truth": _mean([reported["best_share"] for reported in searched]),
            "stopped": {state.value: _mean([reported["stopped"] == state for reported in searched]) for state in GuaranteeState},  # noqa: E501
        },
        "run": {
            "ports": ports, "boxes": boxes, "first_seed": first_seed, "evaluations": EVALUATIONS,
            "random_share": RANDOM, "target_rate": RELEASE_TARGET.rate, "threshold_target_rate": THRESHOLD.rate,
            "confidence": RELEASE_TARGET.confidence,
        },
    }  # fmt: skip


def _times(is_so: list[bool]) -> dict[str, Any]:
    """Count and share of ports, with the exact 95 % binomial interval of the share."""
    interval = binomtest(sum(is_so), len(is_so)).proportion_ci(0.95)
    return {
        "ports": sum(is_so),
        "share": _mean(is_so),
        "low": round(float(interval.low), 4),
        "high": round(float(interval.high), 4),
    }


def _weeks(weeks: list[int | None]) -> dict[str, Any]:
    """Share of the ports in which it happened, and quartiles of the weeks until then."""
    reached = [count for count in weeks if count is not None]
    quartiles = np.quantile(reached, [0.25, 0.5, 0.75]).tolist() if reached else None
    return {"share": _mean([count is not None for count in weeks]), "quartiles": quartiles}


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--ports", default=500, show_default=True, type=click.IntRange(1))
@click.option("--boxes", default=12_000, show_default=True, type=click.IntRange(2_000))
@click.option("--threads", default=1, show_default=True, help="Processes.")
def main(json_only: bool, ports: int, boxes: int, threads: int) -> None:
    """Benchmark the release guarantee."""
    figures = measured(ports, boxes, threads)
    for part, reported in figures.items():
        for name, value in reported.items():
            print_line(json_only, f"{part}, {name}: {value}")
    as_json(figures)


if __name__ == "__main__":
    main()
