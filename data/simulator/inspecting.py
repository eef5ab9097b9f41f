"""Past inspections: boxes chosen at random, by a point rule and by tips; outcomes that arrive days later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from data.frames import frame
from data.records import INSPECTION_COLUMNS
from data.simulator import instants
from data.simulator.belief import HONEST, SCHEME, Floats, Ints, pick
from data.simulator.declaring import PLAIN, Declared
from data.simulator.details import Details
from data.simulator.goods import goods
from data.simulator.parameters import Parameters
from data.simulator.parties import Texts
from data.simulator.traffic import Traffic
from data.simulator.violations import Violations
from data.vocabulary import Flow, Outcome, SelectedBy, Step

OPENING_RATES: Final = np.array([0.022, 0.045, 0.09, 0.16, 0.25, 0.35])
"""Chance that the rule has a box opened, by its points."""
PAPERS_RATES: Final = np.array([0.03, 0.08, 0.2, 0.35, 0.5, 0.6])


def points(declared: Declared, details: Details) -> Ints:
    """Points of the officers' rule, 0 to 5: a cargo of concern, a weight that is off, papers that are not in order."""
    dangerous = goods().dangerous[declared.goods]
    mass = details.line_gross_kg.sum(axis=1) + details.tare_kg
    off = np.abs(np.nan_to_num(declared.weighed_steps)) * 20 / mass > 0.04
    total = (
        2 * goods().concern[declared.goods]
        + 2 * off
        + (dangerous & declared.phone_missing)
        + (dangerous & declared.certificate_missing)
        + (declared.lead == 0)
        + (declared.booking != PLAIN)
    )
    capped: Ints = np.minimum(total, len(OPENING_RATES) - 1)
    return capped


@dataclass(frozen=True)
class Chosen:
    """Boxes chosen for one step: their numbers, by what, and with what probability (NaN when unknown)."""

    box: Ints
    step: Step
    by: list[SelectedBy]
    probability: Floats


def choose(
    rng: np.random.Generator, declared: Declared, details: Details, parameters: Parameters
) -> tuple[Chosen, Chosen]:
    """Boxes to open, and boxes whose papers to check."""
    score = points(declared, details)
    tipped = np.where(declared.state == SCHEME, parameters.tip_rate, parameters.tip_rate / 20)
    return (
        _choose(rng, Step.BOX, parameters.random_share, OPENING_RATES[score], tipped),
        _choose(rng, Step.PAPERS, parameters.papers_random_share, PAPERS_RATES[score], np.zeros(len(score))),
    )


def _choose(rng: np.random.Generator, step: Step, random_share: float, rule: Floats, tip: Floats) -> Chosen:
    """A box is drawn at random first; then the rule has its turn, so its probability is of the rest; then tips."""
    n = len(rule)
    at_random = rng.random(n) < random_share
    by_rule = ~at_random & (rng.random(n) < rule)
    by_tip = ~at_random & ~by_rule & (rng.random(n) < tip)
    box = np.flatnonzero(at_random | by_rule | by_tip)
    reason = np.where(at_random, 0, np.where(by_rule, 1, 2))[box]
    probability = np.where(reason == 0, random_share, np.where(reason == 1, (1 - random_share) * rule[box], np.nan))
    names = (SelectedBy.RANDOM, SelectedBy.RULE, SelectedBy.TIP)
    return Chosen(box, step, [names[r] for r in reason], probability)


def findings(
    rng: np.random.Generator, declared: Declared, details: Details, violations: Violations
) -> tuple[list[str], list[str]]:
    """What an opening of each box would find, and what a check of its papers: codes separated by semicolons."""
    dangerous = goods().dangerous[declared.goods]
    n = len(dangerous)
    kinds = np.where(details.lines[:, None] > 1, [[0.62, 0.16, 0.17, 0.05]], [[0.74, 0.19, 0.0, 0.07]])
    packing = np.array(["securing", "packaging", "segregation", "structural"])[pick(rng, kinds)]
    papers = np.where(dangerous & (rng.random(n) < 0.65), "placarding", "documentation")
    declaration = np.where(dangerous, "misdeclared", "undeclared")
    opened = np.stack(
        [
            np.where(declared.state != HONEST, declaration, ""),
            np.where(violations.papers, papers, ""),
            np.where(violations.packing, packing, ""),
        ],
        axis=1,
    ).tolist()
    checked = np.where(violations.papers, papers, "").tolist()
    return [";".join(filter(None, codes)) for codes in opened], checked


