"""The log of a policy: the decision on each box, the probability of being drawn, and the outcome of its opening.

A box that could not be observed gives no information, and a box with unknown probability represents only itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import InvalidInput
from features.boxes import Numbers

# Assumed number of concluded boxes if none is: the boxes are still observable.
_LEAST_CONCLUDED: Final = 0.5
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class PolicyLog:
    """n decided boxes, each array of shape (n,).

    `declaration` names the boxes that are drawn together: one number is drawn per declaration and opens each of its
    boxes with a higher probability. `probability` is logged at the decision: 1 above the cut, the sample probability
    below; NaN if unknown. `opened` is whether the box was selected by that draw (not only by something else, such as a
    tip), and `found` whether its opening showed a declaration or packing violation (1 or 0), NaN if not opened or
    without outcome. `hours` is how long an opening holds the box, `release_hours` how long a release does. `predicted`
    is the probability of a finding by a model trained strictly before the decision; NaN if there is none.

    Raises InvalidInput if the arrays contradict each other.
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
            raise InvalidInput(
                f"The columns of the log differ in length: {reported}.", "Give one value per box in each."
            )
        for name in ("probability", "found", "predicted"):
            values = getattr(self, name)
            invalid = int(((values < 0) | (values > 1)).sum())
            if invalid:
                raise InvalidInput(
                    f"{invalid} of {len(values)} boxes have {name} outside 0 to 1.",
                    "Correct them, or leave them NaN.",
                )
        impossible = int((self.opened & (self.probability == 0)).sum())
        if impossible:
            raise InvalidInput(
                f"{impossible} of {int(self.opened.sum())} opened boxes were logged with probability 0.",
                "Set `opened` only for boxes opened by the draw; otherwise the logged probability is wrong.",
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
        """How many boxes were drawn and have no outcome."""
        return int((self.opened & ~self.observed).sum() + (self._above & ~self.opened).sum())

    @cached_property
    def unknown_probability(self) -> int:
        """How many boxes were observed although their probability is unknown."""
        return int((self.observed & np.isnan(self.probability)).sum())

    @cached_property
    def observation_probability(self) -> Numbers:
        """The probability that the content of a box is observed, shape (n,); 0 if it cannot be.

        The logged probability times the concluded share of the drawn boxes, separately above the cut and in the random
        sample; which openings are pending is treated as random. A box with unknown probability counts 1 if it was
        observed, because its outcome is a fact, and 0 otherwise.
        """
        drawn = self.opened | self._above
        probability = np.where(np.isnan(self.probability), self.observed.astype(np.float64), self.probability)
        for group in (self._above, (self.probability > 0) & (self.probability < 1)):
            chosen = int((drawn & group).sum())
            if chosen:
                probability[group] *= max((self.observed & group).sum(), _LEAST_CONCLUDED) / chosen
        return probability

    @cached_property
    def by_sample(self) -> Flags:
        """Which boxes are observed with a probability between 0 and 1."""
        return (self.observation_probability > 0) & (self.observation_probability < 1)

    @property
    def _above(self) -> Flags:
        return np.asarray(self.probability == 1)

    @property
    def observed_violations(self) -> Numbers:
        """Violations found, 0 where nothing was observed, shape (n,)."""
        return np.where(self.observed, np.nan_to_num(self.found), 0.0)
