"""One box assessed in process, in every order in which boxes arrive, beside the bare boosters of the same model.

    python -m benchmarks.latency [--boxes N] [--growth N,N,N] [--calls N] [--seconds S] [--seed N] [--json]

A simulated port's boxes are on record (100,000 by default), with their inspections. Then its next boxes come, one by
one; by case (`benchmarks.speed.latency_cases`):

    in_order                   declared now, later than every event on record
    same_minute                declared at the instant of the last event on record
    minute_late, week_late     declared a minute, a week, before the last event on record
    amended                    a later version, declared now, of a box whose inspection is on record
    after_future_dated         declared now, while a box dated tomorrow is on record
    after_statement_elsewhere  declared now, while one VERMAS message about a box that nobody declared is on record
    after_statement_here       declared now, while a VERMAS message about this very box is on record

`ratio_to_bare_boosters` is, by case, the median time of an answer (validated rows in; papers, history, features,
score, lane, reasons; body out; not stored) over that of LightGBM's predict plus contributions for the boosters on the
same feature row, in the same run, one after the other. `ratio_with_store` is that of another such box, its declaration
and assessment committed to SQLite. `cpu_…` are the same ratios of processor time: those to read on a machine that does
other work too. `growth` is, by case, how much a ratio grows from the smallest of the sizes of `--growth` to the worst
of the others. A case ends after its calls, or after its seconds.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from benchmarks.reporting.output import as_json, print_line
from benchmarks.speed.kept_ports import KEPT_PORTS, Port, boxes_of, kept_port
from benchmarks.speed.latency_cases import (
    CASES,
    MINUTE,
    RATIOS,
    Case,
    Rows,
    State,
    Taken,
    Times,
    amendment,
    figures,
    growth,
    moved,
    vermas,
)
from data.errors import HazlaneError
from data.ingest import ingest_bytes
from data.settings import Settings
from features.checks.stage import check
from models.assessor import Assessor
from models.pipeline import featurize
from models.scoring.risk_model import RiskModel

_DAY: Final = timedelta(days=1)


class Product:
    """All that this benchmark knows of the product: one process over the store of a var folder."""

    def __init__(self, var: Path) -> None:
        self._assessor = Assessor.open(Settings(var=var, threads=1, selection_salt="benchmark"))
        model = self._assessor.model
        if not isinstance(model, RiskModel):
            raise RuntimeError(f"The model of {var} is not used: {self._assessor.cause}")
        self._boosters = [family.booster for family in model.families.values() if family.booster]

    @staticmethod
    def prepare(var: Path) -> None:
        """Make what a start makes once (a snapshot), before the folder is copied."""
        Assessor.open(Settings(var=var, threads=1, selection_salt="benchmark")).store.close()

    def answer(self, rows: Rows, at: datetime) -> list[dict[str, Any]]:
        """The answer for validated rows of one box that arrives at an instant; nothing is stored."""
        return self._assessor.answer(self._assessor.boxes_of(rows), at)

    def assess(self, rows: Rows, at: datetime) -> list[dict[str, Any]]:
        """Store the box and its assessment, and answer."""
        return self._assessor.assess(rows, at)

    def take_message(self, text: str, at: datetime) -> None:
        """Store what an EDIFACT message says, and follow."""
        reported = ingest_bytes(text.encode(), "message", self._assessor.store, at)
        if reported.error or not reported.accepted:
            raise RuntimeError(f"The message was not accepted: {reported.error or reported.reasons}")
        self._assessor.follow()

    def feature_row(self, rows: Rows) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The feature row (1, k) of a box that is not stored."""
        boxes = check(self._assessor.boxes_of(rows))
        return featurize(boxes, self._assessor.following.read(boxes, datetime.now(UTC))).features

    def verified_mass_kg(self, rows: Rows) -> float:
        """The verified gross mass of a box, as declared or as other papers state it; NaN where nobody does."""
        return float(self._assessor.boxes_of(rows).box["vgm_kg"][0])

    def bare(self, row: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        """LightGBM's own predict and contributions for each booster, nothing of ours."""
        for booster in self._boosters:
            booster.predict(row, raw_score=True, num_threads=1)
            booster.predict(row, pred_contrib=True, num_threads=1)

    def trees(self) -> int:
        """How many trees the boosters have together."""
        return sum(booster.num_trees() for booster in self._boosters)

    def inspected(self, count: int) -> list[Rows]:
        """The latest versions of the boxes inspected last, whose conclusion is on record."""
        rows = self._assessor.store.inspections()
        concluded = rows[rows["outcome"].isin(["compliant", "violation"])].tail(count)
        pairs = list(zip(concluded["declaration_id"], concluded["box_no"], strict=True))
        return boxes_of(self._assessor.store.boxes(pairs))

    def close(self) -> None:
        """Give the store back."""
        self._assessor.store.close()


def taken(work: Callable[[], object]) -> Taken:
    """What one call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Taken((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3)


class _Calls:
    """One state of the store, and the cases that are called in it, in turns."""

    def __init__(self, product: Product, port: Port, state: State, calls: int) -> None:
        self.product = product
        self.cases = {name: case for name, case in CASES.items() if case.state is state}
        # Two boxes a call: one answered, one stored; and two that make the state.
        needed = 2 * calls * len(self.cases) + 2
        self.next = iter(boxes_of(port.next_boxes)[:needed])
        self.recorded = iter(product.inspected(needed) if any(case.amends for case in self.cases.values()) else [])
        self.last: datetime = port.next_boxes["declared_at"].min().to_pydatetime()
        self.now = self.last
        self.refused = ""
        self._enter(state)

    def _enter(self, state: State) -> None:
        self.product.assess(moved(next(self.next), self.last), self.now)
        if state is State.FUTURE_DATED:
            try:
                self.product.assess(moved(next(self.next), self.now + _DAY), self.now)
            except HazlaneError as error:
                self.refused = str(error)
        if state is State.STATEMENT_ELSEWHERE:
            self.product.take_message(vermas(["HAZU0000000"], self.now), self.now)
        if state is State.STATEMENT_HERE:
            boxes = [moved(rows, self.now, vgm_kg=None) for rows in self.next]
            self.product.take_message(vermas((rows[0]["box_no"] for rows in boxes), self.now - MINUTE), self.now)
            if np.isnan(self.product.verified_mass_kg(boxes[0])):
                raise RuntimeError("The VERMAS message fills nothing, so the case would not be what its name says.")
            self.next = iter(boxes)

    def _box(self, case: Case) -> Rows:
        """The next box of a case, which arrives at `now`."""
        self.now += MINUTE / 4
        if case.amends:
            return amendment(next(self.recorded), self.now)
        return moved(next(self.next), self.now if case.declared is None else self.last - case.declared)

    def call(self, case: Case, times: Times) -> None:
        """One box answered beside the bare boosters, and another one stored."""
        rows, product = self._box(case), self.product
        times.answered.append(taken(lambda: product.answer(rows, self.now)))
        features = product.feature_row(rows)
        times.bare.append(taken(lambda: product.bare(features)))
        other = self._box(case)
        times.stored.append(taken(lambda: product.assess(other, self.now)))
        self.last = max(self.last, other[0]["declared_at"])


def called(port: Port, calls: int, seconds: float) -> tuple[dict[str, Times], dict[str, str], int]:
    """The times by case at one size; the states that were refused, with the error; the number of trees."""
    times = {name: Times() for name in CASES}
    refused: dict[str, str] = {}
    trees = 0
    for state, var in _copies(port):
        product = Product(var)
        trees = product.trees()
        turns = _Calls(product, port, state, calls)
        refused |= dict.fromkeys(turns.cases, turns.refused) if turns.refused else {}
        while waiting := [name for name in turns.cases if not times[name].spent(calls, seconds)]:
            for name in waiting:
                turns.call(turns.cases[name], times[name])
        reported = ", ".join(f"{name} {len(times[name].bare)} calls" for name in turns.cases)
        print(f"{port.boxes:,} boxes on record: {reported}", file=sys.stderr, flush=True)
        product.close()
        del product, turns
        gc.collect()
    return times, refused, trees


def _copies(port: Port) -> Iterator[tuple[State, Path]]:
    """A var folder of its own for each state: a state stays for good."""
    with TemporaryDirectory(dir=KEPT_PORTS) as base:
        port.copied_to(Path(base))
        Product.prepare(Path(base))
        for state in State:
            with TemporaryDirectory(dir=KEPT_PORTS) as folder:
                Port(Path(base), port.boxes, port.seed).copied_to(Path(folder))
                yield state, Path(folder)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=100_000, help="boxes on record")
    parser.add_argument("--growth", default="", help="sizes to compare, such as 60000,200000,1000000")
    parser.add_argument("--calls", type=int, default=400, help="calls of each case")
    parser.add_argument("--seconds", type=float, default=60.0, help="a slow case ends after so many seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    queried = parser.parse_args()
    sizes = [int(size) for size in queried.growth.split(",") if size]
    reported: dict[int, dict[str, Any]] = {}
    refused: dict[str, str] = {}
    trees = 0
    for size in dict.fromkeys([queried.boxes, *sizes]):
        times, refused, trees = called(kept_port(size, queried.seed), queried.calls, queried.seconds)
        reported[size] = figures(times)
        for case in CASES:
            answered, stored, cpu, _ = (reported[size][name][case] for name in RATIOS)
            ms = reported[size]["median_ms"]["answered"][case]
            line = f"{answered:7.1f} x bare ({ms:6.1f} ms; by processor time {cpu:7.1f} x), stored {stored:7.1f} x"
            print_line(queried.json, f"{size:>9,} {case:26} {line}")
    found = reported[queried.boxes]
    if refused:
        found["refused"] = refused
    if len(sizes) > 1:
        found["growth"] = {name: growth({size: reported[size][name] for size in sizes}) for name in RATIOS}
        found["by_boxes"] = {name: {str(size): reported[size][name] for size in sizes} for name in RATIOS}
        for name, by_case in found["growth"].items():
            print_line(
                queried.json, f"growth of {name}: " + ", ".join(f"{case} {by:+.0%}" for case, by in by_case.items())
            )
    run = {
        "seed": queried.seed,
        "boxes": queried.boxes,
        "growth": queried.growth,
        "calls": queried.calls,
        "trees": trees,
    }
    as_json({**found, "run": {**run, "data": "simulated port"}})


if __name__ == "__main__":
    main()
