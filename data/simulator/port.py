"""Simulate one port: declarations and inspections as a port would export them, and the oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from data.errors import InvalidInput
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS
from data.simulator import (
    contacts,
    declarations,
    declaring,
    details,
    faults,
    inspecting,
    parties,
    partners,
    practices,
    seasons,
    selecting,
    shippers,
    traffic,
    violations,
    writing,
)
from data.simulator.goods import regions
from data.simulator.oracle_posterior import HONEST, stream
from data.simulator.parameters import Parameters
from data.simulator.partners import Partners
from data.simulator.practices import HiddenPractices
from data.simulator.shippers import Shippers
from data.simulator.traffic import Traffic

START: Final = date(2024, 1, 1)
DAYS_LEAST: Final = 60
RECORDED_WITHIN_DAYS: Final = 60
"""All inspections of a port are recorded within so many days after its last day."""


@dataclass(frozen=True)
class Hidden:
    """The hidden behaviour and the true state of every box, for tests of planted truth. Never written to a file."""

    shippers: Shippers
    partners: Partners
    practices: HiddenPractices
    traffic: Traffic
    freight: np.ndarray[Any, np.dtype[np.float64]]
    """Standardised freight index: (days, regions)."""
    prior: np.ndarray[Any, np.dtype[np.float64]]
    """Probability of each state of a box before anything is declared: (boxes, 3)."""
    declared: declaring.Declared
    details: details.Details
    declaration_id: np.ndarray[Any, np.dtype[np.object_]]
    planted: dict[str, str]
    """Name of the clerical fault by declaration_id; a fault has the name of the check that should find it."""


@dataclass(frozen=True)
class SimulatedPort:
    """The tables of a port. `declarations` and `inspections` have the columns of data.records and the dtypes of
    data.frames. `oracle` has one row per box: the truth that an opening would record (0 or 1 per family) and its exact
    posterior probability given the declaration and all hidden behaviour; `probability_opening` is that of a
    declaration or packing violation.
    """

    declarations: pd.DataFrame
    inspections: pd.DataFrame
    oracle: pd.DataFrame
    hidden: Hidden

    def write(self, folder: Path, form: Literal["csv", "parquet"] = "csv") -> tuple[Path, Path, Path]:
        """Write the tables into `folder` and the oracle into `folder`/oracle; returns the three paths."""
        (folder / "oracle").mkdir(parents=True, exist_ok=True)
        paths = (folder / f"declarations.{form}", folder / f"inspections.{form}", folder / "oracle" / "oracle.csv")
        writing.write(self.declarations, DECLARATION_COLUMNS, paths[0])
        writing.write(self.inspections, INSPECTION_COLUMNS, paths[1])
        self.oracle.to_csv(paths[2], index=False, lineterminator="\n", float_format="%.9g")
        return paths


def latest_start(days: int, today: date) -> date:
    """The latest first day of a port of `days` days whose inspections are all recorded before `today`."""
    return today - timedelta(days=days + RECORDED_WITHIN_DAYS)


def simulate(
    boxes: int = 60_000,
    days: int = 730,
    seed: int = 2026,
    start: date = START,
    progress: Callable[[str], None] | None = None,
    **options: float,
) -> SimulatedPort:
    """Simulate a port. The same arguments give the same bytes.

    `options` override the fields of `Parameters`. `progress` is called with the name of each stage.
    Raises InvalidInput for too few boxes or days, or an unknown option.
    """
    if boxes < 1 or days < DAYS_LEAST:
        raise InvalidInput(
            f"A port needs at least 1 box and {DAYS_LEAST} days; got {boxes} boxes and {days} days.",
            "Increase boxes or days.",
        )
    try:
        parameters = replace(Parameters(), **options)  # type: ignore[arg-type]
    except TypeError:
        known = ", ".join(Parameters.__dataclass_fields__)
        raise InvalidInput(f"Unknown option among: {', '.join(options)}.", f"Known options: {known}.") from None
    report = progress or (lambda stage: None)

    report("parties")
    count = max(40, round(parameters.shippers * (boxes / 60_000) ** parameters.growth))
    firms = shippers.build(stream(seed, "shippers"), count, days, parameters)
    circle = partners.build(stream(seed, "partners"), firms, boxes, parameters)
    # The name of a stream is part of its seed; another name would change the simulated port.
    behaviour = practices.build(stream(seed, "habits"), firms, circle, days, parameters)
    named = parties.build(stream(seed, "parties"), firms, circle)

    report("traffic")
    freight = seasons.freight(stream(seed, "freight"), start, days, len(regions()))
    moves = traffic.build(stream(seed, "traffic"), firms, circle, boxes, start, days)

    report("declarations")
    prior = declaring.prior(firms, behaviour, moves, freight, parameters)
    shown = declaring.build(stream(seed, "declaring"), prior, firms, behaviour, moves)
    more = details.build(stream(seed, "details"), firms, moves, shown)
    spoiled = violations.build(
        stream(seed, "violations"), firms, behaviour, moves, shown, more, seasons.heat(start, days), parameters
    )
    numbered = declarations.numbers(stream(seed, "numbers"), moves, more, circle, named, start)
    identity = named.identity_of(moves.shipper, moves.loading_day, firms.reregistered_on)
    reached = contacts.build(stream(seed, "contacts"), firms, parameters)
    written = contacts.columns(stream(seed, "spelling"), reached, named, identity, parameters)
    table = declarations.table(stream(seed, "table"), circle, named, moves, shown, more, numbered, start, written)
    erring = stream(seed, "faults")
    rate = np.where(firms.clumsy[moves.shipper], parameters.clumsy_fault_rate, parameters.fault_rate)
    wrong = numbered[0][erring.random(boxes) < rate].tolist()
    table, planted = faults.plant(erring, table, table["declaration_id"].isin(wrong).to_numpy(dtype=bool))

    report("inspections")
    inspectable = inspecting.draw_findings(stream(seed, "inspectable"), moves, shown, more, spoiled)
    known_at = inspectable.opened_hours + inspectable.delay_hours
    chosen = selecting.choose(stream(seed, "selection"), moves, shown, more, spoiled, known_at, parameters)
    inspected = inspecting.table(stream(seed, "outcomes"), chosen, inspectable, numbered, start, parameters)

    oracle = pd.DataFrame(
        {
            "declaration_id": pd.Series(numbered[0], dtype="str"),
            "box_no": pd.Series(numbered[1], dtype="str"),
            "truth_declaration": (shown.state != HONEST).astype(np.int64),
            "truth_packing": spoiled.packing.astype(np.int64),
            "truth_papers": spoiled.papers.astype(np.int64),
            "probability_declaration": shown.probability,
            "probability_packing": spoiled.packing_probability,
            "probability_papers": spoiled.papers_probability,
            "probability_opening": 1 - (1 - shown.probability) * (1 - spoiled.packing_probability),
        }
    ).sort_values("declaration_id", ignore_index=True)
    hidden = Hidden(firms, circle, behaviour, moves, freight, prior, shown, more, numbered[0], planted)
    return SimulatedPort(table, inspected, oracle, hidden)
