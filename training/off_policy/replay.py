"""Replay one period under another policy, with what was known at the time.

The model is trained on what was known when the period began. Boxes are scored with the history as of their declaration,
in the version known at the end of that day, and planned one week at a time.
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

# Days that are planned together, so that a small port's capacity is a whole number of boxes.
PLANNED_DAYS: Final = 7


@dataclass(frozen=True)
class TrainingOptions:
    """Seed, threads, and training parameters (default if None)."""

    seed: int
    threads: int
    configuration: Configuration | None = None


@dataclass(frozen=True)
class Replayed:
    """The log of a period from `begin` to `end` (microseconds), and each box's probability (n,) under the policy."""

    begin: int
    end: int
    model: str
    policy_log: PortLog
    target: Numbers


def replayed(
    dataset: Dataset, reported: Recorded, policy: Policy, begin: int, end: int, learning: TrainingOptions
) -> Replayed | None:
    """One period; None if no box was declared in it. Raises NotReady if too few openings were known."""
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
    policy: Policy,
    boxes: Boxes,
    risks: Numbers,
    finding_probabilities: Numbers,
    new: NDArray[np.bool_],
    together: NDArray[np.int64],
) -> Numbers:
    """Probability of being opened that a policy gives each box, shape (n,).

    Boxes with the same value of `together` (n,) are planned together. `risks`, `finding_probabilities` (that an opening
    finds a violation) and `new` (of new shippers) have shape (n,).
    """
    probability = np.zeros(len(boxes))
    for number in np.unique(together):
        here = np.flatnonzero(together == number)
        names = [boxes.box[name][here].tolist() for name in ("declaration_id", "box_no", "terminal")]
        candidates = replace(
            uniform_candidates(risks[here], *names), finding_probability=finding_probabilities[here], new=new[here]
        )
        probability[here] = policy.planned(candidates).decision.selection_probability
    return probability


def decided_versions(boxes: Boxes, begin: int, end: int) -> NDArray[np.int64]:
    """Positions of the boxes first declared from `begin` on and before `end`, in the last version of that day.

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
    """Beginning of the UTC day of an instant, microseconds."""
    return int(instant // DAY_US * DAY_US)


def joined(periods: Sequence[Replayed]) -> Replayed:
    """Consecutive periods combined into one."""
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
