"""Backtest a policy: replay it over past months and compare it with what was done.

Findings in boxes that nobody opened are estimated from the boxes of the random sample (`training.off_policy`). What the
policy would have learned from its own openings is in no log: each model learns from the openings that took place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from data.definitions.opened import is_opening
from data.errors import InvalidInput, NotReady
from features.columns import instant_text
from features.definitions.context import DAY_US
from models.policy.lanes import Policy
from training.dataset import Dataset
from training.evaluation.metrics import Interval
from training.fitting.train_at import MIN_OPENINGS
from training.off_policy.estimates import CONFIDENCE, Estimates, estimated, interval_dict
from training.off_policy.estimators import ESTIMATORS, total
from training.off_policy.port_log import PortLog, Source
from training.off_policy.recorded_openings import recorded
from training.off_policy.replay import Replayed, TrainingOptions, joined, midnight, replayed

# The log ends where this share of the openings is recorded: unrecorded openings would look like none.
CONCLUDED_SHARE: Final = 0.99
REPLAYED_DAYS: Final = 180
HEADLINE: Final = "doubly_robust"
Progress = Callable[[int, int], None]
"""Called with the number of periods done and the number of all periods."""


@dataclass(frozen=True)
class PeriodFigures:
    """What the port did in a period, for whatever reason: counts, hours, and the violators released (estimated)."""

    openings: int
    hits: int
    useless: int
    pending: int
    hours: float
    released: Interval


@dataclass(frozen=True)
class Period:
    """One period from `begin` to `end` (microseconds), or all of them: actual figures and those of the replayed policy.

    `model` is the version trained for it, empty for all periods together.
    """

    begin: int
    end: int
    model: str
    actual: PeriodFigures
    replayed: Estimates

    @property
    def headline(self) -> dict[str, Interval]:
        """The main estimates: doubly robust."""
        return self.replayed.by_estimator[HEADLINE]

    @property
    def additional_hits(self) -> Interval:
        """Hits of the replayed policy minus actual hits."""
        return Interval(*(bound - self.actual.hits for bound in self.headline["hits"]))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        actual = vars(self.actual) | {"released": interval_dict(self.actual.released)}
        return {
            "from": day_of(self.begin),
            "until": day_of(self.end),
            "model": self.model,
            "actual": actual,
            "replayed": self.replayed.as_dict(),
            "additional_hits": interval_dict(self.additional_hits),
        }


@dataclass(frozen=True)
class Backtest:
    """A replayed policy: its periods, their sum, and the number of boxes by source of their probability."""

    policy: Policy
    periods: list[Period]
    overall: Period
    sources: dict[str, int]

    @property
    def name(self) -> str:
        """A name that depends on dates and policy only."""
        return f"{day_of(self.overall.begin)}_{day_of(self.overall.end)}_{self.policy.version}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the policy, the periods and their sum, actual and replayed figures."""
        names = ("capacity", "random", "random_new", "max_useless_share", "version")
        policy = {name: getattr(self.policy, name) for name in names}
        return {
            "name": self.name,
            "policy": policy,
            "headline": HEADLINE,
            "probability_sources": self.sources,
            "overall": self.overall.as_dict(),
            "periods": [period.as_dict() for period in self.periods],
        }


def backtest(
    dataset: Dataset,
    decisions: Iterable[Mapping[str, Any]],
    policy: Policy,
    learning: TrainingOptions,
    every_days: int = 30,
    since: date | None = None,
    progress: Progress = lambda done, whole: None,
) -> Backtest:
    """Replay a policy from a day (UTC) until the time from which openings are not yet all recorded.

    `decisions` are the store's, in their order. Without `since` the last 180 days are replayed, or as many as there are
    models for. Raises NotReady if too few openings were known, InvalidInput for dates outside the log and for policies
    that cannot be estimated from the log.
    """
    first, last = span(dataset)
    begin = _begin(dataset, first, last, since)
    reported = recorded(dataset, decisions)
    step = int(every_days * DAY_US)
    starts = list(range(begin, last, step))
    periods: list[Replayed] = []
    for number, start in enumerate(starts):
        progress(number, len(starts))
        one = replayed(dataset, reported, policy, start, min(start + step, last), learning)
        if one is not None:
            periods.append(one)
    progress(len(starts), len(starts))
    if not periods:
        raise InvalidInput(
            f"No box was declared between {day_of(begin)} and {day_of(last)}.", "Choose an earlier day with --from."
        )
    whole = joined(periods)
    return Backtest(
        policy,
        [_reported(one) for one in periods],
        _reported(whole),
        {source.value: int((whole.policy_log.source == source.value).sum()) for source in Source},
    )


