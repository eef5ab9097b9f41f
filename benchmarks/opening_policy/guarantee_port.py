"""Simulated ports with a release lane and a random sample, week by week, to test the release guarantee.

The score is the oracle's probability with much noise: the guarantee must hold whatever the ranking is. Lanes learn:
a shipper whose violation was recorded ranks higher from the week after, whoever opened its box. Shippers that the port
has hardly met are drawn twice as often. Some openings never come to a conclusion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.simulator import simulate
from models.guarantee.confidence_sequence import Evidence, Numbers, evidence_of
from models.policy.lanes import Policy

Flags = NDArray[np.bool_]

# A Monday on which a window begins: the evaluations of a year then cover four windows.
START: Final = date(2024, 1, 29)
FIRST_WEEK: Final = 30
EVALUATIONS: Final = 52
DELAY_WEEKS: Final = 4
# A large random sample for a small port: as many drawn as 1 % are of a hundred thousand boxes a year.
CAPACITY, RANDOM, PAPERS = 0.15, 0.1, 0.1
NEW_TIMES: Final = 2.0
_MET: Final = 5
_NOISE: Final = 1.0
_CAUGHT: Final = 1.5
_NEVER_CONCLUDED: Final = 0.005


@dataclass(frozen=True)
class Port:
    """n declarations in order of filing, all (n,): `week` since the start, `shipper` number, `risk` before lanes learn,
    `draw` and `chance` of the random sample, `violates`, `known_weeks` from filing to record, `concludes`.
    """

    week: NDArray[np.int64]
    shipper: NDArray[np.int64]
    risk: Numbers
    draw: Numbers
    chance: Numbers
    violates: Flags
    known_weeks: NDArray[np.int64]
    concludes: Flags


@dataclass(frozen=True)
class Lanes:
    """What a port did: `risk` (n,) when it decided, and whether it would release without the random sample, `green`
    (n,)."""

    port: Port
    risk: Numbers
    green: Flags

    def shown(self, inside: Flags, week: int) -> Evidence:
        """Evidence of the random sample, as known at a week, about the declarations `inside`, a mask (n,)."""
        return evidence_of(self.port.draw[inside], self.port.chance[inside], self.outcomes(week)[inside])

    def outcomes(self, week: int) -> Numbers:
        """Outcome (n,) that an opening of each declaration would have by a week; NaN if it has none."""
        known = self.port.concludes & (self.port.week + self.port.known_weeks <= week)
        return np.where(known, self.port.violates, np.nan)


def port_of(seed: int, boxes: int) -> Port:
    """A simulated port of some 19 months, and its random sample."""
    days = 7 * (FIRST_WEEK + EVALUATIONS)
    simulated_port = simulate(boxes=boxes, days=days, seed=seed, start=START, fault_rate=0.0, clumsy_fault_rate=0.0)
    hidden = simulated_port.hidden
    truth = simulated_port.oracle.set_index("declaration_id").loc[hidden.declaration_id.tolist()]
    hours = np.maximum(hidden.details.declared_hours, 0.0)
    order = np.argsort(hours, kind="stable")
    rng = np.random.default_rng(seed)
    probability = truth["probability_opening"].to_numpy()[order].clip(1e-6, 1 - 1e-6)
    shipper = hidden.traffic.shipper[order]
    new = _met_before(shipper) < _MET
    return Port(
        week=(hours[order] // (7 * 24)).astype(np.int64),
        shipper=shipper,
        risk=np.log(probability / (1 - probability)) + rng.normal(0, _NOISE, boxes),
        draw=_policy(seed).draws(hidden.declaration_id[order].tolist()),
        chance=np.where(new, NEW_TIMES, 1.0) * RANDOM,
        violates=truth[["truth_declaration", "truth_packing"]].to_numpy().any(axis=1)[order],
        known_weeks=1 + np.minimum(rng.gamma(1.6, 2.5, boxes) // 7, 2).astype(np.int64),
        concludes=rng.random(boxes) >= _NEVER_CONCLUDED,
    )


def drifted(port: Port, seed: int, from_week: int, share: float) -> Port:
    """The port with a new fraud pattern, which the score does not see: a share of all declarations violates from a week
    on."""
    joins = np.random.default_rng([seed, 1]).random(len(port.week)) < share
    return replace(port, violates=port.violates | (joins & (port.week >= from_week)))


def released(port: Port, seed: int) -> Lanes:
    """The lanes of each week: the riskiest opened, the next checked on paper, the rest green; the random sample opens
    some."""
    risk, green = port.risk.copy(), np.zeros(len(port.week), dtype=bool)
    caught_from = np.full(port.shipper.max() + 1, np.iinfo(np.int64).max)
    policy = _policy(seed)
    for week in range(int(port.week.max()) + 1):
        here = np.flatnonzero(port.week == week)
        if not len(here):
            continue
        risk[here] += _CAUGHT * (caught_from[port.shipper[here]] <= week)
        red, amber = np.quantile(risk[here], [1 - policy.by_score, 1 - policy.by_score - policy.papers])
        green[here] = risk[here] <= amber
        opened = here[(risk[here] > red) | (port.draw[here] < port.chance[here])]
        seen = opened[port.violates[opened] & port.concludes[opened]]
        np.minimum.at(caught_from, port.shipper[seen], week + port.known_weeks[seen] + 1)
    return Lanes(port, risk, green)


def _policy(seed: int) -> Policy:
    return Policy(CAPACITY, RANDOM, PAPERS, f"guarantee {seed}")


def _met_before(shipper: NDArray[Any]) -> NDArray[np.int64]:
    """How many declarations of the same shipper stand before each, (n,)."""
    order = np.argsort(shipper, kind="stable")
    ordered = shipper[order]
    first = np.searchsorted(ordered, ordered)
    before = np.empty(len(shipper), dtype=np.int64)
    before[order] = np.arange(len(shipper)) - first
    return before
