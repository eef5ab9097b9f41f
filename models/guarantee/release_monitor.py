"""Compute the release guarantee from the log: first decisions of a window, random draws, outcomes of openings.

Only decisions made with a random sample count; boxes with a sample probability of 0 are left out. Which declarations
were drawn is read from the log and not drawn again, so that a new salt does not change the past.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Any, Final

import numpy as np

from data.definitions.opened import openings
from data.errors import NotReady
from data.store import Store
from data.vocabulary import Lane, Outcome
from features.boxes import Numbers
from features.history.outcomes import families_of
from models.guarantee.confidence_sequence import evidence_of
from models.guarantee.release_guarantee import (
    DECIDED_WITHIN_DAYS,
    MIN_WINDOW,
    ReleaseTarget,
    Window,
    release_guarantee,
    window_at,
)
from models.guarantee.threshold_search import search_threshold
from models.policy.lanes import PREDICTABLE

_DEFAULT: Final = ReleaseTarget(rate=0.05)
_DELAY: Final = timedelta(days=28)
_DECIDED_WITHIN: Final = timedelta(days=DECIDED_WITHIN_DAYS)
# Tested thresholds: these shares of the declarations before the window were at or below them.
_WIDTHS: Final = np.linspace(0.5, 1.0, 11)
FirstDecisions = Mapping[str, Any]
Box = tuple[str, str]


class ReleaseMonitor:
    """The release guarantee of a store, evaluated once a week.

    `delay` is the time until openings are concluded and recorded. While the draws are `predictable`
    (models.policy.lanes), nothing is guaranteed.
    """

    def __init__(
        self,
        store: Store,
        release_target: ReleaseTarget = _DEFAULT,
        delay: timedelta = _DELAY,
        predictable: bool = False,
    ) -> None:
        self._store = store
        self._release_target = release_target
        self._delay = delay
        self._predictable = predictable
        self._computed: tuple[datetime, dict[str, Any]] | None = None
        self._evaluating = Lock()

    def guarantee(self, at: datetime) -> dict[str, Any]:
        """The guarantee at the last weekly evaluation; the store is read once per evaluation, not per box."""
        evaluated_at = _evaluation_time(at)
        if self._computed is None or self._computed[0] != evaluated_at:
            window = window_at(evaluated_at, self._delay)
            decided = self._first_decisions(window, evaluated_at)
            groups = _by_declaration(decided, _released)
            evidence = evidence_of(*self._columns(groups, evaluated_at))
            reported = release_guarantee(evidence, self._release_target, _spanned(decided, window), self._predictable)
            self._computed = evaluated_at, reported.as_dict()
        return self._computed[1]

    def current_guarantee(self, at: datetime) -> dict[str, Any]:
        """The last computed guarantee; a due evaluation runs in the background.

        It reads all decisions of the window, some seconds for a hundred thousand, and answers do not wait for it. Only
        the first evaluation is waited for.
        """
        reported = self._computed
        if reported is None:
            return self.guarantee(at)
        if reported[0] < _evaluation_time(at) and self._evaluating.acquire(blocking=False):
            Thread(target=self._recompute, args=(at,), daemon=True).start()
        return reported[1]

    def _recompute(self, at: datetime) -> None:
        try:
            self.guarantee(at)
        finally:
            self._evaluating.release()

    def release_threshold(self, at: datetime) -> dict[str, Any]:
        """The highest risk up to which the release lane is shown to meet the target rate, in the same window.

        Candidate thresholds are quantiles of the risk in the half year before the window. Raises NotReady if nothing
        was decided then, or while the draws are predictable.
        """
        if self._predictable:
            raise NotReady(
                "No release threshold can be shown to meet the target rate: the draws are predictable.",
                "Set HAZLANE_SELECTION_SALT to a secret salt; plan without --release-threshold for some weeks.",
            )
        evaluated_at = _evaluation_time(at)
        window = window_at(evaluated_at, self._delay)
        before = _by_declaration(
            self._first_decisions(Window(window.begins_at - MIN_WINDOW, window.begins_at), evaluated_at), _any
        )
        if not before:
            raise NotReady(
                f"No box declared in the half year before {window.begins_at:%Y-%m-%d} was decided with a random "
                "sample, so no thresholds were fixed before the window.",
                "Plan without --release-threshold; the guarantee is reported nevertheless.",
            )
        cuts = np.unique(np.quantile([_risk(boxes) for boxes in before], _WIDTHS))
        groups = _by_declaration(self._first_decisions(window, evaluated_at), _any)
        risks = np.array([_risk(boxes) for boxes in groups])
        return search_threshold(
            risks, *self._columns(groups, evaluated_at), cuts.tolist(), self._release_target
        ).as_dict()

    def _first_decisions(self, window: Window, evaluated_at: datetime) -> list[FirstDecisions]:
        """First decisions on boxes declared in the window, made before the evaluation.

        Decisions made after the box had left, and those with predictable draws, are left out.
        """
        found: list[FirstDecisions] = []
        for one in self._store.first_decisions(window.begins_at):
            declared_at = datetime.fromisoformat(one["declared_at"])
            in_time = one["assessed_at"] < evaluated_at and one["assessed_at"] - declared_at <= _DECIDED_WITHIN
            secret = not one["policy_version"].startswith(PREDICTABLE)
            if secret and in_time and window.begins_at <= declared_at < window.ends_at:
                found.append(one)
        return found

    def _columns(
        self, groups: Collection[list[FirstDecisions]], evaluated_at: datetime
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Draws, sample probabilities and violations (n,) of n declarations, for `evidence_of`."""
        drawn = [all(_drawn(one) for one in boxes) for boxes in groups]
        chances = [min(one["sample_probability"] for one in boxes) for boxes in groups]
        opened = [boxes for boxes, hit in zip(groups, drawn, strict=True) if hit]
        shown = self._concluded_outcomes({one["declaration_id"] for boxes in opened for one in boxes}, evaluated_at)
        violation = [_violation(boxes, shown) if hit else np.nan for boxes, hit in zip(groups, drawn, strict=True)]
        return np.where(drawn, 0.0, 1.0), np.array(chances), np.array(violation)

    def _concluded_outcomes(self, declaration_ids: Collection[str], evaluated_at: datetime) -> dict[Box, float]:
        """Whether an opening of each box found a declaration or packing violation, as recorded by the evaluation."""
        found = openings(self._store.inspections_of(declaration_ids))
        found = found[found["recorded_at"] < evaluated_at]
        latest = found.sort_values("recorded_at").drop_duplicates("inspection_id", keep="last")
        shown: dict[Box, float] = {}
        for row in latest[latest["outcome"] != Outcome.PENDING].itertuples():
            codes = row.findings if isinstance(row.findings, str) else ""
            hit = float(any(family.needs_opening for family in families_of(codes)))
            box = (str(row.declaration_id), str(row.box_no))
            shown[box] = max(hit, shown.get(box, 0.0))
        return shown


