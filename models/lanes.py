"""Lanes by capacity: who is opened by score, who by the random share, whose papers are checked.

The random share is drawn by a salted hash of the declaration id: nobody outside can predict it, and an
audit can replay it from the papers alone. So the boxes of a declaration are drawn together, each with the chance
that is logged; whoever estimates from the lot must count declarations, not boxes, as independent.

Ties in risk are broken box by box, by a hash of declaration and box of their own: by the lot's, tied boxes that
it would draw stood above the cut already, and none below it could be drawn; by the declaration's, boxes of one
declaration would fall to the order of their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from data.errors import InvalidInput
from data.settings import Settings
from data.vocabulary import Lane, SelectedBy


@dataclass(frozen=True)
class Decision:
    """What the policy proposes for n boxes; `selection_probability` is that of being opened."""

    lanes: list[Lane]
    selected_by: list[SelectedBy | None]
    selection_probability: NDArray[np.float64]


@dataclass(frozen=True)
class Policy:
    """Shares of the boxes: `capacity` opened in all, `random` of them drawn by lot, `papers` checked."""

    capacity: float
    random: float
    papers: float
    salt: str

    def __post_init__(self) -> None:
        if self.random > self.capacity:
            raise InvalidInput(
                f"The random share ({self.random:g}) is larger than the capacity ({self.capacity:g}).",
                "Lower HAZLANE_RANDOM_SHARE or raise HAZLANE_CAPACITY_SHARE.",
            )
        if self.capacity + self.papers > 1:
            raise InvalidInput(
                f"Capacity ({self.capacity:g}) and papers share ({self.papers:g}) add up to more than 1.",
                "Lower HAZLANE_PAPERS_SHARE or HAZLANE_CAPACITY_SHARE.",
            )

    @property
    def version(self) -> str:
        """A name for these shares and this salt that does not give the salt away."""
        facts = f"ties by box:{self.capacity}:{self.random}:{self.papers}:{self.salt}"
        return f"p-{blake2b(facts.encode(), digest_size=5).hexdigest()}"

    @property
    def by_score(self) -> float:
        """Share of the boxes that is opened by score: capacity less the random openings below the cut."""
        return (self.capacity - self.random) / (1 - self.random) if self.random < 1 else 0.0

    def draws(self, names: Sequence[str], purpose: str = "lot") -> NDArray[np.float64]:
        """A number from 0 to 1 for each name, uniform, fixed for this salt, independent between purposes."""
        words = (f"{purpose}:{self.salt}:{name}" for name in names)
        hashes = (blake2b(word.encode(), digest_size=8).digest() for word in words)
        return np.array([int.from_bytes(digest, "big") / 2.0**64 for digest in hashes])

    def decide(
        self,
        risks: NDArray[np.float64],
        declaration_ids: Sequence[str],
        quantiles: NDArray[np.float64],
        severe: NDArray[np.bool_] | None = None,
    ) -> Decision:
        """Lanes of boxes that come one by one: the cuts are quantiles of the risk of recent boxes.

        The papers of boxes under `severe` are checked at least (the amber floor), beyond the share for papers.
        """
        shares = [1 - self.by_score, 1 - self.by_score - self.papers]
        red_cut, amber_cut = np.interp(shares, np.linspace(0, 1, len(quantiles)), quantiles)
        return self._decided(risks > red_cut, risks > amber_cut, self.draws(declaration_ids), severe)

    def plan(
        self,
        risks: NDArray[np.float64],
        declaration_ids: Sequence[str],
        box_nos: Sequence[str],
        terminals: Sequence[str | None],
        severe: NDArray[np.bool_] | None = None,
    ) -> Decision:
        """Lanes of boxes that are planned together: capacity is shared out by terminal, highest risk first.

        `severe` as in `decide`.
        """
        boxes = [f"{name}\0{box_no}" for name, box_no in zip(declaration_ids, box_nos, strict=True)]
        ties = self.draws(boxes, "tie")
        above_red, above_amber = np.zeros(len(risks), bool), np.zeros(len(risks), bool)
        places = np.array([terminal or "" for terminal in terminals], dtype=object)
        names, counts = np.unique(places, return_counts=True)
        reds, ambers = _shared(self.by_score, counts), _shared(self.papers, counts)
        for terminal, red, amber in zip(names, reds, ambers, strict=True):
            here = np.flatnonzero(places == terminal)
            ranked = here[np.lexsort((ties[here], -risks[here]))]
            above_red[ranked[:red]] = True
            above_amber[ranked[: red + amber]] = True
        return self._decided(above_red, above_amber, self.draws(declaration_ids), severe)

    def _decided(
        self,
        above_red: NDArray[np.bool_],
        above_amber: NDArray[np.bool_],
        draws: NDArray[np.float64],
        severe: NDArray[np.bool_] | None,
    ) -> Decision:
        lanes: list[Lane] = []
        selected_by: list[SelectedBy | None] = []
        floor = np.zeros(len(draws), bool) if severe is None else severe
        columns = (above_red.tolist(), above_amber.tolist(), floor.tolist(), draws.tolist())
        for red, amber, by_rule, draw in zip(*columns, strict=True):
            by_lot = draw < self.random
            lanes.append(Lane.RED if red or by_lot else Lane.AMBER if amber or by_rule else Lane.GREEN)
            selected_by.append(
                SelectedBy.SCORE if red or (amber and not by_lot)
                else SelectedBy.RANDOM if by_lot
                else SelectedBy.RULE if by_rule else None
            )  # fmt: skip
        return Decision(lanes, selected_by, np.where(above_red, 1.0, self.random))


def _shared(share: float, counts: NDArray[np.int64]) -> list[int]:
    """A share of all boxes as whole boxes by terminal (largest remainders), so that small ones do not lose theirs."""
    exact = share * counts
    whole = np.floor(exact).astype(np.int64)
    missing = round(share * int(counts.sum())) - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[: max(missing, 0)]] += 1
    return [int(count) for count in whole]


def policy_of(settings: Settings) -> Policy:
    """The policy the settings ask for. Raises InvalidInput when they contradict each other."""
    return Policy(settings.capacity_share, settings.random_share, settings.papers_share, settings.selection_salt)
