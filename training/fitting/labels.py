"""Labels: outcomes of openings and paper checks, as known at an instant.

An opening gives a label for every family. A check of the papers gives one for the papers family, and for the others
only violations that it found: compliant papers show nothing about the goods.
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

# Why an inspection gives no label: no outcome yet; box not declared; box declared only afterwards.
PENDING: Final = "pending"
NOT_DECLARED: Final = "not_declared"
DECLARED_LATER: Final = "declared_later"


@dataclass(frozen=True)
class Labels:
    """n labelled boxes: `positions` in the dataset, and by family 1, 0 or NaN (not observed), shape (n, families).

    `opened` (n,) marks opened boxes; `selected_by` (n,) and `probability` (n,) are the logged reason and probability of
    the selection. `unused` counts the inspections known by then that gave no label, by reason (`PENDING`, …).
    """

    positions: NDArray[np.int64]
    values: Numbers
    opened: NDArray[np.bool_]
    selected_by: NDArray[np.object_]
    probability: Numbers
    unused: dict[str, int]


def labels_known(dataset: Dataset, before: int) -> Labels:
    """The labels known strictly before `before` (microseconds), corrections applied, pending outcomes left out.

    A label belongs to the inspected version; a version amended because of a finding gets no label.
    """
    versions = _versions(dataset.boxes, before)
    families = list(Family)
    values: dict[int, list[float]] = {}
    opened: dict[int, bool] = {}
    probabilities: dict[int, float] = {}
    reasons: dict[int, str] = {}
    unused: Counter[str] = Counter()
    for row, reason, probability in _concluded(dataset, before):
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
        if is_opening(row.step) and not np.isnan(probability):
            probabilities.setdefault(position, probability)
        if is_opening(row.step) and reason:
            reasons.setdefault(position, reason)
    positions = np.array(sorted(values), dtype=np.int64)
    return Labels(
        positions,
        np.array([values[p] for p in positions.tolist()], dtype=np.float64).reshape(len(positions), len(families)),
        np.array([opened[p] for p in positions.tolist()], dtype=bool),
        np.array([reasons.get(p) for p in positions.tolist()], dtype=object),
        np.array([probabilities.get(p, np.nan) for p in positions.tolist()], dtype=np.float64),
        dict(sorted(unused.items())),
    )


def _concluded(dataset: Dataset, before: int) -> Iterable[tuple[Inspected, str | None, float]]:
    """The last row of each inspection, and the last logged reason and probability of selection of any of its rows.

    A correction that does not state how the box was selected keeps what was logged before.
    """
    latest: dict[str, tuple[Inspected, str | None, float]] = {}
    rows = zip(dataset.inspections, dataset.selected_by, dataset.selection_probability.tolist(), strict=True)
    for row, reason, probability in sorted(rows, key=lambda reported: reported[0].order):
        if row.known_at < before:
            _, logged_reason, logged = latest.get(row.inspection_id, (row, None, np.nan))
            latest[row.inspection_id] = (row, reason or logged_reason, logged if np.isnan(probability) else probability)
    return latest.values()


def _versions(boxes: Boxes, before: int) -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """(known_at, declared_at, position) of every version of each box that was known by then, in that order."""
    versions: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    instants = zip(boxes.known_at.tolist(), boxes.declared_at.tolist(), strict=True)
    for position, (name, (known_at, declared_at)) in enumerate(zip(pairs_of(boxes), instants, strict=True)):
        if known_at < before:
            versions.setdefault(name, []).append((known_at, declared_at, position))
    return {name: sorted(held) for name, held in versions.items()}
