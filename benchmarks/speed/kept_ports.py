"""Simulated ports for the speed benchmarks, kept as var folders under var/benchmarks/ports and made only once.

A kept port is a store with a number of boxes, their inspections and a trained model, and the boxes that the port
declares next. A benchmark works on a copy. A port is made again when the simulator or the store has changed.
"""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd

from benchmarks.reporting.output import FIGURES_FOLDER
from benchmarks.speed.processes import ROOT, product_environment
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, Column, Kind
from data.store.migrate import HEAD
from features.code_digest import Code, Name

KEPT_PORTS: Final = FIGURES_FOLDER / "ports"
ENDS_ON: Final = date(2026, 6, 30)
"""The last day of every port, whatever its size."""
_BOXES_A_YEAR: Final = 100_000
_YEARS: Final = (1.0, 10.0)
# The model of all sizes is trained on a port of this size, so that the bare boosters cost the same beside each.
_LEARNED_BOXES: Final = 30_000
_ROWS_A_TRANSACTION: Final = 50_000

# What a value of a frame is in a validated row, where that differs.
_PLAIN: Final[dict[Kind, Callable[[Any], Any]]] = {
    Kind.INTEGER: int,
    Kind.INSTANT: pd.Timestamp.to_pydatetime,
    Kind.DATE: pd.Timestamp.date,
    Kind.FLAG: bool,
}

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Port:
    """`folder` is a var folder (store and model); `boxes` are on record; the store is as `hazlane ingest` leaves it."""

    folder: Path
    boxes: int
    seed: int

    @property
    def next_boxes(self) -> pd.DataFrame:
        """The declarations that come next, in order of `declared_at`, first versions only."""
        coming: pd.DataFrame = pd.read_pickle(self.folder / "next.pickle")
        return coming

    def copied_to(self, var: Path) -> None:
        """Copy store and model to a var folder of one's own."""
        shutil.copytree(self.folder, var, dirs_exist_ok=True, ignore=shutil.ignore_patterns("next.pickle"))


def days_of(boxes: int) -> int:
    """How many days a port of so many boxes spans: 100,000 boxes a year, at least one year and at most ten."""
    return round(365 * min(max(boxes / _BOXES_A_YEAR, _YEARS[0]), _YEARS[1]))


def kept_port(boxes: int, seed: int, following: int = 12_000, model: bool = True) -> Port:
    """The kept port of `boxes` boxes, and `following` boxes to come; made where it is not there.

    `model` asks for a trained model beside the store.
    """
    name = f"{boxes}-seed-{seed}-next-{following}-{_digest()}"
    folder = KEPT_PORTS / name
    if not folder.exists():
        _progress(f"making {folder} (simulated, stored and kept; once)")
        scratch = KEPT_PORTS / f"{name}.making"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            # In a process of its own: a million boxes take several GB, which are given back when it ends.
            pool.apply(_store_port, (scratch, boxes, seed, following))
        scratch.rename(folder)
    if model:
        _add_model(folder, boxes, seed)
    return Port(folder, boxes, seed)


def _store_port(folder: Path, boxes: int, seed: int, following: int) -> None:
    from data.simulator import simulate
    from data.store import Store

    days = days_of(boxes)
    start = ENDS_ON - timedelta(days=days)
    simulated_port = simulate(
        boxes + following, days, seed, start, progress=lambda stage: _progress(f"simulating: {stage}")
    )
    earlier, coming = divided(simulated_port.declarations, boxes)
    inspections = simulated_port.inspections[simulated_port.inspections["recorded_at"] < coming["declared_at"].min()]
    coming.to_pickle(folder / "next.pickle")
    del simulated_port, coming
    store = Store.open(f"sqlite:///{folder.resolve() / 'hazlane.db'}")
    at = datetime.combine(ENDS_ON, datetime.min.time(), UTC)
    for number, rows in enumerate(_parts(earlier, DECLARATION_COLUMNS)):
        store.add_declarations(rows, "simulated", at)
        _progress(f"stored {number * _ROWS_A_TRANSACTION + len(rows):,} of {len(earlier):,} rows")
    for rows in _parts(inspections, INSPECTION_COLUMNS):
        store.add_inspections(rows, "simulated", at)
    store.close()


def divided(declarations: pd.DataFrame, boxes: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Declarations up to the instant at which the last of `boxes` boxes is declared, and first versions after it."""
    ordered = declarations.sort_values("declared_at", kind="stable")
    first = ordered[(ordered["amendment_no"] == 0) & (ordered["line_no"] == 1)]
    last = first["declared_at"].iloc[boxes - 1]
    coming = ordered[(ordered["declared_at"] > last) & (ordered["amendment_no"] == 0)]
    return ordered[ordered["declared_at"] <= last], coming


def _add_model(folder: Path, boxes: int, seed: int) -> None:
    """Put a model into a port's folder that today's features accept; train it where there is none."""
    if _accepted(folder):
        return
    if boxes == _LEARNED_BOXES:
        _progress(f"training on {boxes:,} boxes")
        command = [sys.executable, "-m", "cli", "train", "--no-evaluation", "--json"]
        environment = {**product_environment(folder), "HAZLANE_SEED": str(seed)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        return
    learned = kept_port(_LEARNED_BOXES, seed).folder
    shutil.copy2(learned / "mlflow.db", folder / "mlflow.db")
    shutil.copytree(learned / "mlruns", folder / "mlruns", dirs_exist_ok=True)


def _accepted(folder: Path) -> bool:
    """Whether the folder's champion can be used by the code at hand."""
    from data.errors import HazlaneError
    from data.settings import Settings
    from models.scoring.registry import Registry

    try:
        return Registry(Settings(var=folder)).champion() is not None
    except HazlaneError:
        return False


def rows_of(frame: pd.DataFrame, columns: Sequence[Column] = DECLARATION_COLUMNS) -> Rows:
    """Validated rows of a table of the contract, as reading it from a file would give them; what is missing is None."""
    values = [_values(frame[column.name], column.kind) for column in columns]
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def boxes_of(frame: pd.DataFrame) -> list[Rows]:
    """Validated rows box by box, in order of first appearance."""
    boxes: dict[tuple[str, str], Rows] = {}
    for row in rows_of(frame):
        boxes.setdefault((row["declaration_id"], row["box_no"]), []).append(row)
    return list(boxes.values())


def _values(series: pd.Series, kind: Kind) -> list[Any]:
    plain = _PLAIN.get(kind, lambda value: value)
    values = series.astype(object).tolist()
    return [plain(value) if there else None for value, there in zip(values, series.notna().tolist(), strict=True)]


def _parts(frame: pd.DataFrame, columns: Sequence[Column]) -> Iterator[Rows]:
    for begin in range(0, len(frame), _ROWS_A_TRANSACTION):
        yield rows_of(frame.iloc[begin : begin + _ROWS_A_TRANSACTION], columns)


def _digest() -> str:
    """A digest of what a kept port holds: the code and lists of the simulator, and the schema of the store."""
    code = Code(ROOT, ("data",), ("data/reference", "data/parties", "data/simulator"))
    return f"{code.reach([Name('data.simulator.port', 'simulate')]).digest[:8]}-{HEAD}"


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