def span(dataset: Dataset) -> tuple[int, int]:
    """First and last instant between which boxes were declared whose openings are recorded by now, microseconds."""
    declared: dict[tuple[str, str], int] = {}
    names = zip(dataset.boxes.box["declaration_id"], dataset.boxes.box["box_no"], strict=True)
    for pair, at in zip(names, dataset.boxes.declared_at.tolist(), strict=True):
        declared[pair] = min(at, declared.get(pair, at))
    waits = [
        row.recorded_at - declared[row.declaration_id, row.box_no]
        for row in dataset.inspections
        if is_opening(row.step) and (row.declaration_id, row.box_no) in declared
    ]
    if not waits:
        raise NotReady(
            "The log contains no opening of a declared box.",
            "Ingest inspections (step box) with the declarations they belong to: `hazlane ingest inspections.csv`.",
        )
    settled = dataset.end - int(np.quantile(waits, CONCLUDED_SHARE))
    return min(declared.values()), min(midnight(settled), max(declared.values()) + 1)


def day_of(instant: int) -> str:
    """The UTC day of an instant (microseconds)."""
    return instant_text(instant)[:10]


def _begin(dataset: Dataset, first: int, last: int, since: date | None) -> int:
    """The instant to replay from: the given day, or the last days; not before a model can be trained."""
    known = sorted({row.inspection_id: row.recorded_at for row in dataset.inspections if is_opening(row.step)}.values())
    held = f"The log contains boxes declared from {day_of(first)} to {day_of(last)} whose openings are recorded"
    if len(known) < MIN_OPENINGS or midnight(known[MIN_OPENINGS - 1]) + DAY_US >= last:
        raise NotReady(
            f"{held}, and {len(known)} openings; a model needs {MIN_OPENINGS} before the first day replayed.",
            "Ingest more inspections (step box, outcome compliant or violation) of earlier days.",
        )
    earliest = midnight(known[MIN_OPENINGS - 1]) + int(DAY_US)
    if since is None:
        return max(midnight(last) - int(REPLAYED_DAYS * DAY_US), earliest)
    begin = int((since - date(1970, 1, 1)).days * DAY_US)
    if not midnight(first) <= begin < last:
        raise InvalidInput(f"{since} lies outside the log. {held}.", "Choose a day between these with --from.")
    if begin < earliest:
        raise NotReady(
            f"On {since} only {np.searchsorted(known, begin)} openings were known; a model needs {MIN_OPENINGS}.",
            f"Choose {day_of(earliest)} or a later day with --from.",
        )
    return begin


def _reported(one: Replayed) -> Period:
    return Period(one.begin, one.end, one.model, _figures(one.policy_log), estimated(one.policy_log.log, one.target))


def _figures(kept: PortLog) -> PeriodFigures:
    """Actual figures of a period; the released violators are the estimated violators minus those found."""
    log, opened = kept.log, kept.opened
    hits = int(np.nansum(kept.found))
    violators = total(ESTIMATORS[HEADLINE], log, np.ones(len(log)), CONFIDENCE)
    unseen = int((log.observation_probability == 0).sum())
    return PeriodFigures(
        openings=int(opened.sum()),
        hits=hits,
        useless=int((kept.found == 0).sum()),
        pending=int((opened & np.isnan(kept.found)).sum()),
        hours=float((opened * log.hours).sum()),
        released=Interval(
            float("nan") if unseen else violators.value - hits,
            max(violators.low - hits, 0.0),
            max(violators.high + unseen - hits, 0.0),
        ),
    )
