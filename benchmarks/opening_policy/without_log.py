"""Off-policy estimates for a port without logged decisions: a random sample and a rule, known from inspections alone.

    python -m benchmarks.opening_policy.without_log [--ports 4] [--draws 125] [--boxes 12000] [--json]

On each simulated port a policy (5 % capacity, 1 % at random) is replayed over the last 180 days. Who was opened in
these days is drawn again as often as there are `draws`, as the simulator draws it: at random, by the officers' rule, by
tips. The replayed policy is estimated from the opened boxes and their inspections alone. The probability that the rule
opens a box that it did not open is estimated from earlier data, so that it has the errors that a port's would have.
Figures as in `benchmarks.opening_policy.estimates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import click
import numpy as np

from benchmarks.opening_policy.estimates import figures_of
from benchmarks.reporting.output import as_json, print_line
from data.simulator import selecting
from data.simulator.parameters import Parameters
from data.simulator.port import SimulatedPort, simulate
from data.simulator.violations import Violations
from data.vocabulary import SelectedBy
from features.boxes import Boxes, Numbers
from features.definitions.context import DAY_US
from models.policy.lanes import Policy
from training.dataset import dataset_of
from training.evaluation.evaluate import matched
from training.fitting.sample_weights import opening_probability
from training.off_policy.backtest import REPLAYED_DAYS, span
from training.off_policy.estimates import estimated
from training.off_policy.logged_policy import PolicyLog
from training.off_policy.port_log import from_inspections
from training.off_policy.recorded_openings import recorded
from training.off_policy.replay import Replayed, TrainingOptions, decided_versions, midnight, replayed

POLICY: Final = Policy(0.05, 0.01, 0.0, "past")
QUANTITIES: Final = ("hits", "released")
_DAYS: Final = 730
# From declaration to record, about as in the simulator: only what was recorded makes an offender.
_RECORDED_AFTER_HOURS: Final = 168.0


def draws(
    simulated_port: SimulatedPort, boxes: Boxes, one: Replayed, truth: Numbers, rates: Numbers, count: int
) -> Iterator[PolicyLog]:
    """Logs of the replayed boxes under other draws of who was opened; `truth` (n,) what an opening finds."""
    hidden = simulated_port.hidden
    place = {name: position for position, name in enumerate(boxes.box["declaration_id"].tolist())}
    here = np.array([place.get(name, -1) for name in hidden.declaration_id.tolist()])
    oracle = simulated_port.oracle.set_index("declaration_id").loc[hidden.declaration_id.tolist()]
    violations = Violations(
        oracle["probability_packing"].to_numpy(), oracle["truth_packing"].to_numpy(dtype=bool),
        oracle["probability_papers"].to_numpy(), oracle["truth_papers"].to_numpy(dtype=bool),
    )  # fmt: skip
    known_hours = hidden.details.declared_hours + _RECORDED_AFTER_HOURS
    reported = (hidden.traffic, hidden.declared, hidden.details, violations, known_hours, Parameters())
    for number in range(count):
        openings, _ = selecting.choose(np.random.default_rng(number), *reported)
        by, logged = np.full(len(boxes), "", dtype="U8"), np.full(len(boxes), np.nan)
        inside = here[openings.box] >= 0
        positions = here[openings.box][inside]
        by[positions] = [reason.value for reason, kept in zip(openings.by, inside, strict=True) if kept]
        logged[positions] = openings.probability[inside]
        share = float(logged[by == SelectedBy.RANDOM].mean())
        chance, drawn = from_inspections(by, logged, share, rates)
        yield replace(one.policy_log.log, probability=chance, opened=drawn, found=np.where(drawn, truth, np.nan))


def measured(
    ports: int = 4, logs: int = 125, boxes: int = 12_000, threads: int = 1, quiet: bool = True
) -> dict[str, Any]:
    """The figures, by quantity and estimator; ports have the seeds 1 to `ports`."""
    rows: dict[tuple[str, str], list[tuple[float, float, float, float]]] = {}
    openings: list[int] = []
    for seed in range(1, ports + 1):
        simulated_port = simulate(boxes=boxes, days=_DAYS, seed=seed)
        dataset = dataset_of(simulated_port.declarations, simulated_port.inspections)
        last = span(dataset)[1]
        begin = midnight(last) - int(REPLAYED_DAYS * DAY_US)
        one = replayed(dataset, recorded(dataset, []), POLICY, begin, last, TrainingOptions(seed, threads))
        assert one is not None
        later = dataset.boxes.take(decided_versions(dataset.boxes, begin, last))
        others = set(SelectedBy) - {SelectedBy.RULE}
        rates = opening_probability(dataset, dataset.features(later), begin, others, seed, threads)
        known = matched(later, simulated_port.oracle)
        truth = known[["truth_declaration", "truth_packing"]].max(axis=1).to_numpy(dtype=np.float64)
        true = {"hits": float(one.target @ truth), "released": float((1 - one.target) @ truth)}
        for log in draws(simulated_port, later, one, truth, rates, logs):
            openings.append(int(log.observed.sum()))
            for estimator, quantities in estimated(log, one.target).by_estimator.items():
                for quantity in QUANTITIES:
                    rows.setdefault((quantity, estimator), []).append((*quantities[quantity], true[quantity]))
        print_line(quiet, f"port {seed}: {len(later)} boxes, {logs} draws")
    table: dict[str, dict[str, Any]] = {}
    for (quantity, estimator), reported in rows.items():
        table.setdefault(quantity, {})[estimator] = figures_of(np.array(reported))
    run = {"seeds": f"1 to {ports}", "logs": ports * logs, "boxes": boxes, "openings": round(float(np.mean(openings)))}
    return {"quantities": table, "run": run}


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--ports", default=4, show_default=True)
@click.option("--draws", default=125, show_default=True, help="Logs of each port.")
@click.option("--boxes", default=12_000, show_default=True)
@click.option("--threads", default=1, show_default=True)
def main(json_only: bool, ports: int, draws: int, boxes: int, threads: int) -> None:
    """Benchmark the estimates from the historical data of a port."""
    figures = measured(ports, draws, boxes, threads, json_only)
    for quantity, by_estimator in figures["quantities"].items():
        for estimator, row in by_estimator.items():
            print_line(
                json_only,
                f"{quantity:9} {estimator:20} truth {row['truth']:6.1f}, bias {row['bias']:+7.2f} "
                f"(error {row['bias_error']:.2f}), coverage {row['coverage']:.1%}, width {row['width']:.0f}",
            )
    as_json(figures)


if __name__ == "__main__":
    main()