def _spanned(decided: Iterable[FirstDecisions], window: Window) -> Window:
    """The window, beginning at its first declaration that was decided with a random sample."""
    declared_at = [datetime.fromisoformat(one["declared_at"]) for one in decided]
    return replace(window, begins_at=min(declared_at, default=window.begins_at))


def _evaluation_time(at: datetime) -> datetime:
    """The time of the last weekly evaluation: the last Monday, midnight UTC."""
    return datetime.combine((at - timedelta(days=at.weekday())).date(), datetime.min.time(), at.tzinfo)


def _by_declaration(
    decided: Iterable[FirstDecisions], counts: Callable[[FirstDecisions], bool]
) -> list[list[FirstDecisions]]:
    """The boxes that count, by declaration."""
    groups: dict[str, list[FirstDecisions]] = {}
    for one in decided:
        if one["sample_probability"] > 0 and counts(one):
            groups.setdefault(one["declaration_id"], []).append(one)
    return list(groups.values())


def _released(one: FirstDecisions) -> bool:
    return bool(one["lane_without_sample"] == Lane.GREEN)


def _any(_: FirstDecisions) -> bool:
    return True


def _risk(boxes: Iterable[FirstDecisions]) -> float:
    return max(float(one["risk"]) for one in boxes)


def _drawn(one: FirstDecisions) -> bool:
    return bool(one["sample_drawn"])


def _violation(boxes: Iterable[FirstDecisions], shown: Mapping[Box, float]) -> float:
    """1 if any box was found to violate, otherwise NaN if any has no outcome, otherwise 0."""
    values = [shown.get((one["declaration_id"], one["box_no"]), np.nan) for one in boxes]
    return 1.0 if 1.0 in values else float(np.sum(values))
