"""The log of a policy: what was decided of each box, with what chance it was drawn, and what its opening showed.

From this log alone every later question is answered, so it says first what it can answer: a box that had no chance of
being seen says nothing, and a box whose chance is not known stands for itself only.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import InvalidInput
from features.boxes import Numbers

# While nothing is concluded yet, little is known, which is not the same as that nothing could be.
_LEAST_CONCLUDED: Final = 0.5
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class PolicyLog:
    """n decided boxes, each array of shape (n,).

    `declaration` names those that are drawn together: one number is drawn for a declaration, and opens each of its
    boxes whose chance lies above it. `probability` is that chance as logged at decision time: 1 above the cut, the
    lot's rate below; NaN where it is not known. `opened` says whether the box was chosen by that draw (not by something
    else besides, such as a tip), and `found` whether its opening showed a declaration or packing violation (1 or 0),
    NaN where it was not opened or is not concluded. `hours` is how long an opening holds the box, `release_hours` how
    long a release does. `predicted` is the probability of a finding by a model trained strictly before the decision;
    NaN where there is none.

    Raises InvalidInput where the arrays contradict each other.
    """

    declaration: NDArray[Any]
    probability: Numbers
    opened: Flags
    found: Numbers
    hours: Numbers
    predicted: Numbers
    release_hours: float = 0.0

    def __post_init__(self) -> None:
        lengths = {one.name: len(getattr(self, one.name)) for one in fields(self) if one.name != "release_hours"}
        if len(set(lengths.values())) > 1:
            reported = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise InvalidInput(f"The columns of the log differ in length: {reported}.", "Give one value a box in each.")
        for name in ("probability", "found", "predicted"):
            values = getattr(self, name)
            unknown_probability = int(((values < 0) | (values > 1)).sum())
            if unknown_probability:
                raise InvalidInput(
                    f"{unknown_probability} of {len(values)} boxes have {name} outside 0 to 1.",
                    "Correct them, or leave them NaN.",
                )
        impossible = int((self.opened & (self.probability == 0)).sum())
        if impossible:
            raise InvalidInput(
                f"{impossible} of {int(self.opened.sum())} opened boxes were logged with chance 0 of being opened.",
                "Boxes opened for another reason than the draw are not `opened` here; else the logged chance is wrong.",
            )

    def __len__(self) -> int:
        return len(self.opened)

    @cached_property
    def cluster(self) -> NDArray[np.int64]:
        """A number for each box's declaration, shape (n,)."""
        return np.unique(self.declaration, return_inverse=True)[1]

    @cached_property
    def observed(self) -> Flags:
        """Which boxes were opened with a concluded outcome."""
        return self.opened & ~np.isnan(self.found)

    @cached_property
    def pending(self) -> int:
        """How many boxes were drawn and have no conclusion."""
        return int((self.opened & ~self.observed).sum() + (self._above & ~self.opened).sum())

    @cached_property
    def unknown_probability(self) -> int:
        """How many boxes were seen although their chance is not known."""
        return int((self.observed & np.isnan(self.probability)).sum())

    @cached_property
    def observation_probability(self) -> Numbers:
        """The chance that what a box holds is seen, shape (n,); 0 where it cannot be.

        The logged chance, times the share of the drawn that is concluded: one share above the cut, one for the lot, as
        if it were up to chance which openings are still pending. A box whose chance is not known counts as certain
        where it was seen, since what it showed is a fact, and as 0 where it was not.
        """
        drawn = self.opened | self._above
        chance = np.where(np.isnan(self.probability), self.observed.astype(np.float64), self.probability)
        for group in (self._above, (self.probability > 0) & (self.probability < 1)):
            chosen = int((drawn & group).sum())
            if chosen:
                chance[group] *= max((self.observed & group).sum(), _LEAST_CONCLUDED) / chosen
        return chance

    @cached_property
    def by_sample(self) -> Flags:
        """Which boxes are seen by chance: neither surely nor never."""
        return (self.observation_probability > 0) & (self.observation_probability < 1)

    @property
    def _above(self) -> Flags:
        return np.asarray(self.probability == 1)

    @property
    def observed_violations(self) -> Numbers:
        """Found violations, 0 where nothing was seen, shape (n,)."""
        return np.where(self.observed, np.nan_to_num(self.found), 0.0)
