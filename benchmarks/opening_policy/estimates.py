"""Bias of the off-policy estimates and coverage of their intervals, against the known truth.

    python -m benchmarks.opening_policy.estimates [--ports 10] [--draws 50] [--boxes 20000] [--json]

On each simulated port a model is trained at 60 % of the span. The boxes declared after it are planned once by its risk
at 5 % capacity with a random share of 1 %, and drawn again with as many salts as there are `draws`: each draw is a log.
Boxes of one shipper and day count as one declaration, so that several are drawn together. From each log alone four
other policies are estimated; the simulator gives the truth. Per policy and quantity: mean error with its Monte Carlo
standard error, share of the 95 % intervals that contain the truth with its binomial interval (Clopper and Pearson),
mean width, and root mean squared error; beside them the naive estimate, which applies the hit rate of the opened boxes
to all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import click
import numpy as np

from benchmarks.reporting.output import as_json, print_line
from data.simulator.port import simulate
from data.vocabulary import Family, Lane
from features.boxes import Boxes, Numbers
from features.definitions.context import DAY_US
from models.policy.capacity import opening_hours
from models.policy.lanes import Policy
from models.scoring.expected_harm import finding_probability, hazard, risk
from models.scoring.scorer import probability
from training.dataset import dataset_of, port_rates
from training.evaluation.evaluate import baselines, truths
from training.fitting.train_at import train_at
from training.off_policy.estimates import CONFIDENCE, estimated
from training.off_policy.estimators import ESTIMATORS
from training.off_policy.logged_policy import PolicyLog
from training.off_policy.replay import decided_versions
from training.off_policy.sample_intervals import share_limits

CAPACITY: Final = 0.05
RANDOM: Final = 0.01
TRAINED_AT: Final = 0.6
_DAYS: Final = 730
_CUT_SHARE: Final = 0.08
QUANTITIES: Final = ("hits", "useless", "released", "hit_rate", "lawful_hours")


@dataclass(frozen=True)
class Port:
    """n boxes of a simulated port: who is drawn together, two scores, the prediction, and the truth, each (n,)."""

    boxes: Boxes
    declaration: list[str]
    risks: Numbers
    table: Numbers
    predicted: Numbers
    truth: Numbers
    hours: Numbers

    def planned(self, policy: Policy, scores: Numbers) -> tuple[Numbers, Numbers]:
        """Chance of being opened (n,), and whether the random sample or the rank opened it, 0 or 1."""
        names = [self.boxes.box[name].tolist() for name in ("box_no", "terminal")]
        decision = policy.plan(scores, self.declaration, *names)
        red = np.array([lane is Lane.RED for lane in decision.lanes], dtype=np.float64)
        return decision.selection_probability, red

    def targets(self) -> dict[str, Numbers]:
        """The policies estimated: another cut, another capacity, another score, another random share."""
        cut = self.risks > np.quantile(self.risks, 1 - _CUT_SHARE)
        return {
            "cut": np.where(cut, 1.0, RANDOM),
            "capacity": self.planned(Policy(2 * CAPACITY, RANDOM, 0.0, "target"), self.risks)[0],
            "score": self.planned(Policy(CAPACITY, RANDOM, 0.0, "target"), self.table)[0],
            "share": self.planned(Policy(CAPACITY, 3 * RANDOM, 0.0, "target"), self.risks)[0],
        }

    def true(self, target: Numbers) -> dict[str, float]:
        """What is to be expected of a target, by quantity."""
        hits, openings = float((target * self.truth).sum()), float(target.sum())
        return {
            "hits": hits,
            "useless": openings - hits,
            "released": float(((1 - target) * self.truth).sum()),
            "hit_rate": hits / openings,
            "lawful_hours": float((target * self.hours * (1 - self.truth)).sum()),
        }


def port(seed: int, boxes: int, threads: int) -> Port:
    """The boxes of a port that were declared after its model was trained."""
    simulated_port = simulate(boxes=boxes, days=_DAYS, seed=seed)
    dataset = dataset_of(simulated_port.declarations, simulated_port.inspections)
    instant = int(np.quantile(dataset.boxes.declared_at, TRAINED_AT))
    model = train_at(dataset, instant, seed, threads)
    later = dataset.boxes.take(decided_versions(dataset.boxes, instant, dataset.end))
    context = dataset.context(later)
    features = dataset.features(later)
    probabilities = probability(model.log_odds(features))
    opening = [index for index, family in enumerate(Family) if family.needs_opening]
    days = (later.declared_at // DAY_US).astype(np.int64).tolist()
    shippers = zip(later.box["shipper_id"], later.box["shipper_name"], strict=True)
    return Port(
        later, [f"{who or name}:{day}" for (who, name), day in zip(shippers, days, strict=True)],
        risk(probabilities, hazard(later)), baselines(port_rates(context), features, seed)["table"],
        finding_probability(probabilities),
        truths(later, simulated_port.oracle)[:, opening].max(axis=1), opening_hours(later),
    )  # fmt: skip


def logs(one: Port, seed: int, draws: int) -> Iterator[PolicyLog]:
    """The logs of one policy under other salts."""
    for sample in range(draws):
        chance, red = one.planned(Policy(CAPACITY, RANDOM, 0.0, f"estimates {seed} {sample}"), one.risks)
        opened = red > 0
        found = np.where(opened, one.truth, np.nan)
        yield PolicyLog(np.array(one.declaration), chance, opened, found, one.hours, one.predicted)


def measured(
    ports: int = 10, draws: int = 50, boxes: int = 20_000, threads: int = 1, quiet: bool = True
) -> dict[str, Any]:
    """The figures, by policy, quantity and estimator; ports have the seeds 1 to `ports`."""
    rows: dict[tuple[str, str, str], list[tuple[float, float, float, float]]] = {}
    openings: list[int] = []
    sizes: list[int] = []
    for seed in range(1, ports + 1):
        begun = time.perf_counter()
        one = port(seed, boxes, threads)
        targets = one.targets()
        true = {name: one.true(target) for name, target in targets.items()}
        for log in logs(one, seed, draws):
            openings.append(int((log.by_sample & log.observed).sum()))
            for name, target in targets.items():
                for estimator, quantities in estimated(log, target).by_estimator.items():
                    for quantity in QUANTITIES:
                        reported = (*quantities[quantity], true[name][quantity])
                        rows.setdefault((name, quantity, estimator), []).append(reported)
        sizes.append(len(one.boxes))
        print_line(quiet, f"port {seed}: {len(one.boxes)} boxes, {draws} logs, {time.perf_counter() - begun:.0f} s")
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for (name, quantity, estimator), held in rows.items():
        table.setdefault(name, {}).setdefault(quantity, {})[estimator] = figures_of(np.array(held))
    return {
        "policies": table,
        "worst": {estimator: _worst(table, estimator) for estimator in ESTIMATORS},
        "run": {
            "seeds": f"1 to {ports}", "logs": ports * draws, "boxes": round(float(np.mean(sizes))),
            "capacity": CAPACITY, "random": RANDOM, "sample_openings": round(float(np.mean(openings)), 1),
        },
    }  # fmt: skip


def figures_of(reported: Numbers) -> dict[str, float]:
    """Figures of rows value, low, high, truth, shape (logs, 4)."""
    value, low, high, truth = reported.T
    error, holds = value - truth, (low <= truth) & (truth <= high)
    coverage = share_limits(float(holds.mean()), len(holds), CONFIDENCE)
    figures = {
        "truth": truth.mean(),
        "bias": error.mean(),
        "bias_error": error.std(ddof=1) / np.sqrt(len(error)),
        "coverage": coverage.value,
        "coverage_low": coverage.low,
        "coverage_high": coverage.high,
        "width": (high - low).mean(),
        "rmse": np.sqrt((error**2).mean()),
    }
    return {name: round(float(figure), 4) for name, figure in figures.items()}


def _worst(table: dict[str, dict[str, dict[str, Any]]], estimator: str) -> dict[str, float]:
    """The least coverage of any policy and quantity; the largest bias, in Monte Carlo errors and as part of truth."""
    rows = [by_estimator[estimator] for quantities in table.values() for by_estimator in quantities.values()]
    return {
        "coverage": min(row["coverage"] for row in rows),
        "bias_in_errors": round(
            max((abs(row["bias"]) / row["bias_error"] for row in rows if row["bias_error"]), default=0.0), 2
        ),
        "bias_of_truth": round(max(abs(row["bias"]) / row["truth"] for row in rows), 4),
    }


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--ports", default=10, show_default=True)
@click.option("--draws", default=50, show_default=True, help="Logs of each port.")
@click.option("--boxes", default=20_000, show_default=True)
@click.option("--threads", default=1, show_default=True)
def main(json_only: bool, ports: int, draws: int, boxes: int, threads: int) -> None:
    """Benchmark the off-policy estimates."""
    figures = measured(ports, draws, boxes, threads, json_only)
    for name, quantities in figures["policies"].items():
        for quantity in ("hits", "released"):
            for estimator, row in quantities[quantity].items():
                print_line(
                    json_only,
                    f"{name:9} {quantity:9} {estimator:20} truth {row['truth']:7.1f}, bias {row['bias']:+7.2f} "
                    f"(error {row['bias_error']:.2f}), coverage {row['coverage']:.1%}, width {row['width']:.0f}",
                )
    as_json(figures)


if __name__ == "__main__":
    main()
