"""Coverage of the release guarantee under weekly evaluation.

    python -m benchmarks.opening_policy.release_guarantee [--ports 500] [--boxes 12000] [--threads 1] [--json]

Ports of `guarantee_port.py`, each with its own seed, 52 weekly looks each. A port fails when at any look the limit
lies on the wrong side of what the declarations of that window truly held. Beside the guarantee, on the same draws:
`naive` is what one would do without thought, a 95 % Clopper-Pearson limit of the window every week, on the random
sample thinned
to one chance, what has no conclusion left out; `spent` divides its error by the 52 looks and counts that as violating,
as the guarantee does; `split` takes the whole sample, and shares that error among the chances. In the second run of
every port a scheme that the score does not see begins after 52 weeks: `drift` has in how many ports the state was ever
`guaranteed` while the window held more than the target, how soon it was left and how soon it became `broken`, in
weeks. `release_threshold` chooses a lane at the last look, among cuts fixed before its window began; `share_by_truth`
is the widest of them that truly keeps the limit.
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
    FIRST_LOOK,
    LOOKS,
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
# A lane is to be chosen of all declarations, so that some cuts are too wide.
THRESHOLD: Final = ReleaseTarget(rate=0.06)
WIDTHS: Final = np.linspace(0.5, 1.0, 11)
_BEGINNING: Final = datetime.combine(START, time(), tzinfo=UTC)


def looks(lanes: Lanes) -> Iterator[dict[str, Any]]:
    """Each weekly evaluation: the stated limits, the truth, and other limits."""
    port = lanes.port
    for look in range(FIRST_LOOK, FIRST_LOOK + LOOKS):
        window, inside = _window(port, look)
        inside &= lanes.green
        reported = release_guarantee(lanes.shown(inside, look), RELEASE_TARGET, window)
        thinned = inside & (port.draw < RANDOM)
        strata = [inside & (port.chance == chance) for chance in np.unique(port.chance)]
        error = 1 - RELEASE_TARGET.confidence
        yield {
            "look": look,
            "state": reported.state,
            "truth": int(port.violates[inside].sum()),
            "declarations": int(inside.sum()),
            "most": reported.upper,
            "fewest": reported.lower,
            "naive": _clopper_pearson(port, thinned & port.concludes, error),
            "spent": _clopper_pearson(port, thinned, error / LOOKS),
            "split": sum(
                stratum.sum()
                / inside.sum()
                * _clopper_pearson(port, stratum & (port.draw < port.chance), error / LOOKS / len(strata))
                for stratum in strata
            ),
        }


def trial(seed: int, boxes: int) -> dict[str, Any]:
    """What one port shows, without and with the planted drift, and the lane chosen for it."""
    port = port_of(seed, boxes)
    steady, changed = released(port, seed), released(drifted(port, seed, ONSET, JOIN_SHARE), seed)
    return {"steady": _kept(steady), "drift": _after(changed), "widest": _threshold(steady)}


def _kept(lanes: Lanes) -> dict[str, Any]:
    seen = list(looks(lanes))
    rates = {name: np.array([one[name] / one["declarations"] for one in seen]) for name in ("truth", "most", "fewest")}
    straight = {name: np.array([one[name] for one in seen]) for name in ("naive", "spent", "split")}
    states = [one["state"] for one in seen]
    above = rates["truth"] > RELEASE_TARGET.rate
    return {
        "upper_wrong": bool((rates["truth"] > rates["most"]).any()),
        "lower_wrong": bool((rates["truth"] < rates["fewest"]).any()),
        "naive_wrong": bool((rates["truth"] > straight["naive"]).any()),
        "spent_wrong": bool((rates["truth"] > straight["spent"]).any()),
        "guaranteed_wrongly": any(s is GuaranteeState.MET and a for s, a in zip(states, above, strict=True)),
        "broken_wrongly": any(s is GuaranteeState.VIOLATED and not a for s, a in zip(states, above, strict=True)),
        "mean": {name: float(values.mean()) for name, values in {**rates, **straight}.items()},
        "states": {state.value: states.count(state) / len(states) for state in GuaranteeState},
        "first_guaranteed": _first(states, GuaranteeState.MET),
    }


def _after(lanes: Lanes) -> dict[str, Any]:
    seen = list(looks(lanes))
    above = [one["truth"] > RELEASE_TARGET.rate * one["declarations"] for one in seen]
    wrongly = [one["look"] for one, a in zip(seen, above, strict=True) if a and one["state"] is GuaranteeState.MET]
    later = [one for one in seen if one["look"] > ONSET]
    states = [one["state"] for one in later]
    before = next(one for one in seen if one["look"] == ONSET)
    left = [one["look"] - ONSET for one in later if one["state"] is not GuaranteeState.MET]
    true_above = [one["look"] - ONSET for one, a in zip(seen, above, strict=True) if a and one["look"] > ONSET]
    return {
        "guaranteed_wrongly": bool(wrongly),
        "upper_wrong": any(one["truth"] > one["most"] for one in seen),
        "was_guaranteed": before["state"] is GuaranteeState.MET,
        "weeks_to_leave": left[0] if left else None,
        "weeks_to_truth_above": true_above[0] if true_above else None,
        "weeks_to_broken": _first(states, GuaranteeState.VIOLATED),
        "last": states[-1].value,
    }


def _threshold(lanes: Lanes) -> dict[str, Any]:
    look = FIRST_LOOK + LOOKS - 1
    port = lanes.port
    window, inside = _window(port, look)
    earlier = port.week < (window.begins_at - _BEGINNING).days // 7
    cuts = np.quantile(lanes.risk[earlier], WIDTHS).tolist()
    violation = lanes.outcomes(look)
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
    """The true rate of violators among the declarations inside up to a cut, and the share of them that it holds."""
    lane = inside & (lanes.risk <= cut)
    return float(lanes.port.violates[lane].mean()), float(lane.sum() / inside.sum())


def _window(port: Port, look: int) -> tuple[Window, Flags]:
    window = window_at(_BEGINNING + timedelta(weeks=look), timedelta(weeks=DELAY_WEEKS))
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
    steady, drift, release_threshold = (
        [reported[part] for reported in trials] for part in ("steady", "drift", "widest")
    )
    was = [reported for reported in drift if reported["was_guaranteed"]]
    return {
        "steady": {
            "promise_held": _times([not reported["upper_wrong"] for reported in steady]),
            "lower_held": _times([not reported["lower_wrong"] for reported in steady]),
            "naive_held": _times([not reported["naive_wrong"] for reported in steady]),
            "spent_held": _times([not reported["spent_wrong"] for reported in steady]),
            "guaranteed_wrongly": _times([reported["guaranteed_wrongly"] for reported in steady]),
            "broken_wrongly": _times([reported["broken_wrongly"] for reported in steady]),
            "mean": {name: _mean([reported["mean"][name] for reported in steady]) for name in steady[0]["mean"]},
            "share_of_looks": {name: _mean([reported["states"][name] for reported in steady]) for name in steady[0]["states"]},  # noqa: E501
            "weeks_to_guaranteed": _weeks([reported["first_guaranteed"] for reported in steady]),
        },
        "drift": {
            "promise_held": _times([not reported["upper_wrong"] for reported in drift]),
            "guaranteed_wrongly": _times([reported["guaranteed_wrongly"] for reported in drift]),
            "weeks_to_truth_above": _weeks([reported["weeks_to_truth_above"] for reported in drift]),
            "guaranteed_before": len(was),
            "weeks_to_leave": _weeks([reported["weeks_to_leave"] for reported in was]),
            "weeks_to_broken": _weeks([reported["weeks_to_broken"] for reported in drift]),
            "at_the_end": {state.value: _mean([reported["last"] == state for reported in drift]) for state in GuaranteeState},  # noqa: E501
        },
        "widest": {
            "wrong": _times([reported["wrong"] for reported in release_threshold]),
            "none": _mean([reported["share"] == 0 for reported in release_threshold]),
            "share": _mean([reported["share"] for reported in release_threshold]),
            "share_by_truth": _mean([reported["best_share"] for reported in release_threshold]),
            "stopped": {state.value: _mean([reported["stopped"] == state for reported in release_threshold]) for state in GuaranteeState},  # noqa: E501
        },
        "run": {
            "ports": ports, "boxes": boxes, "first_seed": first_seed, "looks": LOOKS, "random_share": RANDOM,
            "guarantee": RELEASE_TARGET.rate, "widest_limit": THRESHOLD.rate, "confidence": RELEASE_TARGET.confidence,
        },
    }  # fmt: skip


def _times(held: list[bool]) -> dict[str, Any]:
    """Count and share of ports, with the exact 95 % binomial interval of the share."""
    interval = binomtest(sum(held), len(held)).proportion_ci(0.95)
    return {
        "ports": sum(held),
        "share": _mean(held),
        "low": round(float(interval.low), 4),
        "high": round(float(interval.high), 4),
    }


def _weeks(weeks: list[int | None]) -> dict[str, Any]:
    """In what share of the ports it came to pass within the looks, and after how many weeks."""
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
