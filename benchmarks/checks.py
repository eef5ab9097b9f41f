"""Speed of the checks: line items a second, in a batch and one box at a time.

    python -m benchmarks.checks [--boxes N] [--seed N] [--json]

Declarations are a simulated port's, and lines that no cache has seen: every shipping name and description is made
different from all others in a second run of the batch. Beside them, in the same run, a pass over the same line items
that only looks each UN number up and compares its class, with nothing else: what the bare loop costs.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

import numpy as np

from benchmarks.reporting.output import as_json, print_line
from data.reference.dangerous_goods import by_un_no
from data.simulator.port import simulate
from features.boxes import Boxes, boxes_of_frame
from features.checks.catalogue import CATALOGUE
from features.checks.stage import check, discrepancies, read

_LINES: Final = 5
_SINGLE_CALLS: Final = 400


def batch(boxes: Boxes) -> float:
    """Line items a second of all checks over a batch."""
    began = time.perf_counter()
    check(boxes)
    return len(boxes.line["line_no"]) / (time.perf_counter() - began)


def bare_boosters(boxes: Boxes) -> float:
    """Line items a second of a loop that compares nothing but the class."""
    began = time.perf_counter()
    differing = 0
    for un_no, declared in zip(boxes.line["un_no"].tolist(), boxes.line["hazard_class"].tolist(), strict=True):
        differing += bool(un_no) and declared not in {entry.hazard_class for entry in by_un_no(un_no)}
    return len(boxes.line["line_no"]) / (time.perf_counter() - began)


def single_ms(boxes: Boxes, calls: int) -> float:
    """Median milliseconds for one box made from its columns; its line items, four at most, repeated to five."""
    counts = [len(box.lines) for box in read(boxes)]
    five = [place for place, count in enumerate(counts) if count >= min(_LINES, max(counts))][:calls]
    taken = []
    for place in five:
        one = boxes.take(np.array([place]))
        began = time.perf_counter()
        for box in read(one):
            box.lines = (box.lines * _LINES)[:_LINES]
            box.goods = (box.goods * _LINES)[:_LINES]
            discrepancies(box)
        taken.append(1000 * (time.perf_counter() - began))
    return median(taken)


def unseen(boxes: Boxes) -> Boxes:
    """The same boxes with words that nothing has been remembered of."""
    for name in ("shipping_name", "description"):
        values = boxes.line[name]
        boxes.line[name][:] = [f"{value} {place:x}" if value else value for place, value in enumerate(values.tolist())]
    return boxes


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    queried = parser.parse_args()
    declarations = simulate(
        boxes=queried.boxes, days=365, seed=queried.seed, start=datetime(2026, 1, 1, tzinfo=UTC).date()
    ).declarations
    boxes = boxes_of_frame(declarations)
    batch(boxes_of_frame(declarations.head(2_000)))
    figures: dict[str, Any] = {
        "lines_per_second": round(batch(boxes)),
        "single_box_ms": round(single_ms(boxes, _SINGLE_CALLS), 3),
        "bare_lines_per_second": round(bare_boosters(boxes)),
        "lines_per_second_unseen_words": round(batch(unseen(boxes))),
    }
    print_line(
        queried.json, f"{len(CATALOGUE)} checks: " + ", ".join(f"{name} {value:,}" for name, value in figures.items())
    )
    as_json(figures | {"run": {"boxes": queried.boxes, "seed": queried.seed, "checks": len(CATALOGUE),
                               "lines": len(boxes.line["line_no"])}})  # fmt: skip


if __name__ == "__main__":
    main()
