"""Lanes: which boxes are mandatory, opened by score or at random, checked on paper, or released.

The random sample is drawn by a salted hash of the declaration id: outsiders cannot predict it, and an audit can repeat
it from the papers. The boxes of a declaration are drawn together, each with the logged probability; in estimates,
declarations and not boxes are the independent units.

Ties are broken per box, by a separate hash of declaration and box. The hash of the random sample would place tied boxes
that are drawn above the cut, so that none below it could be drawn. A hash of the declaration alone would leave the
boxes of one declaration in the order of their rows.
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
"""Prefix of the version of a policy whose draws anyone can predict; such draws support no guarantee."""


@dataclass(frozen=True)
class Decision:
    """The policy's proposal for n boxes; `selection_probability` (n,) is the probability of being opened.

    `lanes_without_sample` is the lane without the random sample. `sample_probability` and `sample_drawn` (n,) are those
    of the random sample alone, whatever else selected the box; the release guarantee is computed from them.
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
    """Thresholds for n boxes that arrive one by one, shape (n,).

    Boxes with a priority above `red` are opened; papers of boxes with a risk above `amber` are checked.
    """

    red: Numbers
    amber: Numbers


@dataclass(frozen=True)
class Plan:
    """A plan of n boxes: the decision, the shifts, and the selection.

    `ties` (n,) ranks boxes of equal priority; `papers_cuts` has, by terminal, the risk above which papers are checked.
    """

    decision: Decision
    slots: Slots
    choice: Selection
    ties: Numbers
    papers_cuts: dict[str, float]

    @property
    def slot(self) -> NDArray[np.int64]:
        """The shift of each box (n,), `NO_SHIFT` where it has none."""
        return self.choice.assignment.slot


@dataclass(frozen=True)
class Policy:
    """Shares of the boxes: `capacity` opened in all, `random` of them drawn at random, `papers` checked on paper.

    `random_new` is the random share for shippers new to the port (None: `random`), `max_useless_share` the largest
    expected share of useless openings among those by score (1: no limit).
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
                raise InvalidInput(f"{name} is {share:g}; it must be between 0 and 1.", "Give a share from 0 to 1.")
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
        """A digest of the shares and the salt. It does not reveal the salt; its prefix shows whether the salt is
        public.
        """
        facts = (self.capacity, self.random, self.random_new, self.papers, self.max_useless_share, self.salt)
        kind = PREDICTABLE if self.predictable else "p-"
        # The text is part of the hash: changing it would rename every policy.
        return f"{kind}{blake2b(f'planned by worth:{facts}'.encode(), digest_size=5).hexdigest()}"

    @property
    def predictable(self) -> bool:
        """Whether anyone can predict the draws, because the salt is public."""
        return self.salt in ("", PUBLIC_SALT)

    @property
    def by_score(self) -> float:
        """Share of the boxes that is opened by score: the capacity minus the random openings below the cut."""
        return (self.capacity - self.random) / (1 - self.random) if self.random < 1 else 0.0

    @property
    def effective_random_new(self) -> float:
        """The random share for boxes of shippers new to the port."""
        return self.random if self.random_new is None else self.random_new

    def draws(self, names: Sequence[str], purpose: str = "lot") -> NDArray[np.float64]:
        """A number from 0 to 1 for each name: uniform, fixed for this salt, independent between purposes.

        `lot` is the purpose of the random sample. The word is part of the hash, so changing it would change every draw.
        """
        words = (f"{purpose}:{self.salt}:{name}" for name in names)
        hashes = (blake2b(word.encode(), digest_size=8).digest() for word in words)
        return np.array([int.from_bytes(digest, "big") / 2.0**64 for digest in hashes])

    def sample_probabilities(self, declaration_ids: Sequence[str], new: Flags) -> Numbers:
        """Sample probability of each box, shape (n,).

        All boxes of a declaration have the same: that for new shippers if any of the boxes is `new` (n,).
        """
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
        """Lanes of boxes that arrive one by one, by the plan's cuts, otherwise by quantiles of recent risk.

        `cuts` are NaN where the plan has none. Papers of boxes marked `severe` are checked at least (amber floor),
        beyond the share for papers. `new` marks shippers new to the port; `priority` is expected harm per cost, the
        risk if not given. `mandatory` boxes are opened whatever their risk. Boxes marked `not_openable` are not opened,
        neither by score nor at random.
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
        """Lanes of boxes of equal cost that are planned together: capacity is divided by terminal, highest risk first.

        `severe` as in `decide`.
        """
        return self.planned(uniform_candidates(risks, declaration_ids, box_nos, terminals, severe)).decision

    def planned(self, candidates: Candidates, slots: Slots | None = None, caps: Sequence[Cap] = ()) -> Plan:
        """Plan candidates for the shifts of teams, or, without shifts, for a share of each terminal's boxes.

        Raises InvalidInput if mandatory openings or the random sample need more than the capacity.
        """
        rate = self.sample_probabilities(candidates.declaration_ids, candidates.new)
        if slots is None:
            slots, allocation = allocate_by_share(self.capacity, candidates, rate)
        else:
            # A box that fits no shift is not in the random sample: its logged probability could not be kept.
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
    """Evenly spaced levels from 0 to 1, shape (count,), read-only."""
    levels = np.linspace(0, 1, count)
    levels.flags.writeable = False
    return levels


def _papers(share: float, candidates: Candidates, certain: Flags, ties: Numbers) -> tuple[Flags, dict[str, float]]:
    """Which boxes have their papers checked, and the cut of each terminal.

    A share of each terminal's boxes is checked, by risk; the cut is the risk of the first box that is not.
    """
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
    """The policy that the settings define. Raises InvalidInput if they contradict each other."""
    return Policy(
        settings.capacity_share, settings.random_share, settings.papers_share, settings.drawing_salt,
        settings.random_share_new, settings.max_useless_share,
    )  # fmt: skip
