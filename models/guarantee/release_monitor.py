"""What the log shows of the green lane: the first decisions of a window, the lot among them, what openings concluded.

Only what was decided with a lot counts, and a box whose chance was none is left out: nothing would be shown of it. Who
was drawn is read from the log and not drawn again, so that another salt leaves the past as it was: a box that would be
released without the lot is red only by the lot.
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
# Lanes that are tested held these shares of the declarations before the window.
_WIDTHS: Final = np.linspace(0.5, 1.0, 11)
FirstDecisions = Mapping[str, Any]
Box = tuple[str, str]


class ReleaseMonitor:
    """A promise about the released lane of a store. `delay` is how long openings take to be concluded and recorded;
    while the draws are `predictable` (models.policy.lanes) nothing is guaranteed."""

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
        self._told: tuple[datetime, dict[str, Any]] | None = None
        self._looking = Lock()

    def guarantee(self, at: datetime) -> dict[str, Any]:
        """Where the promise stands at the last weekly look; the store is read once a look, not once a box."""
        look = _look(at)
        if self._told is None or self._told[0] != look:
            window = window_at(look, self._delay)
            decided = self._first_decisions(window, look)
            groups = _by_declaration(decided, _released)
            evidence = evidence_of(*self._columns(groups, look))
            reported = release_guarantee(evidence, self._release_target, _spanned(decided, window), self._predictable)
            self._told = look, reported.as_dict()
        return self._told[1]

    def current_guarantee(self, at: datetime) -> dict[str, Any]:
        """Where the promise stood at the last look that is done. A new one is made beside the answers, which do not
        wait for it: it reads all decisions of the window, some seconds for a hundred thousand. The first is waited for.
        """
        reported = self._told
        if reported is None:
            return self.guarantee(at)
        if reported[0] < _look(at) and self._looking.acquire(blocking=False):
            Thread(target=self._recompute, args=(at,), daemon=True).start()
        return reported[1]

    def _recompute(self, at: datetime) -> None:
        try:
            self.guarantee(at)
        finally:
            self._looking.release()

    def release_threshold(self, at: datetime) -> dict[str, Any]:
        """The widest lane that is shown to keep the rate, in the same window.

        Cuts are quantiles of the risk in the half year before the window. Raises NotReady when nothing was decided
        then, or while the draws are predictable.
        """
        if self._predictable:
            raise NotReady(
                "No lane is shown to keep the rate while anyone can predict which declarations are drawn.",
                "Set HAZLANE_SELECTION_SALT to a secret salt, and plan without --widest until its draws are concluded.",
            )
        look = _look(at)
        window = window_at(look, self._delay)
        before = _by_declaration(
            self._first_decisions(Window(window.begins_at - MIN_WINDOW, window.begins_at), look), _any
        )
        if not before:
            raise NotReady(
                f"No box declared in the half year before {window.begins_at:%Y-%m-%d} has a decision with a lot, so "
                "there are no cuts that were fixed before the window.",
                "Plan without --release-threshold until then; the guarantee is reported all the same.",
            )
        cuts = np.unique(np.quantile([_risk(boxes) for boxes in before], _WIDTHS))
        groups = _by_declaration(self._first_decisions(window, look), _any)
        risks = np.array([_risk(boxes) for boxes in groups])
        return search_threshold(risks, *self._columns(groups, look), cuts.tolist(), self._release_target).as_dict()

    def _first_decisions(self, window: Window, look: datetime) -> list[FirstDecisions]:
        """What was decided before the look on boxes declared in the window, while they were still there, by draws that
        nobody could predict."""
        found: list[FirstDecisions] = []
        for one in self._store.first_decisions(window.begins_at):
            declared_at = datetime.fromisoformat(one["declared_at"])
            in_time = one["assessed_at"] < look and one["assessed_at"] - declared_at <= _DECIDED_WITHIN
            secret = not one["policy_version"].startswith(PREDICTABLE)
            if secret and in_time and window.begins_at <= declared_at < window.ends_at:
                found.append(one)
        return found

    def _columns(self, groups: Collection[list[FirstDecisions]], look: datetime) -> tuple[Numbers, Numbers, Numbers]:
        """Draws, chances and violations (n,) of n declarations, as
        `models.release_guarantee.confidence_sequence.evidence_of` has them."""
        drawn = [all(_drawn(one) for one in boxes) for boxes in groups]
        chances = [min(one["sample_probability"] for one in boxes) for boxes in groups]
        opened = [boxes for boxes, hit in zip(groups, drawn, strict=True) if hit]
        shown = self._concluded_outcomes({one["declaration_id"] for boxes in opened for one in boxes}, look)
        violation = [_violation(boxes, shown) if hit else np.nan for boxes, hit in zip(groups, drawn, strict=True)]
        return np.where(drawn, 0.0, 1.0), np.array(chances), np.array(violation)

    def _concluded_outcomes(self, declaration_ids: Collection[str], look: datetime) -> dict[Box, float]:
        """Whether an opening of each box found a declaration or packing violation, as recorded before the look."""
        found = openings(self._store.inspections_of(declaration_ids))
        found = found[found["recorded_at"] < look]
        latest = found.sort_values("recorded_at").drop_duplicates("inspection_id", keep="last")
        shown: dict[Box, float] = {}
        for row in latest[latest["outcome"] != Outcome.PENDING].itertuples():
            codes = row.findings if isinstance(row.findings, str) else ""
            hit = float(any(family.needs_opening for family in families_of(codes)))
            box = (str(row.declaration_id), str(row.box_no))
            shown[box] = max(hit, shown.get(box, 0.0))
        return shown


def _spanned(decided: Iterable[FirstDecisions], window: Window) -> Window:
    """The window from the first declaration in it that was decided with a lot: nothing is said of those before."""
    declared_at = [datetime.fromisoformat(one["declared_at"]) for one in decided]
    return replace(window, begins_at=min(declared_at, default=window.begins_at))


def _look(at: datetime) -> datetime:
    """The last Monday, midnight UTC."""
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
    """1 where any box was found to violate, else NaN where any has no conclusion, else 0."""
    values = [shown.get((one["declaration_id"], one["box_no"]), np.nan) for one in boxes]
    return 1.0 if 1.0 in values else float(np.sum(values))
