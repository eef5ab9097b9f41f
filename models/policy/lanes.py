"""Lanes: who is opened by claim, by score or by lot, whose papers are checked, who is released.

The lot is drawn by a salted hash of the declaration id: nobody outside can predict it, and an audit can replay it
from the papers alone. So the boxes of a declaration are drawn together, each with the chance that is logged; whoever
estimates from the lot must count declarations, not boxes, as independent.

Ties are broken box by box, by a hash of declaration and box of their own: by the lot's, tied boxes that it would draw
stood above the cut already, and none below it could be drawn; by the declaration's, boxes of one declaration would
fall to the order of their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.errors import InvalidInput
from data.settings import PUBLIC_SALT, Settings
from data.vocabulary import Lane, SelectedBy
from features.boxes import Numbers
from models.policy.allocation import allocate_by_share, allocate_by_shift, largest_remainders
from models.policy.assignment import fits_any_shift
from models.policy.candidates import Candidates, Flags, uniform_candidates
from models.policy.capacity import Slots
from models.policy.selection import NO_USELESS_LIMIT, Cap, Selection, select

PREDICTABLE: Final = "predictable-"
"""How the version of a policy begins whose draws anyone can predict: nothing can be guaranteed by them."""


@dataclass(frozen=True)
class Decision:
    """What the policy proposes for n boxes; `selection_probability` is that of being opened.

    `lanes_without_sample` is the lane were there no lot, `sample_probability` and `drawn` (n,) are the lot's own,
    whatever else chose the box: what it says of the released lane is known by them.
    """

    lanes: list[Lane]
    selected_by: list[SelectedBy | None]
    selection_probability: NDArray[np.float64]
    lanes_without_sample: list[Lane]
    sample_probability: NDArray[np.float64]
    sample_drawn: Flags

    def part(self, of: slice) -> Decision:
        """The decision on some of the boxes."""
        return Decision(**{one.name: getattr(self, one.name)[of] for one in fields(self)})


@dataclass(frozen=True)
class Cuts:
    """What n boxes that come one by one are held against, shape (n,): harm per cost to open, risk to check papers."""

    red: Numbers
    amber: Numbers


@dataclass(frozen=True)
class Plan:
    """A plan of n boxes: the decision, the shifts, and how the boxes were given to them.

    `ties` (n,) decides between equals; `papers_cuts` has, by terminal, the risk above which papers are checked.
    """

    decision: Decision
    slots: Slots
    choice: Selection
    ties: Numbers
    papers_cuts: dict[str, float]

    @property
    def slot(self) -> NDArray[np.int64]:
        """The shift of each box (n,), `NONE` where it has none."""
        return self.choice.assignment.slot


@dataclass(frozen=True)
class Policy:
    """Shares of the boxes: `capacity` opened in all, `random` of them drawn by lot, `papers` checked.

    `random_new` is the lot's share among boxes of shippers new to the port (None: `random`), `max_useless_share` the
    largest expected share of useless openings among those by score (1: no limit).
    """

    capacity: float
    random: float
    papers: float
    salt: str
    random_new: float | None = None
    max_useless_share: float = NO_USELESS_LIMIT

    def __post_init__(self) -> None:
        for name in ("capacity", "random", "papers", "random_new", "max_useless_share"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise InvalidInput(f"The share {name} is {share:g}.", "A share lies between 0 and 1.")
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

    @cached_property
    def version(self) -> str:
        """A name for these shares and this salt that does not give the salt away, but says when it is public."""
        facts = (self.capacity, self.random, self.random_new, self.papers, self.max_useless_share, self.salt)
        kind = PREDICTABLE if self.predictable else "p-"
        return f"{kind}{blake2b(f'planned by worth:{facts}'.encode(), digest_size=5).hexdigest()}"

    @property
    def predictable(self) -> bool:
        """Whether anyone can predict the draws, because the salt is public."""
        return self.salt in ("", PUBLIC_SALT)

    @property
    def by_score(self) -> float:
        """Share of the boxes that is opened by score: capacity less the random openings below the cut."""
        return (self.capacity - self.random) / (1 - self.random) if self.random < 1 else 0.0

    @property
    def effective_random_new(self) -> float:
        """The lot's share among boxes of shippers new to the port."""
        return self.random if self.random_new is None else self.random_new

    def draws(self, names: Sequence[str], purpose: str = "lot") -> NDArray[np.float64]:
        """A number from 0 to 1 for each name, uniform, fixed for this salt, independent between purposes."""
        words = (f"{purpose}:{self.salt}:{name}" for name in names)
        hashes = (blake2b(word.encode(), digest_size=8).digest() for word in words)
        return np.array([int.from_bytes(digest, "big") / 2.0**64 for digest in hashes])

    def sample_probabilities(self, declaration_ids: Sequence[str], new: Flags) -> Numbers:
        """The lot's chance for each box, shape (n,): one a declaration, new where any of its boxes is."""
        fresh = {name for name, flag in zip(declaration_ids, new.tolist(), strict=True) if flag}
        return np.array([self.effective_random_new if name in fresh else self.random for name in declaration_ids])

    def decide(
        self,
        risks: Numbers,
        declaration_ids: Sequence[str],
        quantiles: Numbers,
        severe: Flags | None = None,
        new: Flags | None = None,
        priority: Numbers | None = None,
        cuts: Cuts | None = None,
        mandatory: Sequence[SelectedBy | None] | None = None,
        not_openable: Flags | None = None,
    ) -> Decision:
        """Lanes of boxes that come one by one: by the cuts of the current plan where it has any (not NaN), else by
        quantiles of the risk of recent boxes.

        The papers of boxes under `severe` are checked at least (the amber floor), beyond the share for papers. `new`
        marks shippers new to the port; `priority` is harm per cost, the risk where it is not given. `claims` must be
        opened whatever their risk. What is `not_openable` cannot be opened, by score or by lot.
        """
        nothing = np.zeros(len(risks), dtype=bool)
        not_openable = nothing if not_openable is None else not_openable
        shares = [1 - self.by_score, 1 - self.by_score - self.papers]
        red_cut, amber_cut = np.interp(shares, _levels(len(quantiles)), quantiles)
        red, amber = risks > red_cut, risks > amber_cut
        if cuts is not None:
            red = np.where(np.isnan(cuts.red), red, (risks if priority is None else priority) > cuts.red)
            amber = np.where(np.isnan(cuts.amber), amber, risks > cuts.amber)
        rate = np.where(not_openable, 0.0, self.sample_probabilities(declaration_ids, nothing if new is None else new))
        drawn = self.draws(declaration_ids) < rate
        return _decision(
            mandatory or [None] * len(risks),
            red & ~not_openable,
            amber,
            drawn,
            nothing if severe is None else severe,
            rate,
        )

    def plan(
        self,
        risks: Numbers,
        declaration_ids: Sequence[str],
        box_nos: Sequence[str],
        terminals: Sequence[str | None],
        severe: Flags | None = None,
    ) -> Decision:
        """Lanes of boxes that are planned together and cost the same: capacity is shared out by terminal, highest
        risk first. `severe` as in `decide`.
        """
        return self.planned(uniform_candidates(risks, declaration_ids, box_nos, terminals, severe)).decision

    def planned(self, candidates: Candidates, slots: Slots | None = None, caps: Sequence[Cap] = ()) -> Plan:
        """The plan of boxes for the shifts of teams, or, without any, for a share of the boxes of each terminal.

        Raises InvalidInput when claims or the lot need more than there is.
        """
        rate = self.sample_probabilities(candidates.declaration_ids, candidates.new)
        if slots is None:
            slots, allocation = allocate_by_share(self.capacity, candidates, rate)
        else:
            # Who cannot be opened is not in the lot: a chance that could not be kept would make the log untrue.
            rate = np.where(fits_any_shift(candidates, slots), rate, 0.0)
            allocation = allocate_by_shift(slots, candidates, rate)
        boxes = [
            f"{name}\0{box_no}" for name, box_no in zip(candidates.declaration_ids, candidates.box_nos, strict=True)
        ]
        ties = self.draws(boxes, "tie")
        choice = select(candidates, slots, allocation, rate, ties, caps, self.max_useless_share)
        drawn = self.draws(candidates.declaration_ids) < rate
        certain = choice.by_score | candidates.is_mandatory
        for box in np.lexsort((ties, -candidates.priority)).tolist():
            if drawn[box] and not certain[box]:
                choice.assignment.assign(box, overtime=True)
        amber, papers_cuts = _papers(self.papers, candidates, certain, ties)
        decision = _decision(candidates.mandatory, choice.by_score, amber, drawn, candidates.severe, rate)
        return Plan(decision, slots, choice, ties, papers_cuts)


