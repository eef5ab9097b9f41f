"""Labels: what openings and paper checks concluded, as it was known at an instant.

A box opening shows every family. A check of the papers shows the papers family, and of the others only
what it found: finding nothing on the papers says nothing about the goods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family, Outcome, Step
from features.boxes import Boxes
from features.outcomes import Inspected, families_of, inspected_version
from training.dataset import Dataset


@dataclass(frozen=True)
class Labels:
    """n judged boxes: their `positions` in the dataset and, by family, 1, 0 or NaN (not seen), shape (n, families).

    `opened` (n,) tells which were opened, `probability` (n,) with what logged probability they were selected.
    """

    positions: NDArray[np.int64]
    values: NDArray[np.float64]
    opened: NDArray[np.bool_]
    probability: NDArray[np.float64]


def labels_known(dataset: Dataset, before: int) -> Labels:
    """The labels recorded strictly before `before` (microseconds), corrections applied, pending left out.

    A label belongs to the version that was inspected: what was amended because of a finding teaches nothing.
    """
    latest: dict[str, tuple[Inspected, float]] = {}
    for row, probability in zip(dataset.inspections, dataset.selection_probability.tolist(), strict=True):
        held = latest.get(row.inspection_id)
        if row.recorded_at < before and (held is None or row.recorded_at >= held[0].recorded_at):
            latest[row.inspection_id] = (row, probability)
    versions = _versions(dataset.boxes)
    families = list(Family)
    values: dict[int, list[float]] = {}
    opened: dict[int, bool] = {}
    chances: dict[int, float] = {}
    for row, probability in latest.values():
        known = [
            version for version in versions.get((row.declaration_id, row.box_no), ()) if version[0] < row.recorded_at
        ]
        if row.outcome == Outcome.PENDING or not known:
            continue
        position = known[inspected_version([declared_at for declared_at, _ in known], row)][1]
        found = families_of(row.findings)
        judged = values.setdefault(position, [np.nan] * len(families))
        for index, family in enumerate(families):
            if family in found:
                judged[index] = 1.0
            elif (row.step == Step.BOX or not family.needs_opening) and np.isnan(judged[index]):
                judged[index] = 0.0
        opened[position] = opened.get(position, False) or row.step == Step.BOX
        if row.step == Step.BOX:
            chances[position] = probability
    positions = np.array(sorted(values), dtype=np.int64)
    return Labels(
        positions,
        np.array([values[p] for p in positions.tolist()], dtype=np.float64).reshape(len(positions), len(families)),
        np.array([opened[p] for p in positions.tolist()], dtype=bool),
        np.array([chances.get(p, np.nan) for p in positions.tolist()], dtype=np.float64),
    )


def _versions(boxes: Boxes) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """(declared_at, position) of every version of each box, in order of declaration."""
    versions: dict[tuple[str, str], list[tuple[int, int]]] = {}
    names = zip(boxes.box["declaration_id"], boxes.box["box_no"], strict=True)
    for position, (name, time) in enumerate(zip(names, boxes.declared_at.tolist(), strict=True)):
        versions.setdefault(name, []).append((time, position))
    return {name: sorted(held) for name, held in versions.items()}
