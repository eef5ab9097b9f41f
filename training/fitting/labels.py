"""Labels: what openings and paper checks concluded, as it was known at an instant.

A box opening shows every family. A check of the papers shows the papers family, and of the others only
what it found: finding nothing on the papers says nothing about the goods.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.definitions.opened import is_opening
from data.vocabulary import Family, Outcome
from features.boxes import Boxes, Numbers
from features.history.outcomes import Inspected, families_of, inspected_version, pairs_of
from training.dataset import Dataset

# Why an inspection teaches nothing: no conclusion yet; no declaration of its box; its box declared only afterwards.
PENDING: Final = "pending"
NOT_DECLARED: Final = "not_declared"
DECLARED_LATER: Final = "declared_later"


@dataclass(frozen=True)
class Labels:
    """n judged boxes: their `positions` in the dataset and, by family, 1, 0 or NaN (not seen), shape (n, families).

    `opened` (n,) tells which were opened, `selected_by` (n,) why, `probability` (n,) with what logged probability.
    `unused` counts the inspections known by then that are no labels, by reason (`PENDING` and those beside it).
    """

    positions: NDArray[np.int64]
    values: Numbers
    opened: NDArray[np.bool_]
    selected_by: NDArray[np.object_]
    probability: Numbers
    unused: dict[str, int]


def labels_known(dataset: Dataset, before: int) -> Labels:
    """The labels known strictly before `before` (microseconds), corrections applied, pending left out.

    A label belongs to the version that was inspected: what was amended because of a finding teaches nothing.
    """
    versions = _versions(dataset.boxes, before)
    families = list(Family)
    values: dict[int, list[float]] = {}
    opened: dict[int, bool] = {}
    chances: dict[int, float] = {}
    reasons: dict[int, str] = {}
    unused: Counter[str] = Counter()
    for row, reason, chance in _concluded(dataset, before):
        declared = versions.get((row.declaration_id, row.box_no), [])
        known = [version for version in declared if version[0] < row.known_at]
        if row.outcome == Outcome.PENDING or not known:
            unused[PENDING if row.outcome == Outcome.PENDING else DECLARED_LATER if declared else NOT_DECLARED] += 1
            continue
        position = known[inspected_version([declared_at for _, declared_at, _ in known], row)][2]
        found = families_of(row.findings)
        evaluated = values.setdefault(position, [np.nan] * len(families))
        for index, family in enumerate(families):
            if family in found:
                evaluated[index] = 1.0
            elif (is_opening(row.step) or not family.needs_opening) and np.isnan(evaluated[index]):
                evaluated[index] = 0.0
        opened[position] = opened.get(position, False) or is_opening(row.step)
        if is_opening(row.step) and not np.isnan(chance):
            chances.setdefault(position, chance)
        if is_opening(row.step) and reason:
            reasons.setdefault(position, reason)
    positions = np.array(sorted(values), dtype=np.int64)
    return Labels(
        positions,
        np.array([values[p] for p in positions.tolist()], dtype=np.float64).reshape(len(positions), len(families)),
        np.array([opened[p] for p in positions.tolist()], dtype=bool),
        np.array([reasons.get(p) for p in positions.tolist()], dtype=object),
        np.array([chances.get(p, np.nan) for p in positions.tolist()], dtype=np.float64),
        dict(sorted(unused.items())),
    )


def _concluded(dataset: Dataset, before: int) -> Iterable[tuple[Inspected, str | None, float]]:
    """The last row of each inspection, and the last reason and probability of selection that any of its rows logged.

    A correction says what was seen, not how the box was chosen: where it leaves that out, the log stands.
    """
    latest: dict[str, tuple[Inspected, str | None, float]] = {}
    rows = zip(dataset.inspections, dataset.selected_by, dataset.selection_probability.tolist(), strict=True)
    for row, reason, chance in sorted(rows, key=lambda reported: reported[0].order):
        if row.known_at < before:
            _, said, logged = latest.get(row.inspection_id, (row, None, np.nan))
            latest[row.inspection_id] = (row, reason or said, logged if np.isnan(chance) else chance)
    return latest.values()


def _versions(boxes: Boxes, before: int) -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """(known_at, declared_at, position) of every version of each box that was known by then, in that order."""
    versions: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    instants = zip(boxes.known_at.tolist(), boxes.declared_at.tolist(), strict=True)
    for position, (name, (known_at, declared_at)) in enumerate(zip(pairs_of(boxes), instants, strict=True)):
        if known_at < before:
            versions.setdefault(name, []).append((known_at, declared_at, position))
    return {name: sorted(held) for name, held in versions.items()}
