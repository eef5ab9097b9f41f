"""The inspections table: findings, the instant at which they were recorded, and later corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.frames import frame
from data.records import INSPECTION_COLUMNS
from data.simulator import instants
from data.simulator.declaring import Declared
from data.simulator.details import Details
from data.simulator.goods import goods
from data.simulator.oracle_posterior import HONEST, Floats, pick
from data.simulator.parameters import Parameters
from data.simulator.parties import Texts
from data.simulator.selecting import Chosen
from data.simulator.traffic import Traffic
from data.simulator.violations import Violations
from data.vocabulary import Flow, Outcome, Step

OFFICERS = 37


@dataclass(frozen=True)
class Inspectable:
    """What inspecting each box would find, and when (hours since the start of the span); one per box."""

    opened_hours: Floats
    checked_hours: Floats
    delay_hours: Floats
    """Hours from inspection to record."""
    opening_findings: list[str]
    checking_findings: list[str]


def draw_findings(
    rng: np.random.Generator, traffic: Traffic, declared: Declared, details: Details, violations: Violations
) -> Inspectable:
    """Draw what every inspection would find, and when. Imports are opened after discharge, all else before loading."""
    n = len(declared.goods)
    filed = np.where(details.amended, details.amended_hours, details.declared_hours)
    loading = traffic.loading_day * 24
    before = filed + (loading - filed) * rng.uniform(0.15, 0.9, (2, n))
    imported = traffic.flow == list(Flow).index(Flow.IMPORT)

    dangerous = goods().dangerous[declared.goods]
    kinds = np.where(details.lines[:, None] > 1, [[0.62, 0.16, 0.17, 0.05]], [[0.74, 0.19, 0.0, 0.07]])
    packing = np.array(["securing", "packaging", "segregation", "structural"])[pick(rng, kinds)]
    papers = np.where(dangerous & (rng.random(n) < 0.65), "placarding", "documentation")
    seen = (
        np.where(declared.state != HONEST, np.where(dangerous, "misdeclared", "undeclared"), ""),
        np.where(violations.papers, papers, ""),
        np.where(violations.packing, packing, ""),
    )
    return Inspectable(
        opened_hours=np.where(imported, loading + rng.uniform(4, 60, n), before[0]),
        checked_hours=before[1],
        delay_hours=24 * (1 + np.minimum(rng.gamma(1.6, 2.5, n), 19)),
        opening_findings=[";".join(filter(None, codes)) for codes in zip(*(s.tolist() for s in seen), strict=True)],
        checking_findings=seen[1].tolist(),
    )


def table(
    rng: np.random.Generator,
    chosen: tuple[Chosen, Chosen],
    inspectable: Inspectable,
    numbered: tuple[Texts, Texts],
    start: date,
    parameters: Parameters,
) -> pd.DataFrame:
    """The inspections table, ordered by recorded_at: one row per inspection, a second where the first was pending
    or had to be corrected.
    """
    box = np.concatenate([one.box for one in chosen])
    n = len(box)
    opening = np.concatenate([np.full(len(one.box), one.step is Step.BOX) for one in chosen])
    by = [reason.value for one in chosen for reason in one.by]
    truth = [
        inspectable.opening_findings[b] if is_opening else inspectable.checking_findings[b]
        for b, is_opening in zip(box, opening, strict=True)
    ]
    inspected = np.where(opening, inspectable.opened_hours[box], inspectable.checked_hours[box])
    recorded = inspected + inspectable.delay_hours[box]
    pending = rng.random(n) < parameters.pending_share
    corrected = ~pending & (rng.random(n) < parameters.corrected_share)
    first_at = np.where(pending, inspected + rng.uniform(1, 20, n), recorded)
    last_at = np.where(pending, recorded, recorded + 24 * rng.uniform(3, 30, n))

    order = np.lexsort((box, opening, inspected))
    number = np.empty(n, dtype=np.int64)
    number[order] = np.arange(n)
    again = np.flatnonzero(pending | corrected)
    which = np.concatenate([np.arange(n), again])
    codes = [
        "" if waits else _mistaken(found, is_opening) if wrong else found
        for found, waits, wrong, is_opening in zip(truth, pending, corrected, opening, strict=True)
    ] + [truth[i] for i in again]
    outcome = [Outcome.VIOLATION.value if code else Outcome.COMPLIANT.value for code in codes]
    for i in np.flatnonzero(pending):
        outcome[i] = Outcome.PENDING.value
    rows = frame(
        INSPECTION_COLUMNS,
        {
            "inspection_id": [f"INS-{number[i]:07d}" for i in which],
            "declaration_id": numbered[0][box[which]],
            "box_no": numbered[1][box[which]],
            "inspected_at": _utc(start, inspected[which]),
            "recorded_at": _utc(start, np.concatenate([first_at, last_at[again]])),
            "step": [Step.BOX.value if opening[i] else Step.PAPERS.value for i in which],
            "selected_by": [by[i] for i in which],
            "selection_probability": np.concatenate([one.probability for one in chosen])[which],
            "outcome": outcome,
            "findings": [code or None for code in codes],
            "officer_id": [f"F{101 + i % OFFICERS:04d}" for i in number[which]],
        },
    )
    return rows.sort_values(["recorded_at", "inspection_id"], kind="stable", ignore_index=True)


def _mistaken(codes: str, opening: bool) -> str:
    """The wrong first record of an inspection: no finding where there was one, else a finding where there was none."""
    if codes:
        return ""
    return "securing" if opening else "documentation"


def _utc(start: date, hours: Floats) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(instants.of_hours(start, hours), tz="UTC")