def table(
    rng: np.random.Generator,
    chosen: tuple[Chosen, Chosen],
    found: tuple[list[str], list[str]],
    traffic: Traffic,
    details: Details,
    numbered: tuple[Texts, Texts],
    start: date,
    parameters: Parameters,
) -> pd.DataFrame:
    """The inspections table: one row per inspection, more where it was pending or corrected; ordered by recorded_at."""
    box = np.concatenate([one.box for one in chosen])
    n = len(box)
    is_opening = np.concatenate([np.full(len(one.box), one.step is Step.BOX) for one in chosen])
    truth = [found[0][b] if opening else found[1][b] for b, opening in zip(box, is_opening, strict=True)]
    filed = np.where(details.amended, details.amended_hours, details.declared_hours)[box]
    loading = traffic.loading_day[box] * 24
    arrives = traffic.flow[box] == list(Flow).index(Flow.IMPORT)
    inspected = np.where(
        is_opening & arrives, loading + rng.uniform(4, 60, n), filed + (loading - filed) * rng.uniform(0.15, 0.9, n)
    )
    recorded = inspected + 24 * (1 + np.minimum(rng.gamma(1.6, 2.5, n), 19))
    pending = rng.random(n) < parameters.pending_share
    corrected = ~pending & (rng.random(n) < parameters.corrected_share)
    first_at = np.where(pending, inspected + rng.uniform(1, 20, n), recorded)
    last_at = np.where(pending, recorded + 24 * 3, recorded + 24 * rng.uniform(3, 30, n))

    order = np.lexsort((box, is_opening, inspected))
    number = np.empty(n, dtype=np.int64)
    number[order] = np.arange(n)
    first = [
        "" if waits else _mistaken(codes, opening) if wrong else codes
        for codes, waits, wrong, opening in zip(truth, pending, corrected, is_opening, strict=True)
    ]
    again = np.flatnonzero(pending | corrected)
    which = np.concatenate([np.arange(n), again])
    codes = first + [truth[i] for i in again]
    outcome = [Outcome.VIOLATION.value if code else Outcome.COMPLIANT.value for code in codes]
    for i in np.flatnonzero(pending):
        outcome[i] = Outcome.PENDING.value
    by = [reason.value for one in chosen for reason in one.by]
    rows = frame(
        INSPECTION_COLUMNS,
        {
            "inspection_id": [f"INS-{number[i]:07d}" for i in which],
            "declaration_id": numbered[0][box[which]],
            "box_no": numbered[1][box[which]],
            "inspected_at": _utc(start, inspected[which]),
            "recorded_at": _utc(start, np.concatenate([first_at, last_at[again]])),
            "step": [Step.BOX.value if is_opening[i] else Step.PAPERS.value for i in which],
            "selected_by": [by[i] for i in which],
            "selection_probability": np.concatenate([one.probability for one in chosen])[which],
            "outcome": outcome,
            "findings": [code or None for code in codes],
            "officer_id": [f"F{101 + i % 37:04d}" for i in number[which]],
        },
    )
    return rows.sort_values(["recorded_at", "inspection_id"], kind="stable", ignore_index=True)


def _mistaken(codes: str, opening: bool) -> str:
    """What was first recorded where it had to be corrected: nothing, or a fault that was none."""
    if codes:
        return ""
    return "securing" if opening else "documentation"


def _utc(start: date, hours: Floats) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(instants.of_hours(start, hours), tz="UTC")
