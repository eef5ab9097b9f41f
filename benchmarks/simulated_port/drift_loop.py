"""A simulated port that opens by the model, day after day, and learns from what it opens.

Before the start, the historical data is the simulator's. From then on only the loop opens boxes: each period the model
is trained on what is known by then, the product's policy or an arm of a benchmark decides which boxes of the period are
opened, and outcomes become known days later. Checks of papers are those of the simulator: they do not depend on the
model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.simulator.goods import fraud_patterns
from data.simulator.oracle_posterior import DELIBERATE
from data.simulator.port import SimulatedPort, simulate
from data.vocabulary import Finding, Lane, Outcome, Step
from features.boxes import Boxes, Numbers, latest_versions
from features.checks.results import CheckedBoxes
from features.definitions.context import DAY_US
from features.history.outcomes import Inspected
from models.policy.lanes import Decision, Policy
from models.scoring.expected_harm import finding_probability
from models.scoring.scorer import probability
from training.dataset import Dataset, dataset_of
from training.fitting.train_at import train_at

CAPACITY: Final = 0.05
# Five times as many shippers as in the default port join the new fraud pattern, so that missing it shows.
LATE_SHARE: Final = 0.03
# From declaration to opening, and from opening to record, as in the simulator: days.
_OPENED_AFTER: Final = (0.5, 3.0)
_LONGEST_DELAY: Final = 20.0
_FINDINGS: Final = {
    "declaration": Finding.MISDECLARED.value,
    "packing": Finding.SECURING.value,
    "papers": Finding.PLACARDING.value,
}


@dataclass(frozen=True)
class Port:
    """A simulated port and what the loop needs beside its tables, by row of `boxes` (latest versions, in order).

    `oracle` (n,) is the probability that an opening finds something, `findings` what it would record, `late` (n,)
    marks the boxes declared falsely by the new fraud pattern, `delay_days` (n, 2) from filing to opening to record.
    """

    dataset: Dataset
    boxes: CheckedBoxes
    oracle: Numbers
    findings: list[str]
    late: NDArray[np.bool_]
    delay_days: Numbers
    epoch_us: float


@dataclass(frozen=True)
class Period:
    """What a decision may rest on: the n boxes of the period that begins at `day`, as the model of that day sees them.

    `features` (n, features), each box as of its own declaration; `scores` (n,) that an opening finds something.
    """

    day: int
    boxes: CheckedBoxes
    features: Numbers
    scores: Numbers

    def planned(self, policy: Policy) -> Decision:
        """The product's plan of these boxes."""
        names = [self.boxes.box[name].tolist() for name in ("declaration_id", "box_no", "terminal")]
        return policy.plan(self.scores, *names)


Decide = Callable[[Period], Decision]


def port(seed: int, boxes: int, days: int, late_fraud_start: float) -> Port:
    """A port in which the new fraud pattern starts at a share of the span."""
    start = date(2024, 1, 1)
    simulated_port = simulate(
        boxes=boxes, days=days, seed=seed, start=start, late_start=late_fraud_start, late_share=LATE_SHARE
    )
    dataset = dataset_of(simulated_port.declarations, simulated_port.inspections)
    latest = dataset.boxes.take(latest_versions(dataset.boxes))
    latest = latest.take(np.argsort(latest.declared_at, kind="stable"))
    truth = simulated_port.oracle.set_index("declaration_id").loc[latest.box["declaration_id"].tolist()]
    columns = {code: truth[f"truth_{family}"].to_numpy() for family, code in _FINDINGS.items()}
    findings = [
        ";".join(code for code, found in zip(columns, row, strict=True) if found)
        for row in zip(*columns.values(), strict=True)
    ]
    rng = np.random.default_rng(seed)
    waits = rng.uniform(*_OPENED_AFTER, len(latest))
    delays = 1 + np.minimum(rng.gamma(1.6, 2.5, len(latest)), _LONGEST_DELAY - 1)
    return Port(
        dataset, latest, truth["probability_opening"].to_numpy(dtype=np.float64), findings,
        _late(simulated_port, latest), np.column_stack([waits, delays]),
        (start - date(1970, 1, 1)).days * DAY_US,
    )  # fmt: skip


