"""Select boxes for past inspections: at random, by the officers' rule, by tips. The probability used is logged.

The rule gives points for fields of the declaration, and for findings about the packer or the shipper that were
recorded before the quarter of the filing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.definitions.masses import WEIGHINGS
from data.simulator.declaring import PLAIN, WEIGHING_STEP_KG, Declared
from data.simulator.details import Details
from data.simulator.goods import goods
from data.simulator.oracle_posterior import DELIBERATE, Flags, Floats, Ints
from data.simulator.parameters import Parameters
from data.simulator.traffic import Traffic
from data.simulator.violations import Violations
from data.vocabulary import SelectedBy, Step

OPENING_RATES: Final = np.array([0.03, 0.05, 0.085, 0.125, 0.18, 0.25])
"""Probability that the rule selects a box for opening, by its points."""
PAPERS_RATES: Final = np.array([0.03, 0.07, 0.17, 0.3, 0.45, 0.6])
QUARTER_HOURS: Final = 91 * 24
OFFENDER_FINDINGS: Final = 2
"""Number of findings from which a packer or shipper is an offender, if they are also OFFENDER_SHARE of its openings."""
OFFENDER_SHARE: Final = 0.15


@dataclass(frozen=True)
class Chosen:
    """Boxes selected for one step: position, reason, and probability (NaN when unknown), each (selected,)."""

    box: Ints
    step: Step
    by: list[SelectedBy]
    probability: Floats


def points(declared: Declared, details: Details) -> Ints:
    """Points of the declaration, (boxes,): cargo of concern, differing weights, missing papers, late filing."""
    dangerous = goods().dangerous[declared.goods]
    mass = details.line_gross_kg.sum(axis=1) + details.tare_kg
    off = np.abs(np.nan_to_num(declared.weighed_steps)) * WEIGHING_STEP_KG / mass > WEIGHINGS.share
    total: Ints = (
        1 * goods().concern[declared.goods]
        + 2 * off
        + (dangerous & declared.phone_missing)
        + (dangerous & declared.certificate_missing)
        + (declared.hours_step == 0)
        + (declared.manifest != PLAIN)
    )
    return total


def choose(
    rng: np.random.Generator,
    traffic: Traffic,
    declared: Declared,
    details: Details,
    violations: Violations,
    known_hours: Floats,
    parameters: Parameters,
) -> tuple[Chosen, Chosen]:
    """Select boxes to open, and boxes whose papers are checked.

    `known_hours` (boxes,) is when the outcome of an opening would become known, in hours since the start of the span.
    """
    shown = points(declared, details)
    n = len(shown)
    tipped = np.where(declared.state == DELIBERATE, parameters.tip_rate, parameters.tip_rate / 40)
    uniform = rng.random((3, n))
    at_random = uniform[0] < parameters.random_share
    rate, by_rule, by_tip = np.zeros(n), np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    violated = (declared.state > 0) | violations.packing
    quarter = np.floor(details.declared_hours / QUARTER_HOURS)
    for number in np.unique(quarter):
        now = np.flatnonzero(quarter == number)
        known = (at_random | by_rule | by_tip) & (quarter < number) & (known_hours < number * QUARTER_HOURS)
        known_points = 3 * (
            _offenders(traffic.packer, known, violated)[traffic.packer[now]]
            | _offenders(traffic.shipper, known, violated)[traffic.shipper[now]]
        )
        rate[now] = OPENING_RATES[np.minimum(shown[now] + known_points, len(OPENING_RATES) - 1)]
        by_rule[now] = ~at_random[now] & (uniform[1, now] < rate[now])
        by_tip[now] = ~at_random[now] & ~by_rule[now] & (uniform[2, now] < tipped[now])
    openings = _chosen(Step.BOX, at_random, by_rule, by_tip, rate, parameters.random_share)

    checked_rate = PAPERS_RATES[np.minimum(shown, len(PAPERS_RATES) - 1)]
    at_random = rng.random(n) < parameters.papers_random_share
    by_rule = ~at_random & (rng.random(n) < checked_rate)
    no_tips = np.zeros(n, dtype=np.bool_)
    return openings, _chosen(Step.PAPERS, at_random, by_rule, no_tips, checked_rate, parameters.papers_random_share)


def _offenders(party: Ints, known: Flags, violated: Flags) -> Flags:
    count = int(party.max()) + 1
    openings = np.bincount(party[known], minlength=count)
    findings = np.bincount(party[known & violated], minlength=count)
    flags: Flags = (findings >= OFFENDER_FINDINGS) & (findings >= OFFENDER_SHARE * openings)
    return flags


def _chosen(step: Step, at_random: Flags, by_rule: Flags, by_tip: Flags, rate: Floats, random_share: float) -> Chosen:
    """Boxes drawn at random, then those of the rule among the rest, then tips; probabilities accordingly."""
    box = np.flatnonzero(at_random | by_rule | by_tip)
    probability = np.select([at_random, by_rule], [random_share, (1 - random_share) * rate], np.nan)
    reason = np.select([at_random, by_rule], [0, 1], 2)[box]
    names = (SelectedBy.RANDOM, SelectedBy.RULE, SelectedBy.TIP)
    return Chosen(box, step, [names[r] for r in reason], probability[box])
