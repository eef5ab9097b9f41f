"""The recorded inspections of a box, for its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from data.definitions.opened import is_concluded_opening, is_opening
from data.vocabulary import Finding, Outcome, Step
from serving.goods import present
from serving.pages.formatting import instant


@dataclass(frozen=True)
class Inspection:
    """One recorded inspection in its latest version."""

    on: str
    recorded_at: datetime
    step: Step
    outcome: Outcome
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Inspected:
    """The inspections of a box, in order of time."""

    inspections: tuple[Inspection, ...]

    @property
    def is_opened(self) -> bool:
        """Whether the box was opened, with any outcome."""
        return any(is_opening(one.step) for one in self.inspections)

    @property
    def is_concluded(self) -> bool:
        """Whether an opening has an outcome other than pending."""
        return any(is_concluded_opening(one.step, one.outcome) for one in self.inspections)

    def is_checked_since(self, at: datetime) -> bool:
        """Whether a check of the papers was recorded at or after `at`."""
        return any(one.step is Step.PAPERS and one.recorded_at >= at for one in self.inspections)


def inspected(frame: pd.DataFrame, box_no: str) -> Inspected:
    """The inspections of a box among those of its declaration, each in its latest version."""
    own = frame[frame["box_no"] == box_no].sort_values("recorded_at", kind="stable")
    rows = map(present, own.drop_duplicates("inspection_id", keep="last").to_dict("records"))
    found = (
        Inspection(
            instant(row.get("inspected_at", row["recorded_at"]))[:10],
            row["recorded_at"],
            Step(row["step"]),
            Outcome(row["outcome"]),
            tuple(Finding(code.strip()) for code in row.get("findings", "").split(";") if code.strip()),
        )
        for row in rows
    )
    return Inspected(tuple(sorted(found, key=lambda one: (one.on, one.recorded_at))))