@lru_cache(maxsize=16)
def _levels(count: int) -> Numbers:
    """Evenly spaced levels from 0 to 1, shape (count,); not to be written to."""
    levels = np.linspace(0, 1, count)
    levels.flags.writeable = False
    return levels


def _papers(share: float, candidates: Candidates, certain: Flags, ties: Numbers) -> tuple[Flags, dict[str, float]]:
    """Whose papers are checked, a share of each terminal's boxes by risk, and the risk where that ends."""
    amber, cuts = np.zeros(len(candidates), dtype=bool), {}
    places = np.array(candidates.terminals, dtype=object)
    names, counts = np.unique(places, return_counts=True)
    for terminal, count in zip(
        names.tolist(), largest_remainders(share * counts.astype(np.float64)).astype(int).tolist(), strict=True
    ):
        here = np.flatnonzero((places == terminal) & ~certain)
        ranked = here[np.lexsort((ties[here], -candidates.expected_harm[here]))]
        amber[ranked[:count]] = True
        if count < len(ranked):
            cuts[terminal] = float(candidates.expected_harm[ranked[count]])
    return amber, cuts


def _decision(
    mandatory: Sequence[SelectedBy | None], by_score: Flags, papers: Flags, drawn: Flags, severe: Flags, rate: Numbers
) -> Decision:
    lanes_without_sample: list[Lane] = []
    selected_by: list[SelectedBy | None] = []
    columns = (by_score.tolist(), papers.tolist(), severe.tolist(), drawn.tolist())
    for mandatory_by, red, amber, by_rule, by_sample in zip(mandatory, *columns, strict=True):
        lanes_without_sample.append(Lane.RED if mandatory_by or red else Lane.AMBER if amber or by_rule else Lane.GREEN)
        selected_by.append(
            mandatory_by if mandatory_by
            else SelectedBy.SCORE if red or (amber and not by_sample)
            else SelectedBy.RANDOM if by_sample
            else SelectedBy.RULE if by_rule else None
        )  # fmt: skip
    certain = by_score | np.array([mandatory_by is not None for mandatory_by in mandatory], dtype=bool)
    lanes = [
        Lane.RED if by_sample else lane for lane, by_sample in zip(lanes_without_sample, drawn.tolist(), strict=True)
    ]
    return Decision(lanes, selected_by, np.where(certain, 1.0, rate), lanes_without_sample, rate, drawn)


def policy_of(settings: Settings) -> Policy:
    """The policy the settings ask for. Raises InvalidInput when they contradict each other."""
    return Policy(
        settings.capacity_share, settings.random_share, settings.papers_share, settings.drawing_salt,
        settings.random_share_new, settings.max_useless_share,
    )  # fmt: skip
