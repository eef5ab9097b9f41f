"""One period of a port's past as another policy would have gone through it, with the knowledge of each day.

The model is trained on what was known when the period began; boxes are scored with what the ledger knew when each was
declared, in the version known when that day ended, and planned a week at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.boxes import Boxes, Numbers
from features.definitions.context import DAY_US
from models.pipeline import featurize, score
from models.planning.groups import new_shippers
from models.policy.candidates import uniform_candidates
from models.policy.lanes import Policy
from models.scoring.expected_harm import finding_probability
from training.dataset import Dataset
from training.fitting.configuration import Configuration
from training.fitting.train_at import train_at
from training.off_policy.port_log import PortLog, port_log
from training.off_policy.recorded_openings import Recorded

# Boxes of so many days are ranked together, so that the capacity of a small port is a whole number of boxes.
PLANNED_DAYS: Final = 7


@dataclass(frozen=True)
class TrainingOptions:
    """How models are trained: seed, threads, and the parameters (the product's own where None)."""

    seed: int
    threads: int
    configuration: Configuration | None = None


@dataclass(frozen=True)
class Replayed:
    """The log of a period from `begin` to `end` (microseconds), and the chance (n,) of each box under the policy."""

    begin: int
    end: int
    model: str
    policy_log: PortLog
    target: Numbers


def replayed(
    dataset: Dataset, reported: Recorded, policy: Policy, begin: int, end: int, learning: TrainingOptions
) -> Replayed | None:
    """One period; None where no box was declared in it. Raises NotReady when too few openings were known."""
    positions = decided_versions(dataset.boxes, begin, end)
    if not len(positions):
        return None
    boxes = dataset.boxes.take(positions)
    model = train_at(dataset, begin, learning.seed, learning.threads, configuration=learning.configuration)
    scores = score(model, featurize(boxes, dataset.context(boxes).profiles))
    predicted, features = finding_probability(scores.probabilities), scores.features
    kept = port_log(dataset, reported, boxes, predicted, features, begin, learning.seed, learning.threads)
    weeks = ((boxes.declared_at - begin) // (PLANNED_DAYS * DAY_US)).astype(np.int64)
    target = planned(policy, boxes, scores.risks, predicted, new_shippers(features), weeks)
    return Replayed(begin, end, model.version, kept, target)


def planned(
    policy: Policy, boxes: Boxes, risks: Numbers, useful: Numbers, new: NDArray[np.bool_], together: NDArray[np.int64]
) -> Numbers:
    """The chance of being opened that a policy gives each box, shape (n,); boxes alike in `together` are one plan.

    `risks`, `useful` (the probability that an opening finds something) and `new` (of new shippers) have shape (n,).
    """
    chance = np.zeros(len(boxes))
    for number in np.unique(together):
        here = np.flatnonzero(together == number)
        names = [boxes.box[name][here].tolist() for name in ("declaration_id", "box_no", "terminal")]
        candidates = replace(uniform_candidates(risks[here], *names), finding_probability=useful[here], new=new[here])
        chance[here] = policy.planned(candidates).decision.selection_probability
    return chance


def decided_versions(boxes: Boxes, begin: int, end: int) -> NDArray[np.int64]:
    """Positions of the boxes first declared from `begin` on and before `end`, in the version known when that day ended.

    A later version may have been filed because of what an opening found.
    """
    chosen: dict[tuple[str, str], tuple[int, int]] = {}
    first: dict[tuple[str, str], int] = {}
    names = list(zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True))
    for position in np.argsort(boxes.declared_at, kind="stable").tolist():
        at = int(boxes.declared_at[position])
        day, _ = chosen.setdefault(names[position], (midnight(at), position))
        first.setdefault(names[position], at)
        if midnight(at) == day:
            chosen[names[position]] = (day, position)
    return np.array(
        sorted(position for pair, (_, position) in chosen.items() if begin <= first[pair] < end), dtype=np.int64
    )


def midnight(instant: int) -> int:
    """The instant at which the UTC day of an instant began, microseconds."""
    return int(instant // DAY_US * DAY_US)


def joined(periods: Sequence[Replayed]) -> Replayed:
    """Periods that follow each other as one."""
    kept = [one.policy_log for one in periods]
    logs = [one.log for one in kept]
    log = replace(
        logs[0],
        declaration=np.concatenate([one.declaration for one in logs]),
        probability=np.concatenate([one.probability for one in logs]),
        opened=np.concatenate([one.opened for one in logs]),
        found=np.concatenate([one.found for one in logs]),
        hours=np.concatenate([one.hours for one in logs]),
        predicted=np.concatenate([one.predicted for one in logs]),
    )
    whole = PortLog(
        log,
        np.concatenate([one.source for one in kept]),
        np.concatenate([one.opened for one in kept]),
        np.concatenate([one.found for one in kept]),
    )
    target = np.concatenate([one.target for one in periods])
    return Replayed(periods[0].begin, periods[-1].end, "", whole, target)
