"""Candidates of a plan: boxes with expected harm, cost, terminal, and the time window in which they can be opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import SelectedBy
from features.boxes import Numbers
from models.policy.capacity import ALWAYS, Instants

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """n boxes to plan. Arrays have shape (n,).

    `expected_harm` is from 0 to 100; `finding_probability` is the probability that an opening finds a violation; `cost`
    is in standard openings; `terminals` are empty where not declared; `new` marks shippers new to the port; `severe`
    marks boxes whose papers must be checked at least; `mandatory` states why a box must be opened whatever its score,
    None where it need not be; a box can be opened from `since` until `until`, microseconds.
    """

    declaration_ids: Sequence[str]
    box_nos: Sequence[str]
    terminals: Sequence[str]
    expected_harm: Numbers
    finding_probability: Numbers
    cost: Numbers
    new: Flags
    severe: Flags
    mandatory: Sequence[SelectedBy | None]
    since: Instants
    until: Instants

    def __len__(self) -> int:
        return len(self.expected_harm)

    @property
    def is_mandatory(self) -> Flags:
        """Which boxes must be opened whatever their score, shape (n,)."""
        return np.array([mandatory_by is not None for mandatory_by in self.mandatory], dtype=bool)

    @property
    def priority(self) -> Numbers:
        """Expected harm per standard opening, by which boxes are ranked, shape (n,)."""
        return np.asarray(self.expected_harm / self.cost)


def uniform_candidates(
    risks: Numbers,
    declaration_ids: Sequence[str],
    box_nos: Sequence[str],
    terminals: Sequence[str | None],
    severe: Flags | None = None,
) -> Candidates:
    """Boxes of equal cost that can be opened at any time, of shippers known to the port."""
    n, nothing = len(risks), np.zeros(len(risks), dtype=bool)
    return Candidates(
        declaration_ids, box_nos, [terminal or "" for terminal in terminals], risks,
        finding_probability=np.ones(n), cost=np.ones(n), new=nothing, severe=nothing if severe is None else severe,
        mandatory=[None] * n, since=np.full(n, ALWAYS[0]), until=np.full(n, ALWAYS[1]),
    )  # fmt: skip