def _late(simulated_port: SimulatedPort, boxes: Boxes) -> NDArray[np.bool_]:
    hidden = simulated_port.hidden
    late = hidden.shippers.fraud_pattern[hidden.traffic.shipper] == len(fraud_patterns()) - 1
    declared = dict(
        zip(hidden.declaration_id.tolist(), ((hidden.declared.state == DELIBERATE) & late).tolist(), strict=True)
    )
    return np.array([declared[name] for name in boxes.box["declaration_id"].tolist()], dtype=bool)


def audited(port: Port, decide: Decide, seed: int, days: range, threads: int) -> Iterator[dict[str, Any]]:
    """The figures of each period that begins at one of `days` (since the start of the span) and lasts its step.

    `found` and `oracle` are the violations to be expected in the boxes opened, by the oracle's probabilities, under
    `decide` and under the oracle; `ranked` those of the riskiest 5 % by the model; `violations` those of all boxes;
    `late...` are counts of boxes of the new fraud pattern.
    """
    first = port.epoch_us + days.start * DAY_US
    earlier, chances, reasons = _before(port, first)
    for day in days:
        begin, end = port.epoch_us + day * DAY_US, port.epoch_us + (day + days.step) * DAY_US
        known = Dataset(port.dataset.boxes, earlier, np.array(chances), reasons)
        model = train_at(known, int(begin), seed, threads)
        here = np.flatnonzero((port.boxes.declared_at >= begin) & (port.boxes.declared_at < end))
        boxes = port.boxes.take(here)
        features = known.features(boxes)
        scores = finding_probability(probability(model.log_odds(features)))
        decision = decide(Period(day, boxes, features, scores))
        opened = np.array([lane is Lane.RED for lane in decision.lanes])
        yield {"day": day, **_figures(port, here, opened, scores)}
        for place in np.flatnonzero(opened):
            earlier.append(_outcome(port, int(here[place]), day))
            chances.append(float(decision.selection_probability[place]))
            reasons.append(decision.selected_by[place])


def _figures(port: Port, here: NDArray[np.int64], opened: NDArray[np.bool_], scores: Numbers) -> dict[str, Any]:
    oracle, late = port.oracle[here], port.late[here]
    count = round(CAPACITY * len(here))
    best, top = np.argsort(-oracle, kind="stable")[:count], np.argsort(-scores, kind="stable")[:count]
    return {
        "boxes": len(here),
        "opened": int(opened.sum()),
        "found": float(oracle[opened].sum()),
        "ranked": float(oracle[top].sum()),
        "oracle": float(oracle[best].sum()),
        "violations": float(oracle.sum()),
        "late": int(late.sum()),
        "late_found": int(late[opened].sum()),
        "late_oracle": int(late[best].sum()),
    }


def _before(port: Port, first: float) -> tuple[list[Inspected], list[float], list[str | None]]:
    """Historical data at the start of the loop: openings of boxes declared before it, and all checks of papers."""
    declared = dict(zip(port.boxes.box["declaration_id"].tolist(), port.boxes.declared_at.tolist(), strict=True))
    known = port.dataset
    rows = zip(known.inspections, known.selection_probability.tolist(), known.selected_by, strict=True)
    held = [
        reported for reported in rows if reported[0].step == Step.PAPERS or declared[reported[0].declaration_id] < first
    ]
    return [row for row, _, _ in held], [chance for _, chance, _ in held], [reason for _, _, reason in held]


def _outcome(port: Port, position: int, day: int) -> Inspected:
    """What the opening of a box records, and when."""
    seen = port.boxes.declared_at[position] + port.delay_days[position, 0] * DAY_US
    found = port.findings[position]
    return Inspected(
        f"LOOP-{day}-{position}", port.boxes.box["declaration_id"][position], port.boxes.box["box_no"][position],
        int(seen + port.delay_days[position, 1] * DAY_US), Step.BOX.value,
        Outcome.VIOLATION.value if found else Outcome.COMPLIANT.value, found, int(seen),
    )  # fmt: skip
